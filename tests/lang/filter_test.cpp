#include "lang/filter.h"

#include <catch2/catch.hpp>

#include "tests/support/sources.h"

namespace sop::lang {

using namespace sop::tests;

namespace {

Plan plan() {
    return plan_of(R"(sop 1
tag member, vip
event order { amount: money, sku: text, items: number = 1 }
playbook members {
  timezone Asia/Shanghai
  for groups tagged member
  via log
  x: every day at 08:00 { post "x" }
}
)");
}

Checked<Expression> filter(const std::string& text, SubjectKind kind = SubjectKind::group,
                           const Plan* plan = nullptr) {
    const Source source("--where", text);
    return compile_filter(source,
                          {.kind = kind,
                           .plan = plan,
                           .attributes = {{"city", ValueType::text}, {"floor", ValueType::number}}},
                          frozen_zones());
}

std::string findings(const std::string& text, const Plan* plan = nullptr) {
    const Source source("--where", text);
    std::string rendered;
    for (const Diagnostic& diagnostic : filter(text, SubjectKind::group, plan).diagnostics)
        rendered += render(diagnostic, source);
    return rendered;
}

}  // namespace

TEST_CASE("a condition that stands alone is read in English and Chinese", "[lang][filter]") {
    const Plan with = plan();
    for (const char* text :
         {"name exists", "not name exists", "owner == \"li\" and size > 100",
          "created >= 2026-01-01", "talked < 2026-11-01 or status == \"dissolved\"",
          "group tagged vip", "group.size > 5", "city == \"Hangzhou\"", "floor + 1 > 3",
          "群.人数 > 100 且 群.名称 存在", "count(order, last 7 days) > 3",
          "sum(order.items where sku == \"a\", ever) > 2"}) {
        INFO(text);
        CHECK(findings(text, &with).empty());
        CHECK(filter(text, SubjectKind::group, &with).value);
    }
    for (const char* text : {"points >= 50", "joined > 2026-01-01 and not opted_out",
                             "invited_by exists", "member tagged vip", "zone == \"Asia/Tokyo\""}) {
        INFO(text);
        CHECK(filter(text, SubjectKind::member, &with).value);
    }
}

TEST_CASE("what is wrong with a condition is shown at its place", "[lang][filter]") {
    const Plan with = plan();
    CHECK(findings("nmae exists", &with) ==
          "error[SOP0405]: there is no field `nmae` here\n"
          "  ┌─ --where:1:1\n"
          "1 │ nmae exists\n"
          "  │ ^^^^\n"
          "  = did you mean `name`?\n"
          "  = fix: write `name`\n");
    CHECK_FALSE(findings("size > ", &with).empty());
    CHECK_FALSE(findings("size >> 1", &with).empty());
    CHECK_FALSE(findings("size", &with).empty());
    CHECK_FALSE(findings("name exists size", &with).empty());
    CHECK_FALSE(findings("city > 3", &with).empty());
    CHECK_FALSE(findings("group tagged vpi", &with).empty());
    CHECK_FALSE(findings("", &with).empty());
    // Without a plan any tag is one, and nothing else is.
    CHECK(findings("group tagged whatever and size > 1").empty());
    CHECK(findings("nmae exists") == findings("nmae exists", &with));
    CHECK_FALSE(findings("count(ordre, ever) > 1").empty());
}

}  // namespace sop::lang
