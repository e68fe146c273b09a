// `sop groups`, `sop members`: who is in the directory, by the conditions that rules have.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "lang/calendar/zone.h"
#include "lang/filter.h"
#include "lang/unicode.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/csv_text.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/member_export.h"
#include "runtime/cli/project.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/stored_plans.h"
#include "runtime/cli/terminal.h"
#include "runtime/clock/instant_text.h"
#include "runtime/directory/record_fields.h"
#include "runtime/executor/audiences.h"
#include "runtime/scheduler/evaluation.h"
#include "runtime/zoneinfo/zoneinfo.h"

namespace sop::runtime::cli {

namespace {

using lang::SubjectKind;
using lang::ValueType;
using nlohmann::json;

constexpr std::size_t page_rows = 1000;

// ---- one record ---------------------------------------------------------------------------------

// What lists tell besides what files say.
struct Record {
    std::string id{};
    FieldTexts fields{};  // that are not empty

    std::string text(const std::string& name) const {
        if (name == "id") return id;
        for (const auto& [column, text] : fields) {
            if (to_text(column) == name) return text;
        }
        return {};
    }
};

Record record_of(const Subject& subject, Store& store) {
    Record record{std::string(subject_id(subject)), {}};
    const auto tell = [&](const char* name, std::string text) {
        if (!text.empty())
            record.fields.emplace_back(RecordColumn{RecordField::found, name}, std::move(text));
    };
    if (const Group* group = group_of(subject)) {
        record.fields = field_texts(*group);
        tell("size", std::to_string(group->size));
        tell("talked", group->talked_at ? instant_text(*group->talked_at) : "");
    } else if (const Member* member = member_of(subject)) {
        record.fields = field_texts(*member);
        tell("points", std::to_string(store.points_of(member->id)));
        if (member->gone_at) tell("status", "gone");
    }
    return record;
}

json json_of(const Subject& subject, Store& store) {
    const Record record = record_of(subject, store);
    json object{{"id", record.id}};
    for (const auto& [column, text] : record.fields) {
        if (column.field == RecordField::attribute) {
            object["attributes"][column.name] = text;
        } else if (column.field == RecordField::staff) {
            object["staff"][column.name] = split_ids(text);
        } else if (column.field == RecordField::tags || column.field == RecordField::groups) {
            object[to_text(column)] = split_ids(text);
        } else if (column.name == "size" || column.name == "points") {
            object[column.name] = std::stoll(text);
        } else if (column.field == RecordField::opted_out) {
            object["opted_out"] = text == "yes";
        } else {
            object[to_text(column)] = text;
        }
    }
    return object;
}

// ---- which ones ---------------------------------------------------------------------------------

// Shown as findings are; nothing when it cannot be read.
std::optional<lang::Expression> read_filter(const DirectoryOptions& options, const lang::Plan* plan,
                                            Store& store,
                                            const lang::calendar::ZoneDatabase& zones) {
    lang::FilterNames names{.kind = options.kind, .plan = plan};
    for (const AttributeName& attribute : store.list_attributes(options.kind)) {
        names.attributes.emplace(attribute.name,
                                 attribute.is_number ? ValueType::number : ValueType::text);
    }
    const lang::Source source("--where", *options.where);
    auto checked = lang::compile_filter(source, names, zones);
    for (const auto& diagnostic : checked.diagnostics)
        fmt::print(stderr, "{}\n",
                   lang::render(diagnostic, source, {uses_colour(stderr), options.language}));
    return std::move(checked.value);
}

const std::string& name_of(const Subject& subject) {
    if (const Group* group = group_of(subject)) return group->name;
    return member_of(subject)->name;
}

class Listing {
  public:
    Listing(const DirectoryOptions& options, Store& store,
            const lang::calendar::ZoneDatabase& zones)
        : options_(options), name_(lang::folded(options.name)), store_(store), records_(store) {
        if (const auto stored = store.latest_plan()) plan_ = lang::plan_from_json(stored->json);
        zone_ = plan_ ? first_zone(*plan_, zones) : zones.find("UTC");
        if (!zone_) throw CommandError("the zone data have no zone UTC");
        if (options.where) {
            filter_ = read_filter(options, plan_ ? &*plan_ : nullptr, store, zones);
            is_readable_ = filter_.has_value();
        }
    }

    bool is_readable() const { return is_readable_; }

    // Each that is asked for, in the order of ids, until `take` gives no.
    void walk(const std::function<bool(const Subject&)>& take) {
        const Instant now = SystemClock().now();
        std::string after = options_.after;
        for (;;) {
            const auto ids = page(after);
            for (const std::string& id : ids) {
                const Subject subject = find_subject(store_, options_.kind, id);
                if (!is_asked_for(subject, now)) continue;
                if (!take(subject)) return;
            }
            if (ids.size() < page_rows) return;
            after = ids.back();
        }
    }

