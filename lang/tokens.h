// What the grammar makes of a text: a flat list of tokens in which every bracket knows its partner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "lang/diagnostic.h"
#include "lang/source.h"

namespace sop::lang {

enum class TokenKind : std::uint8_t {
    word,     // a keyword or a name; which of them is decided where it stands
    zone,     // Asia/Shanghai
    number,   // 18, 9.90
    measure,  // 10m, 1h30m, 1st: a number that letters touch
    time,     // 20:00, 08:00:30; ranges not checked yet
    date,     // 2026-11-11; not checked yet
    string_open,
    string_text,
    string_brace,  // `{{` inside a string
    string_close,
    hole_open,
    hole_close,
    open_brace,
    close_brace,
    open_parenthesis,
    close_parenthesis,
    comma,
    colon,
    plus,
    minus,
    equal,
    operator_sign,  // other signs of expressions
    line_end,       // a newline or `;`; none inside parentheses and strings
    error,          // something unreadable that was reported already
    end_of_file,
};

inline constexpr std::size_t no_match = static_cast<std::size_t>(-1);

struct Token {
    TokenKind kind;
    SourceSpan span;
    // For brackets, strings and holes: the index of the partner. no_match for a closer that nothing
    // opened and for an opener that was closed by the grammar for want of its closer.
    std::size_t match = no_match;
    // Words that were one run of characters (keyword_runs.h): at its first, of how many tokens.
    std::uint32_t run = 1;
};

struct CommentToken {
    SourceSpan span;  // from `#` to before the line end
};

struct TokenList {
    std::vector<Token> tokens;  // the last one is end_of_file
    std::vector<CommentToken> comments;
    std::vector<Diagnostic> diagnostics;
};

}  // namespace sop::lang
