#include "lang/reader/reader.h"

#include "lang/codes.h"
#include "lang/reader/clauses.h"
#include "lang/reader/cursor.h"
#include "lang/reader/days.h"
#include "lang/reader/literals.h"
#include "lang/reader/playbook.h"
#include "lang/report.h"

#include <fmt/format.h>

namespace sop::lang {

namespace {

using reader::BrokenItem;
using reader::Cursor;

ast::Edition read_edition(Cursor& cursor) {
    const Token keyword = cursor.take(Keyword::sop);
    const Token& number = cursor.expect(TokenKind::number, "the edition's number: `sop 1`");
    if (cursor.text(number) != std::to_string(edition_current)) {
        cursor
            .report(code::edition_unknown, number.span,
                    fmt::format("edition `{}` is not known to this version", cursor.text(number)),
                    fmt::format("this version reads edition {}", edition_current))
            .notes.push_back("a newer version of sop may read it");
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
    if (name.empty()) cursor.fail_expecting("the dialect's name: `en`, `zh-CN` or `zh-TW`");
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
                      fmt::format("there is no dialect `{}`", name), "`en`, `zh-CN` or `zh-TW`");
    suggest(diagnostic, name, names);
    throw BrokenItem{};
}

// The items of a declaration's block, each read by `read_item`, which throws BrokenItem for one
// that it cannot read.
template <typename ReadItem>
ast::BlockTrivia read_block(Cursor& cursor, bool& broken, ReadItem read_item) {
    cursor.expect(TokenKind::open_brace, "`{`");
    ast::BlockTrivia trivia;
    trivia.after_open = cursor.take_comment_on_this_line();
    while (true) {
        cursor.skip_line_ends();
        if (cursor.is(TokenKind::close_brace) || cursor.is(TokenKind::end_of_file)) break;
        try {
            read_item();
        } catch (const BrokenItem&) {
            broken = true;
            cursor.skip_item();
        }
    }
    trivia.before_close = cursor.take_comments_before_here();
    cursor.take();
    return trivia;
}

[[noreturn]] void fail_unknown_setting(Cursor& cursor, Keyword known) {
    if (!cursor.is(TokenKind::word)) cursor.fail_expecting(fmt::format("`{}`", spelling(known)));
    cursor.fail_unknown(code::unknown_setting, "setting",
                        fmt::format("`{}` stands here", spelling(known)), {known});
}

ast::ChannelDeclaration read_channel(Cursor& cursor) {
    const Token keyword = cursor.take(Keyword::channel);
    ast::ChannelDeclaration channel;
    channel.name = cursor.expect_name("the channel's name");
    channel.block = read_block(cursor, channel.broken, [&] {
        if (!cursor.is(Keyword::kind)) fail_unknown_setting(cursor, Keyword::kind);
        const Token setting = cursor.take(Keyword::kind);
        if (channel.kind) {
            cursor.report(code::set_twice, setting.span, "this channel has a kind already")
                .related.push_back({channel.kind->span, "here"});
            throw BrokenItem{};
        }
        channel.kind = cursor.expect_name("`log` or `webhook`");
        cursor.expect_item_end("the kind");
    });
    channel.span = cursor.span_from(keyword.span.begin);
    return channel;
}

ast::TagDeclaration read_tags(Cursor& cursor) {
    cursor.take(Keyword::declared_tag);
    ast::TagDeclaration declaration;
    while (true) {
        auto& tag = declaration.tags.emplace_back();
        tag.name = cursor.expect_name("a tag");
        if (cursor.is(TokenKind::string_open)) tag.title = reader::read_text(cursor, "a title");
        if (!cursor.take_if(TokenKind::comma)) return declaration;
        cursor.skip_line_ends();
    }
}

ast::EventDeclaration::Field::Default read_default(Cursor& cursor) {
    ast::EventDeclaration::Field::Default value;
    const std::size_t begin = cursor.peek().span.begin;
    if (cursor.is(TokenKind::string_open)) {
        const ast::Text text = reader::read_text(cursor, "a text");
        value.quoted = true;
        for (const auto& part : text.parts) {
            if (const auto* plain = std::get_if<std::string>(&part)) {
                value.text += *plain;
            } else {
                cursor.report(code::wrong_default, text.span, "a default value has no holes");
                throw BrokenItem{};
            }
        }
    } else {
        const bool negative = cursor.take_if(TokenKind::minus);
        const Token& number = cursor.expect(TokenKind::number, "a number or a text");
        value.text = (negative ? "-" : "") + std::string(cursor.text(number));
        if (cursor.is(TokenKind::word) && !cursor.is(Keyword::optional)) {
            value.text += " " + std::string(cursor.text(cursor.take()));
        }
    }
    value.span = cursor.span_from(begin);
    return value;
}

ast::EventDeclaration read_event(Cursor& cursor) {
    cursor.take(Keyword::event);
    ast::EventDeclaration event;
    event.name = cursor.expect_name("the event's name");
    cursor.expect(TokenKind::open_brace, "`{`");
    cursor.skip_line_ends();
    while (!cursor.is(TokenKind::close_brace)) {
        auto& field = event.fields.emplace_back();
        field.name = cursor.expect_name("a field");
        cursor.expect(TokenKind::colon, "`:` and the field's type");
        field.type = cursor.expect_name("a type");
        field.optional = cursor.take_if(Keyword::optional);
        if (cursor.take_if(TokenKind::equal)) field.default_value = read_default(cursor);
        const bool comma = cursor.take_if(TokenKind::comma);
        const bool line_end = cursor.is(TokenKind::line_end);
        cursor.skip_line_ends();
        if (!comma && !line_end && !cursor.is(TokenKind::close_brace))
            cursor.fail_expecting("`,` or `}`");
    }
    cursor.take();
    return event;
}

ast::ContentDeclaration read_content(Cursor& cursor) {
    const Token keyword = cursor.take(Keyword::content);
    ast::ContentDeclaration content;
    content.name = cursor.expect_name("the content's name");
    content.block = read_block(cursor, content.broken, [&] {
        if (!cursor.is(Keyword::text)) fail_unknown_setting(cursor, Keyword::text);
        const Token setting = cursor.take(Keyword::text);
        if (content.text) {
            cursor.report(code::set_twice, setting.span, "this content has a text already")
                .related.push_back({content.text->span, "here"});
            throw BrokenItem{};
        }
        content.text = reader::read_text(cursor, "a text");
        cursor.expect_item_end("the text");
    });
    content.span = cursor.span_from(keyword.span.begin);
    return content;
}

ast::Import read_import(Cursor& cursor) {
    const Token keyword = cursor.take(Keyword::import);
    ast::Import import;
    if (cursor.is(TokenKind::string_open)) {
        cursor.report(code::unknown_import, cursor.peek().span,
                      "files cannot be imported yet, only the standard library",
                      "such as `import std.calendar.cn`");
        throw BrokenItem{};
    }
    do {
        if (!import.name.empty()) import.name += '.';
        import.name += cursor.expect_name("a name such as `std.calendar.cn`").text;
    } while (cursor.take_if_dot());
    import.span = cursor.span_from(keyword.span.begin);
    return import;
}

// `holiday NAME "Title" on DATES`, `day NAME "Title" every year on 10-01`
ast::NamedDays read_named_days(Cursor& cursor) {
    ast::NamedDays named;
    named.holiday = cursor.is(Keyword::holiday);
    cursor.take(named.holiday ? Keyword::holiday : Keyword::day);
    named.name = cursor.expect_name("a name for the days");
    if (cursor.is(TokenKind::string_open)) named.title = reader::read_text(cursor, "a title");
    if (!cursor.is(Keyword::every) && !cursor.is(Keyword::on))
        cursor.fail_expecting("`on` or `every`, and the days");
    const SourceSpan days_begin = cursor.peek().span;
    ast::SchedulePlaces places;
    named.days = reader::read_days(cursor, places);
    named.span = cursor.span_from(days_begin.begin);
    const bool fixed = std::holds_alternative<calendar::Dates>(named.days) ||
                       std::holds_alternative<calendar::Weekdays>(named.days) ||
                       std::holds_alternative<calendar::MonthDays>(named.days) ||
                       std::holds_alternative<calendar::YearDays>(named.days) ||
                       std::holds_alternative<calendar::LunarDays>(named.days) ||
                       std::holds_alternative<calendar::SolarTerms>(named.days);
    if (!fixed || places.workday || !places.calendar_days.empty()) {
        cursor.report(code::days_not_fixed, cursor.span_from(days_begin.begin),
                      "a calendar cannot be made of days that depend on a calendar or a beginning",
                      "dates, weekdays, days of a month or year, lunar dates, solar terms");
        throw BrokenItem{};
    }
    return named;
}

ast::CalendarDeclaration::Item read_calendar_item(Cursor& cursor) {
    const std::size_t begin = cursor.peek().span.begin;
    if (cursor.take_if(Keyword::weekend)) {
        ast::CalendarDeclaration::Weekend weekend{};
        weekend.weekdays = reader::read_weekdays(cursor);
        weekend.span = cursor.span_from(begin);
        return weekend;
    }
    if (cursor.take_if(Keyword::years)) {
        ast::CalendarDeclaration::Years years{};
        years.first = reader::read_integer(cursor, "a year such as 2026", 1900, 2500);
        years.last = cursor.take_if_sign("..")
                         ? reader::read_integer(cursor, "a year such as 2026", 1900, 2500)
                         : years.first;
        years.span = cursor.span_from(begin);
        if (years.last < years.first) {
            cursor.report(code::bounds_contradict, years.span,
                          "the last of these years is before the first");
            throw BrokenItem{};
        }
        return years;
    }
    if (cursor.take_if(Keyword::workday)) {
        ast::CalendarDeclaration::Workdays workdays{};
        cursor.expect(Keyword::on);
        workdays.dates = reader::read_dates(cursor);
        workdays.span = cursor.span_from(begin);
        return workdays;
    }
    if (cursor.take_if(Keyword::timezone)) {
        ast::CalendarDeclaration::Timezone timezone{};
        timezone.zone = reader::read_zone(cursor);
        timezone.span = cursor.span_from(begin);
        return timezone;
    }
    if (cursor.is(Keyword::holiday) || cursor.is(Keyword::day)) return read_named_days(cursor);
    if (!cursor.is(TokenKind::word)) cursor.fail_expecting("`holiday`, `workday` or `day`");
    cursor.fail_unknown(code::unknown_setting, "item of a calendar",
                        "`timezone`, `weekend`, `years`, `holiday`, `workday` or `day` stands here",
                        {Keyword::timezone, Keyword::weekend, Keyword::years, Keyword::holiday,
                         Keyword::workday, Keyword::day});
}

ast::CalendarDeclaration read_calendar(Cursor& cursor) {
    const Token keyword = cursor.take(Keyword::calendar);
    ast::CalendarDeclaration declaration;
    declaration.name = cursor.expect_name("the calendar's name");
    if (cursor.is(TokenKind::string_open)) declaration.title = reader::read_text(cursor, "a title");
    declaration.block = read_block(cursor, declaration.broken, [&] {
        ast::Trivia trivia = cursor.take_leading_trivia();
        auto item = read_calendar_item(cursor);
        cursor.expect_item_end("an item of a calendar");
        cursor.take_trailing_comment(trivia);
        std::visit([&](auto& node) { node.trivia = std::move(trivia); }, item);
        declaration.items.push_back(std::move(item));
    });
    declaration.span = cursor.span_from(keyword.span.begin);
    return declaration;
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
        document_.end_comments = cursor_.take_comments_before_here();
        require_edition();
        return std::move(document_);
    }

