#include "runtime/store/directory_change.h"

#include <nlohmann/json.hpp>

namespace sop::runtime {

namespace {

using nlohmann::json;

std::vector<std::string> list_in(const Event& event, const char* field) {
    const auto found = event.fields.find(field);
    if (found == event.fields.end()) return {};
    const json list = json::parse(found->second, nullptr, false);
    std::vector<std::string> texts;
    if (!list.is_array()) return texts;
    for (const json& text : list) {
        if (text.is_string()) texts.push_back(text.get<std::string>());
    }
    return texts;
}

}  // namespace

Event event_of(const DirectoryChange& change, const std::string& id, Instant at) {
    std::vector<std::string> left;
    for (const Membership& membership : change.left) left.push_back(to_subject(membership));
    return {.id = id,
            .type = imported_event,
            .at = at,
            .received_at = at,
            .fields = {{"kind", change.kind == SubjectKind::group ? "group" : "member"},
                       {"ids", json(change.ids).dump()},
                       {"gone", json(change.gone).dump()},
                       {"opted_out", json(change.opted_out).dump()},
                       {"left", json(left).dump()}}};
}

std::optional<DirectoryChange> read_directory_change(const Event& event) {
    const auto kind = event.fields.find("kind");
    if (event.type != imported_event || kind == event.fields.end()) return std::nullopt;
    DirectoryChange change;
    change.kind = kind->second == "group" ? SubjectKind::group : SubjectKind::member;
    change.ids = list_in(event, "ids");
    change.gone = list_in(event, "gone");
    change.opted_out = list_in(event, "opted_out");
    for (const std::string& subject : list_in(event, "left")) {
        if (auto membership = membership_from(subject))
            change.left.push_back(std::move(*membership));
    }
    return change;
}

}  // namespace sop::runtime
