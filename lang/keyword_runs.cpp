#include "lang/keyword_runs.h"

#include <algorithm>

namespace sop::lang {

namespace {

constexpr std::string_view digits = "0123456789";

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char character) { return (character & 0x80) == 0; });
}

// `第1` is an ordinal and stays whole.
constexpr std::string_view ordinal_prefix = "第";

class RunSplitter {
  public:
    RunSplitter(TokenList list, const Source& source, Dialect dialect)
        : list_(std::move(list)), source_(source), dialect_(dialect) {}

    TokenList run() {
        std::vector<std::size_t> moved;
        moved.reserve(list_.tokens.size());
        tokens_.reserve(list_.tokens.size());
        std::vector<Token> parts;
        for (const Token& token : list_.tokens) {
            parts.clear();
            if (!may_split(token) || !split_word(token, parts)) parts.assign({token});
            const std::size_t first = tokens_.size();
            for (const Token& part : parts) {
                tokens_.push_back(part);
                join_duration();
                join_time();
                join_date();
            }
            if (parts.size() > 1 && first < tokens_.size())
                tokens_[first].run = static_cast<std::uint32_t>(tokens_.size() - first);
            moved.push_back(tokens_.size() - 1);
        }
        for (Token& token : tokens_) {
            if (token.match != no_match) token.match = moved[token.match];
        }
        list_.tokens = std::move(tokens_);
        return std::move(list_);
    }

  private:
    std::string_view text(const Token& token) const { return source_.text(token.span); }

    bool may_split(const Token& token) const {
        if (token.kind != TokenKind::word && token.kind != TokenKind::measure) return false;
        // No sentence is longer.
        constexpr std::size_t run_bytes_max = 1024;
        if (text(token).size() > run_bytes_max || is_ascii(text(token))) return false;
        if (token.kind == TokenKind::word) return !find_keyword(text(token), dialect_);
        const std::size_t number = text(token).find_first_not_of(digits);
        return !find_unit(text(token).substr(number), dialect_);
    }

    bool split_word(const Token& token, std::vector<Token>& parts) {
        failed_.assign(token.span.end - token.span.begin + 1, false);
        word_begin_ = token.span.begin;
        return split(token.span.begin, token.span.end, parts);
    }

    // The longest part first; a shorter one when the rest then splits and otherwise would not. What
    // did not split once is not tried again.
    bool split(std::size_t begin, std::size_t end, std::vector<Token>& parts) {
        if (begin == end) return true;
        if (failed_[begin - word_begin_]) return false;
        const bool done = split_first(begin, end, parts);
        if (!done) failed_[begin - word_begin_] = true;
        return done;
    }

    // A number that ends a time or date, or stands before `周从`, has no unit.
    bool may_have_unit(std::size_t begin, std::string_view behind) const {
        const char before = begin == 0 ? ' ' : source_.text({begin - 1, begin}).front();
        const std::string week_from = std::string(spelling(Keyword::week, dialect_)) +
                                      std::string(spelling(Keyword::from, dialect_));
        return before != '-' && before != ':' && behind.substr(0, week_from.size()) != week_from;
    }

    bool split_first(std::size_t begin, std::size_t end, std::vector<Token>& parts) {
        const std::string_view rest = source_.text({begin, end});
        const auto take = [&](TokenKind kind, std::size_t length) {
            parts.push_back({kind, {begin, begin + length}});
            if (split(begin + length, end, parts)) return true;
            parts.pop_back();
            return false;
        };
        const std::size_t number = std::min(rest.find_first_not_of(digits), rest.size());
        if (number > 0) {
            const std::string_view behind = rest.substr(number);
            const std::size_t unit =
                may_have_unit(begin, behind) ? longest_unit(behind, dialect_).size() : 0;
            return (unit > 0 && take(TokenKind::measure, number + unit)) ||
                   take(TokenKind::number, number);
        }
        if (rest.substr(0, ordinal_prefix.size()) == ordinal_prefix) {
            const std::string_view ordinal = rest.substr(ordinal_prefix.size());
            const std::size_t length = std::min(ordinal.find_first_not_of(digits), ordinal.size());
            if (length > 0 && take(TokenKind::word, ordinal_prefix.size() + length)) return true;
        }
        std::string_view tried = rest;
        while (const auto keyword = longest_keyword(tried, dialect_)) {
            const std::size_t length = spelling(*keyword, dialect_).size();
            if (take(TokenKind::word, length)) return true;
            tried = rest.substr(0, length - 1);
        }
        return false;
    }

    // The last tokens are of these kinds and touch one another.
    bool ends_with(std::initializer_list<TokenKind> kinds) const {
        if (tokens_.size() < kinds.size()) return false;
        const auto first = tokens_.end() - static_cast<std::ptrdiff_t>(kinds.size());
        return std::equal(kinds.begin(), kinds.end(), first,
                          [](TokenKind kind, const Token& token) { return token.kind == kind; }) &&
               std::adjacent_find(first, tokens_.end(), [](const Token& left, const Token& right) {
                   return left.span.end != right.span.begin;
               }) == tokens_.end();
    }

    void join_last(std::size_t count, TokenKind kind) {
        const std::size_t end = tokens_.back().span.end;
        tokens_.resize(tokens_.size() - count + 1);
        tokens_.back() = {kind, {tokens_.back().span.begin, end}};
    }

    // `1小时` `30分钟`
    void join_duration() {
        if (ends_with({TokenKind::measure, TokenKind::measure})) join_last(2, TokenKind::measure);
    }

    // `20` `:` `00`, and what follows for the seconds.
    void join_time() {
        using Kind = TokenKind;
        if (ends_with({Kind::number, Kind::colon, Kind::number}) ||
            ends_with({Kind::time, Kind::colon, Kind::number}))
            join_last(3, Kind::time);
    }

    // `2026` `-` `01` `-` `05`
    void join_date() {
        using Kind = TokenKind;
        constexpr std::size_t parts = 5;
        constexpr std::size_t year_digits = 4;
        if (!ends_with({Kind::number, Kind::minus, Kind::number, Kind::minus, Kind::number}))
            return;
        const Token& year = tokens_[tokens_.size() - parts];
        if (year.span.end - year.span.begin == year_digits) join_last(parts, Kind::date);
    }

    TokenList list_;
    std::size_t word_begin_ = 0;
    std::vector<bool> failed_{};  // places in the word from which it does not split
    std::vector<Token> tokens_{};
    const Source& source_;
    Dialect dialect_;
};

}  // namespace

TokenList split_keyword_runs(TokenList list, const Source& source, Dialect dialect) {
    if (dialect == Dialect::en) return list;
    return RunSplitter(std::move(list), source, dialect).run();
}

}  // namespace sop::lang
