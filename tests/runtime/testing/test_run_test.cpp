#include "runtime/testing/test_run.h"

#include <catch2/catch.hpp>

#include "lang/compile.h"
#include "runtime/testing/verdict.h"
#include "tests/support/draft.h"

namespace sop::runtime {

using namespace sop::tests;

namespace {

struct Compiled {
    std::vector<lang::Source> sources;
    lang::Compilation compilation;

    explicit Compiled(const std::string& text)
        : sources{{"test.sop", text}}, compilation(lang::compile(sources, {zones()})) {
        for (const auto& file : compilation.files) {
            for (const auto& found : file.diagnostics)
                UNSCOPED_INFO(lang::render(found, *file.source));
        }
        REQUIRE(compilation.plan);
        REQUIRE(compilation.tests.size() == 1);
    }

    const lang::TestCase& test() const { return compilation.tests.front(); }
    TestRun run(const Answer& answer = take_message) const {
        return run_test(test(), *compilation.plan, zones(), answer);
    }
};

std::string head(const std::string& settings = {}) {
    return "sop 1\ntag member, reader, read_1\nevent opened { what: text, times: number = 1 }\n"
           "playbook p {\n  timezone Asia/Shanghai\n  for groups tagged member\n  via log\n" +
           settings;
}

// "2026-11-26 20:00 p.sale start: sent Go"
std::vector<std::string> told(const TestRun& run) {
    std::vector<std::string> texts;
    for (const TestPost& post : run.posts) {
        std::string text = local_text(post.at) + " " + post.rule + " " + post.step + " for " +
                           post.subject + ": " + std::string(to_text(post.state));
        if (!post.reason.empty()) text += " " + post.reason;
        texts.push_back(text + " " + post.text);
    }
    return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a test runs from its start to the latest time it names", "[testing]") {
    const Compiled compiled(head() +
                            "  morning: every day at 08:00 { post \"Good morning, {group.name}\" "
                            "}\n}\n"
                            "test \"x\" {\n  start 2026-11-25 08:00 Asia/Shanghai\n"
                            "  group g1 tagged member\n  group g2\n"
                            "  expect post in g1 at 2026-11-27 08:00\n}\n");
    const TestRun run = compiled.run();
    CHECK(local_text(run.from) == "2026-11-25 08:00");
    CHECK(local_text(run.to) == "2026-11-27 08:01");
    CHECK(told(run) == Texts{"2026-11-25 08:00 p.morning start for g1: sent Good morning, g1",
                             "2026-11-26 08:00 p.morning start for g1: sent Good morning, g1",
                             "2026-11-27 08:00 p.morning start for g1: sent Good morning, g1"});
    CHECK(run.troubles.empty());
    CHECK(judge(compiled.test(), zone("Asia/Shanghai"), run.posts).front().holds);
}

TEST_CASE("times of a test are those of its own zone", "[testing]") {
    const Compiled compiled(head() +
                            "  morning: every day at 08:00 { post \"Good morning\" }\n}\n"
                            "test \"x\" {\n  start 2026-11-24 12:00 America/New_York\n"
                            "  group g1 tagged member\n"
                            "  expect post in g1 at 2026-11-24 19:00\n}\n");
    const TestRun run = compiled.run();
    CHECK(told(run) == Texts{"2026-11-25 08:00 p.morning start for g1: sent Good morning"});
    CHECK(judge(compiled.test(), zone("America/New_York"), run.posts).front().holds);
}

TEST_CASE("what quiet hours put off or drop, and spread moves, is told with its time",
          "[testing][guards]") {
    const Compiled compiled(head() +
                            "  quiet 22:30..07:30 then defer\n"
                            "  late_one: every day at 23:00 { post \"Late\" }\n"
                            "  dropped: every day at 23:30 quiet 23:00..07:00 then skip { post "
                            "\"Dropped\" }\n}\n"
                            "test \"x\" {\n  start 2026-11-25 12:00 Asia/Shanghai\n"
                            "  group g1 tagged member\n"
                            "  expect nothing in g1 from 2026-11-25 22:30 until 2026-11-26 07:30\n"
                            "  expect post in g1 at 2026-11-26 07:30 containing \"Late\"\n}\n");
    const TestRun run = compiled.run();
    CHECK(told(run) == Texts{"2026-11-25 23:30 p.dropped start for g1: skipped quiet ",
                             "2026-11-26 07:30 p.late_one start for g1: sent Late"});
    for (const auto& verdict : judge(compiled.test(), zone("Asia/Shanghai"), run.posts))
        CHECK(verdict.holds);
}

TEST_CASE("staff say what became of a task, and a test that names none has a trouble",
          "[testing][task]") {
    const std::string rules = R"(  ask: every day at 08:00 {
    task "Call {group.name}" to owner within 4h { done: post "called"
                                                  late: post "not called" }
  }
}
)";
    const auto run_with = [&](const std::string& answers) {
        const Compiled compiled(
            "sop 1\nrole owner\ntag member\nplaybook p {\n  timezone "
            "Asia/Shanghai\n  for groups tagged member\n  via log\n" +
            rules +
            "test \"x\" {\n  start 2026-11-25 00:00 Asia/Shanghai\n"
            "  group g1 tagged member\n" +
            answers + "  expect post in g1 until 2026-11-25 20:00\n}\n");
        return compiled.run();
    };
    CHECK(told(run_with("  at 2026-11-25 09:00 done \"Call g1\"\n")) ==
          Texts{"2026-11-25 09:00 p.ask start / done for g1: sent called"});
    CHECK(told(run_with("  at 2026-11-25 09:00 reject \"Call\"\n")) ==
          Texts{"2026-11-25 09:00 p.ask start / late for g1: sent not called"});
    const TestRun none = run_with("  at 2026-11-25 07:00 done \"Call\"\n");
    CHECK(told(none) == Texts{"2026-11-25 12:00 p.ask start / late for g1: sent not called"});
    CHECK(none.troubles == Texts{"line 16: there is no open task with \"Call\""});
}

