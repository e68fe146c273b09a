// A place in the token list, and what every part of the reader does there: look, take, expect,
// report, recover.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/ast.h"
#include "lang/diagnostic.h"
#include "lang/keywords.h"
#include "lang/layout.h"
#include "lang/source.h"
#include "lang/tokens.h"

namespace sop::lang::reader {

// Thrown once an item has been reported as broken; caught where items are listed, which skips to
// the item's end.
struct BrokenItem {};

using ParameterValues = std::map<std::string, ast::ParameterValue, std::less<>>;

class Cursor {
  public:
    Cursor(const Source& source, const TokenList& list, std::vector<Diagnostic>& diagnostics,
           Dialect dialect = Dialect::en);
    // For the block that begins at a token: nothing outside it is looked at.
    Cursor(const Source& source, const TokenList& list, std::vector<Diagnostic>& diagnostics,
           Dialect dialect, std::size_t block);

    // ---- looking ----
    const Token& peek(std::size_t ahead = 0) const;
    bool is(TokenKind kind, std::size_t ahead = 0) const { return peek(ahead).kind == kind; }
    bool is(Keyword keyword, std::size_t ahead = 0) const;
    bool is_sign(std::string_view sign, std::size_t ahead = 0) const {
        return is(TokenKind::operator_sign, ahead) && text(peek(ahead)) == sign;
    }
    std::optional<Keyword> keyword_at(std::size_t ahead = 0) const;
    std::string_view text(const Token& token) const { return source_.text(token.span); }
    // The place is the end of an item: a line end, a closing brace or the end of the file.
    bool at_item_end() const;
    // `name:` or `name "title":` stands here.
    bool at_named_label() const;
    // A colon of this item stands before its end, outside brackets.
    bool has_colon_in_item() const;
    // The span from `begin` to the end of the last token taken.
    SourceSpan span_from(std::size_t begin) const { return {begin, last_end_}; }

    // ---- parameters of a template ----
    // From here on these names stand for values, where values of their kinds stand; nullptr: none.
    void bind(const ParameterValues* values) { parameters_ = values; }
    const ast::ParameterValue* parameter(std::size_t ahead = 0) const;
    const ast::ParameterValue* parameter(ast::ParameterKind kind, std::size_t ahead = 0) const;
    // That stands here, if one does.
    const ast::ParameterValue* take_parameter(ast::ParameterKind kind);

    std::size_t position() const { return position_; }
    Dialect dialect() const { return dialect_; }
    // The words among the tokens from `position` to here.
    std::vector<std::string> words_since(std::size_t position) const;

    // ---- taking ----
    const Token& take();
    // The word that stands here, for that keyword.
    const Token& take(Keyword keyword);
    const Token& take(TokenRole role);
    // The name that stands here, whatever else its word may mean; the characters of a run of
    // keywords are one name in such a place.
    ast::Name take_name();
    // A list goes on after its comma, over line ends too.
    bool take_if(TokenKind kind);
    bool take_if(Keyword keyword);
    bool take_if_sign(std::string_view sign);
    // The dot between two names that touch it.
    bool take_if_dot();
    // The word behind the number of a duration; nothing when it is no unit.
    std::optional<Unit> take_unit();
    // Reports and throws BrokenItem when something else stands here.
    const Token& expect(TokenKind kind, Message what);
    void expect(Keyword keyword);
    ast::Name expect_name(Message what);
    void expect_item_end(Message after_what);
    void skip_line_ends();
    // To the end of this item, over whatever brackets it has.
    void skip_item();

    // ---- for the formatter ----
    // What the token before this place was taken for.
    TokenUse& last_use() { return layout_.uses[position_ - 1]; }
    // `begin` to here is a clause of the head that was opened last.
    void open_head() { layout_.heads.emplace_back(); }
    void mark_clause(std::size_t begin, int rank);
    // Times stand here without an `at` before them, or behind it.
    void mark_literal_times() {
        if (is(TokenKind::time)) layout_.literal_times.push_back(position_);
    }
    Layout take_layout() { return std::move(layout_); }

    // ---- reporting ----
    Diagnostic& report(const char* code, SourceSpan span, Message message, Message label = {});
    // "expected X, found Y" at this place, unless what stands here was reported already; throws
    // BrokenItem.
    [[noreturn]] void fail_expecting(Message what);
    // "I do not know the KIND `word`" of the word at this place, with the keyword that is close to
    // it as a fix; throws BrokenItem.
    [[noreturn]] void fail_unknown(const char* code, Message kind, Message label,
                                   const std::vector<Keyword>& known);
    // Says how the file writes what stands there in the words of another dialect, with a fix: one
    // of these keywords, or a run that begins with one. False when it is none.
    bool suggest_own_word(Diagnostic& diagnostic, const std::vector<Keyword>& known) const;
    // How the file may write these keywords, for suggestions: in its dialect, and in English.
    std::vector<std::string> spellings_here(const std::vector<Keyword>& known) const;
    // "`yes`, `no`": these keywords as the file writes them.
    std::string listed_here(const std::vector<Keyword>& known) const;
    Message found_text() const;
    void drop_report(const char* code, SourceSpan span);

  private:
    void find_keywords(std::size_t begin, std::size_t end);

    const Source& source_;
    const TokenList& list_;
    std::vector<Diagnostic>& diagnostics_;
    Dialect dialect_;
    std::vector<std::optional<Keyword>> keywords_{};  // of each token that is a word
    Layout layout_{};
    const ParameterValues* parameters_ = nullptr;
    std::size_t position_ = 0;
    std::size_t last_end_ = 0;  // of the last token taken
    bool after_missing_closer_ =
        false;  // the last token taken stands for a bracket that was not there
};

}  // namespace sop::lang::reader
