// A file is read twice by the same walk: the first one only looks, the second puts what it finds,
// page by page. What a record was is looked up again each time, so that what another process wrote
// meanwhile is seen and the later of two is the one that stays.
#include "runtime/directory/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <type_traits>
#include <unordered_map>

#include "runtime/directory/record_file.h"
#include "runtime/store/directory_change.h"

namespace sop::runtime {

namespace {

// Ids as numbers: of a million, one in thirty million million is taken for another.
std::size_t number_of(const std::string& id) {
    return std::hash<std::string>{}(id);
}

// ---- records of either kind ---------------------------------------------------------------------

std::optional<Group> find_record(Store& store, const std::string& id, const Group*) {
    return store.find_group(id);
}
std::optional<Member> find_record(Store& store, const std::string& id, const Member*) {
    return store.find_member(id);
}

void put_record(Store& store, const std::optional<Group>&, const Group& group) {
    store.put_group(group);
}
void put_record(Store& store, const std::optional<Member>& before, const Member& member) {
    store.put_member(member);
    const bool is_told = member.joined_at && (!before || !before->joined_at);
    if (!is_told) return;
    for (const std::string& group : member.groups) {
        const auto joined = store.find_membership({member.id, group});
        if (joined && !joined->at) store.join({member.id, group}, *member.joined_at);
    }
}

std::optional<Instant>& gone_at(Group& group) {
    return group.dissolved_at;
}
std::optional<Instant>& gone_at(Member& member) {
    return member.gone_at;
}

// What a change of a record brings about besides.
void note_consequences(const std::optional<Group>& before, const Group& after,
                       DirectoryChange& change) {
    if (after.dissolved_at && (!before || !before->dissolved_at)) change.gone.push_back(after.id);
}
void note_consequences(const std::optional<Member>& before, const Member& after,
                       DirectoryChange& change) {
    if (!before) return;
    if (after.gone_at && !before->gone_at) change.gone.push_back(after.id);
    if (after.opted_out_at && !before->opted_out_at) change.opted_out.push_back(after.id);
    for (const std::string& group : before->groups) {
        if (!std::binary_search(after.groups.begin(), after.groups.end(), group))
            change.left.push_back({after.id, group});
    }
}

// ---- the walk -----------------------------------------------------------------------------------

template <typename Record>
class Import {
  public:
    Import(SubjectKind kind, const std::filesystem::path& file, Store& store,
           const ImportSettings& settings)
        : kind_(kind), file_(file), store_(store), settings_(settings) {}

    ImportReport run() {
        const ImportReport found = walk(false);
        if (!found.problems.empty() || (settings_.agree && !settings_.agree(found))) return found;
        // What is said is what was done, should another process have changed something meanwhile.
        ImportReport done = walk(true);
        done.changes = found.changes;
        done.is_imported = done.problems.empty();
        return done;
    }

  private:
    ImportReport walk(bool writes) {
        report_ = {};
        lines_.clear();
        writes_ = writes;
        is_seen_by_executor_ = writes && store_.latest_plan().has_value();
        if (writes) {
            entry_ = {.kind = kind_,
                      .source = file_.filename().string(),
                      .by = settings_.by,
                      .at = settings_.now};
            entry_.id = store_.add_import(entry_);
        }
        RecordFile records(kind_, file_, settings_.leaves_unknown_columns);
        while (auto page = records.next()) {
            std::move(page->problems.begin(), page->problems.end(),
                      std::back_inserter(report_.problems));
            take_rows(page->rows);
        }
        report_.unknown_columns = records.unknown_columns();
        if (settings_.marks_missing && lines_.empty() && report_.problems.empty()) {
            report_.problems.push_back(
                {.message = "the file has no records, so that all there are would be marked; write "
                            "those that stay, or leave out --missing mark"});
        }
        if (report_.problems.empty() && settings_.marks_missing) mark_missing();
        if (writes) finish();
        if (report_.problems.empty()) return std::move(report_);
        // A row has one problem at most.
        std::sort(report_.problems.begin(), report_.problems.end(),
                  [](const auto& a, const auto& b) { return a.line < b.line; });
        return {.problems = std::move(report_.problems)};
    }