    // All that are asked for, where that is known without a look at each.
    std::optional<std::int64_t> count() {
        const bool is_looked_at = filter_ || !name_.empty();
        if (is_looked_at || options_.all || !options_.after.empty()) return std::nullopt;
        return store_.count_audience(audience());
    }

    std::vector<std::string> roles() const {
        return plan_ ? plan_->roles : std::vector<std::string>{};
    }

  private:
    bool is_asked_for(const Subject& subject, Instant now) {
        if (std::holds_alternative<std::monostate>(subject)) return false;
        if (!name_.empty() && lang::folded(name_of(subject)).find(name_) == std::string::npos)
            return false;
        if (!filter_) return true;
        const lang::Plan no_plan;
        const Window window{now, now};
        return holds(*filter_,
                     {plan_ ? *plan_ : no_plan, *zone_, window, subject, nullptr, now, &records_});
    }

    lang::Audience audience() const {
        lang::Audience audience{.kind = options_.kind};
        if (!options_.tags.empty()) audience.tagged.push_back(options_.tags);
        return audience;
    }

    std::vector<std::string> page(const std::string& after) {
        const bool by_tag = !options_.tags.empty();
        if (options_.all && !by_tag) return store_.directory_page(options_.kind, after, page_rows);
        return store_.audience_page(audience(), after, page_rows);
    }

    const DirectoryOptions& options_;
    const std::string name_;  // asked for, folded
    Store& store_;
    StoreRecords records_;
    std::optional<lang::Plan> plan_{};
    std::shared_ptr<const lang::calendar::Zone> zone_{};
    std::optional<lang::Expression> filter_{};
    bool is_readable_ = true;
};

// ---- how they are shown -------------------------------------------------------------------------

std::vector<std::string> table_columns(SubjectKind kind) {
    if (kind == SubjectKind::group)
        return {"id", "name", "owner", "tags", "status", "size", "created", "talked"};
    return {"id", "name", "groups", "tags", "points", "joined", "opted_out"};
}

// All that a file can say, and what was found out.
std::vector<std::string> csv_columns(SubjectKind kind, Store& store,
                                     const std::vector<std::string>& roles) {
    std::vector<std::string> names;
    for (const std::string_view name : column_names(kind)) names.emplace_back(name);
    if (kind == SubjectKind::group) {
        for (const std::string& role : roles) names.push_back("staff." + role);
        names.insert(names.end(), {"size", "talked"});
    } else {
        names.push_back("points");
    }
    for (const AttributeName& attribute : store.list_attributes(kind))
        names.push_back("attribute." + attribute.name);
    return names;
}

std::vector<std::string> values_of(const Record& record, const std::vector<std::string>& columns) {
    std::vector<std::string> values;
    for (const std::string& column : columns) values.push_back(record.text(column));
    return values;
}

bool is_count(const std::string& column) {
    return column == "size" || column == "points";
}

// Numbers by their value, everything else as text.
bool comes_before(const std::string& a, const std::string& b, bool is_number) {
    if (!is_number) return a < b;
    return std::stoll(a.empty() ? "0" : a) < std::stoll(b.empty() ? "0" : b);
}

std::string_view noun(SubjectKind kind, bool one) {
    if (kind == SubjectKind::group) return one ? "group" : "groups";
    return one ? "member" : "members";
}

class Output {
  public:
    Output(const DirectoryOptions& options, Store& store, Listing& listing)
        : options_(options), store_(store), listing_(listing) {
        columns_ = is_csv(options.format) ? csv_columns(options.kind, store, listing.roles())
                                          : table_columns(options.kind);
    }

    void print() {
        if (options_.sort == "id" && !options_.descending)
            print_in_order();
        else
            print_sorted();
        finish();
    }

  private:
    bool is_full() const { return options_.limit > 0 && shown_ >= options_.limit; }

    void print_in_order() {
        begin();
        listing_.walk([&](const Subject& subject) {
            if (is_full()) {
                has_more_ = true;
                return false;
            }
            show(subject);
            return true;
        });
    }

    void print_sorted() {
        const bool is_number = is_count(options_.sort);
        std::vector<std::pair<std::string, std::string>> keys;
        listing_.walk([&](const Subject& subject) {
            const Record record = record_of(subject, store_);
            keys.emplace_back(record.text(options_.sort), record.id);
            return true;
        });
        std::stable_sort(keys.begin(), keys.end(), [&](const auto& a, const auto& b) {
            return options_.descending ? comes_before(b.first, a.first, is_number)
                                       : comes_before(a.first, b.first, is_number);
        });
        begin();
        for (const auto& [key, id] : keys) {
            has_more_ = is_full();
            if (has_more_) return;
            show(find_subject(store_, options_.kind, id));
        }
    }

