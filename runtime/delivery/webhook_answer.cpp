#include "runtime/delivery/webhook_answer.h"

#include "lang/unicode.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

namespace sop::runtime {
namespace {

constexpr std::size_t secret_bytes_min = 4;
constexpr std::string_view blot = "[…]";
constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

std::string percent_decoded(const std::string& text) {
    int length = 0;
    const std::unique_ptr<char, decltype(&curl_free)> decoded(
        curl_easy_unescape(nullptr, text.data(), static_cast<int>(text.size()), &length),
        &curl_free);
    return decoded ? std::string(decoded.get(), static_cast<std::size_t>(length)) : text;
}

std::string blotted(std::string_view text, const std::string& secret) {
    std::string clean;
    for (auto at = text.find(secret); at != std::string_view::npos; at = text.find(secret)) {
        clean += text.substr(0, at);
        clean += blot;
        text.remove_prefix(at + secret.size());
    }
    return clean += text;
}

std::string with_valid_utf8(std::string_view text) {
    std::string valid;
    while (const auto invalid = lang::find_invalid_utf8(text)) {
        valid += text.substr(0, *invalid);
        valid += replacement_character;
        text.remove_prefix(*invalid + 1);
    }
    return valid += text;
}

// Anything that would end the line, move the cursor or reorder the text around it.
bool is_unprintable(char32_t code_point) {
    return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) || code_point == 0x2028 ||
           code_point == 0x2029 || lang::is_bidi_control(code_point);
}

}  // namespace

AttemptResult::Kind kind_of_status(long status) {
    if (status >= 200 && status < 300) return AttemptResult::Kind::sent;
    if (status == 408 || status == 425 || status == 429 || (status >= 500 && status < 600)) {
        return AttemptResult::Kind::retry;
    }
    return AttemptResult::Kind::failed;
}

AskResult::Kind kind_of_answer(long status) {
    if (status >= 200 && status < 300) return AskResult::Kind::taken;
    return status == 404 ? AskResult::Kind::not_taken : AskResult::Kind::not_known;
}

std::vector<std::string> secret_parts(const std::string& url) {
    const auto scheme_end = url.find("://");
    const std::string address = scheme_end == std::string::npos ? url : url.substr(scheme_end + 3);
    std::vector<std::string> parts{address};
    for (std::size_t begin = 0; begin <= address.size();) {
        const std::size_t end = std::min(address.find_first_of("/?&=#@:", begin), address.size());
        parts.push_back(address.substr(begin, end - begin));
        parts.push_back(percent_decoded(parts.back()));
        begin = end + 1;
    }
    std::erase_if(parts, [](const std::string& part) { return part.size() < secret_bytes_min; });
    std::sort(parts.begin(), parts.end(), [](const std::string& a, const std::string& b) {
        return a.size() != b.size() ? a.size() > b.size() : a < b;
    });
    parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
    return parts;
}

std::string excerpt(std::string body, const std::vector<std::string>& secrets) {
    for (const std::string& secret : secrets) body = blotted(body, secret);
    // More than enough for the characters shown, whatever their length, unless nearly all of it is
    // white space.
    body.resize(std::min<std::size_t>(body.size(), excerpt_characters_max * 16));
    const std::string text = with_valid_utf8(body);

    std::string shown;
    std::size_t characters = 0;
    bool gap = false;
    for (std::size_t at = 0; at < text.size();) {
        const auto [value, length] = lang::code_point_at(text, at);
        if (value == ' ' || is_unprintable(value)) {
            gap = !shown.empty();
        } else {
            if (characters + (gap ? 1 : 0) >= excerpt_characters_max) return shown + "…";
            if (gap) shown += ' ';
            shown.append(text, at, length);
            characters += gap ? 2 : 1;
            gap = false;
        }
        at += length;
    }
    return shown;
}

}  // namespace sop::runtime
