#include "runtime/scheduler/text.h"

#include <vector>

#include "runtime/scheduler/evaluation.h"

namespace sop::runtime {

namespace {

std::string verb_shown(lang::Verb verb) {
    const bool is_usual = verb == lang::Verb::post || verb == lang::Verb::send;
    return is_usual ? std::string() : std::string(to_text(verb));
}

std::string card_shown(const MessageCard& card) {
    std::string text = "[" + (card.title.empty() ? "card" : card.title) + "]";
    if (!card.text.empty()) text += " " + card.text;
    if (!card.link.empty()) text += " " + card.link + card.page;
    return text;
}

std::string joined(const std::vector<std::string>& parts, const char* between) {
    std::string text;
    for (const std::string& part : parts) {
        if (part.empty()) continue;
        if (!text.empty()) text += between;
        text += part;
    }
    return text;
}

}  // namespace

std::string render_text(const lang::TextTemplate& text, const Facts& facts) {
    std::string rendered;
    for (const auto& part : text.parts) {
        if (const auto* plain = std::get_if<std::string>(&part)) {
            rendered += *plain;
        } else {
            rendered += hole_text(std::get<lang::Hole>(part), facts).value_or("");
        }
    }
    return rendered;
}

std::string shown_line(const std::string& text, const MessageForm& form) {
    std::vector<std::string> asides;
    if (form.mentions_all) asides.emplace_back("mentions all");
    for (const std::string& member : form.mentions) asides.push_back("mentions " + member);
    for (const std::string& picture : form.pictures) asides.push_back("picture " + picture);
    if (form.card && !form.card->picture.empty()) asides.push_back("picture " + form.card->picture);
    const std::string aside = joined(asides, ", ");
    return joined({verb_shown(form.verb), text, form.card ? card_shown(*form.card) : "",
                   aside.empty() ? "" : "(" + aside + ")"},
                  " ");
}

}  // namespace sop::runtime
