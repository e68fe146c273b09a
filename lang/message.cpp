#include "lang/message.h"

#include <fmt/args.h>
#include <fmt/format.h>

#include "lang/messages_zh_cn.h"

namespace sop::lang {

std::string_view translated(const char* pattern, Language language) {
    if (language == Language::en) return pattern;
    const auto found = messages_zh_cn().find(pattern);
    return found == messages_zh_cn().end() ? std::string_view(pattern) : found->second;
}

std::string Message::text(Language language) const {
    if (pattern_ == nullptr) return verbatim_;
    fmt::dynamic_format_arg_store<fmt::format_context> filled;
    for (const Message& argument : arguments_) filled.push_back(argument.text(language));
    return fmt::vformat(translated(pattern_, language), filled);
}

}  // namespace sop::lang
