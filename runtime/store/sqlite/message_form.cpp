#include "runtime/store/sqlite/message_form.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace sop::runtime {

namespace {

using nlohmann::json;

constexpr std::array unusual_verbs{lang::Verb::reply, lang::Verb::announce, lang::Verb::warn};

lang::Verb read_verb(const std::string& written) {
    const auto found = std::find_if(unusual_verbs.begin(), unusual_verbs.end(),
                                    [&](lang::Verb verb) { return to_text(verb) == written; });
    return found == unusual_verbs.end() ? lang::Verb::post : *found;
}

json write_card(const MessageCard& card) {
    json object = json::object();
    for (const auto& [name, value] : {std::pair{"title", &card.title},
                                      {"text", &card.text},
                                      {"picture", &card.picture},
                                      {"link", &card.link},
                                      {"page", &card.page}}) {
        if (!value->empty()) object[name] = *value;
    }
    return object;
}

MessageCard read_card(const json& object) {
    return {.title = object.value("title", ""),
            .text = object.value("text", ""),
            .picture = object.value("picture", ""),
            .link = object.value("link", ""),
            .page = object.value("page", "")};
}

}  // namespace

std::string write_message_form(const MessageForm& form) {
    const bool is_usual = form.verb == lang::Verb::post || form.verb == lang::Verb::send;
    if (is_usual && form == MessageForm{.verb = form.verb}) return {};
    json object = json::object();
    if (!is_usual) object["verb"] = std::string(to_text(form.verb));
    if (form.mentions_all) object["mentions_all"] = true;
    if (!form.mentions.empty()) object["mentions"] = form.mentions;
    if (!form.reply_to.empty()) object["reply_to"] = form.reply_to;
    if (!form.pictures.empty()) object["pictures"] = form.pictures;
    if (form.card) object["card"] = write_card(*form.card);
    // Ids come from outside and need not be UTF-8.
    return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

MessageForm read_message_form(const std::string& text) {
    try {
        const json object = json::parse(text);
        MessageForm form;
        form.verb = read_verb(object.value("verb", ""));
        form.mentions_all = object.value("mentions_all", false);
        form.mentions = object.value("mentions", form.mentions);
        form.reply_to = object.value("reply_to", "");
        form.pictures = object.value("pictures", form.pictures);
        if (object.contains("card")) form.card = read_card(object.at("card"));
        return form;
    } catch (const json::exception& error) {
        throw StoreError(fmt::format(
            "the store holds a message that cannot be read: {}; it was changed by hand or by "
            "another version",
            error.what()));
    }
}

}  // namespace sop::runtime
