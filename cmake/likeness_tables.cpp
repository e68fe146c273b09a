// Writes <generated>/lang/likeness_tables.h: what ICU knows of how Chinese is simplified and read
// aloud and of which letters look alike, a character at a time. The one door to ICU.
//
// ICU itself is no part of sop: its libraries add a sixth to the time that any command takes to
// start, and its rules for Chinese, which it compiles when they are first asked for, take ten times
// as long as everything else that `sop check` does. A character at a time nothing is lost: those
// rules look at little else.
#include <fmt/format.h>
#include <fmt/os.h>
#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>

#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr UChar32 han_begin = 0x4E00;  // CJK Unified Ideographs, all that are in common use
constexpr UChar32 han_end = 0xA000;
constexpr UChar32 characters_end = 0x20000;  // no letter beyond looks like another but Chinese ones

void require(UErrorCode status, const char* what) {
    if (U_FAILURE(status))
        throw std::runtime_error(fmt::format("ICU: {}: {}", what, u_errorName(status)));
}

std::string utf8(const icu::UnicodeString& text) {
    std::string result;
    text.toUTF8String(result);
    return result;
}

class Rules {
  public:
    explicit Rules(const char* id) {
        UErrorCode status = U_ZERO_ERROR;
        UParseError place;
        rules_.reset(icu::Transliterator::createInstance(id, UTRANS_FORWARD, place, status));
        require(status, id);
    }
    icu::UnicodeString become(UChar32 character) const {
        icu::UnicodeString text(character);
        rules_->transliterate(text);
        return text;
    }

  private:
    std::unique_ptr<icu::Transliterator> rules_{};
};

// Lines of about this many entries keep the header readable.
std::string rows(const std::vector<std::string>& entries) {
    constexpr std::size_t row = 16;
    std::string text;
    for (std::size_t i = 0; i < entries.size(); ++i)
        text += entries[i] + (i % row == row - 1 ? ",\n" : ",");
    return text + "\n";
}

void write_simplified(fmt::ostream& out) {
    const Rules rules("Traditional-Simplified");
    std::vector<std::string> pairs;
    for (UChar32 character = han_begin; character < han_end; ++character) {
        const icu::UnicodeString text = rules.become(character);
        const bool is_one = text.countChar32() == 1 && text.char32At(0) != character &&
                            text.char32At(0) >= han_begin && text.char32At(0) < han_end;
        if (is_one) pairs.push_back(fmt::format("{{{},{}}}", character, text.char32At(0)));
    }
    out.print("inline constexpr SimplifiedCharacter simplified_characters[] = {{\n{}}};\n\n",
              rows(pairs));
}

// A syllable of Chinese in the letters a to z, or nothing.
std::string syllable_of(const icu::UnicodeString& text) {
    constexpr std::size_t letters_max = 6;
    const std::string letters = utf8(text);
    const bool is_plain =
        letters.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos;
    return is_plain && letters.size() <= letters_max ? letters : "";
}

void write_readings(fmt::ostream& out) {
    const Rules rules("Han-Latin; Latin-ASCII; Lower");
    std::map<std::string, std::size_t> numbers{{"", 0}};
    std::vector<std::string> syllables{"{\"\"}"};
    std::vector<std::string> readings;
    for (UChar32 character = han_begin; character < han_end; ++character) {
        const std::string syllable = syllable_of(rules.become(character));
        const auto [known, added] = numbers.emplace(syllable, syllables.size());
        if (added) syllables.push_back(fmt::format("{{\"{}\"}}", syllable));
        readings.push_back(fmt::to_string(known->second));
    }
    out.print("inline constexpr Syllable syllables[] = {{\n{}}};\n\n", rows(syllables));
    out.print("inline constexpr char32_t readings_begin = {};\n", han_begin);
    out.print("inline constexpr std::uint16_t readings[] = {{\n{}}};\n\n", rows(readings));
}

