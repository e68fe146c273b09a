// What cannot go as it is planned is told before it is sent; what can is not.
#include "runtime/analysis/analysis.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include "lang/compile.h"
#include "lang/explanation.h"
#include "tests/support/golden.h"
#include "tests/support/sources.h"

namespace {

using namespace sop;
namespace fs = std::filesystem;

runtime::FindSubjects of_groups(std::int64_t count) {
    return [count](const lang::Audience& audience) {
        std::vector<std::string> groups;
        if (audience.kind != lang::SubjectKind::group) return groups;
        for (std::int64_t at = 0; at < count; ++at) groups.push_back(fmt::format("g{:04}", at));
        return groups;
    };
}

struct Analysed {
    lang::Compilation compilation;
    std::vector<runtime::Finding> findings;
};

Analysed analysed(const std::vector<lang::Source>& sources, const runtime::FindSubjects& find,
                  date::days horizon = runtime::analysis_horizon_default) {
    const auto options = tests::compile_options();
    Analysed result{lang::compile(sources, options), {}};
    REQUIRE(result.compilation.plan);
    result.findings = runtime::analyse({*result.compilation.plan, result.compilation.places,
                                        options.zones, lang::compile_date(options), horizon, find});
    std::stable_sort(result.findings.begin(), result.findings.end(),
                     [](const auto& a, const auto& b) {
                         return std::tuple(a.diagnostic.span.begin, a.diagnostic.code) <
                                std::tuple(b.diagnostic.span.begin, b.diagnostic.code);
                     });
    return result;
}

// "SOP0731 at `post "x"`", in the order of places.
std::vector<std::string> found_in(const std::string& text, const runtime::FindSubjects& find = {},
                                  date::days horizon = runtime::analysis_horizon_default) {
    const std::vector<lang::Source> sources{{"test.sop", text}};
    std::vector<std::string> found;
    for (const auto& finding : analysed(sources, find, horizon).findings) {
        REQUIRE(finding.source == &sources.front());
        const auto& span = finding.diagnostic.span;
        found.push_back(fmt::format("{} at {}", finding.diagnostic.code,
                                    text.substr(span.begin, span.end - span.begin)));
    }
    return found;
}

std::string playbook_with(const std::string& rules, const std::string& settings = {}) {
    return "sop 1\ntag member, vip\nchannel gateway { kind webhook; budget 20 per minute }\n"
           "channel mass { kind wecom.mass; quota 1 per day per target }\nevent order { }\n"
           "playbook p {\ntimezone Asia/Shanghai\nfor groups tagged member\nvia log\n" +
           settings + "\n" + rules + "\n}\n";
}

using Found = std::vector<std::string>;

}  // namespace

TEST_CASE("each kind is shown by the file of its explanation, and the mended one is silent",
          "[analysis][golden]") {
    std::size_t seen = 0;
    for (const auto& explanation : lang::explanations()) {
        if (!lang::is_found_in_plans(explanation.code)) continue;
        ++seen;
        DYNAMIC_SECTION(explanation.code) {
            // That nobody is tagged, a directory says.
            const auto find = explanation.code == "SOP0736"
                                  ? runtime::FindSubjects([](const auto& audience) {
                                        return audience.tagged.empty() ? Found{"g1"} : Found{};
                                    })
                                  : runtime::FindSubjects{};
            const std::vector<lang::Source> sources{{"example.sop", explanation.english.fails}};
            const auto result = analysed(sources, find);
            REQUIRE_FALSE(result.findings.empty());
            std::string text;
            std::string chinese;
            std::string json;
            for (const auto& finding : result.findings) {
                CHECK(finding.diagnostic.code == explanation.code);
                text += lang::render(finding.diagnostic, *finding.source) + "\n";
                chinese += lang::render(finding.diagnostic, *finding.source,
                                        {.language = lang::Language::zh_cn}) +
                           "\n";
                json += lang::render_json(finding.diagnostic, *finding.source) + "\n";
            }
            const fs::path golden =
                tests::source_folder() / "tests/golden/analysis" / explanation.code;
            tests::compare_with_golden(text, golden.string() + ".txt");
            tests::compare_with_golden(chinese, golden.string() + ".zh.txt");
            tests::compare_with_golden(json, golden.string() + ".json");
            CHECK(found_in(explanation.english.mended, find).empty());
        }
    }
    CHECK(seen == 7);
}

