#include "runtime/intake/effective_message.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lang/unicode.h"

namespace sop::runtime {

namespace {

constexpr std::array<std::string_view, 9> words_that_check_in{
    "1", "到", "签到", "簽到", "打卡", "check in", "checkin", "check-in", "sign in"};

std::string trimmed(const std::string& text) {
    constexpr const char* blanks = " \t\r\n";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// Names of stickers stand in brackets: "[微笑]".
std::string without_brackets(const std::string& text) {
    std::string rest;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t open = text.find('[', at);
        const std::size_t close = open == std::string::npos ? open : text.find(']', open);
        if (close == std::string::npos) return rest + text.substr(at);
        rest += text.substr(at, open - at);
        at = close + 1;
    }
    return rest;
}

struct Character {
    std::uint32_t code = 0;
    std::size_t bytes = 1;
};

// Of UTF-8; a byte that begins none is one by itself.
Character character_at(const std::string& text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i]));
    };
    const std::uint32_t lead = byte(at);
    const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (bytes == 1 || at + bytes > text.size()) return {lead, 1};
    std::uint32_t code = lead & (0xFFU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) code = (code << 6) | (byte(at + i) & 0x3FU);
    return {code, bytes};
}

// Pictures, signs and blanks: what stands in no word.
bool is_wordless(std::uint32_t code) {
    struct Range {
        std::uint32_t first;
        std::uint32_t last;
    };
    constexpr std::array ranges{
        Range{0x0000, 0x002F},   Range{0x003A, 0x0040},  Range{0x005B, 0x0060},
        Range{0x007B, 0x00A9},   Range{0x00AB, 0x00B1},  Range{0x00B4, 0x00B4},
        Range{0x00B6, 0x00B8},   Range{0x2000, 0x2BFF},  Range{0x3000, 0x3004},
        Range{0x3008, 0x3020},   Range{0x3030, 0x3030},  Range{0x303D, 0x303F},
        Range{0x3297, 0x3299},   Range{0xFE00, 0xFE6F},  Range{0xFF01, 0xFF0F},
        Range{0xFF1A, 0xFF20},   Range{0xFF3B, 0xFF40},  Range{0xFF5B, 0xFF65},
        Range{0x1F000, 0x1FAFF}, Range{0xE0000, 0xE01EF}};
    return std::any_of(ranges.begin(), ranges.end(), [code](const Range& range) {
        return code >= range.first && code <= range.last;
    });
}

}  // namespace

bool is_effective_message(const std::string& text) {
    // Folding makes full-width signs ordinary ones.
    const std::string said = trimmed(lang::folded(text));
    const bool checks_in = std::find(words_that_check_in.begin(), words_that_check_in.end(),
                                     said) != words_that_check_in.end();
    if (checks_in) return false;
    const std::string rest = without_brackets(said);
    for (std::size_t at = 0; at < rest.size();) {
        const Character character = character_at(rest, at);
        if (!is_wordless(character.code)) return true;
        at += character.bytes;
    }
    return false;
}

}  // namespace sop::runtime
