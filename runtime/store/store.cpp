#include "runtime/store/store.h"

#include <algorithm>

namespace sop::runtime {

namespace {

// ASCII's unit separator.
constexpr char between_group_and_member = '\x1f';

}  // namespace

std::string to_subject(const Membership& membership) {
    return membership.group + between_group_and_member + membership.member;
}

std::optional<Membership> membership_from(std::string_view subject) {
    const std::size_t end = subject.find(between_group_and_member);
    if (end == std::string_view::npos) return std::nullopt;
    return Membership{std::string(subject.substr(end + 1)), std::string(subject.substr(0, end))};
}

std::string addressee_of(const std::string& subject) {
    const auto membership = membership_from(subject);
    return membership ? membership->member : subject;
}

bool is_usable_id(std::string_view id) {
    return !id.empty() && std::none_of(id.begin(), id.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x20 || byte == 0x7f;
    });
}

std::string_view to_text(DeliveryState state) {
    switch (state) {
        case DeliveryState::pending:
            return "pending";
        case DeliveryState::attempting:
            return "attempting";
        case DeliveryState::sent:
            return "sent";
        case DeliveryState::confirmed:
            return "confirmed";
        case DeliveryState::skipped:
            return "skipped";
        case DeliveryState::exited:
            return "exited";
        case DeliveryState::cancelled:
            return "cancelled";
        case DeliveryState::refused:
            return "refused";
        case DeliveryState::failed:
            return "failed";
        case DeliveryState::unknown:
            return "unknown";
    }
    return "";  // not reached: the switch names every state
}

std::string_view to_text(TaskState state) {
    switch (state) {
        case TaskState::open:
            return "open";
        case TaskState::done:
            return "done";
        case TaskState::rejected:
            return "rejected";
        case TaskState::late:
            return "late";
        case TaskState::cancelled:
            return "cancelled";
    }
    return "";  // not reached: the switch names every state
}

std::string_view to_text(VersionRequestKind kind) {
    switch (kind) {
        case VersionRequestKind::deploy:
            return "deploy";
        case VersionRequestKind::rollback:
            return "rollback";
        case VersionRequestKind::migrate:
            return "migrate";
    }
    return "";  // not reached: the switch names every kind
}

std::string_view to_text(VersionOutcome outcome) {
    switch (outcome) {
        case VersionOutcome::changed:
            return "changed";
        case VersionOutcome::unchanged:
            return "unchanged";
        case VersionOutcome::refused:
            return "refused";
    }
    return "";  // not reached: the switch names every outcome
}

std::string_view to_text(IntakeOutcome outcome) {
    switch (outcome) {
        case IntakeOutcome::accepted:
            return "accepted";
        case IntakeOutcome::duplicate:
            return "duplicate";
        case IntakeOutcome::rejected:
            return "rejected";
    }
    return "";  // not reached: the switch names every outcome
}

std::string_view to_text(PauseMode mode) {
    return mode == PauseMode::hold ? "hold" : "skip";
}

}  // namespace sop::runtime
