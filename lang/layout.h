// What the reader took each token for: what there is to know beside the tokens to print a file
// again, in its own words or in those of another dialect.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lang/keywords.h"

namespace sop::lang {

enum class TokenRole : std::uint8_t {
    none,         // a sign, or a word nobody took
    keyword,      // TokenUse::keyword
    field,        // a field the language has: `group.name`; TokenUse::field
    name,         // the author's own, the same in every dialect
    number,       // stands alone
    count,        // the number of a duration whose unit is a word: `2` of `2 weeks`
    unit,         // and that word; TokenUse::unit
    duration,     // `1h30m`, `2小时`
    ordinal,      // `1st`, `第1`
    call,         // a parenthesis that touches the word before it: `opened(article_1)`
    label_colon,  // ends the label of a step or a branch
    dialect,      // of `language zh-CN`
    dot,          // joins names: `cn.holidays`
    format,       // of a hole, printed as it is
    hyphen,       // joins the parts of a date without a year: `06-18`, `8-last`
    sign,         // of a number, touching it: the `-` of `points -5`, the `%` of `50%`
};

struct TokenUse {
    TokenRole role = TokenRole::none;
    Keyword keyword{};
    Field field{};
    Unit unit{};
};

struct Layout {
    std::vector<TokenUse> uses;  // one for each token

    // Clauses of one head, which the formatter puts in order; [begin, end) are tokens.
    struct Clause {
        std::size_t begin = 0;
        std::size_t end = 0;
        int rank = 0;
    };
    std::vector<std::vector<Clause>> heads;

    // The first token of times before which English writes `at` and Chinese does not.
    std::vector<std::size_t> literal_times;
};

}  // namespace sop::lang