    void take_rows(const std::vector<RecordRow>& rows) {
        for (std::size_t from = 0; from < rows.size(); from += settings_.page_rows) {
            const std::size_t to = std::min(rows.size(), from + settings_.page_rows);
            in_page([&] {
                for (std::size_t i = from; i < to; ++i) take_row(rows[i]);
            });
            if (writes_ && settings_.progress) settings_.progress(report_.rows);
        }
    }

    // In one transaction when it writes, with the word to the executor.
    void in_page(const std::function<void()>& work) {
        change_ = {.kind = kind_};
        const auto transaction = writes_ ? store_.begin() : nullptr;
        work();
        if (!writes_) return;
        if (is_seen_by_executor_ && !change_.ids.empty()) {
            store_.add_event(
                event_of(change_, fmt::format("import:{}/{}", entry_.id, ++pages_), settings_.now));
        }
        transaction->commit();
    }

    void take_row(const RecordRow& row) {
        if (auto problem = find_problem(row)) {
            report_.problems.push_back({.line = row.line, .message = std::move(*problem)});
            return;
        }
        ++report_.rows;
        const auto before = find_record(store_, row.id, static_cast<const Record*>(nullptr));
        Record record = before.value_or(Record{.id = row.id});
        const bool says_status = std::any_of(
            row.cells.begin(), row.cells.end(),
            [](const RecordCell& cell) { return cell.column.field == RecordField::status; });
        if (settings_.marks_missing && !says_status) gone_at(record).reset();
        for (const RecordCell& cell : row.cells) {
            if (auto problem = set_field(record, cell, settings_.now)) {
                report_.problems.push_back({.line = row.line, .message = std::move(*problem)});
                return;
            }
        }
        if (auto problem = find_problem(record)) {
            report_.problems.push_back({.line = row.line, .message = std::move(*problem)});
            return;
        }
        note_undeclared(record);
        if (before == record) {
            ++report_.unchanged;
            return;
        }
        ++(before ? report_.changed : report_.added);
        if (before) note_changes(*before, record);
        put(before, record);
    }

    void put(const std::optional<Record>& before, const Record& record) {
        if (!writes_) return;
        put_record(store_, before, record);
        store_.set_import(kind_, record.id, entry_.id);
        change_.ids.push_back(record.id);
        note_consequences(before, record, change_);
    }

    static void count_undeclared(const std::string& name, const std::vector<std::string>& declared,
                                 std::map<std::string, std::size_t>& undeclared) {
        if (std::find(declared.begin(), declared.end(), name) != declared.end()) return;
        if (undeclared.size() < import_undeclared_max || undeclared.contains(name))
            ++undeclared[name];
    }

    void note_undeclared(const Record& record) {
        if (settings_.plan == nullptr) return;
        for (const std::string& tag : record.tags)
            count_undeclared(tag, settings_.plan->tags, report_.undeclared_tags);
        if constexpr (std::is_same_v<Record, Group>) {
            for (const auto& [role, members] : record.staff)
                count_undeclared(role, settings_.plan->roles, report_.undeclared_roles);
        }
    }

    void note_changes(const Record& before, const Record& after) {
        if (const auto last = store_.import_of(kind_, before.id)) ++report_.overwritten[*last];
        const FieldTexts old_texts = field_texts(before);
        const FieldTexts new_texts = field_texts(after);
        const auto find = [](const FieldTexts& texts, const RecordColumn& column) {
            for (const auto& [each, text] : texts) {
                if (each == column) return text;
            }
            return std::string();
        };
        const auto note = [&](const RecordColumn& column) {
            FieldChange change{before.id, to_text(column), find(old_texts, column),
                               find(new_texts, column)};
            if (change.before == change.after) return;
            ++report_.changed_fields[change.field];
            if (report_.changes.size() < import_changes_shown_max)
                report_.changes.push_back(std::move(change));
        };
        for (const auto& [column, text] : old_texts) note(column);
        for (const auto& [column, text] : new_texts) {
            if (find(old_texts, column).empty()) note(column);
        }
    }

