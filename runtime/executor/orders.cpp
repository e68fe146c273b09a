#include "runtime/executor/orders.h"

#include <fmt/format.h>

#include "runtime/scheduler/event_match.h"
#include "runtime/store/directory_change.h"

namespace sop::runtime {

namespace {

std::string field_of(const Command& command, const char* name) {
    const auto found = command.fields.find(name);
    return found == command.fields.end() ? std::string{} : found->second;
}

// As an import tells of it: the platform has an event of its own for those who leave.
void remove_members(Store& store, DeliveryId id, const std::string& group,
                    const std::vector<std::string>& members, Instant now) {
    DirectoryChange change;
    for (const std::string& member : members) {
        store.figures().end_stay(group, member, now);
        if (!store.leave({member, group})) continue;
        change.ids.push_back(member);
        change.left.push_back({member, group});
    }
    if (!change.ids.empty()) store.add_event(event_of(change, fmt::format("removed:{}", id), now));
}

void carried_out(Store& store, DeliveryId id, const Command& command, Instant now) {
    const std::string group = field_of(command, group_field);
    if (command.verb == create_command) {
        store.put_group({.id = group, .name = field_of(command, name_field)});
        for (const std::string& member : command.members) store.join({member, group}, now);
    } else if (command.verb == remove_command) {
        remove_members(store, id, group, command.members, now);
    } else if (command.verb == dissolve_command) {
        store.add_event({.id = fmt::format("dissolved:{}", id),
                         .type = dissolved_event,
                         .group = group,
                         .at = now,
                         .received_at = now});
    }
}

}  // namespace

void order_ended(Store& store, DeliveryId id, DeliveryState state, Instant now) {
    if (const auto command = store.find_command(id)) order_ended(store, id, *command, state, now);
}

void order_ended(Store& store, DeliveryId id, const Command& command, DeliveryState state,
                 Instant now) {
    switch (state) {
        case DeliveryState::sent:
        case DeliveryState::confirmed:
            return carried_out(store, id, command, now);
        case DeliveryState::skipped:
        case DeliveryState::exited:
        case DeliveryState::cancelled:
        case DeliveryState::refused:
        case DeliveryState::failed:
            if (command.verb == invite_command) store.remove_invitations(id);
            return;
        case DeliveryState::pending:
        case DeliveryState::attempting:
        case DeliveryState::unknown:
            return;
    }
}

}  // namespace sop::runtime
