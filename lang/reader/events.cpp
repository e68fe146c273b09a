#include "lang/reader/events.h"

#include "lang/codes.h"
#include "lang/reader/expressions.h"
#include "lang/reader/literals.h"
#include "lang/reader/parameters.h"

namespace sop::lang::reader {

namespace {

using Kind = ast::EventPattern::Kind;

constexpr int allowance_max = 100000;

// `saying "…"`, `containing "…"`, `matching ads`
void read_message_condition(Cursor& cursor, ast::EventPattern& pattern) {
    if (cursor.take_if(Keyword::saying)) {
        pattern.condition = MessageCondition::Kind::saying;
        pattern.text = read_text(cursor, "the text of the message"_say);
    } else if (cursor.take_if(Keyword::containing)) {
        pattern.condition = MessageCondition::Kind::containing;
        pattern.text = read_text(cursor, "a part of the message"_say);
    } else if (cursor.take_if(Keyword::matching)) {
        pattern.condition = MessageCondition::Kind::matching;
        pattern.words = cursor.expect_name("the name of a word list"_say);
    }
}

void read_declared_event(Cursor& cursor, ast::EventPattern& pattern) {
    pattern.event = cursor.expect_name("a date or the name of an event"_say);
    if (!cursor.take_if(TokenKind::open_parenthesis)) return;
    cursor.last_use().role = TokenRole::call;
    pattern.argument = read_simple_value(cursor);
    cursor.expect(TokenKind::close_parenthesis, "`)`"_say);
}

void read_event(Cursor& cursor, ast::EventPattern& pattern) {
    const bool followed_by_words = cursor.is(Keyword::saying, 1) ||
                                   cursor.is(Keyword::containing, 1) ||
                                   cursor.is(Keyword::matching, 1);
    if (cursor.is(Keyword::message) && followed_by_words) {
        pattern.event = {"message", cursor.take(Keyword::message).span};
        pattern.kind = Kind::message;
        read_message_condition(cursor, pattern);
        return;
    }
    for (const auto& [keyword, kind] :
         {std::pair{Keyword::tagged, Kind::tagged}, std::pair{Keyword::untagged, Kind::untagged}}) {
        if (!cursor.is(keyword)) continue;
        pattern.event = {std::string(spelling(keyword)), cursor.take(keyword).span};
        pattern.kind = kind;
        pattern.tag = read_reference(cursor, ast::ParameterKind::tag, "a tag"_say);
        return;
    }
    for (const auto& [keyword, kind] :
         {std::pair{Keyword::message, Kind::message}, std::pair{Keyword::join, Kind::join},
          std::pair{Keyword::leave, Kind::leave}}) {
        if (!cursor.is(keyword) || cursor.peek().run > 1) continue;
        pattern.event = {std::string(spelling(keyword)), cursor.take(keyword).span};
        pattern.kind = kind;
        return;
    }
    read_declared_event(cursor, pattern);
}

SubjectKind read_subject_word(Cursor& cursor) {
    if (cursor.take_if(Keyword::member)) return SubjectKind::member;
    cursor.expect(Keyword::group);
    return SubjectKind::group;
}

}  // namespace

ast::EventPattern read_event_pattern(Cursor& cursor) {
    ast::EventPattern pattern;
    const std::size_t begin = cursor.peek().span.begin;
    read_event(cursor, pattern);
    pattern.where = read_where(cursor);
    pattern.span = cursor.span_from(begin);
    return pattern;
}

Allowance read_allowance(Cursor& cursor, int times) {
    Allowance allowance;
    allowance.times = times;
    cursor.expect(Keyword::per);
    allowance.per = read_subject_word(cursor);
    if (!cursor.take_if(Keyword::per)) return allowance;
    using Unit = calendar::EveryNth::Unit;
    if (cursor.take_if(Keyword::week)) {
        allowance.period = Unit::week;
    } else if (cursor.take_if(Keyword::month)) {
        allowance.period = Unit::month;
    } else {
        cursor.expect(Keyword::day);
        allowance.period = Unit::day;
    }
    return allowance;
}

bool at_event_clause(const Cursor& cursor) {
    return cursor.is(Keyword::once) || cursor.is(Keyword::again) ||
           (cursor.is(Keyword::at) && cursor.is(Keyword::most, 1));
}

void read_event_clause(Cursor& cursor, ast::EventHead& head) {
    const std::size_t begin = cursor.peek().span.begin;
    if (cursor.take_if(Keyword::again)) {
        cursor.expect(Keyword::after);
        if (head.again_after) {
            cursor.report(code::set_twice, cursor.span_from(begin), "this rule says so already"_say)
                .related.push_back({head.again_after->span, "here"_say});
            throw BrokenItem{};
        }
        head.again_after = read_duration(cursor);
        if (cursor.take_if(Keyword::from)) {
            cursor.expect(Keyword::start);
            head.again_from_start = true;
        }
        return;
    }
    int times = 1;
    if (!cursor.take_if(Keyword::once)) {
        cursor.expect(Keyword::at);
        cursor.expect(Keyword::most);
        times = read_integer(cursor, "a number of times"_say, 1, allowance_max);
    }
    const Allowance allowance = read_allowance(cursor, times);
    head.allowances.push_back({allowance, cursor.span_from(begin)});
}

bool at_exit_on(const Cursor& cursor) {
    return cursor.is(Keyword::exit) && cursor.is(Keyword::on, 1);
}

ast::ExitClause read_exit(Cursor& cursor) {
    ast::ExitClause exit;
    const std::size_t begin = cursor.take(Keyword::exit).span.begin;
    cursor.expect(Keyword::on);
    exit.event = read_event_pattern(cursor);
    if (cursor.take_if(Keyword::as)) exit.reason = read_text(cursor, "a reason"_say);
    exit.span = cursor.span_from(begin);
    return exit;
}

}  // namespace sop::lang::reader
