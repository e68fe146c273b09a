#include "lang/reader/clauses.h"

#include "lang/codes.h"
#include "lang/reader/literals.h"

namespace sop::lang::reader {

namespace {

ast::TimezoneClause read_timezone(Cursor& cursor) {
    const std::size_t begin = cursor.take().span.begin;
    ast::TimezoneClause clause;
    clause.zone = read_zone(cursor);
    clause.span = cursor.span_from(begin);
    return clause;
}

ast::AudienceClause read_audience(Cursor& cursor) {
    const std::size_t begin = cursor.take().span.begin;
    ast::AudienceClause clause;
    if (cursor.take_if(Keyword::members)) {
        clause.kind = SubjectKind::member;
    } else if (!cursor.take_if(Keyword::groups)) {
        cursor.fail_expecting("`groups` or `members`");
    }
    while (cursor.take_if(Keyword::tagged)) {
        auto& any_of = clause.tagged.emplace_back();
        do {
            any_of.push_back(cursor.expect_name("a tag"));
        } while (cursor.take_if(TokenKind::comma));
    }
    clause.span = cursor.span_from(begin);
    return clause;
}

ast::ViaClause read_via(Cursor& cursor) {
    const std::size_t begin = cursor.take().span.begin;
    ast::ViaClause clause;
    do {
        clause.channels.push_back(cursor.expect_name("a channel"));
    } while (cursor.take_if(Keyword::else_));
    clause.span = cursor.span_from(begin);
    return clause;
}

ast::CalendarClause read_calendar(Cursor& cursor) {
    const std::size_t begin = cursor.take().span.begin;
    ast::CalendarClause clause;
    clause.calendar = cursor.expect_name("the name of a calendar, such as `cn`");
    if (cursor.take_if(Keyword::unknown)) {
        const Keyword policy = read_policy(cursor, {Keyword::skip, Keyword::weekdays});
        clause.unknown_as_weekdays = policy == Keyword::weekdays;
    }
    clause.span = cursor.span_from(begin);
    return clause;
}

ast::GapClause read_gap(Cursor& cursor) {
    const std::size_t begin = cursor.take().span.begin;
    ast::GapClause clause;
    switch (read_policy(cursor, {Keyword::shift, Keyword::next, Keyword::skip, Keyword::reject})) {
        case Keyword::next:
            clause.policy = calendar::GapPolicy::next;
            break;
        case Keyword::skip:
            clause.policy = calendar::GapPolicy::skip;
            break;
        case Keyword::reject:
            clause.policy = calendar::GapPolicy::reject;
            break;
        default:
            clause.policy = calendar::GapPolicy::shift;
    }
    clause.span = cursor.span_from(begin);
    return clause;
}

ast::OverlapClause read_overlap(Cursor& cursor) {
    const std::size_t begin = cursor.take().span.begin;
    ast::OverlapClause clause;
    switch (
        read_policy(cursor, {Keyword::first, Keyword::second, Keyword::both, Keyword::reject})) {
        case Keyword::second:
            clause.policy = calendar::OverlapPolicy::second;
            break;
        case Keyword::both:
            clause.policy = calendar::OverlapPolicy::both;
            break;
        case Keyword::reject:
            clause.policy = calendar::OverlapPolicy::reject;
            break;
        default:
            clause.policy = calendar::OverlapPolicy::first;
    }
    clause.span = cursor.span_from(begin);
    return clause;
}

}  // namespace

const std::vector<Keyword> clause_keywords{Keyword::timezone, Keyword::calendar, Keyword::for_,
                                           Keyword::via,      Keyword::gap,      Keyword::overlap};

ast::Name read_zone(Cursor& cursor) {
    if (!cursor.is(TokenKind::zone) && !cursor.is(TokenKind::word)) {
        cursor.fail_expecting("a time zone such as `Asia/Shanghai`");
    }
    const Token& token = cursor.take();
    return {std::string(cursor.text(token)), token.span};
}

bool at_clause(const Cursor& cursor) {
    for (const Keyword keyword : clause_keywords) {
        if (!cursor.is(keyword)) continue;
        return keyword != Keyword::for_ || !at_duration(cursor, 1);
    }
    return false;
}

ast::Clause read_clause(Cursor& cursor) {
    if (cursor.is(Keyword::timezone)) return read_timezone(cursor);
    if (cursor.is(Keyword::calendar)) return read_calendar(cursor);
    if (cursor.is(Keyword::via)) return read_via(cursor);
    if (cursor.is(Keyword::gap)) return read_gap(cursor);
    if (cursor.is(Keyword::overlap)) return read_overlap(cursor);
    return read_audience(cursor);
}

}  // namespace sop::lang::reader