    std::optional<std::string> find_problem(const RecordRow& row) {
        if (row.id.empty()) return "the id is empty";
        if (!fits_in_list(row.id)) {
            return fmt::format(
                "\"{}\" cannot be an id: ids have no spaces, commas, `;` or `|` in them", row.id);
        }
        if (auto problem = find_length_problem(row)) return problem;
        const auto [first, is_new] = lines_.emplace(number_of(row.id), row.line);
        if (!is_new) {
            return fmt::format("id \"{}\" stands twice, first on line {}; remove one", row.id,
                               first->second);
        }
        return std::nullopt;
    }

    static std::optional<std::string> find_length_problem(const RecordRow& row) {
        if (row.id.size() > id_bytes_max) {
            return fmt::format("the id has {} bytes; at most {} are allowed", row.id.size(),
                               id_bytes_max);
        }
        for (const RecordCell& cell : row.cells) {
            if (cell.text.size() > record_value_bytes_max) {
                return fmt::format(
                    "`{}` has {} bytes; at most {} are allowed, so look for a quote that stands in "
                    "the wrong place",
                    to_text(cell.column), cell.text.size(), record_value_bytes_max);
            }
        }
        return std::nullopt;
    }

    std::optional<std::string> find_problem(const Group& group) { return zone_problem(group.zone); }

    std::optional<std::string> find_problem(const Member& member) {
        if (store_.is_erased(member.id))
            return fmt::format("member \"{}\" was erased by `sop forget`; leave it out", member.id);
        std::string missing;
        for (const std::string& id : member.groups) {
            const auto [known, is_new] = is_group_.emplace(id, false);
            if (is_new) known->second = store_.find_group(id).has_value();
            if (!known->second) missing += fmt::format("{}\"{}\"", missing.empty() ? "" : ", ", id);
        }
        if (missing.empty()) return zone_problem(member.zone);
        return fmt::format(
            "no group {} in the directory; import the groups first, or correct the id", missing);
    }

    std::optional<std::string> zone_problem(const std::string& zone) {
        if (zone.empty() || !settings_.is_zone) return std::nullopt;
        const auto [known, is_new] = is_zone_.emplace(zone, false);
        if (is_new) known->second = settings_.is_zone(zone);
        if (known->second) return std::nullopt;
        return fmt::format("there is no time zone \"{}\"; write one such as Asia/Shanghai", zone);
    }

    void mark_missing() {
        std::string after;
        for (;;) {
            const auto ids = store_.directory_page(kind_, after, settings_.page_rows);
            in_page([&] {
                for (const std::string& id : ids) {
                    if (!lines_.contains(number_of(id))) mark(id);
                }
            });
            if (ids.size() < settings_.page_rows) return;
            after = ids.back();
        }
    }

    void mark(const std::string& id) {
        const auto before = find_record(store_, id, static_cast<const Record*>(nullptr));
        if (!before) return;
        Record record = *before;
        if (gone_at(record)) return;
        gone_at(record) = settings_.now;
        ++report_.marked;
        put(before, record);
    }

    void finish() {
        entry_.added = static_cast<std::int64_t>(report_.added);
        entry_.changed = static_cast<std::int64_t>(report_.changed);
        entry_.unchanged = static_cast<std::int64_t>(report_.unchanged);
        entry_.marked = static_cast<std::int64_t>(report_.marked);
        entry_.finished = report_.problems.empty();
        store_.update_import(entry_);
    }

    SubjectKind kind_;
    const std::filesystem::path& file_;
    Store& store_;
    const ImportSettings& settings_;
    bool writes_ = false;
    bool is_seen_by_executor_ = false;  // one has a plan; else nobody is told
    ImportReport report_{};
    ImportEntry entry_{};
    DirectoryChange change_{};
    std::size_t pages_ = 0;
    std::unordered_map<std::size_t, std::size_t> lines_{};  // of each id
    std::unordered_map<std::string, bool> is_group_{};
    std::unordered_map<std::string, bool> is_zone_{};
};

}  // namespace

ImportReport import_directory_file(SubjectKind kind, const std::filesystem::path& file,
                                   Store& store, const ImportSettings& settings) {
    if (kind == SubjectKind::group) return Import<Group>(kind, file, store, settings).run();
    return Import<Member>(kind, file, store, settings).run();
}

}  // namespace sop::runtime
