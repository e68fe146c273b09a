// Several files: what imports bring, what templates write, what tables hold.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include "lang/compile.h"
#include "lang/plan.h"
#include "tests/support/sources.h"

namespace {

using namespace sop;
using Files = std::map<std::string, std::string>;

// Compiles the first file; the others are there to be named.
struct Project {
    std::vector<lang::Source> sources;
    lang::Compilation compilation;

    Project(const std::string& main, Files files, std::optional<date::days> horizon = {})
        : sources{{main, files.at(main)}},
          compilation(lang::compile(
              sources, {tests::frozen_zones(),
                        {},
                        [files](const std::string& path) {
                            const auto found = files.find(path);
                            return found == files.end()
                                       ? lang::NamedText{{}, std::string("no such file")}
                                       : lang::NamedText{found->second, {}};
                        },
                        horizon})) {}

    std::string findings() const {
        std::string text;
        for (const auto& file : compilation.files) {
            for (const auto& diagnostic : file.diagnostics)
                text += lang::render(diagnostic, *file.source);
        }
        return text;
    }

    // "SOP0401 at week.sop:3:5"
    std::vector<std::string> codes() const {
        std::vector<std::string> codes;
        for (const auto& file : compilation.files) {
            for (const auto& diagnostic : file.diagnostics) {
                const auto at = file.source->line_column(diagnostic.span.begin);
                codes.push_back(fmt::format("{} at {}:{}:{}", diagnostic.code, file.source->name(),
                                            at.line, at.column));
            }
        }
        return codes;
    }

    const lang::Plan& plan() const {
        INFO(findings());
        REQUIRE(compilation.plan);
        return *compilation.plan;
    }

    std::vector<std::string> rules() const {
        std::vector<std::string> names;
        for (const auto& rule : plan().playbooks.front().rules) names.push_back(rule.name);
        return names;
    }
};

std::string playbook(const std::string& head, const std::string& rules) {
    return "sop 1\n" + head +
           "\nplaybook p {\n  timezone Asia/Shanghai\n  for groups tagged member\n  via log\n" +
           rules + "\n}\n";
}

const std::string brand =
    "sop 1\ntag member\ncontent hello { text \"Hello\" }\ncontent bye { text \"Bye\" }\n";

const std::string countdown = brand +
                              R"(template countdown(what: content, which: weekday = thursday,
    hour: time = 20:00, lead: duration = 10m) {
  reminder: every which at hour for 1h {
    start - lead: post what
    start:        post "{hour}"
    end:          run late
  }
  late: every which at 23:00 { post what }
}
)";

}  // namespace

TEST_CASE("an import brings what a file declares, and what that imports", "[project]") {
    const Files files{
        {"club/week.sop", playbook("import \"shared/brand.sop\"", "  a: on order { post hello }")},
        {"club/shared/brand.sop",
         "sop 1\nimport std.events\nimport \"../tags.sop\"\n"
         "content hello { text \"Hello\" }\n"},
        {"club/tags.sop", "sop 1\ntag member\n"}};
    const Project project("club/week.sop", files);
    CHECK(project.rules() == std::vector<std::string>{"a"});
    CHECK(project.plan().tags == std::vector<std::string>{"member"});
    CHECK(std::any_of(project.plan().events.begin(), project.plan().events.end(),
                      [](const auto& event) { return event.name == "order"; }));
}

TEST_CASE("files may import one another, and the same file by two ways", "[project]") {
    const Project project(
        "a.sop",
        {{"a.sop", playbook("import \"b.sop\"\nimport \"c.sop\"\ncontent own { text \"x\" }",
                            "  a: every day at 08:00 { post hello }")},
         {"b.sop",
          "sop 1\nimport \"c.sop\"\nimport \"a.sop\"\n"
          "content hello { text \"Hello\" }\n"},
         {"c.sop", "sop 1\ntag member\n"}});
    CHECK(project.rules() == std::vector<std::string>{"a"});
}

