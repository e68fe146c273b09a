#include "lang/message.h"

#include <fmt/args.h>
#include <fmt/format.h>

#include "lang/messages_zh_cn.h"

namespace sop::lang {

namespace {

// The ideographs in use are the three-byte characters from U+4000 to U+9FFF but for some that no
// catalogue needs.
bool begins_with_ideograph(std::string_view text) {
    const auto lead = text.empty() ? 0 : static_cast<unsigned char>(text.front());
    return lead >= 0xE4 && lead <= 0xE9;
}

bool ends_with_ideograph(std::string_view text) {
    constexpr std::size_t length = 3;
    if (text.size() < length || static_cast<unsigned char>(text.back()) < 0x80) return false;
    return begins_with_ideograph(text.substr(text.size() - length));
}

// Chinese sets quoted code apart from the characters beside it. Whether an argument begins or ends
// with code is known only once it stands in its place, so that no pattern can have the space.
std::string with_code_set_apart(std::string_view text) {
    std::string result;
    bool in_code = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool quote = text[at] == '`';
        if (quote && !in_code && ends_with_ideograph(result)) result += ' ';
        result += text[at];
        if (!quote) continue;
        if (in_code && begins_with_ideograph(text.substr(at + 1))) result += ' ';
        in_code = !in_code;
    }
    return result;
}

}  // namespace

const char* name_of(Language language) {
    return language == Language::zh_cn ? "zh-CN" : "en";
}

std::string_view translated(const char* pattern, Language language) {
    if (language == Language::en) return pattern;
    const auto found = messages_zh_cn().find(pattern);
    return found == messages_zh_cn().end() ? std::string_view(pattern) : found->second;
}

std::string Message::text(Language language) const {
    if (pattern_ == nullptr) return verbatim_;
    fmt::dynamic_format_arg_store<fmt::format_context> filled;
    for (const Message& argument : arguments_) filled.push_back(argument.text(language));
    const std::string text = fmt::vformat(translated(pattern_, language), filled);
    return language == Language::zh_cn ? with_code_set_apart(text) : text;
}

Message list_of(const std::vector<Message>& texts) {
    Message list;
    for (const Message& text : texts) list = list.empty() ? text : "{}, {}"_say(list, text);
    return list;
}

Message list_of(const std::vector<std::string>& texts) {
    return list_of(std::vector<Message>(texts.begin(), texts.end()));
}

}  // namespace sop::lang
