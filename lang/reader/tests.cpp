#include "lang/reader/tests.h"

#include "lang/codes.h"
#include "lang/reader/clauses.h"
#include "lang/reader/expressions.h"
#include "lang/reader/literals.h"

namespace sop::lang::reader {

namespace {

using Test = ast::TestDeclaration;

constexpr int posts_max = 1000000;

// `2026-11-26 20:05`
ast::LocalMoment read_moment(Cursor& cursor) {
    const std::size_t begin = cursor.peek().span.begin;
    const date::local_days date = read_date(cursor);
    const ast::TimeOfDay time = read_time(cursor);
    return {date + time.value, cursor.span_from(begin)};
}

std::vector<ast::Name> read_name_list(Cursor& cursor, const Message& what) {
    std::vector<ast::Name> names;
    do {
        names.push_back(cursor.expect_name(what));
    } while (cursor.take_if(TokenKind::comma));
    return names;
}

// `group g1 tagged member, vip`
Test::Group read_group(Cursor& cursor) {
    cursor.take(Keyword::group);
    Test::Group group{cursor.expect_name("the group's name"_say)};
    if (cursor.take_if(Keyword::tagged)) group.tags = read_name_list(cursor, "a tag"_say);
    return group;
}

// `member m1 tagged reader in g1`
Test::Member read_member(Cursor& cursor) {
    cursor.take(Keyword::member);
    Test::Member member{cursor.expect_name("the member's name"_say)};
    if (cursor.take_if(Keyword::tagged)) member.tags = read_name_list(cursor, "a tag"_say);
    if (cursor.take_if(Keyword::in_group)) member.groups = read_name_list(cursor, "a group"_say);
    return member;
}

// `pool coupons "A1", "A2"`
Test::Pool read_pool(Cursor& cursor) {
    cursor.take(Keyword::pool);
    Test::Pool pool{cursor.expect_name("the name of a pool"_say), {}};
    do {
        pool.codes.push_back(read_text(cursor, "a code, in quotes"_say));
    } while (cursor.take_if(TokenKind::comma));
    return pool;
}

// `group g1`, `amount 59 CNY`: a field and its value
ast::Argument read_field(Cursor& cursor) {
    ast::Argument field;
    const bool subject = cursor.is(Keyword::group) || cursor.is(Keyword::member);
    const auto keyword = cursor.keyword_at();
    if (subject) {
        field.name = {std::string(spelling(*keyword)), cursor.take(*keyword).span};
    } else {
        field.name = cursor.expect_name("a field of the event"_say);
    }
    field.value = read_simple_value(cursor);
    return field;
}

// `event order { group g1 member m1 amount 59 CNY }`
Test::Event read_event_of_test(Cursor& cursor, ast::LocalMoment at, std::size_t begin) {
    Test::Event event;
    event.at = at;
    cursor.expect(Keyword::event);
    event.event = cursor.expect_name("the name of an event"_say);
    cursor.expect(TokenKind::open_brace, "`{{` and the event's fields"_say);
    bool broken = false;
    while (true) {
        cursor.skip_line_ends();
        if (cursor.is(TokenKind::close_brace) || cursor.is(TokenKind::end_of_file)) break;
        try {
            event.fields.push_back(read_field(cursor));
            cursor.take_if(TokenKind::comma);
        } catch (const BrokenItem&) {
            broken = true;
            cursor.skip_item();
        }
    }
    cursor.take();
    // The test goes on behind the brace.
    if (broken) throw BrokenItem{};
    event.span = cursor.span_from(begin);
    return event;
}

// `mention all`, `mention m1`
void read_mention(Cursor& cursor, Test::Expectation& expectation) {
    cursor.take(Keyword::mention);
    if (cursor.take_if(Keyword::all)) {
        expectation.mention_all = true;
    } else {
        expectation.mention = cursor.expect_name("`all` or a member's name"_say);
    }
}

// `at 2026-11-26 20:05 event …`, `at … done "Call"`, `at … reject "Call"`
void read_happening(Cursor& cursor, Test& test) {
    const std::size_t begin = cursor.take(Keyword::at).span.begin;
    const ast::LocalMoment at = read_moment(cursor);
    const bool done = cursor.take_if(Keyword::done);
    if (!done && !cursor.take_if(Keyword::reject)) {
        test.events.push_back(read_event_of_test(cursor, at, begin));
        return;
    }
    Test::Answer answer{at, done, read_text(cursor, "a part of the task's text"_say)};
    answer.span = cursor.span_from(begin);
    test.answers.push_back(std::move(answer));
}

// A name; or in quotes the name of a group that a rule creates.
void read_subject(Cursor& cursor, Test::Expectation& expectation) {
    if (!expectation.to_member && cursor.is(TokenKind::string_open)) {
        const ast::Text text = read_text(cursor, "the group's name"_say);
        expectation.subject = {ast::plain_text(text), text.span};
        expectation.in_quotes = true;
        return;
    }
    expectation.subject = cursor.expect_name(expectation.to_member ? "the member's name"_say
                                                                   : "the group's name"_say);
}

// `at …`, `from …`, `until …`, `containing "…"`, each once; `mention …`
void read_expectation_clause(Cursor& cursor, Test::Expectation& expectation) {
    const std::size_t begin = cursor.peek().span.begin;
    const auto set = [&](std::optional<ast::LocalMoment>& target) {
        const ast::LocalMoment moment = read_moment(cursor);
        if (target) {
            cursor.report(code::set_twice, cursor.span_from(begin), "this is said already"_say)
                .related.push_back({target->span, "here"_say});
            throw BrokenItem{};
        }
        target = moment;
    };
    if (cursor.take_if(Keyword::at)) return set(expectation.at);
    if (cursor.take_if(Keyword::from)) return set(expectation.from);
    if (cursor.take_if(Keyword::until)) return set(expectation.until);
    if (cursor.is(Keyword::mention)) return read_mention(cursor, expectation);
    if (!cursor.take_if(Keyword::containing))
        cursor.fail_expecting("`at`, `from`, `until`, `containing` or `mention`"_say);
    expectation.containing = read_text(cursor, "a part of the message"_say);
}

// `reply`, `announce`, `warn`: messages that are said so
std::optional<Verb> read_verb(Cursor& cursor) {
    if (cursor.take_if(Keyword::reply)) return Verb::reply;
    if (cursor.take_if(Keyword::announce)) return Verb::announce;
    if (cursor.take_if(Keyword::warn)) return Verb::warn;
    return std::nullopt;
}

// `expect 8 posts in g1 until 2026-11-27 00:00`, `expect post to m1 at …`, `expect reply in g1 …`,
// `expect nothing in g1 …`
Test::Expectation read_expectation(Cursor& cursor) {
    Test::Expectation expectation;
    const std::size_t begin = cursor.take(Keyword::expect).span.begin;
    if (cursor.take_if(Keyword::no_post)) {
        expectation.nothing = true;
    } else if (cursor.is(TokenKind::number)) {
        expectation.count = read_count(cursor, "a number of posts"_say, 0, posts_max);
        cursor.expect(Keyword::posts);
    } else if (!cursor.take_if(Keyword::post)) {
        expectation.verb = read_verb(cursor);
        if (!expectation.verb)
            cursor.fail_expecting(
                "`post`, `reply`, `announce`, `warn`, a number of `posts` or `nothing`"_say);
    }
    expectation.to_member = cursor.take_if(Keyword::to_person);
    if (!expectation.to_member) cursor.expect(Keyword::in_group);
    read_subject(cursor, expectation);
    while (!cursor.at_item_end()) read_expectation_clause(cursor, expectation);
    expectation.span = cursor.span_from(begin);
    return expectation;
}

void read_item(Cursor& cursor, Test& test) {
    if (cursor.is(Keyword::start)) {
        const std::size_t begin = cursor.take(Keyword::start).span.begin;
        Test::Start start{read_moment(cursor), read_zone(cursor)};
        if (test.start) {
            cursor.report(code::set_twice, cursor.span_from(begin), "this is said already"_say)
                .related.push_back({test.start->moment.span, "here"_say});
            throw BrokenItem{};
        }
        test.start = std::move(start);
    } else if (cursor.is(Keyword::group)) {
        test.groups.push_back(read_group(cursor));
    } else if (cursor.is(Keyword::member)) {
        test.members.push_back(read_member(cursor));
    } else if (cursor.is(Keyword::pool)) {
        test.pools.push_back(read_pool(cursor));
    } else if (cursor.is(Keyword::at)) {
        read_happening(cursor, test);
    } else if (cursor.is(Keyword::expect)) {
        test.expectations.push_back(read_expectation(cursor));
    } else {
        const std::vector<Keyword> known{Keyword::start, Keyword::group, Keyword::member,
                                         Keyword::pool,  Keyword::at,    Keyword::expect};
        if (!cursor.is(TokenKind::word)) cursor.fail_expecting(Message(cursor.listed_here(known)));
        cursor.fail_unknown(code::unknown_setting, "item of a test"_say,
                            "{} stands here"_say(cursor.listed_here(known)), known);
    }
    cursor.expect_item_end("an item of a test"_say);
}

}  // namespace

ast::TestDeclaration read_test(Cursor& cursor) {
    Test test;
    const std::size_t begin = cursor.take(Keyword::test).span.begin;
    test.title = read_text(cursor, "what the test shows, in quotes"_say);
    cursor.expect(TokenKind::open_brace, "`{{`"_say);
    while (true) {
        cursor.skip_line_ends();
        if (cursor.is(TokenKind::close_brace) || cursor.is(TokenKind::end_of_file)) break;
        try {
            read_item(cursor, test);
        } catch (const BrokenItem&) {
            test.broken = true;
            cursor.skip_item();
        }
    }
    cursor.take();
    test.span = cursor.span_from(begin);
    return test;
}

}  // namespace sop::lang::reader
