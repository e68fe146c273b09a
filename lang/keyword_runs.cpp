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
        TokenList result = std::move(list_);
        std::vector<Token> tokens;
        std::vector<std::size_t> moved(result.tokens.size());
        for (std::size_t i = 0; i < result.tokens.size(); ++i) {
            moved[i] = tokens.size();
            const Token& token = result.tokens[i];
            std::vector<Token> parts;
            const bool may_split = token.kind == TokenKind::word &&
                                   !is_ascii(text(token)) &&
                                   !find_keyword(text(token), dialect_);
            if (!may_split || !split(token.span.begin, token.span.end, parts)) {
                tokens.push_back(token);
                continue;
            }
            tokens.insert(tokens.end(), parts.begin(), parts.end());
            if (tokens.back().kind != TokenKind::number) continue;
            for (const std::size_t taken = join(result.tokens, i, tokens.back()); i < taken;) {
                moved[++i] = tokens.size() - 1;
            }
        }
        for (Token& token : tokens) {
            if (token.match != no_match) token.match = moved[token.match];
        }
        result.tokens = std::move(tokens);
        return result;
    }

  private:
    std::string_view text(const Token& token) const { return source_.text(token.span); }

    // The longest part first; a shorter one when the rest then splits and otherwise would not.
    bool split(std::size_t begin, std::size_t end, std::vector<Token>& parts) const {
        if (begin == end) return true;
        const std::string_view rest = source_.text({begin, end});
        const auto take = [&](TokenKind kind, std::size_t length) {
            parts.push_back({kind, {begin, begin + length}});
            if (split(begin + length, end, parts)) return true;
            parts.pop_back();
            return false;
        };
        const std::size_t number = std::min(rest.find_first_not_of(digits), rest.size());
        if (number > 0) {
            const std::size_t unit = longest_unit(rest.substr(number), dialect_).size();
            return (unit > 0 && take(TokenKind::measure, number + unit)) ||
                   take(TokenKind::number, number);
        }
        if (rest.substr(0, ordinal_prefix.size()) == ordinal_prefix) {
            const std::string_view ordinal = rest.substr(ordinal_prefix.size());
            const std::size_t length =
                std::min(ordinal.find_first_not_of(digits), ordinal.size());
            return length > 0 && take(TokenKind::word, ordinal_prefix.size() + length);
        }
        std::string_view tried = rest;
        while (const auto keyword = longest_keyword(tried, dialect_)) {
            const std::size_t length = spelling(*keyword, dialect_).size();
            if (take(TokenKind::word, length)) return true;
            tried = rest.substr(0, length - 1);
        }
        return false;
    }

    // `20` `:` `00` that touch are a time, `2026` `-` `01` `-` `05` a date. Returns the index of the
    // last token taken.
    std::size_t join(const std::vector<Token>& tokens, std::size_t at, Token& number) const {
        const auto follows = [&](std::size_t index, TokenKind sign) {
            return index + 2 < tokens.size() && tokens[index + 1].kind == sign &&
                   tokens[index + 2].kind == TokenKind::number &&
                   tokens[index + 1].span.begin == tokens[index].span.end &&
                   tokens[index + 2].span.begin == tokens[index + 1].span.end;
        };
        std::size_t last = at;
        while (follows(last, TokenKind::colon)) last += 2;
        if (last > at) {
            number = {TokenKind::time, {number.span.begin, tokens[last].span.end}};
            return last;
        }
        constexpr std::size_t year_digits = 4;
        const bool is_year = number.span.end - number.span.begin == year_digits;
        if (is_year && follows(at, TokenKind::minus) && follows(at + 2, TokenKind::minus)) {
            number = {TokenKind::date, {number.span.begin, tokens[at + 4].span.end}};
            return at + 4;
        }
        return at;
    }

    TokenList list_;
    const Source& source_;
    Dialect dialect_;
};

}  // namespace

TokenList split_keyword_runs(TokenList list, const Source& source, Dialect dialect) {
    if (dialect == Dialect::en) return list;
    return RunSplitter(std::move(list), source, dialect).run();
}

}  // namespace sop::lang
