#include "runtime/directory/record_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lang/unicode.h"
#include "runtime/clock/instant_text.h"

namespace sop::runtime {

namespace {

struct ColumnName {
    RecordField field;
    std::string_view english;
    std::string_view chinese;
    bool of_groups;
    bool of_members;
};

constexpr std::array columns{
    ColumnName{RecordField::id, "id", "编号", true, true},
    ColumnName{RecordField::name, "name", "名称", true, true},
    ColumnName{RecordField::owner, "owner", "群主", true, false},
    ColumnName{RecordField::groups, "groups", "群", false, true},
    ColumnName{RecordField::tags, "tags", "标签", true, true},
    ColumnName{RecordField::zone, "zone", "时区", true, true},
    ColumnName{RecordField::status, "status", "状态", true, false},
    ColumnName{RecordField::created, "created", "建立日期", true, false},
    ColumnName{RecordField::invited_by, "invited_by", "邀请人", false, true},
    ColumnName{RecordField::joined, "joined", "入群日期", false, true},
    ColumnName{RecordField::opted_out, "opted_out", "已退订", false, true}};

constexpr std::array<std::string_view, 3> found_columns{"size", "talked", "points"};

// Before the role or the attribute.
struct ColumnPrefix {
    RecordField field;
    std::string_view english;
    std::string_view chinese;
};
constexpr std::array prefixes{ColumnPrefix{RecordField::staff, "staff.", "员工."},
                              ColumnPrefix{RecordField::attribute, "attribute.", "属性."}};

bool has(const ColumnName& column, SubjectKind kind) {
    return kind == SubjectKind::group ? column.of_groups : column.of_members;
}

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

// Those that Chinese keyboards give are taken as well: a list parted by them would otherwise be one
// tag that no playbook ever names.
constexpr std::array<std::string_view, 11> separators{";",  "|",  ",",  " ",  "\t",    "\n",
                                                      "；", "｜", "，", "、", "\u3000"};

// The length of the separator at the beginning of `text`; 0 when there is none.
std::size_t separator_length(std::string_view text) {
    for (const std::string_view separator : separators) {
        if (text.starts_with(separator)) return separator.size();
    }
    return 0;
}

std::vector<std::string> split_values(std::string_view text) {
    std::vector<std::string> values;
    std::string value;
    const auto end_value = [&] {
        if (!value.empty()) values.push_back(std::exchange(value, {}));
    };
    while (!text.empty()) {
        const std::size_t length = separator_length(text);
        if (length == 0) {
            value += text.front();
            text.remove_prefix(1);
        } else {
            end_value();
            text.remove_prefix(length);
        }
    }
    end_value();
    return values;
}

std::vector<std::string> sorted_once(std::vector<std::string> values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
}

bool is_one_of(std::string_view text, std::string_view english, std::string_view chinese) {
    return text == english || text == chinese;
}

// Nothing where there is none, which is fine; the sentence for one that cannot be read.
std::optional<std::string> read_time(const std::string& text, std::optional<Instant>& value) {
    value.reset();
    if (text.empty()) return std::nullopt;
    const auto written = parse_written_time(text);
    if (!written)
        return fmt::format("`{}` is no time; write `2026-11-16` or `2026-11-16T08:30:00+08:00`",
                           text);
    value = Instant(written->local.time_since_epoch()) -
            written->offset.value_or(std::chrono::minutes{0});
    return std::nullopt;
}

std::optional<std::string> set_attribute(Attributes& attributes, const RecordCell& cell) {
    if (cell.text.empty())
        attributes.erase(cell.column.name);
    else
        attributes[cell.column.name] = cell.text;
    return std::nullopt;
}

// In the form that read_time reads.
std::string time_text(const std::optional<Instant>& time) {
    return time ? instant_text(*time) : std::string();
}

class TextsOfFields {
  public:
    void add(RecordField field, std::string text) { add(RecordColumn{field, {}}, std::move(text)); }
    void add(RecordColumn column, std::string text) {
        if (!text.empty()) texts.emplace_back(std::move(column), std::move(text));
    }
    void add(RecordColumn column, const std::vector<std::string>& list) {
        add(std::move(column), fmt::format("{}", fmt::join(list, ";")));
    }
    void add(const Attributes& attributes) {
        for (const auto& [name, value] : attributes) add({RecordField::attribute, name}, value);
    }

