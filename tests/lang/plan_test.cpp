#include "lang/plan.h"

#include "lang/plan_schema.h"
#include "lang/value.h"
#include "tests/support/golden.h"
#include "tests/support/sources.h"

#include <catch2/catch.hpp>

namespace {

using namespace sop;
using namespace sop::lang;

}  // namespace

TEST_CASE("layout, comments and the zone data do not change a plan's hash; what is posted does",
          "[plan][hash]") {
    const Plan plan = tests::plan_of(tests::playbook_with("a: every day at 08:00 { post \"x\" }"));
    Plan same =
        tests::plan_of(tests::playbook_with("# why\n  a:   every day 8:00 {\n post “x” }  "));
    CHECK(content_hash(plan) == content_hash(same));
    same.zone_release = "2031z";
    CHECK(content_hash(plan) == content_hash(same));
    CHECK(content_hash(plan) != content_hash(tests::plan_of(
                                    tests::playbook_with("a: every day at 08:00 { post \"y\" }"))));
    CHECK(content_hash(plan).size() == 64);
}

TEST_CASE("settings of a rule replace those of its playbook", "[plan][lower]") {
    const Plan plan = tests::plan_of(tests::playbook_with(
        "a: every day at 08:00 { post \"x\" }\n"
        "b: on opened for members tagged member timezone Europe/London { send \"x\" }"));
    const auto& rules = plan.playbooks.front().rules;
    CHECK(rules[0].timezone == "Asia/Shanghai");
    CHECK(rules[0].audience->kind == SubjectKind::group);
    CHECK(rules[1].timezone == "Europe/London");
    CHECK(rules[1].audience->kind == SubjectKind::member);
    CHECK(rules[1].via == std::vector<std::string>{"log"});
}

TEST_CASE("steps are known by their label, and by number among equals", "[plan][lower]") {
    const Plan plan = tests::plan_of(
        tests::playbook_with("a: every day at 20:00 for 2h {\nstart - 1 day 12:00: post "
                             "\"1\"\npost \"2\"\nstart: post \"3\"\nstart: post \"4\"\n"
                             "after 90m: post \"5\"\nend + 1 week: post \"6\"\n}"));
    std::vector<std::string> names;
    for (const auto& step : plan.playbooks.front().rules.front().steps) names.push_back(step.name);
    CHECK(names == std::vector<std::string>{"start - 1 day at 12:00", "start", "start (2)",
                                            "after 1h30m", "end + 7 days"});
}

TEST_CASE("the published schema of plans is the one the program has", "[plan][schema][golden]") {
    tests::compare_with_golden(plan_schema(), tests::source_folder() / "lang/plan.schema.json");
}

TEST_CASE("a damaged or newer stored plan is refused with a reason", "[plan][json]") {
    CHECK_THROWS_AS(plan_from_json("not json"), PlanFormatError);
    CHECK_THROWS_AS(plan_from_json("{}"), PlanFormatError);
    std::string newer = to_json(Plan{});
    newer.replace(newer.find("\"format\":3"), 10, "\"format\":9");
    CHECK_THROWS_WITH(plan_from_json(newer),
                      "the plan has format 9, and this version reads 1 to 3");
}

TEST_CASE("a plan stored by an earlier version is read", "[plan][json]") {
    const auto folder = tests::source_folder() / "tests";
    Plan plan = tests::plan_of(tests::read_text_file(folder / "golden/plan/members.sop"));
    plan.zone_release = "any";
    CHECK(plan_from_json(tests::read_text_file(folder / "testdata/plan_format_1.json")) == plan);
}

TEST_CASE("values have one canonical text", "[value]") {
    struct Row {
        ValueType type;
        const char* written;
        std::optional<std::string> canonical;
    };
    const Row rows[] = {
        {ValueType::number, "1", "1"},
        {ValueType::number, "-007.50", "-7.5"},
        {ValueType::number, "0.0", "0"},
        {ValueType::number, "-0", "0"},
        {ValueType::number, "1e3", std::nullopt},
        {ValueType::number, "", std::nullopt},
        {ValueType::number, "-", std::nullopt},
        {ValueType::number, ".5", std::nullopt},
        {ValueType::number, "5.", std::nullopt},
        {ValueType::number, "1234567890123456789012345678901", std::nullopt},
        {ValueType::money, "9.90 CNY", "9.90 CNY"},
        {ValueType::money, "09 CNY", "9 CNY"},
        {ValueType::money, "9.90", std::nullopt},
        {ValueType::money, "9.90 cny", std::nullopt},
        {ValueType::money, "9.90 YUAN", std::nullopt},
        {ValueType::text, "anything {at} all", "anything {at} all"},
        {ValueType::text, "\xff", std::nullopt},
        {ValueType::content, "article_1", "article_1"},
        {ValueType::content, "文章", "文章"},
        {ValueType::content, "article 1", std::nullopt},
        {ValueType::content, "", std::nullopt},
    };
    for (const auto& row : rows) {
        INFO(row.written);
        CHECK(canonical_value(row.type, row.written) == row.canonical);
    }
}