TEST_CASE("the playbooks of a file that is only imported are left out", "[project]") {
    const Project project(
        "a.sop", {{"a.sop", playbook("import \"b.sop\"", "  a: every day at 08:00 { post \"x\" }")},
                  {"b.sop",
                   "sop 1\ntag member\nplaybook q {\n  timezone Asia/Shanghai\n"
                   "  for groups tagged member\n  via log\n"
                   "  b: every day at 08:00 { post \"x\" }\n}\n"}});
    CHECK(project.plan().playbooks.size() == 1);
}

TEST_CASE("what is wrong with imports is said where they stand", "[project][diagnostic]") {
    const std::string rule = "  a: every day at 08:00 { post hello }";
    SECTION("a file that is not there brings names nobody knows") {
        const Project project("a.sop", {{"a.sop", playbook("import \"brnd.sop\"", rule)}});
        CHECK(project.codes() == std::vector<std::string>{"SOP0413 at a.sop:2:1"});
    }
    SECTION("a template of a file that is not there") {
        const Project project("a.sop", {{"a.sop", playbook("import \"brnd.sop\"", "  x: pick()")}});
        CHECK(project.codes() == std::vector<std::string>{"SOP0413 at a.sop:2:1"});
    }
    SECTION("a name that is declared and imported") {
        const Project project(
            "a.sop", {{"a.sop", playbook("import \"b.sop\"\ntag member", rule)}, {"b.sop", brand}});
        CHECK(project.codes() == std::vector<std::string>{"SOP0110 at a.sop:3:5"});
        CHECK(project.findings().find("b.sop:2:5") != std::string::npos);
    }
    SECTION("a name that two imports bring") {
        const Project project("a.sop",
                              {{"a.sop", playbook("import \"b.sop\"\nimport \"c.sop\"", rule)},
                               {"b.sop", brand},
                               {"c.sop", "sop 1\ntag member\n"}});
        CHECK(project.codes() == std::vector<std::string>{"SOP0110 at a.sop:3:1"});
    }
    SECTION("a mistake in an imported file is told once, in that file") {
        const Project project(
            "a.sop", {{"a.sop", playbook("import \"b.sop\"", rule)},
                      {"b.sop", "sop 1\ntag member\ncontent hello { text \"{grup.name}\" }\n"}});
        CHECK(project.codes() == std::vector<std::string>{"SOP0405 at b.sop:3:24"});
    }
    SECTION("a name that a broken declaration of an imported file may have declared") {
        const Project project("a.sop", {{"a.sop", playbook("import \"b.sop\"", rule)},
                                        {"b.sop", "sop 1\ntag member\ncontent hello [ ]\n"}});
        CHECK(project.codes() == std::vector<std::string>{"SOP0107 at b.sop:3:15"});
    }
}

TEST_CASE("an instance of a template brings its rules, named after it", "[project][template]") {
    const Project project(
        "a.sop",
        {{"a.sop", playbook("import \"b.sop\"",
                            "  sale: countdown(what: hello)\n"
                            "  other: countdown(what: bye, which: friday, hour: 21:30, lead: 1h)\n"
                            "  last: on join { run sale.reminder }")},
         {"b.sop", countdown}});
    CHECK(project.rules() == std::vector<std::string>{"sale.reminder", "sale.late",
                                                      "other.reminder", "other.late", "last"});
    const auto& rules = project.plan().playbooks.front().rules;
    const Project by_hand("a.sop",
                          {{"a.sop", playbook("import \"b.sop\"",
                                              "  reminder: every friday at 21:30 for 1h {\n"
                                              "    start - 1h: post bye\n    start: post \"{t}\"\n"
                                              "    end: run late\n  }\n"
                                              "  late: every friday at 23:00 { post bye }")},
                           {"b.sop", countdown + "value t = 21:30\n"}});
    const auto& written = by_hand.plan().playbooks.front().rules.front();
    CHECK(rules[2].trigger == written.trigger);
    REQUIRE(rules[2].steps.size() == written.steps.size());
    for (std::size_t i = 0; i < written.steps.size(); ++i)
        CHECK(rules[2].steps[i].when == written.steps[i].when);
    CHECK(std::get<lang::StartRule>(rules[2].steps[2].actions.front()).rule == "other.late");
}