    FieldTexts texts{};
};

}  // namespace

std::optional<RecordColumn> find_column(SubjectKind kind, const std::string& header) {
    const std::string name = lang::to_nfc(header);
    const std::string wanted = lower_case(name);
    for (const ColumnName& column : columns) {
        if (has(column, kind) && is_one_of(wanted, column.english, column.chinese))
            return RecordColumn{column.field, {}};
    }
    if (std::find(found_columns.begin(), found_columns.end(), wanted) != found_columns.end())
        return RecordColumn{RecordField::found, wanted};
    for (const ColumnPrefix& prefix : prefixes) {
        if (prefix.field == RecordField::staff && kind != SubjectKind::group) continue;
        for (const std::string_view before : {prefix.english, prefix.chinese}) {
            if (wanted.starts_with(before) && wanted.size() > before.size())
                return RecordColumn{prefix.field, name.substr(before.size())};
        }
    }
    return std::nullopt;
}

std::string to_text(const RecordColumn& wanted) {
    for (const ColumnName& column : columns) {
        if (column.field == wanted.field) return std::string(column.english);
    }
    for (const ColumnPrefix& prefix : prefixes) {
        if (prefix.field == wanted.field) return std::string(prefix.english) + wanted.name;
    }
    return wanted.name;
}

std::vector<std::string_view> column_names(SubjectKind kind, bool in_chinese) {
    std::vector<std::string_view> names;
    for (const ColumnName& column : columns) {
        if (has(column, kind)) names.push_back(in_chinese ? column.chinese : column.english);
    }
    return names;
}

std::optional<std::string> set_field(Group& group, const RecordCell& cell, Instant now) {
    switch (cell.column.field) {
        case RecordField::name:
            group.name = cell.text;
            break;
        case RecordField::owner:
            group.owner = cell.text;
            break;
        case RecordField::tags:
            group.tags = cell.list;
            break;
        case RecordField::zone:
            group.zone = cell.text;
            break;
        case RecordField::created:
            return read_time(cell.text, group.created_at);
        case RecordField::status:
            if (is_one_of(cell.text, "dissolved", "已解散")) {
                if (!group.dissolved_at) group.dissolved_at = now;
            } else if (cell.text.empty() || is_one_of(cell.text, "active", "正常")) {
                group.dissolved_at.reset();
            } else {
                return fmt::format("`{}` is no status; write `active` or `dissolved`", cell.text);
            }
            break;
        case RecordField::staff:
            if (cell.list.empty())
                group.staff.erase(cell.column.name);
            else
                group.staff[cell.column.name] = cell.list;
            break;
        case RecordField::attribute:
            return set_attribute(group.attributes, cell);
        default:
            break;
    }
    return std::nullopt;
}

std::optional<std::string> set_field(Member& member, const RecordCell& cell, Instant now) {
    switch (cell.column.field) {
        case RecordField::name:
            member.name = cell.text;
            break;
        case RecordField::tags:
            member.tags = cell.list;
            break;
        case RecordField::groups:
            member.groups = cell.list;
            break;
        case RecordField::zone:
            member.zone = cell.text;
            break;
        case RecordField::joined:
            // What is known stays.
            if (member.joined_at) break;
            return read_time(cell.text, member.joined_at);
        case RecordField::invited_by:
            member.invited_by = cell.text.empty() ? std::nullopt : std::optional(cell.text);
            break;
        case RecordField::opted_out:
            if (is_one_of(cell.text, "yes", "是")) {
                if (!member.opted_out_at) member.opted_out_at = now;
            } else if (cell.text.empty() || is_one_of(cell.text, "no", "否")) {
                member.opted_out_at.reset();
            } else {
                return fmt::format("`{}` is neither `yes` nor `no`", cell.text);
            }
            break;
        case RecordField::attribute:
            return set_attribute(member.attributes, cell);
        default:
            break;
    }
    return std::nullopt;
}

FieldTexts field_texts(const Group& group) {
    TextsOfFields fields;
    fields.add(RecordField::name, group.name);
    fields.add(RecordField::owner, group.owner);
    fields.add({RecordField::tags, {}}, group.tags);
    fields.add(RecordField::zone, group.zone);
    fields.add(RecordField::status, group.dissolved_at ? "dissolved" : "active");
    fields.add(RecordField::created, time_text(group.created_at));
    for (const auto& [role, members] : group.staff) fields.add({RecordField::staff, role}, members);
    fields.add(group.attributes);
    return std::move(fields.texts);
}

FieldTexts field_texts(const Member& member) {
    TextsOfFields fields;
    fields.add(RecordField::name, member.name);
    fields.add({RecordField::groups, {}}, member.groups);
    fields.add({RecordField::tags, {}}, member.tags);
    fields.add(RecordField::zone, member.zone);
    fields.add(RecordField::invited_by, member.invited_by.value_or(""));
    fields.add(RecordField::joined, time_text(member.joined_at));
    fields.add(RecordField::opted_out, member.opted_out_at ? "yes" : "no");
    fields.add(member.attributes);
    return std::move(fields.texts);
}

std::vector<std::string> split_ids(std::string_view text) {
    return sorted_once(split_values(text));
}

std::vector<std::string> split_tags(std::string_view text) {
    std::vector<std::string> tags = split_values(text);
    for (std::string& tag : tags) tag = lang::to_nfc(tag);
    return sorted_once(std::move(tags));
}

bool fits_in_list(std::string_view id) {
    for (std::size_t i = 0; i < id.size(); ++i) {
        if (separator_length(id.substr(i)) != 0) return false;
    }
    return is_usable_id(id);
}

}  // namespace sop::runtime
