// The grammar of .sop files, in PEGTL. Included by parse.cpp alone (and by the test that analyses
// it for endless loops).
//
// It accepts shape, not meaning: brackets, strings with holes, times, dates, numbers, words. Which
// word may stand where is the reader's business (reader.cpp), for two reasons: a misspelt keyword
// then gets a message that knows its place, and the words of another dialect need no other grammar.
//
// No rule with an action is ever backtracked over once it matched: each alternative of `term` is
// told by its first characters, so actions may record tokens at once.
//
// Recovery has two levels, neither of which throws. Inside a statement an unreadable character, an
// open string or an open hole is recorded and stepped over, so that the brackets round it still
// pair. At the top level a line that begins with the keyword of a declaration closes every block
// that is still open, so that one lost brace does not swallow the next playbook.
#pragma once

#include "lang/unicode.h"

#include <string_view>
#include <tao/pegtl.hpp>
#include <tao/pegtl/contrib/analyze_traits.hpp>

namespace sop::lang::grammar {

using namespace tao::pegtl;

// ---- characters ---------------------------------------------------------------------------------

template <bool (*Accepts)(char32_t)>
struct unicode_character {
    using rule_t = unicode_character;
    using subs_t = empty_list;

    template <typename ParseInput>
    static bool match(ParseInput& in) {
        if (in.empty()) return false;
        const std::string_view rest(in.current(), in.size());
        const auto character = code_point_at(rest, 0);
        if (!Accepts(character.value)) return false;
        in.bump(character.length);
        return true;
    }
};

// ASCII, which most names are, needs no look into the tables of Unicode.
struct name_start : sor<alpha, unicode_character<starts_name>> {};
struct name_continue : sor<identifier_other, unicode_character<continues_name>> {};
inline bool is_anything(char32_t) {
    return true;
}
struct any_character : unicode_character<is_anything> {};

// A character that is three bytes long. Mostly the first one differs, which is told quicker so than
// by comparing strings.
template <char First, char Second, char Third>
struct wide : seq<one<First>, one<Second>, one<Third>> {};

struct full_width_space : wide<'\xE3', '\x80', '\x80'> {};
struct blank_character : sor<one<' ', '\t'>, full_width_space> {};
struct comment : seq<one<'#'>, until<at<eolf>>> {};
struct space : star<sor<blank_character, comment>> {};

// ---- words, numbers, times ----------------------------------------------------------------------

// A zone such as America/Port-au-Prince or Etc/GMT+5 is a word that goes on after a slash.
struct zone_part : seq<one<'/'>, alpha, star<sor<alnum, one<'_', '-', '+'>>>> {};
struct word : seq<name_start, star<name_continue>, star<zone_part>> {};

struct clock_colon : sor<one<':'>, wide<'\xEF', '\xBC', '\x9A'>> {};
struct time_of_day : seq<plus<digit>, plus<seq<clock_colon, plus<digit>>>> {};
struct calendar_date : seq<rep<4, digit>, one<'-'>, rep_min_max<1, 2, digit>, one<'-'>,
                           rep_min_max<1, 2, digit>, not_at<digit>> {};
// With letters that touch it the number is a measure: 10m, 1h30m.
struct number
    : seq<plus<digit>, opt<seq<one<'.'>, plus<digit>>>, opt<seq<name_start, star<name_continue>>>> {
};

// ---- signs; each full-width form stands for the ASCII one ---------------------------------------

struct open_brace : sor<one<'{'>, wide<'\xEF', '\xBD', '\x9B'>> {};
struct close_brace : sor<one<'}'>, wide<'\xEF', '\xBD', '\x9D'>> {};
struct open_parenthesis : sor<one<'('>, wide<'\xEF', '\xBC', '\x88'>> {};
struct close_parenthesis : sor<one<')'>, wide<'\xEF', '\xBC', '\x89'>> {};
struct comma : sor<one<','>, wide<'\xEF', '\xBC', '\x8C'>, wide<'\xE3', '\x80', '\x81'>> {};
struct colon : sor<one<':'>, wide<'\xEF', '\xBC', '\x9A'>> {};
struct semicolon : sor<one<';'>, wide<'\xEF', '\xBC', '\x9B'>> {};
struct plus_sign : one<'+'> {};
struct minus_sign : one<'-'> {};
struct operator_sign : sor<string<'=', '='>, string<'!', '='>, string<'<', '='>, string<'>', '='>,
                           string<'.', '.'>, one<'.', '<', '>', '*', '/', '%', '[', ']'>> {};
struct equal_sign : one<'='> {};

// ---- strings ------------------------------------------------------------------------------------

struct straight_quote : one<'"'> {};
struct triple_quote : string<'"', '"', '"'> {};
struct curly_open : wide<'\xE2', '\x80', '\x9C'> {};
struct curly_close : wide<'\xE2', '\x80', '\x9D'> {};
struct corner_open : wide<'\xE3', '\x80', '\x8C'> {};
struct corner_close : wide<'\xE3', '\x80', '\x8D'> {};

struct escaped_brace : string<'{', '{'> {};

// A hole is looked at as a whole before it is entered: without its `}` on the same line the opening
// brace is reported, and the rest of the string stays a string.
struct nested_quote : seq<one<'"'>, until<one<'"'>, not_at<eol>, any>> {};
struct hole_shape
    : seq<one<'{'>, until<one<'}'>, not_at<eol>, sor<nested_quote, not_one<'"', '{'>>>> {};
struct hole_open : one<'{'> {};
struct hole_close : one<'}'> {};
struct hole_term;
struct hole_end_missing : success {};
struct hole : seq<at<hole_shape>, hole_open,
                  star<not_at<hole_close>, not_at<eolf>, sor<blank_character, hole_term>>,
                  sor<hole_close, hole_end_missing>> {};
struct unclosed_hole : one<'{'> {};

// Bytes that begin nothing of what can end or interrupt a string, which most of a text is.
struct plain_byte : not_one<'"', '{', '}', ' ', '\t', '\r', '\n', '\xE2', '\xE3'> {};
template <typename Close, typename LineEnd>
struct string_text
    : plus<sor<plain_byte, seq<not_at<Close>, not_at<LineEnd>, not_at<one<'{'>>, any>>> {};

// Soft errors: they match nothing and record that something is missing.
struct unclosed_string : success {};
struct unclosed_block : success {};
struct unclosed_parenthesis : success {};

template <typename Open>
struct string_begin : Open {};
template <typename Close>
struct string_end : Close {};

// A string that is not closed ends with its line, or before a brace that ends the line: the block
// it opens or closes is then still a block.
struct trailing_brace : seq<star<one<' ', '\t'>>, one<'{', '}'>, star<one<' ', '\t', '}'>>, eolf> {
};
struct line_string_end : sor<eolf, trailing_brace> {};

template <typename Open, typename Close, typename LineEnd>
struct quoted : seq<string_begin<Open>,
                    star<not_at<Close>, not_at<LineEnd>,
                         sor<escaped_brace, hole, unclosed_hole, string_text<Close, LineEnd>>>,
                    sor<string_end<Close>, unclosed_string>> {};

struct text_string : sor<quoted<triple_quote, triple_quote, eof>,
                         quoted<straight_quote, straight_quote, line_string_end>,
                         quoted<curly_open, curly_close, line_string_end>,
                         quoted<corner_open, corner_close, line_string_end>> {};

// ---- structure ----------------------------------------------------------------------------------

struct block;
struct parentheses;
struct unreadable : any_character {};

struct atom : sor<word, text_string, calendar_date, time_of_day, number, comma, colon, plus_sign,
                  minus_sign, operator_sign, equal_sign> {};
struct hole_term : sor<parentheses, atom, unreadable> {};
struct term : sor<block, parentheses, atom> {};

struct newline : eol {};
struct line_end : sor<newline, semicolon> {};

// True at a line that begins, unindented, with a word that only ever begins a declaration.
struct declaration_line {
    using rule_t = declaration_line;
    using subs_t = empty_list;