// Syllables of Hangul are left out: what they look like is their own parts.
bool may_stand_in_name(UChar32 character) {
    if (u_getIntPropertyValue(character, UCHAR_HANGUL_SYLLABLE_TYPE) != U_HST_NOT_APPLICABLE)
        return false;
    constexpr std::uint32_t mask =
        U_GC_L_MASK | U_GC_NL_MASK | U_GC_MN_MASK | U_GC_MC_MASK | U_GC_ND_MASK | U_GC_PC_MASK;
    return (U_GET_GC_MASK(character) & mask) != 0;
}

// UTS #39, over what letters of another width stand for. Letters with accents that only lose their
// composed form are left out: names are compared composed.
void write_look_alikes(fmt::ostream& out) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<USpoofChecker, decltype(&uspoof_close)> checker(uspoof_open(&status),
                                                                          &uspoof_close);
    const icu::Normalizer2* compatible = icu::Normalizer2::getNFKCInstance(status);
    const icu::Normalizer2* decomposed = icu::Normalizer2::getNFDInstance(status);
    require(status, "uspoof_open");
    std::string shapes;
    std::vector<std::string> entries;
    for (UChar32 character = 0; character < characters_end; ++character) {
        if (!may_stand_in_name(character)) continue;
        const icu::UnicodeString text(character);
        icu::UnicodeString shape;
        uspoof_getSkeletonUnicodeString(checker.get(), 0, compatible->normalize(text, status),
                                        shape, &status);
        require(status, "uspoof_getSkeleton");
        if (shape == text || shape == decomposed->normalize(text, status)) continue;
        const std::string bytes = utf8(shape);
        entries.push_back(fmt::format("{{{},{},{}}}", character, shapes.size(), bytes.size()));
        shapes += bytes;
    }
    std::vector<std::string> bytes;
    for (const char byte : shapes)
        bytes.push_back(fmt::to_string(static_cast<unsigned>(static_cast<unsigned char>(byte))));
    out.print("inline constexpr LookAlike look_alikes[] = {{\n{}}};\n\n", rows(entries));
    out.print("inline constexpr unsigned char shapes[] = {{\n{}}};\n\n", rows(bytes));
}

void write_scripts(fmt::ostream& out) {
    std::vector<std::string> ranges;
    for (UChar32 begin = 0; begin < characters_end;) {
        UErrorCode status = U_ZERO_ERROR;
        const UScriptCode script = uscript_getScript(begin, &status);
        UChar32 end = begin;
        while (end < characters_end && uscript_getScript(end, &status) == script) ++end;
        const char* name = script == USCRIPT_LATIN      ? "latin"
                           : script == USCRIPT_GREEK    ? "greek"
                           : script == USCRIPT_CYRILLIC ? "cyrillic"
                                                        : nullptr;
        if (name) ranges.push_back(fmt::format("{{{},{},Script::{}}}", begin, end, name));
        begin = end;
    }
    out.print("inline constexpr ScriptRange script_ranges[] = {{\n{}}};\n\n", rows(ranges));
}

constexpr const char* head =
    R"(// Written by cmake/likeness_tables.cpp. In the order of the characters; [begin, end).
#pragma once

#include <cstdint>

#include "lang/likeness.h"

namespace sop::lang::likeness {{

struct SimplifiedCharacter {{
    char32_t character;
    char32_t simplified;
}};
struct Syllable {{
    char letters[7];
}};
struct LookAlike {{
    char32_t character;
    std::uint32_t shape;  // its first byte in `shapes`
    std::uint32_t size;
}};
struct ScriptRange {{
    char32_t begin;
    char32_t end;
    Script script;
}};

)";

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        fmt::print(stderr, "usage: likeness_tables HEADER\n");
        return 2;
    }
    try {
        auto out = fmt::output_file(argv[1]);
        out.print(head);
        write_simplified(out);
        write_readings(out);
        write_look_alikes(out);
        write_scripts(out);
        out.print("}}  // namespace sop::lang::likeness\n");
    } catch (const std::exception& error) {
        fmt::print(stderr, "likeness_tables: {}\n", error.what());
        return 1;
    }
    return 0;
}
