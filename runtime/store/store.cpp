#include "runtime/store/store.h"

namespace sop::runtime {

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