    template <typename ParseInput>
    static bool match(ParseInput& in) {
        if (in.current() != in.begin() && in.current()[-1] != '\n') return false;
        const std::string_view rest(in.current(), in.size());
        for (const std::string_view keyword : {"playbook", "event", "content", "channel"}) {
            if (rest.substr(0, keyword.size()) == keyword && rest.size() > keyword.size() &&
                (rest[keyword.size()] == ' ' || rest[keyword.size()] == '\t')) {
                return true;
            }
        }
        return false;
    }
};

struct lonely_parenthesis : close_parenthesis {};
struct blanks : plus<blank_character> {};
struct item : sor<blanks, line_end, comment, term, lonely_parenthesis, unreadable> {};
struct block_body : star<not_at<close_brace>, not_at<declaration_line>, item> {};
struct block : seq<open_brace, block_body, sor<close_brace, unclosed_block>> {};

// Newlines count for nothing inside parentheses; a brace ends parentheses that were never closed.
struct parenthesis_item
    : sor<eol, blanks, comment, parentheses, atom,
          seq<not_at<open_brace>, not_at<close_brace>, not_at<semicolon>, unreadable>> {};
struct parentheses
    : seq<open_parenthesis,
          star<not_at<close_parenthesis>, not_at<declaration_line>, parenthesis_item>,
          sor<close_parenthesis, unclosed_parenthesis>> {};

struct lonely_brace : close_brace {};
struct document : seq<opt<utf8::bom>, star<sor<lonely_brace, item>>, eof> {};

}  // namespace sop::lang::grammar

namespace tao::pegtl {

// What the endless-loop analysis needs to know of the rules written by hand.
template <typename Name, bool (*Accepts)(char32_t)>
struct analyze_traits<Name, sop::lang::grammar::unicode_character<Accepts>> : analyze_any_traits<> {
};
template <typename Name>
struct analyze_traits<Name, sop::lang::grammar::declaration_line> : analyze_opt_traits<> {};

}  // namespace tao::pegtl