TEST_CASE("messages in quiet hours are told, others are not", "[analysis]") {
    struct Row {
        const char* what;
        std::string rules;
        std::string quiet;
        Found found;
    };
    const Row rows[] = {
        {"in the middle",
         "a: every day at 23:00 { post \"x\" }",
         "22:00..07:00 then defer",
         {"SOP0730 at post \"x\""}},
        {"the first second",
         "a: every day at 22:00 { post \"x\" }",
         "22:00..07:00 then defer",
         {"SOP0730 at post \"x\""}},
        {"their end", "a: every day at 07:00 { post \"x\" }", "22:00..07:00 then defer", {}},
        {"at once", "a: every day at 23:00 { post \"x\" at once }", "22:00..07:00 then defer", {}},
        {"a tag", "a: every day at 23:00 { tag vip }", "22:00..07:00 then defer", {}},
        {"a condition on it still puts it off",
         "a: every day at 23:00 { start if count(order, today) > 1: post \"x\" }",
         "22:00..07:00 then defer",
         {"SOP0730 at post \"x\""}},
        {"dropped on some days",
         "a: every month on 31 or last day at 23:00, 20:00 { post \"x\" }",
         "22:00..07:00 then skip",
         {"SOP0730 at post \"x\""}},
        {"kept too long",
         "a: every day at 23:00 deliver within 1h { post \"x\" }",
         "22:00..07:00 then defer",
         {"SOP0730 at post \"x\""}},
        {"the window is over by then",
         "a: every day at 21:00 for 3h { start + 2h: post \"x\" }",
         "22:00..07:00 then defer",
         {"SOP0730 at post \"x\""}},
        {"an event at night", "a: on order { post \"x\" }", "22:00..07:00 then defer", {}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            CHECK(found_in(playbook_with(row.rules, "quiet " + row.quiet)) == row.found);
        }
    }
}

TEST_CASE("two rules in one minute clash when some group has both", "[analysis]") {
    struct Row {
        const char* what;
        std::string rules;
        Found found;
    };
    const Row rows[] = {
        {"the same audience",
         "a: every day at 10:00 { post \"x\" }\nb: every friday at 10:00 { post \"y\" }",
         {"SOP0731 at post \"y\""}},
        {"half a minute apart",
         "a: every day at 10:00 { post \"x\" }\nb: every friday at 10:00:30 { post \"y\" }",
         {"SOP0731 at post \"y\""}},
        {"the next minute",
         "a: every day at 10:00 { post \"x\" }\nb: every friday at 10:01 { post \"y\" }",
         {}},
        {"an audience within the other",
         "a: every day at 10:00 { post \"x\" }\n"
         "b: every friday at 10:00 for groups tagged member tagged vip { post \"y\" }",
         {"SOP0731 at post \"y\""}},
        {"audiences that nobody knows to share a group",
         "a: every day at 10:00 { post \"x\" }\nb: every friday at 10:00 for groups tagged vip { "
         "post \"y\" }",
         {}},
        {"members and groups",
         "a: every day at 10:00 { post \"x\" }\nb: every friday at 10:00 for members { send \"y\" "
         "}",
         {}},
        {"one rule with two messages", "a: every day at 10:00 { post \"x\"; post \"y\" }", {}},
        {"spread",
         "a: every day at 10:00 { post \"x\" }\nb: every friday at 10:00 spread 5m { post \"y\" }",
         {}},
        {"one of them by a condition",
         "a: every day at 10:00 { post \"x\" }\n"
         "b: every friday at 10:00 { start if count(order, today) > 1: post \"y\" }",
         {}},
        {"never on one day",
         "a: every monday at 10:00 { post \"x\" }\nb: every friday at 10:00 { post \"y\" }",
         {}},
        {"another zone, the same instant",
         "a: every day at 10:00 { post \"x\" }\n"
         "b: every day at 11:00 timezone Asia/Tokyo { post \"y\" }",
         {"SOP0731 at post \"y\""}},
        {"to others",
         "a: every day at 10:00 { post \"x\" }\n"
         "b: every day at 10:00 for members { post \"y\" to groups tagged member }",
         {"SOP0731 at post \"y\" to groups tagged member"}},
        {"a date beyond the horizon",
         "a: every day at 10:00 { post \"x\" }\nb: on 2027-05-05 at 10:00 { post \"y\" }",
         {"SOP0731 at post \"y\""}},
        {"a date that is over",
         "a: every day at 10:00 { post \"x\" }\nb: on 2025-05-05 at 10:00 { post \"y\" }",
         {}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            CHECK(found_in(playbook_with(row.rules)) == row.found);
        }
    }
}

