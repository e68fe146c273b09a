// What `sop check` lets stand, what fails it, and the forms that programs read.
#include <catch2/catch.hpp>

#include <map>
#include <nlohmann/json.hpp>

#include "tests/support/golden.h"
#include "tests/support/project.h"
#include "tests/support/sources.h"

namespace {

using namespace sop::tests;
using nlohmann::json;

// Two messages in quiet hours, on lines 7 and 9.
std::string at_night(const std::string& behind_the_first = {}, const std::string& above_all = {}) {
    return above_all +
           "sop 1\ntag member\nplaybook p {\n  timezone Asia/Shanghai\n"
           "  for groups tagged member; via log; quiet 22:00..07:00 then defer\n\n"
           "  late: every day at 23:00 { post \"x\" }" +
           behind_the_first + "\n\n  later: every friday at 23:30 {\n    post \"y\"\n  }\n}\n";
}

std::string checked(const Project& project, std::vector<std::string> more) {
    more.insert(more.begin(), {"check", "p.sop", "--format", "short"});
    return project.sop(more).out;
}

const std::string first = "p.sop:7:30: warning[SOP0730]: quiet hours put this message off\n";
const std::string second = "p.sop:10:5: warning[SOP0730]: quiet hours put this message off\n";

}  // namespace

TEST_CASE("a comment lets a finding stand, where it is and with a reason", "[check][command]") {
    struct Row {
        const char* what;
        std::string text;
        std::string told;
    };
    const Row rows[] = {
        {"none", at_night(), first + second},
        {"behind it", at_night("  # sop: allow(SOP0730) they asked for it"), second},
        {"of another kind", at_night("  # sop: allow(SOP0731) they asked for it"),
         first + "p.sop:7:55: warning[SOP0802]: nothing here gives SOP0731, which this allows\n" +
             second},
        {"of several", at_night("  # sop: allow( SOP0731 , SOP0730 ) they asked for it"),
         "p.sop:7:56: warning[SOP0802]: nothing here gives SOP0731, which this allows\n" + second},
        {"without a reason", at_night("  # sop: allow(SOP0730)"),
         first + "p.sop:7:42: warning[SOP0801]: say behind the bracket why this is allowed\n" +
             second},
        {"not closed", at_night("  # sop: allow(SOP0730"),
         first + "p.sop:7:42: warning[SOP0801]: the bracket behind `allow` is not closed\n" +
             second},
        {"alone, for the statement that follows with its block",
         at_night("\n  # sop: allow(SOP0730) they asked for it"), first},
        {"above everything",
         at_night("", "# a first line\n# sop: allow(SOP0730) they asked for it\n"), ""},
    };
    const Project project(1);
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            project.folder.write("p.sop", row.text);
            CHECK(checked(project, {}) == row.told);
        }
    }
}

TEST_CASE("an error is not allowed by a comment", "[check][command]") {
    const Project project(1);
    project.folder.write("p.sop",
                         "# sop: allow(SOP0104) it is meant so\n"
                         "sop 1\ntag member\nplaybook p {\n  timezone Asia/Shanghai\n"
                         "  for groups tagged member\n  via log\n"
                         "  a: every thrusday at 20:00 { post \"x\" }\n}\n");
    const auto result = project.sop({"check", "p.sop", "--format", "short"});
    CHECK(result.exit_code == 1);
    CHECK_THAT(result.out, Catch::Contains("p.sop:8:12: error[SOP0104]"));
}

TEST_CASE("what fails a check is the project's to say, and the command's", "[check][command]") {
    const Project project(1);
    project.folder.write("p.sop", at_night());
    CHECK(project.sop({"check", "p.sop"}).exit_code == 0);
    CHECK(project.sop({"check", "p.sop", "--fail-on", "warning"}).exit_code == 1);

    const std::string settings = project.folder.read("sop.toml");
    project.folder.write("sop.toml", settings + "\n[check]\nfail_on = \"warning\"\n");
    CHECK(project.sop({"check", "p.sop"}).exit_code == 1);
    CHECK(project.sop({"check", "."}).exit_code == 1);
    CHECK(project.sop({"check", "p.sop", "--fail-on", "error"}).exit_code == 0);

    project.folder.write("sop.toml", settings + "\n[check]\nSOP0730 = \"off\"\n");
    CHECK(checked(project, {}).empty());
    project.folder.write("sop.toml", settings + "\n[check]\nSOP0730 = \"error\"\n");
    CHECK(project.sop({"check", "p.sop"}).exit_code == 1);
    CHECK_THAT(checked(project, {}), Catch::StartsWith("p.sop:7:30: error[SOP0730]"));

    project.folder.write("sop.toml", settings + "\n[check]\nSOP730 = \"off\"\n");
    const auto wrong = project.sop({"check", "p.sop"});
    CHECK(wrong.exit_code == 2);
    CHECK_THAT(wrong.err, Catch::Contains("unknown key \"SOP730\" in [check]; did you mean "
                                          "\"SOP0730\"?"));
}

