// `sop check --fix` through the real binary: what it writes, what it says, what it leaves alone.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/project.h"
#include "tests/support/sources.h"

namespace {

using namespace sop::tests;
namespace fs = std::filesystem;

std::string playbook(const std::string& rule, const std::string& name = "p") {
    return fmt::format(
        "sop 1\ntag member\nplaybook {} {{\n  timezone Asia/Shanghai\n  for groups tagged member\n"
        "  via log\n  {}\n}}\n",
        name, rule);
}

const std::string broken_rule = "a: every thrusday at 20:00 { psot \"x\" }";
const std::string mended_rule = "a: every thursday at 20:00 { post \"x\" }";

std::size_t files_in(const TemporaryFolder& folder) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("check --fix mends the files and says what remains", "[fix][command]") {
    const Project project(1);
    project.folder.write("a.sop", playbook(broken_rule));
    project.folder.write("b.sop", playbook("a: every day at 20:00 { post nothing_like_it }", "q"));
    project.folder.write("c.sop", playbook("a: every friday at 20:00 { post \"x\" }", "r"));
    const auto result = project.sop({"check", "--fix", "."});
    CHECK(project.folder.read("a.sop") == playbook(mended_rule));
    CHECK(result.exit_code == 1);
    CHECK_THAT(result.out, Catch::StartsWith("./a.sop: 2 fixes applied\nerror[SOP0402]"));
    CHECK_THAT(result.out, Catch::EndsWith("1 error in 3 files\n"));
    CHECK(project.sop({"check", "--fix", "a.sop", "c.sop"}).out == "no findings in 2 files\n");
    CHECK(project.sop({"check", "--fix", "a.sop"}).exit_code == 0);
}

TEST_CASE("check --fix says it in Chinese too", "[fix][command][language]") {
    const Project project(1);
    project.folder.write("a.sop", playbook("a: every thrusday at 20:00 { post \"x\" }"));
    CHECK_THAT(project.sop({"check", "--fix", "a.sop", "--lang", "zh-CN"}).out,
               Catch::StartsWith("a.sop：已修正 1 处\n"));
}

TEST_CASE("check --fix keeps permissions, goes through links and leaves nothing behind",
          "[fix][command]") {
    const Project project(1);
    const TemporaryFolder elsewhere;
    const auto target = elsewhere.write("real.sop", playbook(broken_rule));
    fs::permissions(target, fs::perms::owner_all | fs::perms::group_read);
    fs::create_symlink(target, project.folder / "link.sop");
    CHECK(project.sop({"check", "--fix", "link.sop"}).exit_code == 0);
    CHECK(fs::is_symlink(project.folder / "link.sop"));
    CHECK(elsewhere.read("real.sop") == playbook(mended_rule));
    CHECK(fs::status(target).permissions() == (fs::perms::owner_all | fs::perms::group_read));
    CHECK(files_in(elsewhere) == 1);
}

TEST_CASE("check --fix does not touch a file without a fix", "[fix][command]") {
    const Project project(1);
    const auto file = project.folder.write("a.sop", playbook(mended_rule));
    struct stat before{};
    struct stat after{};
    REQUIRE(stat(file.c_str(), &before) == 0);
    CHECK(project.sop({"check", "--fix", "a.sop"}).exit_code == 0);
    REQUIRE(stat(file.c_str(), &after) == 0);
    CHECK(before.st_ino == after.st_ino);
}

TEST_CASE("check --fix --format json is JSON and counts the fixes", "[fix][command]") {
    const Project project(1);
    project.folder.write("a.sop", playbook(broken_rule));
    project.folder.write("b.sop", playbook("a: every day at 20:00 { post nothing_like_it }", "q"));
    const auto result = project.sop({"check", "--fix", "--format", "json", "a.sop", "b.sop"});
    CHECK(result.exit_code == 1);
    const auto report = nlohmann::json::parse(result.out);
    CHECK(report["fixed"] == nlohmann::json::parse(R"([{"file":"a.sop","fixes":2}])"));
    CHECK(report["summary"]["errors"] == 1);
    CHECK(report["diagnostics"].size() == 1);
    CHECK_FALSE(nlohmann::json::parse(project.sop({"check", "--format", "json", "a.sop"}).out)
                    .contains("fixed"));
}

TEST_CASE("check --fix prints the mended text of standard input", "[fix][command]") {
    const Project project(1);
    project.folder.write("draft", playbook(broken_rule));
    const auto through_shell = [&](const std::string& arguments) {
        return run({"/bin/sh", "-c", fmt::format("'{}' {} < draft", SOP_BINARY, arguments)},
                   {.folder = project.folder.path()});
    };
    const auto result = through_shell("check --fix -");
    CHECK(result.exit_code == 0);
    CHECK(result.out == playbook(mended_rule));
    CHECK(result.err == "standard input: 2 fixes applied\nno findings in 1 file\n");
    CHECK(through_shell("check --fix --format json -").exit_code == 2);
}

TEST_CASE("check --fix writes nothing when a path is no file that could be written anew",
          "[fix][command]") {
    const Project project(1);
    project.folder.write("a.sop", playbook(broken_rule));
    const auto result = project.sop({"check", "--fix", "a.sop", "/dev/null"});
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Catch::Contains("/dev/null: is no file that could be written anew"));
    CHECK(project.folder.read("a.sop") == playbook(broken_rule));
}
