// What helps people begin: new projects, completion in real shells, the manual.
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>

#include <filesystem>

namespace {

using namespace sop::tests;

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

bool is_installed(const std::string& program) {
    return run({"sh", "-c", "command -v " + program}).exit_code == 0;
}

// What bash offers for the last of these words.
std::string bash_offers(const std::string& words, std::size_t place) {
    return run({"bash", "-c",
                "source <('" SOP_BINARY "' completion bash); COMP_WORDS=(" + words +
                    "); COMP_CWORD=" + std::to_string(place) +
                    "; _sop 2>&1; printf '%s\\n' \"${COMPREPLY[@]}\""})
        .out;
}

}  // namespace

TEST_CASE("a new project checks, is laid out, passes its tests and can be rehearsed", "[new]") {
    for (const std::string scaffold : {"club", "funnel", "sale"}) {
        for (const std::string language : {"en", "zh-CN"}) {
            DYNAMIC_SECTION(scaffold << " in " << language) {
                const TemporaryFolder folder;
                const std::string path = (folder.path() / "project").string();
                const auto made = run({SOP_BINARY, "new", path, "--template", scaffold,
                                       "--language", language, "--zone", "Europe/Berlin"});
                INFO(made.err);
                REQUIRE(made.exit_code == 0);
                for (const char* file :
                     {"playbook.sop", "sop.toml", "groups.csv", "members.csv", "README.md",
                      ".gitignore", ".gitlab-ci.yml", ".github/workflows/playbooks.yml"})
                    CHECK(std::filesystem::exists(path + "/" + file));
                for (const auto& command : std::vector<std::vector<std::string>>{
                         {"check", path},
                         {"fmt", "--check", path},
                         {"test", path},
                         {"rehearse", path, "--from", "2026-11-16", "--for", "7d"}}) {
                    auto arguments = command;
                    arguments.insert(arguments.begin(), SOP_BINARY);
                    const auto result = run(arguments);
                    INFO(command.front() << result.out << result.err);
                    CHECK(result.exit_code == 0);
                }
            }
        }
    }
}

TEST_CASE("a folder that is not empty stays as it is", "[new]") {
    const TemporaryFolder folder;
    folder.write("mine/notes.txt", "x");
    const auto result = run({SOP_BINARY, "new", (folder.path() / "mine").string()});
    CHECK(result.exit_code == 2);
    CHECK(contains(result.err, "is not empty"));
    CHECK(!std::filesystem::exists(folder.path() / "mine/playbook.sop"));
    const auto entries = std::filesystem::directory_iterator(folder.path());
    CHECK(std::distance(begin(entries), end(entries)) == 1);
}

TEST_CASE("bash completes commands, options, values and codes", "[completion]") {
    CHECK(bash_offers("sop che", 1) == "check\n");
    CHECK(bash_offers("sop groups imp", 2) == "import\n");
    CHECK(contains(bash_offers("sop check --hor", 2), "--horizon\n"));
    CHECK(bash_offers("sop check --format js", 3) == "json\n");
    CHECK(bash_offers("sop explain SOP010", 2) ==
          "SOP0100\nSOP0101\nSOP0102\nSOP0103\nSOP0104\nSOP0105\nSOP0106\nSOP0107\nSOP0109\n");
    CHECK(contains(bash_offers("sop doc std.", 2), "std.events\n"));
    CHECK(contains(bash_offers("sop check " SOP_SOURCE_DIR "/READ", 2), "README.md\n"));
}

TEST_CASE("zsh and fish complete where they are installed", "[completion]") {
    if (is_installed("fish")) {
        const auto offers = run({"fish", "-c",
                                 "'" SOP_BINARY "' completion fish | source; "
                                 "complete -C 'sop che'; complete -C 'sop check --format '; "
                                 "complete -C 'sop groups imp'"});
        INFO(offers.err);
        CHECK(contains(offers.out, "check\tSay what is wrong with playbooks\n"));
        CHECK(contains(offers.out, "json\t"));
        CHECK(contains(offers.out, "import\t"));
    } else {
        WARN("fish is not installed");
    }
    if (is_installed("zsh")) {
        const auto offers = run(
            {"zsh", "-fc",
             "autoload -U compinit && compinit -u -D; source <('" SOP_BINARY "' completion zsh); "
             "setopt ksharrays; COMP_WORDS=(sop che); COMP_CWORD=1; _sop; echo $COMPREPLY"});
        INFO(offers.err);
        CHECK(contains(offers.out, "check\n"));
    } else {
        WARN("zsh is not installed");
    }
}

TEST_CASE("each command has a page of the manual without faults", "[man]") {
    const TemporaryFolder folder;
    REQUIRE(run({SOP_BINARY, "man", "--to", folder.path().string()}).exit_code == 0);
    CHECK(std::filesystem::exists(folder.path() / "sop.1"));
    CHECK(std::filesystem::exists(folder.path() / "sop-members-export.1"));
    CHECK(contains(run({SOP_BINARY, "man", "check"}).out, "\\fB\\-\\-horizon\\fR"));
    CHECK(run({SOP_BINARY, "man", "nothing"}).exit_code == 2);
    if (!is_installed("mandoc")) {
        WARN("mandoc is not installed");
        return;
    }
    // The pages have no date: the same program makes the same pages on every day.
    const auto lint = run({"sh", "-c",
                           "mandoc -T lint -W warning '" + folder.path().string() +
                               "'/*.1 | grep -v 'missing date'"});
    CHECK(lint.out == "");
}

TEST_CASE("help is in groups, and of the command that is asked for", "[help]") {
    const auto help = run({SOP_BINARY, "--help"}).out;
    for (const char* group : {"Playbooks:", "The executor:", "What is recorded:", "The shell:"})
        CHECK(contains(help, group));
    const auto inner = run({SOP_BINARY, "members", "export", "--help"}).out;
    CHECK(contains(inner, "sop members export"));
    CHECK(!contains(inner, "--where"));
    const auto wrong = run({SOP_BINARY, "check", "--formt", "json", "."});
    CHECK(wrong.exit_code == 2);
    CHECK(contains(wrong.err, "did you mean `--format`?"));
}
