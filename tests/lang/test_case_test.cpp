// `test` blocks as the runner gets them: plain values, beside the plan and no part of it.
#include "lang/compile.h"

#include <catch2/catch.hpp>

#include "tests/support/printers.h"
#include "tests/support/sources.h"

namespace {

using namespace sop;

const std::string playbook = R"(sop 1
import std.events
tag member, vip
content article_1 { text "One." }
value price = 59 CNY
event scored { points: number, when: date optional }

playbook p {
  timezone Asia/Shanghai
  for groups tagged member
  via log
  morning: every day at 08:00 { post "Good morning" }
}
)";

const std::string a_test = R"(
test "all there is" {
  start 2026-11-25 00:00 Asia/Shanghai
  group g1 tagged vip, member
  member m1 tagged vip in g1
  at 2026-11-26 20:05 event order { group g1 member m1 amount price sku "S1" }
  at 2026-11-26 09:00 event opened { id "first" member "m 2" what article_1 }
  at 2026-11-26 20:05 event scored { points 007.50, when 2026-11-01 }
  expect 8 posts in g1 from 2026-11-26 00:00 until 2026-11-27 00:00
  expect post to m1 at 2026-11-26 19:50 containing "10 minutes"
  expect nothing in g1
}
)";

date::local_seconds local(int day, int hour, int minute) {
    return date::local_days{date::year{2026} / 11 / day} + std::chrono::hours{hour} +
           std::chrono::minutes{minute};
}

lang::Compilation compile(const std::vector<lang::Source>& sources,
                          lang::ReadFile read_file = nullptr) {
    return lang::compile(sources, {tests::frozen_zones(), {}, std::move(read_file)});
}

}  // namespace

TEST_CASE("a test is handed out as values, its events in the order of time", "[test]") {
    const std::vector<lang::Source> sources{{"a.sop", playbook + a_test}};
    INFO(tests::findings_of(playbook + a_test));
    const auto compilation = compile(sources);
    REQUIRE(compilation.tests.size() == 1);
    const lang::TestCase& test = compilation.tests.front();
    CHECK(test.title == "all there is");
    CHECK(test.file == "a.sop");
    CHECK(test.line == 15);
    CHECK(test.timezone == "Asia/Shanghai");
    CHECK(test.start == local(25, 0, 0));
    CHECK(test.groups == std::vector<lang::TestCase::Group>{{"g1", {"vip", "member"}}});
    CHECK(test.members == std::vector<lang::TestCase::Member>{{"m1", {"vip"}, {"g1"}}});

    using Event = lang::TestCase::Event;
    REQUIRE(test.events.size() == 3);
    CHECK(test.events[0] ==
          Event{"first", "opened", {}, "m 2", local(26, 9, 0), {{"what", "article_1"}}, 20});
    CHECK(test.events[1] == Event{"event-0001",
                                  "order",
                                  "g1",
                                  "m1",
                                  local(26, 20, 5),
                                  {{"amount", "59 CNY"}, {"sku", "S1"}},
                                  19});
    CHECK(test.events[2] == Event{"event-0003",
                                  "scored",
                                  {},
                                  {},
                                  local(26, 20, 5),
                                  {{"points", "7.5"}, {"when", "2026-11-01"}},
                                  21});

    using Expectation = lang::TestCase::Expectation;
    REQUIRE(test.expectations.size() == 3);
    CHECK(test.expectations[0] == Expectation{.subject_kind = lang::SubjectKind::group,
                                              .subject = "g1",
                                              .count = 8,
                                              .from = local(26, 0, 0),
                                              .until = local(27, 0, 0),
                                              .line = 22});
    CHECK(test.expectations[1] == Expectation{.subject_kind = lang::SubjectKind::member,
                                              .subject = "m1",
                                              .at = local(26, 19, 50),
                                              .containing = "10 minutes",
                                              .line = 23});
    CHECK(test.expectations[2] == Expectation{.subject = "g1", .count = 0, .line = 24});
    CHECK(lang::end_of(test) == local(27, 0, 0));
}

