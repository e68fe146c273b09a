#include "lang/reader/reader.h"

#include <algorithm>

#include "lang/codes.h"
#include "lang/reader/clauses.h"
#include "lang/reader/declarations.h"
#include "lang/reader/playbook.h"
#include "lang/report.h"

namespace sop::lang {

namespace {

using namespace std::string_literals;
using reader::BrokenItem;
using reader::Cursor;

ast::Edition read_edition(Cursor& cursor) {
    const Token keyword = cursor.take(Keyword::sop);
    const Token& number = cursor.expect(TokenKind::number, "the edition's number: `sop 1`"_say);
    if (cursor.text(number) != std::to_string(edition_current)) {
        cursor
            .report(code::edition_unknown, number.span,
                    "edition `{}` is not known to this version"_say(cursor.text(number)),
                    "this version reads edition {}"_say(edition_current))
            .notes.push_back("a newer version of sop may read it"_say);
    }
    ast::Edition edition;
    edition.span = cursor.span_from(keyword.span.begin);
    return edition;
}

// `zh-CN` is a word, a minus and a word.
std::string dialect_name_behind(const Source& source, const TokenList& list, std::size_t keyword) {
    std::string name;
    for (std::size_t at = keyword + 1;
         list.tokens[at].kind == TokenKind::word || list.tokens[at].kind == TokenKind::minus;
         ++at) {
        name += source.text(list.tokens[at].span);
    }
    return name;
}

ast::LanguageStatement read_language(Cursor& cursor) {
    const Token keyword = cursor.take(Keyword::language);
    const SourceSpan begin = cursor.peek().span;
    std::string name;
    while (cursor.is(TokenKind::word) || cursor.is(TokenKind::minus))
        name += cursor.text(cursor.take(TokenRole::dialect));
    if (name.empty()) cursor.fail_expecting("the dialect's name: `en`, `zh-CN` or `zh-TW`"_say);
    ast::LanguageStatement statement;
    statement.span = cursor.span_from(keyword.span.begin);
    if (const auto dialect = find_dialect(name)) {
        statement.dialect = *dialect;
        return statement;
    }
    std::vector<std::string> names;
    for (const Dialect dialect : dialects) names.emplace_back(name_of(dialect));
    auto& diagnostic =
        cursor.report(code::unknown_dialect, cursor.span_from(begin.begin),
                      "there is no dialect `{}`"_say(name), "`en`, `zh-CN` or `zh-TW`"_say);
    suggest(diagnostic, name, names);
    throw BrokenItem{};
}

class DocumentReader {
  public:
    explicit DocumentReader(Cursor& cursor) : cursor_(cursor) {
        refused_ = cursor.is(TokenKind::error) && cursor.is(TokenKind::end_of_file, 1);
    }

    Document read() {
        while (true) {
            cursor_.skip_line_ends();
            if (cursor_.is(TokenKind::end_of_file)) break;
            if (cursor_.is(TokenKind::close_brace)) {
                read_lonely_brace();
                continue;
            }
            const std::size_t begin = cursor_.position();
            try {
                read_item();
            } catch (const BrokenItem&) {
                cursor_.skip_item();
                const auto words = cursor_.words_since(begin);
                document_.broken_names.insert(document_.broken_names.end(), words.begin(),
                                              words.end());
            }
        }
        require_edition();
        return std::move(document_);
    }

  private:
    void read_item() {
        if (cursor_.at_named_label() && last_playbook_) {
            read_rule_outside();
            return;
        }
        ast::Item item = read_declaration();
        cursor_.expect_item_end("a declaration"_say);
        document_.items.push_back(std::move(item));
        if (std::holds_alternative<ast::Playbook>(document_.items.back()))
            last_playbook_ = document_.items.size() - 1;
    }

