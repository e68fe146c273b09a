// The fields of groups and members by name, as files and people write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/store/store.h"

namespace sop::runtime {

enum class RecordField {
    id,
    name,
    owner,
    tags,
    groups,
    zone,
    status,
    created,
    invited_by,
    joined,
    opted_out,
    staff,      // of a role
    attribute,  // of a name
    found,      // size, talked, points: lists tell it, and what a file says of it is left
};

struct RecordColumn {
    RecordField field = RecordField::id;
    std::string name{};  // the role, or the attribute

    bool operator==(const RecordColumn&) const = default;
};

// A column by its name: "name", "名称", "staff.admin", "attribute.city". Nothing for one that
// records of the kind do not have.
std::optional<RecordColumn> find_column(SubjectKind kind, const std::string& name);
// "name", "staff.admin".
std::string to_text(const RecordColumn& column);
// Of those that have one name: "id", "name", …
std::vector<std::string_view> column_names(SubjectKind kind, bool in_chinese = false);

// A value in a row: of tags, groups and staff a list.
struct RecordCell {
    RecordColumn column{};
    std::string text{};
    std::vector<std::string> list{};
};

// By such a cell the record is this. What is wrong with the value, and how to mend it, if anything.
std::optional<std::string> set_field(Group& group, const RecordCell& cell, Instant now);
std::optional<std::string> set_field(Member& member, const RecordCell& cell, Instant now);

// What a file can say of a record, but for its id, as it would say it: values that are not empty,
// lists parted by `;`.
using FieldTexts = std::vector<std::pair<RecordColumn, std::string>>;
FieldTexts field_texts(const Group& group);
FieldTexts field_texts(const Member& member);

// "a; b", "a,b" and the like, also with full-width signs, as a sorted list. Tags are composed as
// the names in playbooks are; ids are taken byte by byte.
std::vector<std::string> split_tags(std::string_view text);
std::vector<std::string> split_ids(std::string_view text);
// An id is written in lists and on one line of a terminal.
bool fits_in_list(std::string_view id);

}  // namespace sop::runtime