TEST_CASE("a test may ask how a message is said and whom it mentions", "[test]") {
    const auto compilation = compile({{"a.sop", playbook + R"(
test "said so" {
  start 2026-11-25 00:00 Asia/Shanghai
  group g1 tagged member
  member m1 in g1
  expect reply in g1 at 2026-11-25 08:00 mention m1
  expect announce in g1 until 2026-11-26 00:00 mention all containing "x"
  expect warn in g1
}
)"}});
    REQUIRE(compilation.tests.size() == 1);
    const auto& expectations = compilation.tests.front().expectations;
    using Expectation = lang::TestCase::Expectation;
    REQUIRE(expectations.size() == 3);
    CHECK(expectations[0] == Expectation{.subject = "g1",
                                         .at = local(25, 8, 0),
                                         .verb = lang::Verb::reply,
                                         .mentions = "m1",
                                         .line = 19});
    CHECK(expectations[1] == Expectation{.subject = "g1",
                                         .until = local(26, 0, 0),
                                         .containing = "x",
                                         .verb = lang::Verb::announce,
                                         .mentions_all = true,
                                         .line = 20});
    CHECK(expectations[2] == Expectation{.subject = "g1", .verb = lang::Verb::warn, .line = 21});
}

TEST_CASE("what staff say, and groups that rules create, are part of a test", "[test]") {
    const std::string text = playbook + R"(
test "staff" {
  start 2026-11-25 00:00 Asia/Shanghai
  group g1
  at 2026-11-26 12:00 reject "the sale"
  at 2026-11-26 10:00 done "Call m1"
  at 2026-11-26 09:00 event join { group g1 member m1 invited_by m0 }
  expect post in "Club 1" until 2026-11-26 11:00
}
)";
    INFO(tests::findings_of(text));
    const std::vector<lang::Source> sources{{"a.sop", text}};
    const auto compilation = compile(sources);
    REQUIRE(compilation.tests.size() == 1);
    const lang::TestCase& test = compilation.tests.front();
    using Answer = lang::TestCase::Answer;
    CHECK(test.answers == std::vector<Answer>{{"Call m1", true, local(26, 10, 0), 19},
                                              {"the sale", false, local(26, 12, 0), 18}});
    REQUIRE(test.events.size() == 1);
    CHECK(test.events[0].fields == std::map<std::string, std::string>{{"invited_by", "m0"}});
    REQUIRE(test.expectations.size() == 1);
    CHECK(test.expectations[0].subject == "Club 1");
    CHECK(lang::end_of(test) == local(26, 12, 0) + std::chrono::seconds{1});
}

TEST_CASE("tests are no part of the plan", "[test][plan]") {
    const auto without = tests::plan_of(playbook);
    const auto with = tests::plan_of(playbook + a_test);
    CHECK(with == without);
    CHECK(lang::content_hash(with) == lang::content_hash(without));
}

TEST_CASE("only the tests of files that were given are handed out", "[test][import]") {
    const std::string tests_alone =
        "sop 1\nimport \"a.sop\"\n"
        "test \"mine\" {\n  start 2026-11-25 00:00 UTC\n  group g1 tagged member\n"
        "  expect post in g1 at 2026-11-25 00:00\n}\n";
    const auto read = [](const std::string&) { return lang::NamedText{playbook + a_test, {}}; };
    const std::vector<lang::Source> importing{{"b.sop", tests_alone}};
    const auto alone = compile(importing, read);
    REQUIRE(alone.plan);
    REQUIRE(alone.tests.size() == 1);
    CHECK(alone.tests.front().title == "mine");

    const std::vector<lang::Source> both{{"a.sop", playbook + a_test}, {"b.sop", tests_alone}};
    const auto together = compile(both);
    REQUIRE(together.plan);
    CHECK(together.tests.size() == 2);

    // Where a mistake is anywhere there is neither plan nor test.
    const std::vector<lang::Source> wrong{{"a.sop", playbook + a_test + "tag member\n"}};
    CHECK(compile(wrong).tests.empty());
}

TEST_CASE("a test ends with the latest time it names", "[test]") {
    using Expectation = lang::TestCase::Expectation;
    lang::TestCase test;
    test.start = local(25, 0, 0);
    CHECK(lang::end_of(test) == local(25, 0, 0));
    test.events.push_back({"e", "order", {}, {}, local(25, 8, 0)});
    CHECK(lang::end_of(test) == local(25, 8, 0) + std::chrono::seconds{1});
    Expectation expected{lang::SubjectKind::group, "g1"};
    expected.at = local(25, 9, 0);
    test.expectations = {expected};
    CHECK(lang::end_of(test) == local(25, 9, 1));
    test.expectations.front().at = local(25, 9, 0) + std::chrono::seconds{30};
    CHECK(lang::end_of(test) == local(25, 9, 0) + std::chrono::seconds{31});
    expected = {lang::SubjectKind::group, "g1"};
    expected.until = local(25, 10, 0);
    test.expectations.push_back(expected);
    CHECK(lang::end_of(test) == local(25, 10, 0));
}
