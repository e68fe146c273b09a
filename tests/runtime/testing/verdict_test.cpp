#include "runtime/testing/verdict.h"

#include <catch2/catch.hpp>

#include "tests/support/draft.h"

namespace sop::runtime {

using namespace sop::tests;
using lang::TestCase;

namespace {

date::local_seconds wall(const std::string& local) {
    const Instant at = instant(local);
    return zone("Asia/Shanghai").to_local(date::floor<std::chrono::seconds>(at));
}

TestPost post(const std::string& local, const std::string& text = "Go",
              DeliveryState state = DeliveryState::sent, const std::string& reason = {}) {
    return {lang::SubjectKind::group, "g1", "p.sale", "start", instant(local), state, reason, text};
}

TestCase::Expectation expecting(std::optional<std::int64_t> count = std::nullopt) {
    TestCase::Expectation expected{lang::SubjectKind::group, "g1"};
    expected.count = count;
    return expected;
}
TestCase::Expectation expecting_at(const std::string& local) {
    auto expected = expecting();
    expected.at = wall(local);
    return expected;
}
TestCase::Expectation expecting(std::optional<std::int64_t> count, const std::string& from,
                                const std::string& until) {
    auto expected = expecting(count);
    if (!from.empty()) expected.from = wall(from);
    if (!until.empty()) expected.until = wall(until);
    return expected;
}

Verdict judge_one(const TestCase::Expectation& expected, const std::vector<TestPost>& posts) {
    TestCase test;
    test.start = wall("2026-11-25 00:00");
    test.expectations = {expected, expecting(std::nullopt, "", "2026-11-27 00:00")};
    return judge(test, zone("Asia/Shanghai"), posts).front();
}

std::vector<std::string> times(const Verdict& verdict) {
    std::vector<std::string> texts;
    for (const auto& each : verdict.shown) texts.push_back(local_text(each.at));
    return texts;
}

}  // namespace

TEST_CASE("`at` is the minute it names, or the second", "[testing][verdict]") {
    struct Row {
        const char* at;
        const char* post;
        bool holds;
    };
    const Row rows[] = {
        {"2026-11-26 19:50", "2026-11-26 19:50", true},
        {"2026-11-26 19:50", "2026-11-26 19:50:59.999", true},
        {"2026-11-26 19:50", "2026-11-26 19:51", false},
        {"2026-11-26 19:50", "2026-11-26 19:49:59.999", false},
        {"2026-11-26 19:50:30", "2026-11-26 19:50:30.500", true},
        {"2026-11-26 19:50:30", "2026-11-26 19:50:31", false},
        {"2026-11-26 19:50:30", "2026-11-26 19:50", false},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.post << " for " << row.at) {
            CHECK(judge_one(expecting_at(row.at), {post(row.post)}).holds == row.holds);
        }
    }
}

TEST_CASE("`from` is inclusive and `until` is not", "[testing][verdict]") {
    const std::vector<TestPost> posts{post("2026-11-26 08:00"), post("2026-11-26 20:00"),
                                      post("2026-11-26 22:00")};
    struct Row {
        const char* from;
        const char* until;
        std::int64_t found;
    };
    const Row rows[] = {
        {"2026-11-26 08:00", "2026-11-26 22:00", 2},
        {"2026-11-26 08:01", "2026-11-26 22:01", 2},
        {"", "2026-11-26 20:00", 1},
        {"2026-11-26 20:00", "", 2},
        {"", "", 3},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.from << " until " << row.until) {
            CHECK(judge_one(expecting(row.found, row.from, row.until), posts).holds);
            CHECK(judge_one(expecting(row.found, row.from, row.until), posts).found == row.found);
            CHECK_FALSE(judge_one(expecting(row.found + 1, row.from, row.until), posts).holds);
            CHECK_FALSE(judge_one(expecting(0, row.from, row.until), posts).holds);
        }
    }
}