    void begin() {
        if (is_csv(options_.format)) fmt::print("{}", csv_head(columns_, options_.format));
        if (options_.format == OutputFormat::json)
            fmt::print("{{\"format_version\":1,\"{}\":[", noun(options_.kind, false));
    }

    void show(const Subject& subject) {
        switch (options_.format) {
            case OutputFormat::csv:
            case OutputFormat::excel:
                fmt::print("{}", csv_line(values_of(record_of(subject, store_), columns_),
                                          options_.format));
                break;
            case OutputFormat::json:
                fmt::print("{}{}", shown_ == 0 ? "" : ",", json_of(subject, store_).dump());
                break;
            default: {
                auto row = values_of(record_of(subject, store_), columns_);
                for (std::string& value : row) value = shortened(value, cells_max);
                rows_.push_back(std::move(row));
            }
        }
        last_ = std::string(subject_id(subject));
        ++shown_;
    }

    void finish() {
        const auto count = listing_.count();
        if (options_.format == OutputFormat::json) {
            json rest{{"more", has_more_}};
            if (count) rest["count"] = *count;
            fmt::print("],{}\n", rest.dump().substr(1));
        }
        if (options_.format != OutputFormat::text) return;
        using enum Table::Align;
        Table table{{}, std::move(rows_)};
        for (const std::string& column : columns_)
            table.columns.push_back({column, is_count(column) ? right : left});
        if (!table.rows.empty()) fmt::print("{}\n", render_table(table));
        const auto total = count.value_or(static_cast<std::int64_t>(shown_));
        const bool tells_total = count || !has_more_;
        fmt::print("{}{} {}{}\n", has_more_ ? "the first " : "",
                   count_text(static_cast<std::int64_t>(shown_)), noun(options_.kind, shown_ == 1),
                   has_more_ && tells_total ? " of " + count_text(total) : "");
        if (has_more_ && options_.sort == "id" && !options_.descending)
            fmt::print("--after {} goes on, --limit 0 shows all\n", last_);
    }

    static constexpr std::size_t cells_max = 30;

    const DirectoryOptions& options_;
    Store& store_;
    Listing& listing_;
    std::vector<std::string> columns_{};
    std::vector<std::vector<std::string>> rows_{};
    std::size_t shown_ = 0;
    std::string last_{};
    bool has_more_ = false;
};

Subject require_record(const DirectoryOptions& options, Store& store) {
    Subject subject = find_subject(store, options.kind, *options.id);
    if (std::holds_alternative<std::monostate>(subject)) {
        const bool is_erased = options.kind == SubjectKind::member && store.is_erased(*options.id);
        throw CommandError(fmt::format("the directory has no {} `{}`{}", noun(options.kind, true),
                                       *options.id, is_erased ? "; it was erased" : ""));
    }
    return subject;
}

}  // namespace

int list_directory(const DirectoryOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, true);
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    // One moment of the store, however the executor goes on meanwhile.
    const auto snapshot = store->begin();
    Listing listing(options, *store, zones);
    if (!listing.is_readable()) return exit_findings;
    Output(options, *store, listing).print();
    return exit_fine;
}

int show_record(const DirectoryOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, true);
    const auto snapshot = store->begin();
    const Subject subject = require_record(options, *store);
    json object = json_of(subject, *store);
    const auto import = store->import_of(options.kind, *options.id);
    for (const ImportEntry& entry : store->list_imports(every_row)) {
        if (entry.id != import) continue;
        object["import"] = {{"number", entry.id},
                            {"file", entry.source},
                            {"by", entry.by},
                            {"at", instant_text(entry.at)}};
    }
    if (options.format == OutputFormat::json) {
        object["format_version"] = 1;
        fmt::print("{}\n", object.dump());
        return exit_fine;
    }
    const Record record = record_of(subject, *store);
    Table table{{{std::string(noun(options.kind, true))}, {record.id}}, {}};
    for (const auto& [column, text] : record.fields) table.rows.push_back({to_text(column), text});
    if (object.contains("import")) {
        const json& last = object["import"];
        table.rows.push_back(
            {"last import",
             fmt::format("{} of {} by {} at {}", last["number"].get<ImportId>(),
                         last["file"].get<std::string>(), last["by"].get<std::string>(),
                         last["at"].get<std::string>())});
    }
    fmt::print("{}", render_table(table));
    return exit_fine;
}

int export_member(const DirectoryOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, true);
    const auto snapshot = store->begin();
    json object = json_of(require_record(options, *store), *store);
    add_history(object, *options.id, *store);
    object["format_version"] = 1;
    fmt::print("{}\n", object.dump(2));
    return exit_fine;
}

}  // namespace sop::runtime::cli