TEST_CASE("events happen in the order of time and bring in whom they name", "[testing][event]") {
    const Compiled compiled(
        head() +
        "}\nplaybook q {\n  timezone Asia/Shanghai\n  for members\n  via log\n"
        "  read: on opened concurrent parallel {\n    tag read_1\n    next day at 09:00: send "
        "\"{member.name} {event.what} {event.times}\"\n  }\n}\n"
        "test \"x\" {\n  start 2026-11-25 00:00 Asia/Shanghai\n"
        "  at 2026-11-26 10:00 event opened { group g7 member m1 what \"b\" }\n"
        "  at 2026-11-25 00:00 event opened { member m1 what \"a\" times 2 }\n"
        "  expect nothing in g until 2026-11-27 10:00\n  group g\n}\n");
    const TestRun run = compiled.run();
    CHECK(told(run) == Texts{"2026-11-26 09:00 q.read next day at 09:00 for m1: sent m1 a 2",
                             "2026-11-27 09:00 q.read next day at 09:00 for m1: sent m1 b 1"});
    CHECK(run.reached == CoveredSteps{{"q.read", "start"}, {"q.read", "next day at 09:00"}});
    CHECK(steps_of(*compiled.compilation.plan) == run.reached);
}

TEST_CASE("a step planned before the test starts is not reached, one without messages is",
          "[testing][coverage]") {
    const Compiled compiled(head() +
                            "  sale: every thursday at 20:00 for 2h {\n"
                            "    start - 1 day at 12:00: post \"Tomorrow\"\n"
                            "    start: tag reader\n    end: post \"Closed\"\n  }\n"
                            "  never: every sunday at 20:00 { post \"Sunday\" }\n}\n"
                            "test \"x\" {\n  start 2026-11-25 12:01 Asia/Shanghai\n"
                            "  group g1 tagged member\n"
                            "  expect nothing in g1 until 2026-11-26 20:01\n}\n");
    const TestRun run = compiled.run();
    CHECK(run.reached == CoveredSteps{{"p.sale", "start"}});
    CHECK(steps_of(*compiled.compilation.plan) ==
          CoveredSteps{{"p.never", "start"},
                       {"p.sale", "end"},
                       {"p.sale", "start"},
                       {"p.sale", "start - 1 day at 12:00"}});
}

TEST_CASE("channels of a test answer as they are told", "[testing][channel]") {
    const Compiled compiled(head() +
                            "  morning: every day at 08:00 { post \"Good morning\" }\n}\n"
                            "test \"x\" {\n  start 2026-11-25 00:00 Asia/Shanghai\n"
                            "  group g1 tagged member\n"
                            "  expect nothing in g1 until 2026-11-25 09:00\n}\n");
    const TestRun run = compiled.run(
        [](const Attempt&) { return AttemptResult{0, AttemptResult::Kind::failed, "closed"}; });
    CHECK(told(run) ==
          Texts{"2026-11-25 08:00 p.morning start for g1: failed closed Good morning"});
    CHECK(judge(compiled.test(), zone("Asia/Shanghai"), run.posts).front().holds);
}

}  // namespace sop::runtime
