// One token after another as text: each in the words of a dialect, and where a space goes.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lang/keywords.h"
#include "lang/parse.h"
#include "lang/source.h"

namespace sop::lang::formatting {

inline constexpr std::size_t indent_width = 2;

// The source and the document must outlive it.
class TokenText {
  public:
    TokenText(const Source& source, const ParsedDocument& parsed, Dialect to);

    // What stands for the token. Of opening quotes it is the whole text, with its lines, if it has
    // several, set below a line with that indent.
    std::string text(std::size_t token, std::size_t indent = 0) const;
    // Whether a space goes between two neighbours, each a token, or a text by its opening quotes.
    bool space_between(std::size_t left, std::size_t right) const;

  private:
    const TokenUse& use(std::size_t token) const { return parsed_.layout.uses[token]; }
    const Token& at(std::size_t token) const { return parsed_.tokens.tokens[token]; }
    std::string_view written(std::size_t token) const { return source_.text(at(token).span); }

    std::string by_kind(std::size_t token, std::size_t indent) const;
    std::string unit_text(std::size_t token) const;
    std::string quoted(std::size_t token, std::size_t indent) const;
    std::string hole(std::size_t token) const;
    bool touches_previous(std::size_t left, std::size_t right) const;
    bool touches_next(std::size_t left) const;

    const Source& source_;
    const ParsedDocument& parsed_;
    Dialect to_;
    std::vector<bool> takes_at_;  // English has an `at` before it
};

}  // namespace sop::lang::formatting
