#include "lang/reader/clauses.h"

#include "lang/codes.h"
#include "lang/policy_words.h"
#include "lang/reader/expressions.h"
#include "lang/reader/literals.h"
#include "lang/reader/parameters.h"

namespace sop::lang::reader {

namespace {

constexpr int posts_max = 10000;
constexpr int late_posts_max = 100;

ast::TimezoneClause read_timezone(Cursor& cursor) {
    ast::TimezoneClause clause;
    cursor.take(Keyword::timezone);
    if (cursor.take_if(Keyword::of)) {
        cursor.expect(Keyword::member);
        cursor.expect(Keyword::else_);
        clause.of_member = true;
    }
    clause.zone = read_zone(cursor);
    return clause;
}

ast::AudienceClause read_for(Cursor& cursor) {
    cursor.take(Keyword::for_);
    return {read_audience(cursor), {}};
}

ast::ViaClause read_via(Cursor& cursor) {
    cursor.take(Keyword::via);
    ast::ViaClause clause;
    do {
        clause.channels.push_back(
            read_reference(cursor, ast::ParameterKind::channel, "a channel"_say));
    } while (cursor.take_if(Keyword::else_));
    return clause;
}

ast::CalendarClause read_calendar(Cursor& cursor) {
    cursor.take(Keyword::calendar);
    ast::CalendarClause clause;
    clause.calendar = cursor.expect_name("the name of a calendar, such as `cn`"_say);
    if (cursor.take_if(Keyword::unknown)) {
        const Keyword policy = read_policy(cursor, {Keyword::skip, Keyword::weekdays});
        clause.unknown_as_weekdays = policy == Keyword::weekdays;
    }
    return clause;
}

// `gap next`, `priority high`: one of the words of a table of values.
template <typename PolicyClause, typename Value, typename Words>
PolicyClause read_choice(Cursor& cursor, Keyword keyword, Value PolicyClause::* target,
                         const Words& words) {
    cursor.take(keyword);
    std::vector<Keyword> known;
    for (const auto& [value, word] : words) known.push_back(word);
    const Keyword written = read_policy(cursor, known);
    PolicyClause clause;
    for (const auto& [value, word] : words) {
        if (word == written) clause.*target = value;
    }
    return clause;
}

// By the stopwatch: `5m`.
std::chrono::seconds read_elapsed(Cursor& cursor) {
    const ast::Duration duration = read_duration(cursor);
    if (!duration.value.is_calendar()) return duration.value.elapsed;
    cursor.report(code::unknown_unit, duration.span,
                  "elapsed time stands here: `s`, `m` or `h`"_say,
                  "a day is 24h on a stopwatch"_say);
    throw BrokenItem{};
}

// `quiet 22:30..07:30 then defer`
ast::QuietClause read_quiet(Cursor& cursor) {
    const std::size_t begin = cursor.take(Keyword::quiet).span.begin;
    ast::QuietClause clause;
    clause.hours.from = read_time(cursor).value;
    if (!cursor.take_if_sign("..")) cursor.fail_expecting("`..` and when they end"_say);
    clause.hours.until = read_time(cursor).value;
    if (clause.hours.from == clause.hours.until) {
        cursor.report(code::bounds_contradict, cursor.span_from(begin),
                      "the quiet hours end where they begin"_say);
        throw BrokenItem{};
    }
    if (cursor.take_if(Keyword::then))
        clause.hours.skip = read_policy(cursor, {Keyword::defer, Keyword::skip}) == Keyword::skip;
    return clause;
}

// `limit 8 posts per group per day`
ast::LimitClause read_limit(Cursor& cursor) {
    cursor.take(Keyword::limit);
    ast::LimitClause clause;
    clause.limit.count = read_integer(cursor, "a number of posts"_say, 1, posts_max);
    cursor.expect(Keyword::posts);
    cursor.expect(Keyword::per);
    if (cursor.take_if(Keyword::member)) {
        clause.limit.per = SubjectKind::member;
    } else {
        cursor.expect(Keyword::group);
    }
    cursor.expect(Keyword::per);
    const Keyword period = read_policy(cursor, {Keyword::day, Keyword::week});
    clause.limit.period =
        period == Keyword::day ? calendar::EveryNth::Unit::day : calendar::EveryNth::Unit::week;
    return clause;
}

// `late skip`, `late send within 15m`, `late send last 3 spaced 10m within 2h`
ast::LateClause read_late(Cursor& cursor) {
    cursor.take(Keyword::late);
    ast::LateClause clause;
    if (read_policy(cursor, {Keyword::send_late, Keyword::skip}) == Keyword::skip) {
        clause.policy.skip = true;
        return clause;
    }
    if (cursor.take_if(Keyword::last)) {
        clause.policy.last = read_integer(cursor, "a number of posts"_say, 1, late_posts_max);
        cursor.expect(Keyword::spaced);
        clause.policy.spaced = read_elapsed(cursor);
    }
    cursor.expect(Keyword::within);
    clause.within = read_elapsed(cursor);
    return clause;
}

ast::LocaleClause read_locale(Cursor& cursor) {
    cursor.take(Keyword::locale);
    ast::LocaleClause clause;
    const std::size_t begin = cursor.peek().span.begin;
    while (cursor.is(TokenKind::word)) {
        clause.locale += cursor.text(cursor.take(TokenRole::name));
        if (!cursor.is(TokenKind::minus)) break;
        clause.locale += cursor.text(cursor.take(TokenRole::hyphen));
    }
    if (clause.locale.empty()) cursor.fail_expecting("a locale such as `zh-CN`"_say);
    clause.locale_span = cursor.span_from(begin);
    return clause;
}

constexpr std::array<std::pair<Priority, Keyword>, 3> priority_words{{
    {Priority::high, Keyword::high},
    {Priority::normal, Keyword::normal},
    {Priority::low, Keyword::low},
}};
constexpr std::array<std::pair<Concurrency, Keyword>, 4> concurrency_words{{
    {Concurrency::skip, Keyword::skip},
    {Concurrency::queue, Keyword::queue},
    {Concurrency::parallel, Keyword::parallel},
    {Concurrency::replace, Keyword::replace},
}};

ast::Clause read_clause_here(Cursor& cursor) {
    switch (*cursor.keyword_at()) {
        case Keyword::timezone:
            return read_timezone(cursor);
        case Keyword::locale:
            return read_locale(cursor);
        case Keyword::calendar:
            return read_calendar(cursor);
        case Keyword::via:
            return read_via(cursor);
        case Keyword::quiet:
            return read_quiet(cursor);
        case Keyword::limit:
            return read_limit(cursor);
        case Keyword::space:
            cursor.take(Keyword::space);
            return ast::SpaceClause{read_elapsed(cursor), {}};
        case Keyword::spread:
            cursor.take(Keyword::spread);
            return ast::SpreadClause{read_elapsed(cursor), {}};
        case Keyword::late:
            return read_late(cursor);
        case Keyword::deliver:
            cursor.take(Keyword::deliver);
            cursor.expect(Keyword::within);
            return ast::DeliverClause{read_elapsed(cursor), {}};
        case Keyword::gap:
            return read_choice(cursor, Keyword::gap, &ast::GapClause::policy, gap_words);
        case Keyword::overlap:
            return read_choice(cursor, Keyword::overlap, &ast::OverlapClause::policy,
                               overlap_words);
        case Keyword::priority:
            return read_choice(cursor, Keyword::priority, &ast::PriorityClause::priority,
                               priority_words);
        case Keyword::concurrent:
            return read_choice(cursor, Keyword::concurrent, &ast::ConcurrentClause::concurrency,
                               concurrency_words);
        case Keyword::exit:
            cursor.take(Keyword::exit);
            cursor.expect(Keyword::when);
            cursor.expect(Keyword::outside);
            return ast::OutsideClause{};
        default:
            return read_for(cursor);
    }
}

// `…, then` goes on with others to invite, not with another tag.
bool at_then(const Cursor& cursor) {
    if (!cursor.is(TokenKind::comma)) return false;
    std::size_t ahead = 1;
    while (cursor.is(TokenKind::line_end, ahead)) ++ahead;
    return cursor.is(Keyword::then, ahead);
}

}  // namespace

const std::vector<Keyword> clause_keywords{
    Keyword::timezone, Keyword::locale, Keyword::calendar, Keyword::for_,     Keyword::via,
    Keyword::quiet,    Keyword::limit,  Keyword::space,    Keyword::spread,   Keyword::late,
    Keyword::deliver,  Keyword::gap,    Keyword::overlap,  Keyword::priority, Keyword::concurrent};

ast::Name read_zone(Cursor& cursor) {
    if (!cursor.is(TokenKind::zone) && !cursor.is(TokenKind::word)) {
        cursor.fail_expecting("a time zone such as `Asia/Shanghai`"_say);
    }
    const Token& token = cursor.take(TokenRole::name);
    return {std::string(cursor.text(token)), token.span};
}

ast::AudienceText read_audience(Cursor& cursor) {
    ast::AudienceText audience;
    const std::size_t begin = cursor.peek().span.begin;
    if (cursor.is(Keyword::members)) {
        cursor.take(Keyword::members);
        audience.kind = SubjectKind::member;
        if (cursor.take_if(Keyword::of)) {
            cursor.expect(Keyword::groups);
            audience.of_groups = true;
        }
    } else if (!cursor.take_if(Keyword::groups)) {
        audience.named = cursor.expect_name("`groups`, `members` or the name of an audience"_say);
        audience.span = cursor.span_from(begin);
        return audience;
    }
    if (cursor.is(TokenKind::string_open)) {
        do {
            audience.ids.push_back(read_text(cursor, "an id"_say));
        } while (cursor.take_if(TokenKind::comma));
    }
    while (cursor.take_if(Keyword::tagged)) {
        auto& any_of = audience.tagged.emplace_back();
        do {
            any_of.push_back(read_reference(cursor, ast::ParameterKind::tag, "a tag"_say));
        } while (!at_then(cursor) && cursor.take_if(TokenKind::comma));
    }
    audience.where = read_where(cursor);
    audience.span = cursor.span_from(begin);
    return audience;
}

bool at_clause(const Cursor& cursor, std::size_t ahead) {
    if (cursor.is(Keyword::exit, ahead)) return cursor.is(Keyword::when, ahead + 1);
    for (const Keyword keyword : clause_keywords) {
        if (!cursor.is(keyword, ahead)) continue;
        return keyword != Keyword::for_ || !at_duration(cursor, ahead + 1);
    }
    return false;
}

int clause_rank(const ast::Clause& clause) {
    constexpr int behind_schedule = 100;
    return behind_schedule + static_cast<int>(clause.index());
}

ast::Clause read_clause(Cursor& cursor) {
    const std::size_t begin = cursor.peek().span.begin;
    ast::Clause clause = read_clause_here(cursor);
    std::visit([&](auto& node) { node.span = cursor.span_from(begin); }, clause);
    return clause;
}

}  // namespace sop::lang::reader