TEST_CASE("limits, spacing and quotas are kept as the executor keeps them", "[analysis]") {
    struct Row {
        const char* what;
        std::string rules;
        std::string settings;
        Found found;
    };
    const std::string three =
        "a: every day at 08:00 { post \"a\" }\nb: every day at 12:00 { post \"b\" }\n"
        "c: every day at 20:00 ";
    const Row rows[] = {
        {"as many as may be", three + "{ post \"c\" }", "limit 3 posts per group per day", {}},
        {"one too many",
         three + "{ post \"c\" }",
         "limit 2 posts per group per day",
         {"SOP0732 at post \"c\""}},
        {"the urgent one keeps its place",
         three + "priority high { post \"c\" }",
         "limit 2 posts per group per day",
         {"SOP0732 at post \"b\""}},
        {"a limit of members is not one of groups",
         three + "{ post \"c\" }",
         "limit 2 posts per member per day",
         {}},
        {"in a week",
         "a: every monday at 08:00 { post \"a\" }\nb: every friday at 08:00 { post \"b\" }",
         "limit 1 posts per group per week",
         {"SOP0732 at post \"b\""}},
        {"replies count for nothing, and a condition is no certainty",
         "a: every day at 08:00 { post \"a\" }\n"
         "b: every day at 12:00 { start if count(order, today) > 1: post \"b\" }\n"
         "c: on order { reply \"c\" }",
         "limit 1 posts per group per day",
         {}},
        {"spacing waits",
         "a: every day at 08:00 { post \"a\" }\nb: every day at 08:10 { post \"b\" }",
         "space 1h",
         {}},
        {"spacing waits too long",
         "a: every day at 08:00 { post \"a\" }\nb: every day at 08:10 deliver within 30m { post "
         "\"b\" }",
         "space 1h",
         {"SOP0732 at post \"b\""}},
        {"a quota of the day",
         "a: every day at 08:00 via mass { post \"a\" }\nb: every day at 18:00 via mass { post "
         "\"b\" }",
         "",
         {"SOP0734 at post \"b\""}},
        {"a quota of each channel",
         "a: every day at 08:00 via mass { post \"a\" }\nb: every day at 18:00 { post \"b\" }",
         "",
         {}},
        {"a crowd of one rule is meant",
         "a: every day at 20:00 for 1h {\nstart: post \"1\"\nstart + 1m: post \"2\"\n"
         "start + 2m: post \"3\"\nstart + 3m: post \"4\"\n}",
         "",
         {}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            CHECK(found_in(playbook_with(row.rules, row.settings)) == row.found);
        }
    }
}

TEST_CASE("what a channel takes in time is counted with the directory", "[analysis]") {
    struct Row {
        const char* what;
        std::string rules;
        std::int64_t groups;
        Found found;
    };
    const Row rows[] = {
        {"900 groups",
         "a: every day at 20:00 via gateway { post \"x\" }",
         900,
         {"SOP0733 at post \"x\""}},
        {"a hundred are through in four minutes",
         "a: every day at 20:00 via gateway { post \"x\" }",
         100,
         {}},
        {"six minutes",
         "a: every day at 20:00 via gateway { post \"x\" }",
         120,
         {"SOP0733 at post \"x\""}},
        {"spread so far", "a: every day at 20:00 spread 45m via gateway { post \"x\" }", 900, {}},
        {"spread less",
         "a: every day at 20:00 spread 20m via gateway { post \"x\" }",
         900,
         {"SOP0733 at post \"x\""}},
        {"another channel", "a: every day at 20:00 { post \"x\" }", 900, {}},
        {"those before are in its way",
         "a: every day at 19:58 via gateway { post \"x\" }\nb: every day at 20:00 via gateway { "
         "post \"y\" }",
         100,
         {"SOP0733 at post \"y\""}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            CHECK(found_in(playbook_with(row.rules), of_groups(row.groups)) == row.found);
            // Nobody knows how many without a directory.
            CHECK(found_in(playbook_with(row.rules)).empty());
        }
    }
}

TEST_CASE("a rule for nobody in the directory is told, unless something here adds its tag",
          "[analysis]") {
    const runtime::FindSubjects find = [](const lang::Audience& audience) {
        const bool of_vip = std::any_of(audience.tagged.begin(), audience.tagged.end(),
                                        [](const auto& clause) { return clause == Found{"vip"}; });
        return of_vip ? Found{} : Found{"g1"};
    };
    const std::string rule = "a: on order for groups tagged vip { post \"x\" }\n";
    CHECK(found_in(playbook_with(rule), find) == Found{"SOP0736 at a"});
    CHECK(found_in(playbook_with(rule + "b: on order { tag vip }"), find).empty());
    CHECK(found_in(playbook_with("a: on order for groups tagged vip, member { post \"x\" }"), find)
              .empty());
}

TEST_CASE("no horizon asks for nothing", "[analysis]") {
    const std::string text =
        playbook_with("a: every day at 10:00 { post \"x\" }\nb: every day at 10:00 { post \"y\" }");
    CHECK(found_in(text, {}, date::days{0}).empty());
    CHECK(found_in(text, {}, date::days{1}).size() == 1);
}
