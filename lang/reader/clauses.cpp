#include "lang/reader/clauses.h"

#include "lang/policy_words.h"
#include "lang/reader/literals.h"

namespace sop::lang::reader {

namespace {

ast::TimezoneClause read_timezone(Cursor& cursor) {
    const std::size_t begin = cursor.take(Keyword::timezone).span.begin;
    ast::TimezoneClause clause;
    clause.zone = read_zone(cursor);
    clause.span = cursor.span_from(begin);
    return clause;
}

ast::AudienceClause read_audience(Cursor& cursor) {
    const std::size_t begin = cursor.take(Keyword::for_).span.begin;
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
    const std::size_t begin = cursor.take(Keyword::via).span.begin;
    ast::ViaClause clause;
    do {
        clause.channels.push_back(cursor.expect_name("a channel"));
    } while (cursor.take_if(Keyword::else_));
    clause.span = cursor.span_from(begin);
    return clause;
}

ast::CalendarClause read_calendar(Cursor& cursor) {
    const std::size_t begin = cursor.take(Keyword::calendar).span.begin;
    ast::CalendarClause clause;
    clause.calendar = cursor.expect_name("the name of a calendar, such as `cn`");
    if (cursor.take_if(Keyword::unknown)) {
        const Keyword policy = read_policy(cursor, {Keyword::skip, Keyword::weekdays});
        clause.unknown_as_weekdays = policy == Keyword::weekdays;
    }
    clause.span = cursor.span_from(begin);
    return clause;
}

// `gap next`, `overlap both`
template <typename PolicyClause, typename Words>
PolicyClause read_policy_clause(Cursor& cursor, Keyword keyword, const Words& words) {
    const std::size_t begin = cursor.take(keyword).span.begin;
    std::vector<Keyword> known;
    for (const auto& [policy, word] : words) known.push_back(word);
    const Keyword written = read_policy(cursor, known);
    PolicyClause clause;
    for (const auto& [policy, word] : words) {
        if (word == written) clause.policy = policy;
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
    const Token& token = cursor.take(TokenRole::name);
    return {std::string(cursor.text(token)), token.span};
}

bool at_clause(const Cursor& cursor) {
    for (const Keyword keyword : clause_keywords) {
        if (!cursor.is(keyword)) continue;
        return keyword != Keyword::for_ || !at_duration(cursor, 1);
    }
    return false;
}

int clause_rank(const ast::Clause& clause) {
    constexpr int behind_schedule = 100;
    return behind_schedule + static_cast<int>(clause.index());
}

ast::Clause read_clause(Cursor& cursor) {
    if (cursor.is(Keyword::timezone)) return read_timezone(cursor);
    if (cursor.is(Keyword::calendar)) return read_calendar(cursor);
    if (cursor.is(Keyword::via)) return read_via(cursor);
    if (cursor.is(Keyword::gap))
        return read_policy_clause<ast::GapClause>(cursor, Keyword::gap, gap_words);
    if (cursor.is(Keyword::overlap))
        return read_policy_clause<ast::OverlapClause>(cursor, Keyword::overlap, overlap_words);
    return read_audience(cursor);
}

}  // namespace sop::lang::reader
