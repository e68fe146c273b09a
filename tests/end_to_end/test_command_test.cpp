// `sop test` through the real binary: what it prints, whole, and what it exits with.
#include "tests/support/golden.h"
#include "tests/support/project.h"
#include "tests/support/sources.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <regex>

namespace {

namespace fs = std::filesystem;
using namespace sop::tests;

const std::string playbook =
    "sop 1\ntag member\n\nplaybook p {\n  timezone Asia/Shanghai\n  for groups tagged member\n  "
    "via log\n  hello: every day at 08:00 { post \"Hello {group.name}\" }\n}\n";

std::string test_at(const std::string& title, const std::string& time) {
    return "test \"" + title +
           "\" {\n  start 2026-11-25 00:00 Asia/Shanghai\n  group g1 tagged member\n"
           "  expect post in g1 at 2026-11-25 " +
           time + "\n}\n";
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string without_durations(const std::string& text) {
    return std::regex_replace(text, std::regex("\\(\\d+ ms\\)"), "(… ms)");
}

}  // namespace

TEST_CASE("what sop test tells is as the goldens have it, in both languages", "[command][test]") {
    const fs::path goldens = source_folder() / "tests/golden/test_report";
    for (const auto& [language, name] :
         std::map<std::string, std::string>{{"en", "week.txt"}, {"zh-CN", "week.zh.txt"}}) {
        const auto result = run({SOP_BINARY, "test", "week.sop", "--coverage", "--lang", language},
                                {.folder = goldens});
        INFO(result.err);
        CHECK(result.exit_code == 1);
        compare_with_golden(without_durations(result.out), goldens / name);
    }
}

TEST_CASE("sop test exits with what was found", "[command][test]") {
    const TemporaryFolder folder;
    folder.write("good/p.sop", playbook + test_at("it comes", "08:00"));
    folder.write("failing/p.sop", playbook + test_at("it comes", "08:01"));
    folder.write("wrong/p.sop", playbook + "tag member\n" + test_at("it comes", "08:00"));
    folder.write("untested/p.sop", playbook);
    folder.write("empty/readme.txt", "nothing");
    folder.write("apart/p.sop", playbook);
    folder.write("apart/p_test.sop",
                 "sop 1\nimport \"p.sop\"\n" + test_at("from a file of its own", "08:00"));
    folder.write("refused/p.sop",
                 "sop 1\ntag member\nchannel robot { kind wecom.robot }\nplaybook p {\n"
                 "  timezone UTC\n  for groups tagged member\n  via robot\n"
                 "  a: every day at 08:00 { post \"x\" }\n}\n" +
                     test_at("never run", "08:00"));
    folder.write("leave/p.sop",
                 playbook +
                     "test \"who leaves\" {\n  start 2026-11-25 00:00 UTC\n  group g1\n"
                     "  at 2026-11-25 07:00 event leave { group g1 member m1 }\n"
                     "  expect nothing in g1 until 2026-11-26 00:00\n}\n");
    struct Row {
        std::vector<std::string> arguments;
        int exit_code;
        std::string out;
        std::string err;
    };
    const std::vector<Row> rows{
        {{"good"}, 0, "1 test, 0 failed\nreached: 1 of 1 rules, 1 of 1 steps\n", ""},
        {{"good/p.sop"}, 0, "ok       it comes", ""},
        {{"failing"}, 1, "1 test, 1 failed", ""},
        {{"wrong"}, 1, "", "wrong: 1 error; its tests were not run"},
        {{"good", "wrong"}, 1, "1 test, 0 failed", "SOP0110"},
        {{"untested"}, 2, "", "untested: there are no tests. One looks like this:"},
        {{"empty"}, 2, "", "empty: has no .sop file"},
        {{"nowhere.sop"}, 2, "", "nowhere.sop: no such file or folder"},
        {{"good", "untested"}, 0, "reached: 1 of 2 rules, 1 of 2 steps; `--coverage` lists", ""},
        {{"apart"}, 0, "ok       from a file of its own", ""},
        {{"good", "--filter", "comes"}, 0, "1 test, 0 failed\n", ""},
        {{"good", "failing", "--filter", "goes"},
         2,
         "",
         "none of the 2 tests has `goes` in its title"},
        {{"refused"}, 2, "1 test, 0 failed, 1 not run", "channel robot: `kind wecom.robot`"},
        {{"leave"}, 0, "ok       who leaves", ""},
        {{"failing", "refused"}, 1, "2 tests, 1 failed, 1 not run", ""},
        {{"good", "--format", "xml"}, 2, "", "xml"},
    };
    for (const auto& row : rows) {
        std::string name;
        std::vector<std::string> command{SOP_BINARY, "test"};
        for (const auto& argument : row.arguments) {
            name += argument + " ";
            command.push_back(argument);
        }
        DYNAMIC_SECTION(name) {
            const auto result = run(command, {.folder = folder.path()});
            INFO(result.out);
            INFO(result.err);
            CHECK(result.exit_code == row.exit_code);
            CHECK(contains(result.out, row.out));
            CHECK(contains(result.err, row.err));
        }
    }

    // The folder one stands in, and a folder of projects.
    CHECK(run({SOP_BINARY, "test"}, {.folder = folder / "good"}).exit_code == 0);
    const auto all = run({SOP_BINARY, "test", "--lang", "zh-CN"}, {.folder = folder.path()});
    INFO(all.out << all.err);
    CHECK(all.exit_code == 1);
    CHECK(contains(all.out, "5 个测试、1 个失败、1 个未运行"));
    CHECK(contains(all.out, "覆盖：规则 3/5，步骤 3/5；"));
    CHECK(contains(all.err, "没有运行里面的测试"));
}

TEST_CASE("sop test speaks JSON for scripts", "[command][test]") {
    const fs::path folder = source_folder() / "tests/golden/test_report";
    const auto result = run({SOP_BINARY, "test", "--format", "json"}, {.folder = folder});
    CHECK(result.exit_code == 1);
    const auto told = nlohmann::json::parse(result.out);
    CHECK(told["format_version"] == 1);
    CHECK(told["summary"] == nlohmann::json{{"tests", 2}, {"failed", 1}, {"not_run", 0}});
    CHECK(told["coverage"]["rules"] == 5);
    CHECK(told["coverage"]["missing"] ==
          nlohmann::json::array({{{"project", "."}, {"rule", "week.rare"}, {"step", "start"}}}));
    const auto& good = told["tests"][0];
    CHECK(good["outcome"] == "ok");
    CHECK(good["timezone"] == "Asia/Shanghai");
    CHECK(good["from"] == "2026-11-25T16:00:00Z");
    const auto& first = told["tests"][1]["expectations"][0];
    CHECK(told["tests"][1]["outcome"] == "failed");
    CHECK(first["holds"] == false);
    CHECK(first["group"] == "一群");
    CHECK(first["expected"] == "at least 1");
    CHECK(first["actual"] == 0);
    CHECK(first["containing"] == "10 minutes");
    CHECK(first["posts"][0]["rule"] == "week.morning");
}

TEST_CASE("the tests of the examples pass and reach every step", "[command][test][examples]") {
    const fs::path root = source_folder();
    const std::string name =
        GENERATE("members", "funnel", "points", "relay", "lottery", "segments", "welcome",
                 "fission", "three-groups", "flash-group", "moderation", "reach", "online-class");
    const auto result =
        run({SOP_BINARY, "test", "examples/" + name, "--format", "json"}, {.folder = root});
    INFO(result.out << result.err);
    CHECK(result.exit_code == 0);
    const auto told = nlohmann::json::parse(result.out);
    CHECK(told["summary"]["tests"] >= 2);
    CHECK(told["coverage"]["missing"].empty());
}

TEST_CASE("an example that asks for more than the executor can do is told, and the others run",
          "[command][test][examples]") {
    const auto all = nlohmann::json::parse(
        run({SOP_BINARY, "test", "examples", "--format", "json"}, {.folder = source_folder()}).out);
    CHECK(all["summary"]["failed"] == 0);
    CHECK(all["summary"]["not_run"] > 0);
    CHECK(all["summary"]["tests"] > 2 * all["summary"]["not_run"].get<int>());
}