  private:
    void read_item() {
        if (cursor_.at_named_label() && last_playbook_) {
            read_rule_outside();
            return;
        }
        ast::Trivia trivia = cursor_.take_leading_trivia();
        ast::Item item = read_declaration();
        cursor_.expect_item_end("a declaration");
        cursor_.take_trailing_comment(trivia);
        std::visit([&](auto& node) { node.trivia = std::move(trivia); }, item);
        document_.items.push_back(std::move(item));
        if (std::holds_alternative<ast::Playbook>(document_.items.back()))
            last_playbook_ = document_.items.size() - 1;
    }

    ast::Item read_declaration() {
        const auto keyword = cursor_.keyword_at();
        if (keyword == Keyword::sop) {
            edition_seen_ = true;
            return read_edition(cursor_);
        }
        if (keyword == Keyword::language) return read_language(cursor_);
        if (keyword == Keyword::channel) return read_channel(cursor_);
        if (cursor_.is(Keyword::declared_tag)) return read_tags(cursor_);
        if (keyword == Keyword::event) return read_event(cursor_);
        if (keyword == Keyword::content) return read_content(cursor_);
        if (keyword == Keyword::calendar) return read_calendar(cursor_);
        if (keyword == Keyword::import) return read_import(cursor_);
        if (keyword == Keyword::playbook) {
            cursor_.take(Keyword::playbook);
            return reader::read_playbook(cursor_);
        }
        if (!cursor_.is(TokenKind::word))
            cursor_.fail_expecting("a declaration such as `playbook`");
        const Token& token = cursor_.peek();
        if (document_.items.empty() && cursor_.is(TokenKind::number, 1)) fail_edition(token);
        cursor_.fail_unknown(
            code::unknown_declaration, "declaration",
            "`playbook`, `tag`, `event`, `content` or `channel` stands here",
            {Keyword::sop, Keyword::channel, Keyword::declared_tag, Keyword::event,
             Keyword::content, Keyword::calendar, Keyword::import, Keyword::playbook});
    }

