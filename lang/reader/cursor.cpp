#include "lang/reader/cursor.h"

#include "lang/codes.h"
#include "lang/report.h"
#include "lang/unicode.h"

#include <fmt/format.h>

#include <algorithm>

namespace sop::lang::reader {

namespace {

// A run of keywords and digits, each keyword as the other dialect has it; nothing when it has
// anything else in it.
std::optional<std::string> in_words_of(Dialect dialect, std::string_view run, Dialect written_in) {
    std::string result;
    while (!run.empty()) {
        const auto keyword = longest_keyword(run, written_in);
        const bool is_digit = run.front() >= '0' && run.front() <= '9';
        if (!keyword && !is_digit) return std::nullopt;
        const std::size_t length = keyword ? spelling(*keyword, written_in).size() : 1;
        result += keyword ? spelling(*keyword, dialect) : run.substr(0, length);
        run.remove_prefix(length);
    }
    return result;
}

}  // namespace

Cursor::Cursor(const Source& source, const TokenList& list, std::vector<Diagnostic>& diagnostics,
               Dialect dialect)
    : source_(source), list_(list), diagnostics_(diagnostics), dialect_(dialect) {
    find_keywords(0, list.tokens.size());
}

Cursor::Cursor(const Source& source, const TokenList& list, std::vector<Diagnostic>& diagnostics,
               Dialect dialect, std::size_t block)
    : source_(source), list_(list), diagnostics_(diagnostics), dialect_(dialect), position_(block) {
    find_keywords(block, std::min(list.tokens[block].match, list.tokens.size()));
}

void Cursor::find_keywords(std::size_t begin, std::size_t end) {
    layout_.uses.resize(list_.tokens.size());
    keywords_.resize(list_.tokens.size());
    for (std::size_t i = begin; i < end; ++i) {
        if (list_.tokens[i].kind == TokenKind::word)
            keywords_[i] = find_keyword(text(list_.tokens[i]), dialect_);
    }
}

const ast::ParameterValue* Cursor::parameter(std::size_t ahead) const {
    if (!parameters_ || !is(TokenKind::word, ahead) || peek(ahead).run > 1) return nullptr;
    const auto found = parameters_->find(to_nfc(text(peek(ahead))));
    return found == parameters_->end() ? nullptr : &found->second;
}

const ast::ParameterValue* Cursor::parameter(ast::ParameterKind kind, std::size_t ahead) const {
    const auto* value = parameter(ahead);
    return value && value->kind == kind ? value : nullptr;
}

const ast::ParameterValue* Cursor::take_parameter(ast::ParameterKind kind) {
    const auto* value = parameter(kind);
    if (value) take(TokenRole::name);
    return value;
}

const Token& Cursor::peek(std::size_t ahead) const {
    return list_.tokens[std::min(position_ + ahead, list_.tokens.size() - 1)];
}

std::optional<Keyword> Cursor::keyword_at(std::size_t ahead) const {
    return keywords_[std::min(position_ + ahead, keywords_.size() - 1)];
}

bool Cursor::is(Keyword keyword, std::size_t ahead) const {
    const auto found = keyword_at(ahead);
    if (!found || *found == keyword) return found.has_value();
    return is_spelling(text(peek(ahead)), keyword, dialect_);
}

bool Cursor::at_item_end() const {
    return is(TokenKind::line_end) || is(TokenKind::close_brace) || is(TokenKind::end_of_file);
}

bool Cursor::at_named_label() const {
    if (!is(TokenKind::word)) return false;
    const std::size_t name_end = peek().run;
    if (is(TokenKind::colon, name_end)) return true;
    if (!is(TokenKind::string_open, name_end)) return false;
    // A title that is never closed has swallowed its colon.
    const TokenKind after_title = list_.tokens[peek(name_end).match + 1].kind;
    return after_title == TokenKind::colon || after_title == TokenKind::error;
}

bool Cursor::has_colon_in_item() const {
    for (std::size_t at = position_; at < list_.tokens.size(); ++at) {
        const Token& token = list_.tokens[at];
        switch (token.kind) {
            case TokenKind::colon:
                return true;
            case TokenKind::line_end:
            case TokenKind::open_brace:
            case TokenKind::close_brace:
            case TokenKind::end_of_file:
                return false;
            case TokenKind::open_parenthesis:
            case TokenKind::string_open:
                at = token.match;
                break;
            default:
                break;
        }
    }
    return false;
}

std::vector<std::string> Cursor::words_since(std::size_t position) const {
    std::vector<std::string> words;
    for (std::size_t at = position; at < position_; ++at) {
        if (list_.tokens[at].kind == TokenKind::word)
            words.push_back(to_nfc(text(list_.tokens[at])));
    }
    return words;
}

const Token& Cursor::take() {
    const Token& token = peek();
    if (token.kind != TokenKind::end_of_file) ++position_;
    if (token.kind != TokenKind::line_end) last_end_ = token.span.end;
    after_missing_closer_ =
        token.kind == TokenKind::close_brace && token.span.begin == token.span.end;
    return token;
}

const Token& Cursor::take(Keyword keyword) {
    TokenUse& use = layout_.uses[position_];
    use.role = TokenRole::keyword;
    use.keyword = keyword;
    return take();
}

const Token& Cursor::take(TokenRole role) {
    layout_.uses[position_].role = role;
    return take();
}

ast::Name Cursor::take_name() {
    const std::size_t begin = peek().span.begin;
    for (std::size_t left = peek().run; left > 0; --left) take(TokenRole::name);
    const SourceSpan span = span_from(begin);
    return {to_nfc(source_.text(span)), span};
}

void Cursor::mark_clause(std::size_t begin, int rank) {
    layout_.heads.back().push_back({begin, position_, rank});
}

bool Cursor::take_if_sign(std::string_view sign) {
    if (!is_sign(sign)) return false;
    take();
    return true;
}

bool Cursor::take_if_dot() {
    if (!take_if_sign(".")) return false;
    last_use().role = TokenRole::dot;
    return true;
}

std::optional<Unit> Cursor::take_unit() {
    const auto unit = find_unit(text(take(TokenRole::unit)), dialect_);
    if (unit) last_use().unit = *unit;
    return unit;
}

bool Cursor::take_if(TokenKind kind) {
    if (!is(kind)) return false;
    take();
    if (kind == TokenKind::comma) skip_line_ends();
    return true;
}

bool Cursor::take_if(Keyword keyword) {
    if (!is(keyword)) return false;
    take(keyword);
    return true;
}

const Token& Cursor::expect(TokenKind kind, Message what) {
    if (!is(kind)) fail_expecting(std::move(what));
    return take();
}

void Cursor::expect(Keyword keyword) {
    if (!is(keyword)) fail_expecting(fmt::format("`{}`", spelling(keyword, dialect_)));
    take(keyword);
}

ast::Name Cursor::expect_name(Message what) {
    if (!is(TokenKind::word)) fail_expecting(std::move(what));
    const Token& token = peek();
    if (token.run == 1 && is_reserved(text(token), dialect_)) {
        report(code::syntax, token.span, "`{}` is reserved and cannot be a name"_say(text(token)),
               "{} stands here"_say(std::move(what)));
        throw BrokenItem{};
    }
    return take_name();
}

void Cursor::expect_item_end(Message after_what) {
    if (at_item_end() || after_missing_closer_) return;
    if (!is(TokenKind::error)) {
        report(code::syntax, peek().span,
               "{} does not belong after {}"_say(found_text(), std::move(after_what)),
               "a new line or `;` goes before the next item"_say);
    }
    throw BrokenItem{};
}

void Cursor::skip_line_ends() {
    while (is(TokenKind::line_end)) take();
}

void Cursor::skip_item() {
    const auto behind_comma = [&] {
        return position_ > 0 && list_.tokens[position_ - 1].kind == TokenKind::comma;
    };
    while (!at_item_end() || (is(TokenKind::line_end) && behind_comma())) {
        // A list goes on after its comma.
        if (is(TokenKind::line_end)) {
            skip_line_ends();
            continue;
        }
        const Token& token = take();
        const bool opens =
            token.kind == TokenKind::open_brace || token.kind == TokenKind::open_parenthesis ||
            token.kind == TokenKind::string_open || token.kind == TokenKind::hole_open;
        if (!opens || token.match == no_match) continue;
        position_ = token.match;
        take();
    }
}

Diagnostic& Cursor::report(const char* code, SourceSpan span, Message message, Message label) {
    return add_error(diagnostics_, code, span, std::move(message), std::move(label));
}

void Cursor::fail_expecting(Message what) {
    if (!is(TokenKind::error)) {
        report(code::syntax, peek().span,
               "expected {}, found {}"_say(std::move(what), found_text()));
    }
    throw BrokenItem{};
}

void Cursor::fail_unknown(const char* code, Message kind, Message label,
                          const std::vector<Keyword>& known) {
    const Token& token = peek();
    auto& diagnostic =
        report(code, token.span, "I do not know the {} `{}`"_say(std::move(kind), text(token)),
               std::move(label));
    if (!suggest_own_word(diagnostic, known))
        suggest(diagnostic, text(token), spellings_here(known));
    throw BrokenItem{};
}

bool Cursor::suggest_own_word(Diagnostic& diagnostic, const std::vector<Keyword>& known) const {
    const std::string_view word = source_.text(diagnostic.span);
    for (const Dialect other : dialects) {
        if (other == Dialect::en || other == dialect_) continue;
        for (const Keyword keyword : known) {
            const std::string_view first = spelling(keyword, other);
            if (!word.starts_with(first)) continue;
            const auto rest = in_words_of(dialect_, word.substr(first.size()), other);
            if (!rest) continue;
            const std::string own = std::string(spelling(keyword, dialect_)) + *rest;
            diagnostic.notes.push_back("that is a word of {}; in {} it is `{}`"_say(
                name_of(other), name_of(dialect_), own));
            diagnostic.fix = Fix{diagnostic.span, own, "write `{}`"_say(own)};
            return true;
        }
    }
    return false;
}

std::vector<std::string> Cursor::spellings_here(const std::vector<Keyword>& known) const {
    std::vector<std::string> words;
    if (dialect_ != Dialect::en)
        for (const Keyword keyword : known) words.emplace_back(spelling(keyword, dialect_));
    for (const Keyword keyword : known) words.emplace_back(spelling(keyword));
    return words;
}

std::string Cursor::listed_here(const std::vector<Keyword>& known) const {
    std::string text;
    for (const Keyword keyword : known)
        text += fmt::format("{}`{}`", text.empty() ? "" : ", ", spelling(keyword, dialect_));
    return text;
}

Message Cursor::found_text() const {
    switch (peek().kind) {
        case TokenKind::line_end:
            if (text(peek()) == ";") return std::string("`;`");
            return "the end of the line"_say;
        case TokenKind::end_of_file:
            return "the end of the file"_say;
        case TokenKind::string_open:
            return "a text"_say;
        default:
            break;
    }
    if (peek().span.begin == peek().span.end) return "the end of the block"_say;
    return fmt::format("`{}`", text(peek()));
}

void Cursor::drop_report(const char* code, SourceSpan span) {
    std::erase_if(diagnostics_, [&](const Diagnostic& diagnostic) {
        return diagnostic.code == code && diagnostic.span == span;
    });
}

}  // namespace sop::lang::reader
