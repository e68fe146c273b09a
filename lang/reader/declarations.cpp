#include "lang/reader/declarations.h"

#include "lang/codes.h"
#include "lang/reader/clauses.h"
#include "lang/reader/days.h"
#include "lang/reader/expressions.h"
#include "lang/reader/literals.h"
#include "lang/reader/parameters.h"
#include "lang/reader/playbook.h"
#include "lang/reader/schedule.h"
#include "lang/reader/tests.h"
#include "lang/report.h"

namespace sop::lang::reader {

namespace {

constexpr int channel_limit_max = 1000000;
constexpr int weight_max = 1000;

// The items of a declaration's block, each read by `read_item`, which throws BrokenItem for one
// that it cannot read.
template <typename ReadItem>
void read_block(Cursor& cursor, bool& broken, ReadItem read_item) {
    cursor.expect(TokenKind::open_brace, "`{{`"_say);
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
    cursor.take();
}

// Items parted by commas or line ends, up to the brace that closes them; one that is broken breaks
// the whole.
template <typename ReadItem>
void read_list_block(Cursor& cursor, ReadItem read_item) {
    cursor.expect(TokenKind::open_brace, "`{{`"_say);
    cursor.skip_line_ends();
    while (!cursor.is(TokenKind::close_brace)) {
        read_item();
        const bool comma = cursor.take_if(TokenKind::comma);
        const bool line_end = cursor.is(TokenKind::line_end);
        cursor.skip_line_ends();
        if (!comma && !line_end && !cursor.is(TokenKind::close_brace))
            cursor.fail_expecting("`,` or `}}`"_say);
    }
    cursor.take();
}

[[noreturn]] void fail_unknown_setting(Cursor& cursor, const std::vector<Keyword>& known) {
    if (!cursor.is(TokenKind::word)) cursor.fail_expecting(Message(cursor.listed_here(known)));
    cursor.fail_unknown(code::unknown_setting, "setting"_say,
                        "{} stands here"_say(cursor.listed_here(known)), known);
}

// Throws when `first`, where there is one, says the same already.
void require_first(Cursor& cursor, std::size_t begin, const std::optional<SourceSpan>& first) {
    if (!first) return;
    cursor.report(code::set_twice, cursor.span_from(begin), "this is said already"_say)
        .related.push_back({*first, "here"_say});
    throw BrokenItem{};
}

// `a, b, c`, which may go on in the next line behind a comma
template <typename ReadItem>
void read_names(Cursor& cursor, ReadItem read_item) {
    while (true) {
        read_item();
        if (!cursor.take_if(TokenKind::comma)) return;
        cursor.skip_line_ends();
    }
}

// ---- channels ----

ChannelLimit::Per read_per(Cursor& cursor) {
    using Per = ChannelLimit::Per;
    switch (read_policy(
        cursor, {Keyword::minute_unit, Keyword::second_unit, Keyword::hour_unit, Keyword::day})) {
        case Keyword::second_unit:
            return Per::second;
        case Keyword::hour_unit:
            return Per::hour;
        case Keyword::day:
            return Per::day;
        default:
            return Per::minute;
    }
}

// `20 per minute per key`, `1 per day per target`
ast::ChannelDeclaration::Limit read_channel_limit(Cursor& cursor, Keyword of_whom) {
    ast::ChannelDeclaration::Limit limit;
    const std::size_t begin = cursor.peek().span.begin;
    limit.limit.count = read_integer(cursor, "a number of messages"_say, 1, channel_limit_max);
    cursor.expect(Keyword::per);
    limit.limit.per = read_per(cursor);
    if (cursor.take_if(Keyword::per)) cursor.expect(of_whom);
    limit.span = cursor.span_from(begin);
    return limit;
}

ast::ChannelDeclaration read_channel(Cursor& cursor) {
    ast::ChannelDeclaration channel;
    const std::size_t declaration_begin = cursor.take(Keyword::channel).span.begin;
    channel.name = cursor.expect_name("the channel's name"_say);
    read_block(cursor, channel.broken, [&] {
        const std::size_t begin = cursor.peek().span.begin;
        const auto span_of = [](const auto& setting) {
            return setting ? std::optional(setting->span) : std::nullopt;
        };
        if (cursor.take_if(Keyword::kind)) {
            require_first(cursor, begin, span_of(channel.kind));
            channel.kind = cursor.expect_name("a kind such as `webhook`"_say);
            while (cursor.take_if_dot())
                channel.kind->text +=
                    "." + cursor.expect_name("a kind such as `wecom.robot`"_say).text;
            channel.kind->span.end = cursor.span_from(begin).end;
        } else if (cursor.take_if(Keyword::budget)) {
            require_first(cursor, begin, span_of(channel.budget));
            channel.budget = read_channel_limit(cursor, Keyword::key);
        } else if (cursor.take_if(Keyword::quota)) {
            require_first(cursor, begin, span_of(channel.quota));
            channel.quota = read_channel_limit(cursor, Keyword::target);
        } else {
            fail_unknown_setting(cursor, {Keyword::kind, Keyword::budget, Keyword::quota});
        }
        cursor.expect_item_end("a setting of a channel"_say);
    });
    channel.span = cursor.span_from(declaration_begin);
    return channel;
}

// ---- names ----

ast::TagDeclaration read_tags(Cursor& cursor) {
    cursor.take(Keyword::declared_tag);
    ast::TagDeclaration declaration;
    read_names(cursor, [&] {
        auto& tag = declaration.tags.emplace_back();
        tag.name = cursor.expect_name("a tag"_say);
        if (cursor.is(TokenKind::string_open)) tag.title = read_text(cursor, "a title"_say);
    });
    return declaration;
}

ast::RoleDeclaration read_roles(Cursor& cursor) {
    cursor.take(Keyword::role);
    ast::RoleDeclaration declaration;
    read_names(cursor, [&] { declaration.names.push_back(cursor.expect_name("a role"_say)); });
    return declaration;
}

ast::PoolDeclaration read_pools(Cursor& cursor) {
    cursor.take(Keyword::pool);
    ast::PoolDeclaration declaration;
    read_names(cursor, [&] { declaration.names.push_back(cursor.expect_name("a pool"_say)); });
    return declaration;
}

// `words ads =`
ast::Name read_name_with_value(Cursor& cursor, Keyword keyword, Message what) {
    cursor.take(keyword);
    ast::Name name = cursor.expect_name(std::move(what));
    cursor.expect(TokenKind::equal, "`=`"_say);
    return name;
}

// `words ads = "a", "b"`
ast::WordsDeclaration read_words(Cursor& cursor) {
    ast::WordsDeclaration declaration;
    declaration.name = read_name_with_value(cursor, Keyword::words, "the list's name"_say);
    read_names(cursor,
               [&] { declaration.words.push_back(read_text(cursor, "a word in quotes"_say)); });
    return declaration;
}

// ---- events and tables ----

ast::EventDeclaration::Field::Default read_default(Cursor& cursor) {
    ast::EventDeclaration::Field::Default value;
    const std::size_t begin = cursor.peek().span.begin;
    if (cursor.is(TokenKind::string_open)) {
        const ast::Text text = read_text(cursor, "a text"_say);
        value.quoted = true;
        for (const auto& part : text.parts) {
            if (const auto* plain = std::get_if<std::string>(&part)) {
                value.text += *plain;
            } else {
                cursor.report(code::wrong_default, text.span, "a default value has no holes"_say);
                throw BrokenItem{};
            }
        }
    } else {
        const bool negative = cursor.is(TokenKind::minus);
        if (negative) cursor.take(TokenRole::sign);
        const Token& number = cursor.expect(TokenKind::number, "a number or a text"_say);
        value.text = (negative ? "-" : "") + std::string(cursor.text(number));
        if (cursor.is(TokenKind::word) && !cursor.is(Keyword::optional)) {
            value.text += " " + std::string(cursor.text(cursor.take(TokenRole::name)));
        }
    }
    value.span = cursor.span_from(begin);
    return value;
}

ast::EventDeclaration read_event(Cursor& cursor) {
    cursor.take(Keyword::event);
    ast::EventDeclaration event;
    event.name = cursor.expect_name("the event's name"_say);
    read_list_block(cursor, [&] {
        auto& field = event.fields.emplace_back();
        field.name = cursor.expect_name("a field"_say);
        cursor.expect(TokenKind::colon, "`:` and the field's type"_say);
        field.type = read_type(cursor);
        field.optional = cursor.take_if(Keyword::optional);
        if (cursor.take_if(TokenKind::equal)) field.default_value = read_default(cursor);
    });
    return event;
}

// `table items from "items.csv" key date { date: date, name: text }`
ast::TableDeclaration read_table(Cursor& cursor) {
    cursor.take(Keyword::table);
    ast::TableDeclaration table;
    table.name = cursor.expect_name("the table's name"_say);
    cursor.expect(Keyword::from);
    table.file = read_text(cursor, "the name of a CSV file"_say);
    cursor.expect(Keyword::key);
    table.key = cursor.expect_name("the column that names a row"_say);
    read_list_block(cursor, [&] {
        auto& column = table.columns.emplace_back();
        column.name = cursor.expect_name("a column"_say);
        cursor.expect(TokenKind::colon, "`:` and the column's type"_say);
        column.type = read_type(cursor);
    });
    return table;
}

// ---- contents ----

ast::CardText read_card(Cursor& cursor, bool& broken) {
    ast::CardText card;
    const std::size_t card_begin = cursor.peek().span.begin;
    read_block(cursor, broken, [&] {
        const std::size_t begin = cursor.peek().span.begin;
        std::optional<ast::Text>* target = cursor.take_if(Keyword::title)     ? &card.title
                                           : cursor.take_if(Keyword::text)    ? &card.text
                                           : cursor.take_if(Keyword::picture) ? &card.picture
                                           : cursor.take_if(Keyword::link)    ? &card.link
                                           : cursor.take_if(Keyword::page)    ? &card.page
                                                                              : nullptr;
        if (!target) {
            fail_unknown_setting(cursor, {Keyword::title, Keyword::text, Keyword::picture,
                                          Keyword::link, Keyword::page});
        }
        require_first(cursor, begin, *target ? std::optional((*target)->span) : std::nullopt);
        *target = read_text(cursor, "a text"_say);
        cursor.expect_item_end("a part of a card"_say);
    });
    card.span = cursor.span_from(card_begin);
    return card;
}

// `text "…"`, `picture "…"`, `card { … }`
bool read_content_part(Cursor& cursor, ast::ContentDeclaration::Part& part, bool& broken) {
    const std::size_t begin = cursor.peek().span.begin;
    if (cursor.take_if(Keyword::text)) {
        require_first(cursor, begin, part.text ? std::optional(part.text->span) : std::nullopt);
        part.text = read_text(cursor, "a text"_say);
        if (cursor.take_if(Keyword::weight)) {
            part.weight = read_count(cursor, "a weight"_say, 1, weight_max);
        }
    } else if (cursor.take_if(Keyword::picture)) {
        part.pictures.push_back(read_text(cursor, "the picture's file"_say));
    } else if (cursor.take_if(Keyword::card) || cursor.take_if(Keyword::mini_program)) {
        require_first(cursor, begin, part.card ? std::optional(part.card->span) : std::nullopt);
        part.card = read_card(cursor, broken);
    } else {
        return false;
    }
    part.span = {part.span.end == 0 ? begin : part.span.begin, cursor.span_from(begin).end};
    return true;
}

const std::vector<Keyword> content_keywords{Keyword::text,         Keyword::picture, Keyword::card,
                                            Keyword::mini_program, Keyword::variant, Keyword::pick};

// `variant b weight 2 { text "…" }`
ast::ContentDeclaration::Part read_variant(Cursor& cursor, bool& broken) {
    ast::ContentDeclaration::Part part;
    const std::size_t begin = cursor.take(Keyword::variant).span.begin;
    part.variant = cursor.expect_name("the variant's name"_say);
    if (cursor.take_if(Keyword::weight)) {
        part.weight = read_count(cursor, "a weight"_say, 1, weight_max);
    }
    read_block(cursor, broken, [&] {
        if (!read_content_part(cursor, part, broken))
            fail_unknown_setting(
                cursor, {Keyword::text, Keyword::picture, Keyword::card, Keyword::mini_program});
        cursor.expect_item_end("a part of a content"_say);
    });
    part.span = cursor.span_from(begin);
    return part;
}

Content::Pick read_pick(Cursor& cursor) {
    return read_policy(cursor, {Keyword::rotate, Keyword::random}) == Keyword::rotate
               ? Content::Pick::rotate
               : Content::Pick::random;
}

// Several texts are so many forms; pictures and a card belong to the text before them.
ast::ContentDeclaration read_content(Cursor& cursor) {
    ast::ContentDeclaration content;
    const std::size_t content_begin = cursor.take(Keyword::content).span.begin;
    content.name = cursor.expect_name("the content's name"_say);
    read_block(cursor, content.broken, [&] {
        const std::size_t begin = cursor.peek().span.begin;
        if (cursor.take_if(Keyword::pick)) {
            if (content.pick) {
                cursor.report(code::set_twice, cursor.span_from(begin),
                              "this content says so already"_say);
                throw BrokenItem{};
            }
            content.pick = read_pick(cursor);
        } else if (cursor.is(Keyword::variant)) {
            content.parts.push_back(read_variant(cursor, content.broken));
        } else {
            const bool new_form = cursor.is(Keyword::text) && !content.parts.empty() &&
                                  content.parts.back().text.has_value();
            if (content.parts.empty() || content.parts.back().variant || new_form)
                content.parts.emplace_back();
            if (!read_content_part(cursor, content.parts.back(), content.broken))
                fail_unknown_setting(cursor, content_keywords);
        }
        cursor.expect_item_end("a part of a content"_say);
    });
    content.span = cursor.span_from(content_begin);
    return content;
}

// ---- values, audiences, metrics, tiers ----

ast::ValueDeclaration read_value(Cursor& cursor) {
    ast::ValueDeclaration declaration;
    declaration.name = read_name_with_value(cursor, Keyword::value, "the value's name"_say);
    declaration.value = read_expression(cursor);
    return declaration;
}

ast::AudienceDeclaration read_audience_declaration(Cursor& cursor) {
    ast::AudienceDeclaration declaration;
    declaration.name = read_name_with_value(cursor, Keyword::audience, "the audience's name"_say);
    declaration.audience = read_audience(cursor);
    return declaration;
}

ast::MetricDeclaration read_metric(Cursor& cursor) {
    ast::MetricDeclaration declaration;
    declaration.name = read_name_with_value(cursor, Keyword::metric, "the metric's name"_say);
    declaration.value = read_expression(cursor);
    return declaration;
}

// `tier groups tagged member every day at 02:00 timezone Asia/Shanghai { vip: … activity: else }`
ast::TierDeclaration read_tier(Cursor& cursor) {
    ast::TierDeclaration tier;
    const std::size_t begin = cursor.take(Keyword::tier).span.begin;
    tier.audience = read_audience(cursor);
    if (!at_schedule(cursor)) cursor.fail_expecting("`every` and when it is looked at"_say);
    ast::CalendarHead head = begin_schedule(cursor);
    cursor.open_head();
    while (!cursor.is(TokenKind::open_brace)) {
        const std::size_t clause_begin = cursor.position();
        if (at_clause(cursor)) {
            tier.clauses.push_back(read_clause(cursor));
            cursor.mark_clause(clause_begin, clause_rank(tier.clauses.back()));
        } else if (at_schedule_clause(cursor)) {
            const int rank = schedule_clause_rank(cursor, head);
            read_schedule_clause(cursor, head);
            cursor.mark_clause(clause_begin, rank);
        } else {
            cursor.fail_expecting("a clause or `{{`"_say);
        }
    }
    finish_schedule(cursor, head);
    tier.schedule = std::move(head);
    bool broken = false;
    read_block(cursor, broken, [&] {
        ast::TierDeclaration::Level level;
        level.tag = cursor.expect_name("a tag"_say);
        cursor.expect(TokenKind::colon, "`:` and a condition"_say);
        cursor.last_use().role = TokenRole::label_colon;
        if (!cursor.take_if(Keyword::else_)) level.condition = read_expression(cursor);
        cursor.expect_item_end("a level of a tier"_say);
        tier.levels.push_back(std::move(level));
    });
    tier.span = cursor.span_from(begin);
    return tier;
}

// `points expire after 365 days timezone Asia/Shanghai`
ast::PointsExpiryDeclaration read_points_expiry(Cursor& cursor) {
    ast::PointsExpiryDeclaration declaration;
    const std::size_t begin = cursor.take(Keyword::points).span.begin;
    cursor.take(Keyword::expire);
    cursor.expect(Keyword::after);
    declaration.after = read_duration(cursor);
    while (cursor.is(Keyword::timezone)) declaration.clauses.push_back(read_clause(cursor));
    declaration.span = cursor.span_from(begin);
    return declaration;
}

// `template countdown(what: content, hour: time = 20:00) { … }`
ast::TemplateDeclaration read_template(Cursor& cursor) {
    cursor.take(Keyword::template_);
    ast::TemplateDeclaration declaration;
    declaration.name = cursor.expect_name("the template's name"_say);
    declaration.parameters = read_parameters(cursor);
    declaration.body = cursor.position();
    const ParameterValues values = any_values(declaration.parameters);
    cursor.bind(&values);
    try {
        declaration.rules = read_template_body(cursor, declaration.broken);
    } catch (const BrokenItem&) {
        cursor.bind(nullptr);
        throw;
    }
    cursor.bind(nullptr);
    declaration.rules.name = declaration.name;
    return declaration;
}

// ---- calendars ----

// `holiday NAME "Title" on DATES`, `day NAME "Title" every year on 10-01`
ast::NamedDays read_named_days(Cursor& cursor) {
    ast::NamedDays named;
    named.holiday = cursor.is(Keyword::holiday);
    cursor.take(named.holiday ? Keyword::holiday : Keyword::day);
    named.name = cursor.expect_name("a name for the days"_say);
    if (cursor.is(TokenKind::string_open)) named.title = read_text(cursor, "a title"_say);
    if (!cursor.is(Keyword::every) && !cursor.is(Keyword::on))
        cursor.fail_expecting("`on` or `every`, and the days"_say);
    const SourceSpan days_begin = cursor.peek().span;
    ast::SchedulePlaces places;
    named.days = read_days(cursor, places);
    named.span = cursor.span_from(days_begin.begin);
    const bool fixed = std::holds_alternative<calendar::Dates>(named.days) ||
                       std::holds_alternative<calendar::Weekdays>(named.days) ||
                       std::holds_alternative<calendar::MonthDays>(named.days) ||
                       std::holds_alternative<calendar::YearDays>(named.days) ||
                       std::holds_alternative<calendar::LunarDays>(named.days) ||
                       std::holds_alternative<calendar::SolarTerms>(named.days);
    if (!fixed || places.workday || !places.calendar_days.empty()) {
        cursor.report(
            code::days_not_fixed, cursor.span_from(days_begin.begin),
            "a calendar cannot be made of days that depend on a calendar or a beginning"_say,
            "dates, weekdays, days of a month or year, lunar dates, solar terms"_say);
        throw BrokenItem{};
    }
    return named;
}

ast::CalendarDeclaration::Item read_calendar_item(Cursor& cursor) {
    const std::size_t begin = cursor.peek().span.begin;
    if (cursor.take_if(Keyword::weekend)) {
        ast::CalendarDeclaration::Weekend weekend{};
        weekend.weekdays = read_weekdays(cursor);
        weekend.span = cursor.span_from(begin);
        return weekend;
    }
    if (cursor.take_if(Keyword::years)) {
        ast::CalendarDeclaration::Years years{};
        years.first = read_integer(cursor, "a year such as 2026"_say, 1900, 2500);
        years.last = cursor.take_if_sign("..")
                         ? read_integer(cursor, "a year such as 2026"_say, 1900, 2500)
                         : years.first;
        years.span = cursor.span_from(begin);
        if (years.last < years.first) {
            cursor.report(code::bounds_contradict, years.span,
                          "the last of these years is before the first"_say);
            throw BrokenItem{};
        }
        return years;
    }
    if (cursor.take_if(Keyword::workday)) {
        ast::CalendarDeclaration::Workdays workdays{};
        cursor.expect(Keyword::on);
        workdays.dates = read_dates(cursor);
        workdays.span = cursor.span_from(begin);
        return workdays;
    }
    if (cursor.take_if(Keyword::timezone)) {
        ast::CalendarDeclaration::Timezone timezone{};
        timezone.zone = read_zone(cursor);
        timezone.span = cursor.span_from(begin);
        return timezone;
    }
    if (cursor.is(Keyword::holiday) || cursor.is(Keyword::day)) return read_named_days(cursor);
    if (!cursor.is(TokenKind::word)) cursor.fail_expecting("`holiday`, `workday` or `day`"_say);
    cursor.fail_unknown(
        code::unknown_setting, "item of a calendar"_say,
        "`timezone`, `weekend`, `years`, `holiday`, `workday` or `day` stands here"_say,
        {Keyword::timezone, Keyword::weekend, Keyword::years, Keyword::holiday, Keyword::workday,
         Keyword::day});
}

ast::CalendarDeclaration read_calendar_declaration(Cursor& cursor) {
    const Token keyword = cursor.take(Keyword::calendar);
    ast::CalendarDeclaration declaration;
    declaration.name = cursor.expect_name("the calendar's name"_say);
    if (cursor.is(TokenKind::string_open)) declaration.title = read_text(cursor, "a title"_say);
    read_block(cursor, declaration.broken, [&] {
        auto item = read_calendar_item(cursor);
        cursor.expect_item_end("an item of a calendar"_say);
        declaration.items.push_back(std::move(item));
    });
    declaration.span = cursor.span_from(keyword.span.begin);
    return declaration;
}

// `calendar cn`, or `calendar cn unknown weekdays`, and no block behind it
bool at_calendar_setting(const Cursor& cursor) {
    const std::size_t behind_name = 1 + cursor.peek(1).run;
    return cursor.is(TokenKind::line_end, behind_name) ||
           cursor.is(TokenKind::end_of_file, behind_name) ||
           cursor.is(Keyword::unknown, behind_name);
}

// ---- imports ----

ast::Import read_import(Cursor& cursor) {
    ast::Import import;
    const std::size_t begin = cursor.take(Keyword::import).span.begin;
    if (cursor.is(TokenKind::string_open)) {
        const ast::Text file = read_text(cursor, "a file"_say);
        import.is_file = true;
        import.name = ast::plain_text(file);
        import.span = cursor.span_from(begin);
        return import;
    }
    do {
        if (!import.name.empty()) import.name += '.';
        import.name += cursor.expect_name("a name such as `std.calendar.cn`"_say).text;
    } while (cursor.take_if_dot());
    import.span = cursor.span_from(begin);
    return import;
}

}  // namespace

const std::vector<Keyword> declaration_keywords{
    Keyword::import,  Keyword::channel,   Keyword::declared_tag, Keyword::event,
    Keyword::words,   Keyword::content,   Keyword::table,        Keyword::value,
    Keyword::role,    Keyword::audience,  Keyword::metric,       Keyword::tier,
    Keyword::pool,    Keyword::template_, Keyword::calendar,     Keyword::test,
    Keyword::playbook};

ast::TypeName read_type(Cursor& cursor) {
    ast::TypeName type;
    type.name = cursor.expect_name("a type"_say);
    const bool currency = cursor.is(TokenKind::word) && !cursor.is(Keyword::optional);
    if (currency && type.name.text == "money") type.currency = cursor.expect_name("a currency"_say);
    return type;
}

std::optional<ast::Item> read_declaration(Cursor& cursor) {
    if (cursor.is(Keyword::import)) return read_import(cursor);
    if (cursor.is(Keyword::channel)) return read_channel(cursor);
    if (cursor.is(Keyword::declared_tag)) return read_tags(cursor);
    if (cursor.is(Keyword::event)) return read_event(cursor);
    if (cursor.is(Keyword::words)) return read_words(cursor);
    if (cursor.is(Keyword::content)) return read_content(cursor);
    if (cursor.is(Keyword::table)) return read_table(cursor);
    if (cursor.is(Keyword::value)) return read_value(cursor);
    if (cursor.is(Keyword::role)) return read_roles(cursor);
    if (cursor.is(Keyword::audience)) return read_audience_declaration(cursor);
    if (cursor.is(Keyword::metric)) return read_metric(cursor);
    if (cursor.is(Keyword::tier)) return read_tier(cursor);
    if (cursor.is(Keyword::points) && cursor.is(Keyword::expire, 1))
        return read_points_expiry(cursor);
    if (cursor.is(Keyword::pool)) return read_pools(cursor);
    if (cursor.is(Keyword::template_)) return read_template(cursor);
    if (cursor.is(Keyword::test)) return read_test(cursor);
    if (cursor.is(Keyword::playbook)) {
        cursor.take(Keyword::playbook);
        return read_playbook(cursor);
    }
    // `calendar cn` alone is a setting for the whole file.
    if (cursor.is(Keyword::calendar) && !at_calendar_setting(cursor))
        return read_calendar_declaration(cursor);
    return std::nullopt;
}

}  // namespace sop::lang::reader