    // A first word before a number is the edition under another name.
    [[noreturn]] void fail_edition(const Token& token) {
        edition_seen_ = true;
        auto& diagnostic =
            cursor_.report(code::edition_missing, token.span, "the file does not say its edition",
                           fmt::format("`sop {}` goes first", edition_current));
        diagnostic.fix = Fix{token.span, "sop", "write `sop`"};
        throw BrokenItem{};
    }

    // One closing brace too many ends a playbook early; its other rules are then found out here.
    // They are read into it all the same, so that they are checked, and the brace at their end is
    // expected.
    void read_rule_outside() {
        if (!outside_reported_) {
            cursor_.report(code::rule_outside_playbook, cursor_.peek().span,
                           "this rule stands outside its playbook",
                           "a `}` above it is one too many");
            outside_reported_ = true;
        }
        reader::ReadRule read = reader::read_rule(cursor_);
        auto& playbook = std::get<ast::Playbook>(document_.items[*last_playbook_]);
        if (read.rule) playbook.items.emplace_back(std::move(*read.rule));
    }

    void read_lonely_brace() {
        const Token& token = cursor_.take();
        if (token.span.begin == token.span.end) return;
        if (outside_reported_ && !stray_expected_used_) {
            stray_expected_used_ = true;
            return;
        }
        cursor_.report(code::stray_closer, token.span, "`}` closes nothing",
                       "no `{` before it is still open");
    }

    void require_edition() {
        if (refused_ || edition_seen_) return;
        auto& diagnostic =
            cursor_.report(code::edition_missing, {0, 0}, "the file does not say its edition",
                           fmt::format("`sop {}` goes first", edition_current));
        diagnostic.fix = Fix{{0, 0},
                             fmt::format("sop {}\n", edition_current),
                             fmt::format("add `sop {}`", edition_current)};
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
