// What the language says to people: a pattern with what fills it, so that it can be said in more
// than one language.
//
// A pattern is written in English with `_say` behind it: "there is no tag `{}`"_say(name). Its
// translation is looked up by the English text (messages_zh_cn.cpp); a test finds every pattern in
// the sources and fails for one that has none. What fills a pattern is either said itself (a
// pattern or a message) or stays as it is in every language (names, quoted texts, numbers).
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sop::lang {

enum class Language { en, zh_cn };
// "en", "zh-CN"
const char* name_of(Language language);

class Message;

// A text of the program itself, with a `{}` for each argument.
class Pattern {
  public:
    constexpr explicit Pattern(const char* text) : text_(text) {}
    const char* text() const { return text_; }

    template <typename... Arguments>
    Message operator()(Arguments&&... arguments) const;

  private:
    const char* text_;
};

inline namespace literals {
constexpr Pattern operator""_say(const char* text, std::size_t) {
    return Pattern(text);
}
}  // namespace literals

class Message {
  public:
    Message() = default;
    Message(Pattern pattern) : pattern_(pattern.text()) {}
    // Stays as it is in every language.
    Message(std::string verbatim) : verbatim_(std::move(verbatim)) {}
    Message(std::string_view verbatim) : verbatim_(verbatim) {}
    template <std::integral Number>
    Message(Number number) : verbatim_(std::to_string(number)) {}
    Message(const char* verbatim) : verbatim_(verbatim) {}

    bool empty() const { return pattern_ == nullptr && verbatim_.empty(); }
    std::string text(Language language = Language::en) const;

    // The English pattern, or nullptr for a verbatim text; and what fills it.
    const char* pattern() const { return pattern_; }
    const std::vector<Message>& arguments() const { return arguments_; }

  private:
    friend class Pattern;
    const char* pattern_ = nullptr;
    std::string verbatim_{};
    std::vector<Message> arguments_{};
};

template <typename... Arguments>
Message Pattern::operator()(Arguments&&... arguments) const {
    Message message(*this);
    (message.arguments_.emplace_back(std::forward<Arguments>(arguments)), ...);
    return message;
}

// The texts one after the other, with what stands between them in a list.
Message list_of(const std::vector<Message>& texts);
Message list_of(const std::vector<std::string>& texts);

// The pattern in a language; the English one where it has no translation.
std::string_view translated(const char* pattern, Language language);

}  // namespace sop::lang