    ast::Item read_declaration() {
        if (cursor_.is(Keyword::sop)) {
            edition_seen_ = true;
            return read_edition(cursor_);
        }
        if (cursor_.is(Keyword::language)) return read_language(cursor_);
        if (auto declaration = reader::read_declaration(cursor_)) return std::move(*declaration);
        if (reader::at_clause(cursor_)) return ast::Setting{reader::read_clause(cursor_)};
        if (!cursor_.is(TokenKind::word))
            cursor_.fail_expecting("a declaration such as `playbook`"_say);
        const Token& token = cursor_.peek();
        if (document_.items.empty() && cursor_.is(TokenKind::number, 1)) fail_edition(token);
        std::vector<Keyword> known = reader::declaration_keywords;
        known.push_back(Keyword::sop);
        known.push_back(Keyword::language);
        cursor_.fail_unknown(code::unknown_declaration, "declaration"_say,
                             "`playbook`, `tag`, `event`, `content` or `channel` stands here"_say,
                             known);
    }

    // A first word before a number is the edition under another name.
    [[noreturn]] void fail_edition(const Token& token) {
        edition_seen_ = true;
        auto& diagnostic = cursor_.report(code::edition_missing, token.span,
                                          "the file does not say its edition"_say,
                                          "`sop {}` goes first"_say(edition_current));
        diagnostic.fix = Fix{token.span, "sop", "write `{}`"_say("sop"s)};
        throw BrokenItem{};
    }

    // One closing brace too many ends a playbook early; its other rules are then found out here.
    // They are read into it all the same, so that they are checked, and the brace at their end is
    // expected.
    void read_rule_outside() {
        if (!outside_reported_) {
            cursor_.report(code::rule_outside_playbook, cursor_.peek().span,
                           "this rule stands outside its playbook"_say,
                           "a `}}` above it is one too many"_say);
            outside_reported_ = true;
        }
        reader::ReadRule read = reader::read_rule(cursor_);
        auto& playbook = std::get<ast::Playbook>(document_.items[*last_playbook_]);
        if (read.rule) playbook.items.emplace_back(std::move(*read.rule));
        if (read.instance) playbook.items.emplace_back(std::move(*read.instance));
    }

    void read_lonely_brace() {
        const Token& token = cursor_.take();
        if (token.span.begin == token.span.end) return;
        if (outside_reported_ && !stray_expected_used_) {
            stray_expected_used_ = true;
            return;
        }
        cursor_.report(code::stray_closer, token.span, "`}}` closes nothing"_say,
                       "no `{{` before it is still open"_say);
    }

    void require_edition() {
        if (refused_ || edition_seen_) return;
        auto& diagnostic =
            cursor_.report(code::edition_missing, {0, 0}, "the file does not say its edition"_say,
                           "`sop {}` goes first"_say(edition_current));
        // A byte order mark stays the first of the file.
        const bool has_mark = cursor_.text(Token{TokenKind::error, {0, 3}}) == "\xEF\xBB\xBF";
        const std::size_t begin = has_mark ? 3 : 0;
        diagnostic.fix = Fix{{begin, begin},
                             "sop " + std::to_string(edition_current) + "\n",
                             "add `sop {}`"_say(edition_current)};
    }

    Cursor& cursor_;
    Document document_{};
    std::optional<std::size_t> last_playbook_{};
    bool outside_reported_ = false;
    bool stray_expected_used_ = false;
    bool refused_ = false;
    bool edition_seen_ = false;
};

}  // namespace

Dialect dialect_of(const Source& source, const TokenList& list) {
    // A statement of its own among the first of a file.
    constexpr std::size_t tokens_searched = 200;
    bool at_line_start = true;
    for (std::size_t i = 0; i < std::min(tokens_searched, list.tokens.size()); ++i) {
        const Token& token = list.tokens[i];
        if (at_line_start && token.kind == TokenKind::word &&
            source.text(token.span) == spelling(Keyword::language)) {
            return find_dialect(dialect_name_behind(source, list, i)).value_or(Dialect::en);
        }
        at_line_start = token.kind == TokenKind::line_end;
    }
    return Dialect::en;
}

Document read_document(Cursor& cursor) {
    return DocumentReader(cursor).read();
}

}  // namespace sop::lang
