// What an import tells the executor: an event of sop's own, beside the rows that it wrote.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/store/store.h"

namespace sop::runtime {

inline constexpr const char* imported_event = "sop.imported";

// Of groups or of members, those that changed.
struct DirectoryChange {
    SubjectKind kind = SubjectKind::member;
    std::vector<std::string> ids{};
    std::vector<std::string> gone{};       // of these: dissolved groups, members that are gone
    std::vector<std::string> opted_out{};  // of these
    std::vector<Membership> left{};        // that are no more

    bool operator==(const DirectoryChange&) const = default;
};

Event event_of(const DirectoryChange& change, const std::string& id, Instant at);
// Nothing for any other event.
std::optional<DirectoryChange> read_directory_change(const Event& event);

}  // namespace sop::runtime