TEST_CASE("templates use templates, and hand on what they are given", "[project][template]") {
    const Project project(
        "a.sop",
        {{"a.sop",
          playbook("import \"b.sop\"\ntag vip\nrole owner\nchannel hook { kind webhook }",
                   "  all: both(thing: hello, label: vip, who: owner, way: hook,\n"
                   "      day: 2026-12-24, note: \"Look\", many: 3, least: 5 CNY, on: yes)")},
         {"b.sop", countdown + R"(template inner(thing: content, hour: time) {
  first: every day at hour { post thing }
}
template both(thing: content, label: tag, who: role, way: channel, day: date, note: text,
    many: number, least: money CNY, on: boolean, pause: duration = 1 day) {
  up: inner(thing: thing, hour: 09:00)
  tagging: on join via way {
    tag label
    reply note
    task note to who within 2h
    after pause at 10:00 if on and count(join, today) < many: send thing
  }
  dated: on day at 10:00 limit many posts per group per day { post "{least}" }
}
)"}});
    CHECK(project.rules() == std::vector<std::string>{"all.up.first", "all.tagging", "all.dated"});
    CHECK(project.plan().playbooks.front().rules[1].via == std::vector<std::string>{"hook"});
}

TEST_CASE("a parameter is seen only where a thing of its kind stands", "[project][template]") {
    // A tag and a field are called as the parameter is.
    const Project project("a.sop",
                          {{"a.sop",
                            "sop 1\ntag what\ncontent hello { text \"Hello\" }\n"
                            "template t(what: content) {\n"
                            "  what: every day at 08:00 for groups tagged what { post what }\n}\n"
                            "playbook p {\n  timezone Asia/Shanghai\n  via log\n"
                            "  x: t(what: hello)\n}\n"}});
    CHECK(project.rules() == std::vector<std::string>{"x.what"});
    CHECK(project.plan().playbooks.front().rules.front().audience->tagged ==
          std::vector<std::vector<std::string>>{{"what"}});
}

TEST_CASE("what is wrong with an instance is said at it, with the place in the template",
          "[project][template][diagnostic]") {
    struct Row {
        const char* instance;
        std::vector<std::string> codes;
    };
    const Row rows[] = {
        {"sale: countdwn(what: hello)", {"SOP0450 at a.sop:7:7"}},
        {"sale: countdown()", {"SOP0451 at a.sop:7:7"}},
        {"sale: countdown(what: 20:00)", {"SOP0451 at a.sop:7:23"}},
        {"sale: countdown(what: hello, what: bye)", {"SOP0451 at a.sop:7:30"}},
        {"sale: countdown(what: hello, houre: 20:00)", {"SOP0451 at a.sop:7:30"}},
        {"sale: countdown(what: hello, lead: 1 day)", {"SOP0451 at a.sop:7:36"}},
        {"sale: countdown(what: hallo)", {"SOP0402 at a.sop:7:23"}},
        // The reminder would come after 23:00 of the day before, which is nothing wrong; a step
        // after the end is.
        {"sale: order(much: 3h)", {"SOP0301 at a.sop:7:1"}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.instance) {
            const Project project("a.sop",
                                  {{"a.sop", playbook("import \"b.sop\"", row.instance)},
                                   {"b.sop", countdown + "template order(much: duration = 1h) {\n"
                                                         "  r: every day at 10:00 for 2h {\n"
                                                         "    start + much: post hello\n"
                                                         "    end: post bye\n  }\n}\n"}});
            INFO(project.findings());
            CHECK(project.codes() == row.codes);
        }
    }
    const Project shown(
        "a.sop",
        {{"a.sop", playbook("import \"b.sop\"", "  sale: order(much: 3h)")},
         {"b.sop", brand + "template order(much: duration = 1h) {\n"
                           "  r: every day at 10:00 for 2h {\n    start + much: post hello\n"
                           "    end: post bye\n  }\n}\n"}});
    CHECK(shown.findings() ==
          "error[SOP0301]: this step comes before the one above it\n"
          "  ┌─ a.sop:7:3\n"
          "7 │   sale: order(much: 3h)\n"
          "  │   ^^^^^^^^^^^^^^^^^^^^^\n"
          "  ┌─ b.sop:8:5\n"
          "8 │     end: post bye\n"
          "  │     --- 2026-01-01 12:00 here\n"
          "  = write the steps in the order in which they happen\n");
}

TEST_CASE("what is wrong in a template whatever its values is said there, once",
          "[project][template][diagnostic]") {
    const Project project(
        "a.sop", {{"a.sop", playbook("import \"b.sop\"", "  x: t(what: hello)\n  y: t(what: bye)")},
                  {"b.sop", brand + "template t(what: content) {\n"
                                    "  r: every day at 10:00 { post what; tag vipp }\n}\n"}});
    INFO(project.findings());
    CHECK(project.codes() == std::vector<std::string>{"SOP0401 at b.sop:6:42"});
}

TEST_CASE("a template does not stand in itself, and its rules come to an end",
          "[project][template][diagnostic]") {
    SECTION("in itself") {
        const Project project(
            "a.sop",
            {{"a.sop", playbook("import \"b.sop\"", "  x: t()")},
             {"b.sop", brand + "template t() {\n  a: u()\n}\ntemplate u() {\n  b: t()\n}\n"}});
        INFO(project.findings());
        REQUIRE_FALSE(project.codes().empty());
        CHECK(project.codes().front().starts_with("SOP0452"));
    }
    SECTION("too many") {
        std::string text = brand + "template t0() {\n  r: every day at 10:00 { post hello }\n}\n";
        for (int level = 1; level <= 5; ++level) {
            text += fmt::format("template t{}() {{\n", level);
            for (int i = 0; i < 10; ++i) text += fmt::format("  i{}: t{}()\n", i, level - 1);
            text += "}\n";
        }
        const Project project(
            "a.sop", {{"a.sop", playbook("import \"b.sop\"", "  x: t5()")}, {"b.sop", text}});
        REQUIRE_FALSE(project.codes().empty());
        CHECK(project.codes().front() == "SOP0453 at a.sop:7:3");
    }
}

TEST_CASE("a table holds the typed rows of its file, sorted by their key", "[project][table]") {
    const Project project(
        "week/a.sop",
        {{"week/a.sop",
          playbook("tag member\ntable items from \"data/items.csv\" key sku { sku: text, "
                   "price: money CNY, day: date, open: time, many: number, on: boolean, "
                   "say: content }\ncontent hello { text \"Hello\" }",
                   "  a: every day at 08:00 { post \"{items[\"b\"].price}\" }")},
         {"week/data/items.csv",
          "\xEF\xBB\xBFprice,sku,day,open,many,on,say,ignored\r\n"
          "12.50,b,2026-01-02,08:00,007,yes,hello,x\r\n"
          "9 CNY,a,,,,,,\r\n"}});
    REQUIRE(project.plan().tables.size() == 1);
    CHECK(project.plan().tables.front().rows ==
          std::vector<std::vector<std::string>>{
              {"a", "9 CNY", "", "", "", "", ""},
              {"b", "12.50 CNY", "2026-01-02", "08:00", "7", "yes", "hello"}});
}

TEST_CASE("what is wrong with a table's file is said in that file",
          "[project][table][diagnostic]") {
    struct Row {
        const char* csv;
        std::vector<std::string> codes;
    };
    const Row rows[] = {
        {"", {"SOP0442 at items.csv:1:1"}},
        {"date,name\n2026-01-01,x\n", {"SOP0441 at items.csv:1:1"}},
        {"date,name,price\n2026-01-01,x\n", {"SOP0442 at items.csv:2:1"}},
        {"date,name,price\n2026-01-01,x,y,z\n", {"SOP0442 at items.csv:2:1"}},
        {"date,name,price\n2026-01-01,x,5\n2026-01-01,y,6\n", {"SOP0444 at items.csv:3:1"}},
        {"date,name,price\n2026-02-30,x,5\n", {"SOP0443 at items.csv:2:1"}},
        {"date,name,price\n,x,5\n", {"SOP0443 at items.csv:2:1"}},
        {"date,name,price\n2026-01-01,x,5 USD\n", {"SOP0443 at items.csv:2:14"}},
        {"date,name,price\n2026-01-01,\"5,x\",5x\n", {"SOP0443 at items.csv:2:18"}},
        {"date,name,price\n2026-01-01,x\"y,5\n", {"SOP0442 at items.csv:2:1"}},
        {"date,name,price\n2026-01-01,\"x,5\n", {"SOP0442 at items.csv:2:1"}},
        {"date,name,price\n2026-01-01,\xFF,5\n", {"SOP0001 at items.csv:2:12"}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.csv) {
            const Project project(
                "a.sop",
                {{"a.sop", playbook("tag member\ntable items from \"items.csv\" key date { date: "
                                    "date, name: text, price: money CNY }",
                                    "  a: every day at 08:00 { post \"x\" }")},
                 {"items.csv", row.csv}});
            INFO(project.findings());
            CHECK(project.codes() == row.codes);
        }
    }
}

TEST_CASE("a row or value that a coming date needs and the table lacks is warned of",
          "[project][table][diagnostic]") {
    std::string csv = "date,name,price\n";
    for (int day = 1; day <= 31; ++day) csv += fmt::format("2026-01-{:02},x,5\n", day);
    const auto codes = [&](const std::string& rule, const std::string& rows,
                           std::optional<int> horizon = {}) {
        const Project project(
            "a.sop",
            {{"a.sop", playbook("tag member\ntable items from \"items.csv\" key date { "
                                "date: date, name: text, price: money CNY }\n"
                                "content card { text \"{items[start.date].price}\" }",
                                rule)},
             {"items.csv", rows}},
            horizon ? std::optional(date::days(*horizon)) : std::nullopt);
        INFO(project.findings());
        return project.codes();
    };
    CHECK(codes("  a: every day at 08:00 until 2026-01-31 { post card }", csv).empty());
    CHECK(codes("  a: every day at 08:00 until 2026-02-01 { post card }", csv) ==
          std::vector<std::string>{"SOP0445 at a.sop:9:49"});
    CHECK(codes("  a: every day at 08:00 until 2026-01-31 { post card }",
                csv.substr(0, csv.size() - 2) + "\n") ==
          std::vector<std::string>{"SOP0445 at a.sop:9:49"});
    CHECK(codes("  a: every day at 08:00 { post \"{items[2027-01-01].name}\" }", csv) ==
          std::vector<std::string>{"SOP0445 at a.sop:9:34"});

    const std::string for_ever = "  a: every day at 08:00 { post card }";
    CHECK(codes(for_ever, csv, 31).empty());
    CHECK(codes(for_ever, csv, 32) == std::vector<std::string>{"SOP0445 at a.sop:9:32"});
    CHECK(codes(for_ever, "date,name,price\n", 0).empty());
}

TEST_CASE("a test block names what is there", "[project][test]") {
    struct Row {
        const char* test;
        std::vector<std::string> codes;
    };
    const Row rows[] = {
        {"  start 2026-11-25 00:00 Asia/Shanghai\n  group g1 tagged member\n"
         "  member m1 tagged member in g1\n"
         "  at 2026-11-26 20:05 event order { group g1 member m1 amount 59 CNY sku \"S1\" }\n"
         "  expect 8 posts in g1 until 2026-11-27 00:00\n"
         "  expect post to m1 at 2026-11-26 19:50 containing \"10 minutes\"\n"
         "  expect nothing in g1 from 2026-11-26 22:30 until 2026-11-27 07:30",
         {}},
        {"  group g1\n  expect post in g1 at 2026-11-26 19:50", {"SOP0601 at a.sop:11:6"}},
        {"  start 2026-11-25 00:00 Asia/Shanghai", {"SOP0602 at a.sop:11:6"}},
        {"  start 2026-11-25 00:00 Asia/Shanghai\n  group g1\n  expect post in g2",
         {"SOP0603 at a.sop:14:18"}},
        {"  start 2026-11-25 00:00 Asia/Shanghai\n  group g1 tagged membr\n  expect post in g1",
         {"SOP0401 at a.sop:13:19"}},
        {"  start 2026-11-25 00:00 Asia/Shanghai\n  group g1\n"
         "  at 2026-11-26 20:05 event ordr { group g1 }\n  expect post in g1",
         {"SOP0403 at a.sop:14:29"}},
        {"  start 2026-11-25 00:00 Asia/Shanghai\n  group g1\n"
         "  at 2026-11-26 20:05 event order { group g1 amount 5 }\n  expect post in g1",
         {"SOP0414 at a.sop:14:53"}},
        {"  start 2026-11-25 00:00 Asia/Shanghai\n  group g1\n"
         "  at 2026-11-24 20:05 event order { group g1 amount 5 CNY }\n  expect post in g1",
         {"SOP0218 at a.sop:14:6"}},
        {"  start 2026-11-25 00:00 Asia/Shanghai\n  group g1\n"
         "  expect nothing in g1 from 2026-11-26 10:00 until 2026-11-26 09:00",
         {"SOP0218 at a.sop:14:52"}},
        {"  start 2026-11-25 00:00 Asia/Shanghai\n  group g1\n"
         "  at 2026-11-26 20:05 event order { group g1 }\n  expect post in g1",
         {"SOP0604 at a.sop:14:29"}},
        {"  start 2026-11-25 00:00 Asia/Shanghai\n  group g1\n"
         "  at 2026-11-26 20:05 event order { group g1 amount 5 CNY items 1 2 }\n"
         "  expect post in g1",
         {"SOP0107 at a.sop:14:67"}},
        {"  start 2026-11-25 00:00 Asia/Shanghai\n  group g1\n"
         "  at 2026-11-26 20:05 event order { id \"x\" amount 5 CNY }\n"
         "  at 2026-11-26 20:06 event order { id \"x\" amount 5 CNY }\n  expect post in g1",
         {"SOP0110 at a.sop:15:29"}},
        {"  start 2026-11-25 00:00 Asia/Shanghai\n  group g1\n"
         "  expect post in g1 containing \"{group.name}\"",
         {"SOP0414 at a.sop:14:32"}},
        {"  start 2026-11-25 00:00 Asia/Shanghai\n  group g1\n"
         "  at 2026-11-26 20:05 event order { group g1.name amount 5 CNY }\n"
         "  expect post in g1",
         {"SOP0405 at a.sop:14:43"}},
        {"  start 2026-11-25 00:00 Asia/Shanghai\n  group g1\n  expct post in g1",
         {"SOP0103 at a.sop:14:3"}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.test) {
            const std::string text = playbook("import std.events\ntag member",
                                              "  a: every day at 08:00 { post \"x\" }") +
                                     "\ntest \"it works\" {\n" + row.test + "\n}\n";
            const Project project("a.sop", {{"a.sop", text}});
            INFO(project.findings());
            CHECK(project.codes() == row.codes);
        }
    }
}
