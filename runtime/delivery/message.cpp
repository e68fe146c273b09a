#include "runtime/delivery/message.h"

#include "runtime/clock/instant_text.h"

#include <date/date.h>
#include <nlohmann/json.hpp>

namespace sop::runtime {

namespace {

nlohmann::ordered_json card_of(const MessageCard& card) {
    auto object = nlohmann::ordered_json::object();
    const auto put = [&object](const char* name, const std::string& value) {
        if (!value.empty()) object[name] = value;
    };
    put("title", card.title);
    put("text", card.text);
    put("picture", card.picture);
    put("link", card.link);
    put("page", card.page);
    return object;
}

}  // namespace

nlohmann::ordered_json message_of(const Attempt& attempt) {
    const bool to_group = attempt.target_kind == lang::SubjectKind::group;
    const MessageForm& form = attempt.form;
    nlohmann::ordered_json message{
        {"key", attempt.key},
        {"playbook", attempt.playbook},
        {"rule", attempt.rule},
        {"step", attempt.step},
        {"verb", std::string(to_text(form.verb))},
        {to_group ? "group" : "member", attempt.target},
        {"name", attempt.target_name},
        {"text", attempt.text},
    };
    if (form.mentions_all) message["mentions_all"] = true;
    if (!form.mentions.empty()) message["mentions"] = form.mentions;
    if (!form.reply_to.empty()) message["reply_to"] = form.reply_to;
    if (!form.pictures.empty()) message["pictures"] = form.pictures;
    if (form.card) message["card"] = card_of(*form.card);
    if (attempt.command) {
        message["do"] = attempt.command->verb;
        message["fields"] = attempt.command->fields;
        message["members"] = attempt.command->members;
    }
    message["planned_for"] = instant_text(attempt.planned_for);
    return message;
}

std::string on_one_line(const nlohmann::ordered_json& message) {
    return message.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace sop::runtime
