// `sop check` looks at what is to come, with the groups of a directory when there is one.
#include <catch2/catch.hpp>

#include <filesystem>
#include <set>

#include "tests/support/process.h"
#include "tests/support/project.h"
#include "tests/support/sources.h"

namespace {

using namespace sop::tests;
namespace fs = std::filesystem;

std::string playbook(const std::string& channel) {
    return "sop 1\ntag member\nchannel gateway { " + channel +
           " }\n"
           "playbook p {\n  timezone Asia/Shanghai\n  for groups tagged member\n  via gateway\n"
           "  sale: every thursday at 20:00 { post \"x\" }\n}\n";
}

const std::string slow = "kind log; budget 1 per minute";

}  // namespace

TEST_CASE("check counts with the groups that are given, else with those of the project",
          "[analysis][command]") {
    Project project(8);
    project.folder.write("p.sop", playbook(slow));
    const auto alone = project.sop({"check", "p.sop", "--no-directory"});
    CHECK(alone.out == "no findings in 1 file\n");

    const auto given = project.sop({"check", "p.sop", "--groups", "groups.csv"});
    CHECK(given.exit_code == 0);
    CHECK_THAT(given.out, Catch::Contains("warning[SOP0733]: `gateway` needs 7 minutes for these"));

    for (const char* path : {".", "p.sop"})
        CHECK_THAT(project.sop({"check", path}).out, Catch::Contains("warning[SOP0733]"));
    CHECK(project.sop({"check", ".", "--no-directory"}).out == "no findings in 1 file\n");
    CHECK(project.sop({"check", ".", "--horizon", "0"}).out == "no findings in 1 file\n");

    const auto chinese = project.sop({"check", ".", "--lang", "zh-CN"});
    CHECK_THAT(chinese.out, Catch::Contains("`gateway` 发完这些消息要 7 分钟"));

    project.folder.write("wrong.csv", "id,tags\ng1\n");
    const auto wrong = project.sop({"check", "p.sop", "--groups", "wrong.csv"});
    CHECK(wrong.exit_code != 0);
    CHECK_THAT(wrong.err, Catch::Contains("wrong.csv"));
}

TEST_CASE("the examples give no alarm", "[analysis][command][examples]") {
    std::set<fs::path> folders;
    for (const auto& entry : fs::recursive_directory_iterator(source_folder() / "examples"))
        if (entry.path().extension() == ".sop") folders.insert(entry.path().parent_path());
    CHECK(folders.size() > 12);
    for (const fs::path& folder : folders) {
        INFO(folder);
        const auto result = run({SOP_BINARY, "check", folder.string(), "--format", "json"});
        CHECK(result.exit_code == 0);
        CHECK_THAT(result.out, Catch::Contains(R"("diagnostics":[])"));
    }
}
