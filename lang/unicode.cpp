#include "lang/unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>

namespace sop::lang {

namespace {

constexpr char32_t replacement_character = 0xFFFD;
constexpr char32_t emoji_presentation = 0xFE0F;

const utf8proc_uint8_t* bytes_of(std::string_view text) {
    return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

bool is_ascii(char byte) {
    return static_cast<unsigned char>(byte) < 0x80;
}

// Characters that show nothing (joiners, fillers, variation selectors) would make two names look
// alike.
bool is_ignorable(char32_t code_point) {
    return utf8proc_get_property(static_cast<utf8proc_int32_t>(code_point))->ignorable;
}

utf8proc_category_t category_of(char32_t code_point) {
    return utf8proc_category(static_cast<utf8proc_int32_t>(code_point));
}

bool is_regional_indicator(char32_t code_point) {
    return code_point >= 0x1F1E6 && code_point <= 0x1F1FF;
}

bool is_letter(utf8proc_category_t category) {
    switch (category) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_NL:
            return true;
        default:
            return false;
    }
}

std::string mapped(std::string_view text, int options) {
    utf8proc_uint8_t* result = nullptr;
    const auto length = utf8proc_map(bytes_of(text), static_cast<utf8proc_ssize_t>(text.size()),
                                     &result, static_cast<utf8proc_option_t>(options));
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(result, &std::free);
    if (length == UTF8PROC_ERROR_NOMEM) {
        throw std::bad_alloc();
    }
    if (length < 0) {
        return std::string(text);
    }
    return std::string(reinterpret_cast<const char*>(result), static_cast<std::size_t>(length));
}

// A terminal draws a cluster in the cells of its widest part: marks and joined emoji add none. Two
// exceptions make a pair of narrow characters wide: a flag, and a symbol followed by the request to
// show it as an emoji.
class ClusterWidth {
  public:
    void add(char32_t code_point) {
        const bool second_of_flag =
            count_ == 1 && is_regional_indicator(first_) && is_regional_indicator(code_point);
        const int width = utf8proc_charwidth(static_cast<utf8proc_int32_t>(code_point));
        width_ = std::max(
            width_, second_of_flag || (count_ > 0 && code_point == emoji_presentation) ? 2 : width);
        first_ = count_ == 0 ? code_point : first_;
        ++count_;
    }
    std::size_t cells() const { return static_cast<std::size_t>(width_); }

  private:
    char32_t first_ = 0;
    int count_ = 0;
    int width_ = 0;
};

}  // namespace

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        if (is_ascii(text[at])) {
            ++at;
            continue;
        }
        utf8proc_int32_t code_point = 0;
        const auto length = utf8proc_iterate(
            bytes_of(text) + at, static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
        if (length <= 0) {
            return at;
        }
        at += static_cast<std::size_t>(length);
    }
    return std::nullopt;
}

CodePoint code_point_at(std::string_view text, std::size_t offset) {
    utf8proc_int32_t code_point = 0;
    const auto length = utf8proc_iterate(
        bytes_of(text) + offset, static_cast<utf8proc_ssize_t>(text.size() - offset), &code_point);
    // A length of at least one lets loops end even when the text is, against the contract, not
    // UTF-8.
    if (length <= 0) {
        return {replacement_character, 1};
    }
    return {static_cast<char32_t>(code_point), static_cast<std::size_t>(length)};
}

std::size_t display_width(std::string_view text, std::size_t start_cell, std::size_t tab_width) {
    std::size_t cell = start_cell;
    std::size_t at = 0;
    utf8proc_int32_t break_state = 0;
    std::optional<char32_t> previous;
    ClusterWidth cluster;
    while (at < text.size()) {
        const CodePoint current = code_point_at(text, at);
        at += current.length;
        const bool begins_cluster =
            previous && utf8proc_grapheme_break_stateful(
                            static_cast<utf8proc_int32_t>(*previous),
                            static_cast<utf8proc_int32_t>(current.value), &break_state);
        if (begins_cluster) {
            cell += cluster.cells();
            cluster = {};
        }
        if (current.value == U'\t') {
            cell = (cell / tab_width + 1) * tab_width;
        } else {
            cluster.add(current.value);
        }
        previous = current.value;
    }
    return cell + cluster.cells() - start_cell;
}

bool starts_name(char32_t code_point) {
    return is_letter(category_of(code_point)) && !is_ignorable(code_point);
}

bool continues_name(char32_t code_point) {
    const utf8proc_category_t category = category_of(code_point);
    const bool may_follow = is_letter(category) || category == UTF8PROC_CATEGORY_MN ||
                            category == UTF8PROC_CATEGORY_MC || category == UTF8PROC_CATEGORY_ND ||
                            category == UTF8PROC_CATEGORY_PC;
    return may_follow && !is_ignorable(code_point);
}

bool is_blank(std::string_view text) {
    for (std::size_t offset = 0; offset < text.size();) {
        const CodePoint current = code_point_at(text, offset);
        switch (category_of(current.value)) {
            case UTF8PROC_CATEGORY_ZS:
            case UTF8PROC_CATEGORY_ZL:
            case UTF8PROC_CATEGORY_ZP:
            case UTF8PROC_CATEGORY_CC:
            case UTF8PROC_CATEGORY_CF:
                break;
            default:
                return false;
        }
        offset += current.length;
    }
    return true;
}

bool is_bidi_control(char32_t code_point) {
    return code_point == 0x061C || code_point == 0x200E || code_point == 0x200F ||
           (code_point >= 0x202A && code_point <= 0x202E) ||
           (code_point >= 0x2066 && code_point <= 0x2069);
}

std::string to_nfc(std::string_view text) {
    if (std::all_of(text.begin(), text.end(), is_ascii)) {
        return std::string(text);
    }
    return mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

std::string folded(std::string_view text) {
    return mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD);
}

}  // namespace sop::lang
