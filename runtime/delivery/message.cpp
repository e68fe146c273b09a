#include "runtime/delivery/message.h"

#include "runtime/clock/instant_text.h"

#include <date/date.h>
#include <nlohmann/json.hpp>

namespace sop::runtime {

nlohmann::ordered_json message_of(const Attempt& attempt) {
    const bool to_group = attempt.target_kind == lang::SubjectKind::group;
    nlohmann::ordered_json message{
        {"key", attempt.key},
        {"playbook", attempt.playbook},
        {"rule", attempt.rule},
        {"step", attempt.step},
        {to_group ? "group" : "member", attempt.target},
        {"name", attempt.target_name},
        {"text", attempt.text},
        {"planned_for", instant_text(attempt.planned_for)},
    };
    if (attempt.command) {
        message["do"] = attempt.command->verb;
        message["fields"] = attempt.command->fields;
        message["members"] = attempt.command->members;
    }
    return message;
}

std::string on_one_line(const nlohmann::ordered_json& message) {
    return message.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace sop::runtime
