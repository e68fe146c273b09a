#include "lang/format/token_text.h"

#include "lang/format/literals.h"
#include "lang/unicode.h"

#include <algorithm>

namespace sop::lang::formatting {

namespace {

std::string without_carriage_returns(std::string_view text) {
    std::string result(text);
    std::erase(result, '\r');
    return result;
}

// `每周四`, `下一天`
bool is_one_word_in_chinese(const TokenUse& left, const TokenUse& right) {
    if (left.role != TokenRole::keyword) return false;
    if (left.keyword == Keyword::every) return true;
    return left.keyword == Keyword::next &&
           (right.keyword == Keyword::day || right.keyword == Keyword::workday ||
            weekday_index(right.keyword));
}

}  // namespace

TokenText::TokenText(const Source& source, const ParsedDocument& parsed, Dialect to)
    : source_(source), parsed_(parsed), to_(to), takes_at_(parsed.tokens.tokens.size()) {
    if (to != Dialect::en) return;
    for (const std::size_t token : parsed.layout.literal_times) takes_at_[token] = true;
}

std::string TokenText::text(std::size_t token, std::size_t indent) const {
    const TokenUse& taken = use(token);
    switch (taken.role) {
        case TokenRole::keyword:
            return std::string(spelling(taken.keyword, to_));
        case TokenRole::field:
            return std::string(spelling(taken.field, to_));
        case TokenRole::name:
            return to_nfc(written(token));
        case TokenRole::unit:
            return unit_text(token);
        case TokenRole::duration:
            return duration_text(written(token), parsed_.dialect, to_);
        case TokenRole::ordinal:
            return ordinal_text(ordinal_number(written(token)), to_);
        case TokenRole::dialect:
            return std::string(name_of(to_));
        case TokenRole::none:
        case TokenRole::number:
        case TokenRole::count:
        case TokenRole::call:
        case TokenRole::label_colon:
        case TokenRole::dot:
        case TokenRole::hyphen:
        case TokenRole::format:
        case TokenRole::sign:
            break;
    }
    return (takes_at_[token] ? std::string(spelling(Keyword::at)) + " " : std::string()) +
           by_kind(token, indent);
}

// Full-width signs become ASCII ones.
std::string TokenText::by_kind(std::size_t token, std::size_t indent) const {
    switch (at(token).kind) {
        case TokenKind::word:
            return to_nfc(written(token));
        case TokenKind::time:
            return padded_time(written(token));
        case TokenKind::date:
            return padded_date(written(token));
        case TokenKind::string_open:
            return quoted(token, indent);
        case TokenKind::open_brace:
            return "{";
        case TokenKind::close_brace:
            return "}";
        case TokenKind::open_parenthesis:
            return "(";
        case TokenKind::close_parenthesis:
            return ")";
        case TokenKind::comma:
            return ",";
        case TokenKind::colon:
            return ":";
        default:
            return std::string(written(token));
    }
}

std::string TokenText::unit_text(std::size_t token) const {
    return std::string(unit_spelling(use(token).unit, is_one(written(token - 1)) ? 1 : 2, to_));
}

// ---- texts ----

std::string TokenText::quoted(std::size_t token, std::size_t indent) const {
    const std::size_t close = at(token).match;
    std::string inner;
    std::string between_holes;
    for (std::size_t part = token + 1; part < close; ++part) {
        if (at(part).kind == TokenKind::hole_open) {
            inner += hole(part);
            part = at(part).match;
            continue;
        }
        const std::string plain = without_carriage_returns(written(part));
        inner += plain;
        between_holes += plain;
    }
    const bool over_lines = written(token) == "\"\"\"";
    return quoted_text(over_lines ? without_layout(std::move(inner)) : inner, between_holes,
                       indent + indent_width);
}

std::string TokenText::hole(std::size_t token) const {
    std::string result = "{";
    const std::size_t close = at(token).match;
    for (std::size_t part = token + 1, left = token; part < close; left = part++) {
        if (left != token && space_between(left, part)) result += ' ';
        result += text(part);
        if (at(part).kind == TokenKind::string_open) part = at(part).match;
    }
    return result + "}";
}

// ---- spaces ----

bool TokenText::touches_previous(std::size_t left, std::size_t right) const {
    switch (at(right).kind) {
        case TokenKind::comma:
        case TokenKind::colon:
        case TokenKind::close_parenthesis:
            return true;
        case TokenKind::operator_sign:
            return written(right) == "." || written(right) == ".." || written(right) == "]" ||
                   use(right).role == TokenRole::sign || use(right).role == TokenRole::call;
        default:
            break;
    }
    switch (use(right).role) {
        case TokenRole::call:
        case TokenRole::hyphen:
            return true;
        case TokenRole::format:
            return at(left).span.end == at(right).span.begin;
        case TokenRole::unit:
            return to_ != Dialect::en || use(right).unit <= Unit::hour;
        case TokenRole::name:
            // A name of several tokens, such as a run of keywords.
            return use(left).role == TokenRole::name && at(left).span.end == at(right).span.begin;
        case TokenRole::keyword:
            return to_ != Dialect::en && is_one_word_in_chinese(use(left), use(right));
        default:
            return false;
    }
}

bool TokenText::touches_next(std::size_t left) const {
    switch (at(left).kind) {
        case TokenKind::open_parenthesis:
            return true;
        case TokenKind::plus:
        case TokenKind::minus:
            return use(left).role == TokenRole::sign || use(left).role == TokenRole::hyphen;
        case TokenKind::operator_sign:
            return written(left) == "." || written(left) == ".." || written(left) == "[";
        default:
            return false;
    }
}

bool TokenText::space_between(std::size_t left, std::size_t right) const {
    return !touches_previous(left, right) && !touches_next(left);
}

}  // namespace sop::lang::formatting
