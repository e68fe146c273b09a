// Playbooks that are right, and the same with one fault planted in each: what people mistype.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "lang/source.h"

namespace sop::tests {

enum class Fault {
    character_dropped,
    character_doubled,
    characters_swapped,
    token_dropped,
    token_doubled,
    tokens_swapped,
    brace_lost,
    name_misspelt,
    keyword_misspelt,
    quote_lost,
};
inline constexpr std::array faults{Fault::character_dropped,  Fault::character_doubled,
                                   Fault::characters_swapped, Fault::token_dropped,
                                   Fault::token_doubled,      Fault::tokens_swapped,
                                   Fault::brace_lost,         Fault::name_misspelt,
                                   Fault::keyword_misspelt,   Fault::quote_lost};
std::string_view name_of(Fault fault);

struct Playbook {
    std::string name;  // its path below the sources
    std::string text;
};

// The files of examples/, stdlib/ and the goldens that compile without an error, each text once.
std::vector<Playbook> right_playbooks();

// Breaks one playbook again and again; what comes of a seed is the same everywhere.
class Breaker {
  public:
    explicit Breaker(std::string_view text, std::uint32_t seed);

    // The text with one fault of that kind somewhere; the text itself when it has no place for one.
    std::string broken(Fault fault);

  private:
    std::size_t any_below(std::size_t count);
    // The text with what stands in the span replaced.
    std::string replaced(lang::SourceSpan span, std::string_view by) const;
    std::string misspelt(lang::SourceSpan word);
    std::string character_fault(Fault fault);
    std::string token_fault(Fault fault);

    std::string text_;
    std::mt19937 random_;
    // Where a fault of each kind can stand. A text is one token; characters are those outside
    // texts and comments.
    std::vector<lang::SourceSpan> characters_{};
    std::vector<lang::SourceSpan> tokens_{};
    std::vector<lang::SourceSpan> braces_{};
    std::vector<lang::SourceSpan> names_{};
    std::vector<lang::SourceSpan> keywords_{};
    std::vector<lang::SourceSpan> quotes_{};
};

}  // namespace sop::tests