TEST_CASE("a baseline keeps silent what it has, wherever its line moves", "[check][command]") {
    const Project project(1);
    project.folder.write("p.sop", at_night());
    const auto without = project.sop({"check", "p.sop", "--write-baseline"});
    CHECK(without.exit_code == 2);
    CHECK_THAT(without.err, Catch::Contains("add --baseline FILE"));
    const auto written =
        project.sop({"check", "p.sop", "--baseline", "b.json", "--write-baseline"});
    CHECK(written.out == "b.json: 2 findings written\nno findings in 1 file; 2 in the baseline\n");

    project.folder.write("p.sop", at_night("", "# one line more\n"));
    CHECK(checked(project, {"--baseline", "b.json", "--fail-on", "warning"}).empty());
    // One line was changed: that is a new finding, and the old one is no more.
    project.folder.write("p.sop", at_night("  # a remark"));
    CHECK(checked(project, {"--baseline", "b.json"}) == first);
    CHECK_THAT(project.sop({"check", "p.sop", "--baseline", "b.json"}).out,
               Catch::EndsWith("1 warning in 1 file; 1 in the baseline; 1 of the baseline are no "
                               "more, `--write-baseline` takes them out\n"));

    const std::string settings = project.folder.read("sop.toml");
    project.folder.write("sop.toml", settings + "\n[check]\nbaseline = \"b.json\"\n");
    CHECK(checked(project, {}) == first);

    project.folder.write("b.json", "{\"format_version\": 1}");
    const auto broken = project.sop({"check", "p.sop"});
    CHECK(broken.exit_code == 2);
    CHECK_THAT(broken.err, Catch::Contains("b.json: this is no baseline"));
    CHECK_THAT(project.sop({"check", "p.sop", "--baseline", "none.json"}).err,
               Catch::Contains("none.json"));
}

TEST_CASE("findings are their goldens in each form", "[check][command][golden]") {
    const Project project(1);
    project.folder.write("周 1.sop",
                         at_night("  # sop: allow(SOP0730) they asked for it") +
                             "test \"x, y\" {\n  start 2026-12-01 00:00 Asia/Shanghai\n}\n");
    project.folder.write("fine.sop", "sop 1\ntag member\n");
    for (const std::string form : {"short", "json", "sarif", "github", "gitlab", "junit"}) {
        INFO(form);
        const auto result = project.sop(
            {"check", "周 1.sop", "fine.sop", "--format", form, "--fail-on", "warning"});
        CHECK(result.exit_code == 1);
        compare_with_golden(result.out, source_folder() / "tests/golden/check" / (form + ".txt"));
    }
}

TEST_CASE("fingerprints stay when lines move, and differ for the same line twice",
          "[check][command]") {
    const Project project(1);
    const auto prints = [&](const std::string& text) {
        project.folder.write("p.sop", text);
        std::vector<std::string> found;
        const auto log = json::parse(project.sop({"check", "p.sop", "--format", "sarif"}).out);
        for (const auto& result : log["runs"][0]["results"])
            found.push_back(result["partialFingerprints"]["sopFinding/v1"]);
        return found;
    };
    const auto before = prints(at_night());
    REQUIRE(before.size() == 2);
    CHECK(before[0] != before[1]);
    CHECK(prints(at_night("", "# one line more\n\n")) == before);
    const std::string twice = "  later2: every friday at 23:40 {\n    post \"y\"\n  }\n}\n";
    std::string text = at_night();
    text.erase(text.size() - 2);
    const auto three = prints(text + twice);
    REQUIRE(three.size() == 3);
    CHECK(three[1] != three[2]);
}

TEST_CASE("who asks for a form gets it when the command fails, too", "[check][command]") {
    const Project project(1);
    const std::vector<std::vector<std::string>> failures = {
        {"check", "nowhere.sop"}, {"check"}, {"chek"}, {"check", "--frmat"}, {"why"}};
    for (auto arguments : failures) {
        INFO(arguments.back());
        arguments.insert(arguments.end(), {"--format", "json"});
        const auto result = project.sop(arguments);
        CHECK(result.exit_code == 2);
        CHECK_FALSE(result.err.empty());
        const auto told = json::parse(result.out);
        CHECK(told["format_version"] == 1);
        CHECK(told["error"]["exit_code"] == 2);
        CHECK_FALSE(told["error"]["message"].get<std::string>().empty());
    }
    const auto sarif = json::parse(project.sop({"check", "nowhere.sop", "--format=sarif"}).out);
    CHECK(sarif["runs"][0]["invocations"][0]["executionSuccessful"] == false);
    const auto gitlab = json::parse(project.sop({"check", "nowhere.sop", "--format=gitlab"}).out);
    CHECK(gitlab[0]["severity"] == "blocker");
    CHECK_THAT(project.sop({"check", "nowhere.sop", "--format=junit"}).out,
               Catch::Contains("<failure"));
    CHECK(project.sop({"check", "nowhere.sop"}).out.empty());
}