TEST_CASE("only what arrived counts, and only for its subject", "[testing][verdict]") {
    TestPost other = post("2026-11-26 08:00");
    other.subject = "g2";
    TestPost member = post("2026-11-26 08:00");
    member.subject_kind = lang::SubjectKind::member;
    const std::vector<TestPost> posts{
        post("2026-11-26 08:00", "", DeliveryState::skipped, "quiet"),
        post("2026-11-26 08:00", "Go", DeliveryState::pending),
        post("2026-11-26 08:00", "Go", DeliveryState::unknown, "no answer"),
        post("2026-11-26 08:00", "Go", DeliveryState::failed, "HTTP 404"),
        other,
        member};
    CHECK(judge_one(expecting(0), posts).holds);
    CHECK(judge_one(expecting(), posts).found == 0);
    CHECK(
        judge_one(expecting(1), {post("2026-11-26 08:00", "Go", DeliveryState::confirmed)}).holds);
}

TEST_CASE("a part of the text is looked for as it is", "[testing][verdict]") {
    const std::vector<TestPost> posts{post("2026-11-26 08:00", "Good morning"),
                                      post("2026-11-26 20:00", "10 minutes\nto go")};
    const auto found = [&](const char* part) {
        auto expected = expecting();
        expected.containing = part;
        return judge_one(expected, posts).found;
    };
    CHECK(found("") == 2);
    CHECK(found("morning") == 1);
    CHECK(found("minutes\nto") == 1);
    CHECK(found("Morning") == 0);
}

TEST_CASE("what is missing is explained by what came nearest", "[testing][verdict]") {
    std::vector<TestPost> posts;
    for (int hour = 10; hour < 22; ++hour)
        posts.push_back(post("2026-11-25 " + std::to_string(hour) + ":00"));
    const Verdict verdict = judge_one(expecting_at("2026-11-25 20:05"), posts);
    CHECK_FALSE(verdict.holds);
    CHECK(verdict.shown.size() == posts_shown_max);
    CHECK(verdict.more == 7);
    CHECK(times(verdict).front() == "2026-11-25 17:00");
    CHECK(times(verdict).back() == "2026-11-25 21:00");
}

TEST_CASE("what was not wanted is explained by itself", "[testing][verdict]") {
    const std::vector<TestPost> posts{post("2026-11-25 08:00"), post("2026-11-26 20:00"),
                                      post("2026-11-26 23:00")};
    const Verdict verdict = judge_one(expecting(0, "2026-11-26 00:00", "2026-11-26 22:00"), posts);
    CHECK(times(verdict) == std::vector<std::string>{"2026-11-26 20:00"});
    CHECK(verdict.found == 1);
}

TEST_CASE("an expectation that looks at no time fails", "[testing][verdict]") {
    TestCase test;
    test.start = wall("2026-11-25 00:00");
    test.expectations = {expecting(0), expecting(0, "2026-11-26 22:30", "")};
    const auto verdicts = judge(test, zone("Asia/Shanghai"), {});
    CHECK(verdicts[0].holds);
    CHECK_FALSE(verdicts[1].holds);
    CHECK(verdicts[1].looks_at_nothing());

    test.expectations = {expecting(0)};
    CHECK_FALSE(judge(test, zone("Asia/Shanghai"), {}).front().holds);
}

TEST_CASE("how a message is said and whom it mentions is looked at where it is asked for",
          "[testing][verdict]") {
    TestPost reply = post("2026-11-25 20:00", "Welcome");
    reply.form.verb = lang::Verb::reply;
    reply.form.mentions = {"m1"};
    TestPost news = post("2026-11-25 20:00", "News");
    news.form.verb = lang::Verb::announce;
    news.form.mentions_all = true;
    const std::vector<TestPost> posts{reply, news};
    const auto found = [&](std::optional<lang::Verb> verb, const std::string& member, bool all) {
        auto expected = expecting();
        expected.verb = verb;
        expected.mentions = member;
        expected.mentions_all = all;
        return judge_one(expected, posts).found;
    };
    CHECK(found({}, "", false) == 2);
    CHECK(found(lang::Verb::reply, "", false) == 1);
    CHECK(found(lang::Verb::warn, "", false) == 0);
    CHECK(found({}, "m1", false) == 1);
    CHECK(found({}, "m2", false) == 0);
    CHECK(found({}, "", true) == 1);
    CHECK(found(lang::Verb::reply, "m1", true) == 0);
    auto with_card = expecting();
    with_card.containing = "(mentions m1)";
    CHECK(judge_one(with_card, posts).found == 1);
}

}  // namespace sop::runtime
