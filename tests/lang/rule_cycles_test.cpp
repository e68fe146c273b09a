// Rules that start one another without end are found, wherever they stand; long chains are none.
#include "lang/rule_cycles.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "lang/compile.h"
#include "tests/support/sources.h"

namespace {

using namespace sop;
using Cycles = std::vector<std::vector<std::string>>;

// `rules` of the playbook `p`, and what stands behind it.
std::string text_with(const std::string& rules, const std::string& behind = {}) {
    return R"(sop 1
tag member
event grown { by: text }
event order { }
playbook p {
  timezone Asia/Shanghai
  for members tagged member
  via log
)" + rules +
           "\n}\n" + behind;
}

// The plan, whatever is wrong with it: the rules without `emit` and `run` would not say it.
Cycles cycles_of(const std::string& rules) {
    const std::string found = tests::findings_of(text_with(rules));
    Cycles cycles;
    std::size_t at = 0;
    while ((at = found.find("[SOP0307]", at)) != std::string::npos) {
        const std::size_t end = found.find('\n', at);
        std::vector<std::string> names;
        for (std::size_t open = found.find('`', at); open < end; open = found.find('`', open)) {
            const std::size_t close = found.find('`', open + 1);
            names.push_back(found.substr(open + 1, close - open - 1));
            open = close + 1;
        }
        cycles.push_back(std::move(names));
        at = end;
    }
    return cycles;
}

}  // namespace

TEST_CASE("circles of run and emit are found", "[cycles]") {
    struct Row {
        const char* rules;
        Cycles cycles;
    };
    const Row rows[] = {
        {"a: on order { emit grown(by: \"x\") }\nb: on grown { send \"x\" }", {}},
        {"a: on grown { emit grown(by: \"x\") }", {{"p.a"}}},
        {"a: on order { run b }\nb: on grown { run c }\nc: on grown { run a }",
         {{"p.a", "p.b", "p.c"}}},
        {"a: on order { run b }\nb: on grown { after 1 day: emit order() }", {{"p.a", "p.b"}}},
        // In every kind of branch.
        {"a: on order { wait for grown within 1 day { no: emit order() } }", {{"p.a"}}},
        {"a: on order { if member.points > 3 { send \"x\" } else { emit order() } }", {{"p.a"}}},
        {"a: on order { split { x 50%: emit order()\n nothing 50% } }", {{"p.a"}}},
        {"a: on order { points -5 because \"x\" { no: emit order() } }", {{"p.a"}}},
        // An event with another value of its first field starts another rule.
        {"a: on grown(\"x\") { emit grown(by: \"y\") }", {}},
        {"a: on grown(\"x\") { emit grown(by: \"x\") }", {{"p.a"}}},
        {"a: on grown(\"x\") { emit grown(by: member.name) }", {{"p.a"}}},
        // Two circles are two; of those that share a rule one is told.
        {"a: on order { run b }\nb: on order { run a }\nc: on order { run d }\nd: on order { run c "
         "}",
         {{"p.a", "p.b"}, {"p.c", "p.d"}}},
        {"a: on order { run b\n run c }\nb: on grown { run a }\nc: on grown { run a }",
         {{"p.a", "p.b"}, {"p.c", "p.a"}}},
        // What leads into a circle is on none.
        {"a: on order { run b }\nb: on grown { run c }\nc: on order where at.date == 2026-01-01 { "
         "run b }",
         {{"p.b", "p.c"}}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.rules) {
            INFO(tests::findings_of(text_with(row.rules)));
            CHECK(cycles_of(row.rules) == row.cycles);
        }
    }
}

TEST_CASE("a circle through another playbook names both places", "[cycles]") {
    const std::string found = tests::findings_of(text_with("a: on order { emit grown(by: \"x\") }",
                                                           R"(playbook q {
  timezone Asia/Shanghai
  for members tagged member
  via log
  b: on grown { emit order() }
}
)"));
    CHECK(found == R"(error[SOP0307]: these rules start one another without end: `p.a` → `q.b`
   ┌─ test.sop:9:1
 9 │ a: on order { emit grown(by: "x") }
   │ ^
15 │   b: on grown { emit order() }
   │   - `q.b`
)");
}

TEST_CASE("a circle through a template is told where the template is used", "[cycles]") {
    const std::string found =
        tests::findings_of(text_with("a: on order { run t.inner }\nt: again()",
                                     R"(template again() {
  inner: on grown { emit order() }
}
)"));
    CHECK(found.find("start one another without end: `p.a` → `p.t.inner`") != std::string::npos);
}

TEST_CASE("a long chain of rules is no circle and costs little", "[cycles]") {
    lang::Plan plan;
    plan.playbooks.push_back({"p", "", {}});
    constexpr int rules = 10000;
    for (int i = 0; i < rules; ++i) {
        lang::Rule rule;
        rule.name = fmt::format("r{}", i);
        if (i + 1 < rules)
            rule.steps = {{"start", {}, {lang::StartRule{fmt::format("r{}", i + 1)}}}};
        plan.playbooks[0].rules.push_back(std::move(rule));
    }
    CHECK(lang::rule_cycles(plan).empty());
    plan.playbooks[0].rules.back().steps = {{"start", {}, {lang::StartRule{"r0"}}}};
    const auto cycles = lang::rule_cycles(plan);
    REQUIRE(cycles.size() == 1);
    CHECK(cycles[0].size() == rules);
}
