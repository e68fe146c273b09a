// `sop explain`, and the summary of `sop check` that points to it.
#include "lang/explanation.h"
#include "tests/support/project.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

namespace {

using namespace sop;
using namespace sop::tests;

ProcessResult explain(std::vector<std::string> arguments,
                      const std::map<std::string, std::string>& environment = {}) {
    arguments.insert(arguments.begin(), {SOP_BINARY, "explain"});
    ProcessOptions options{.environment = {{"LC_ALL", ""}, {"LC_MESSAGES", ""}, {"LANG", ""}}};
    for (const auto& [name, value] : environment) options.environment[name] = value;
    return run(std::move(arguments), options);
}

std::string text_of(const char* code, lang::Language language) {
    const auto* explanation = lang::find_explanation(code);
    REQUIRE(explanation);
    return lang::render(*explanation, language);
}

}  // namespace

TEST_CASE("a code is explained however it is written", "[command][explain]") {
    for (const char* code : {"SOP0104", "sop0104", "Sop104", "0104", "104"}) {
        DYNAMIC_SECTION(code) {
            const auto result = explain({code});
            CHECK(result.exit_code == 0);
            CHECK(result.err.empty());
            CHECK(result.out == text_of("SOP0104", lang::Language::en));
        }
    }
}

TEST_CASE("the language is the option's, else the environment's", "[command][explain]") {
    struct Row {
        const char* what;
        std::vector<std::string> arguments;
        std::map<std::string, std::string> environment;
        lang::Language language;
    };
    const Row rows[] = {
        {"nothing set", {}, {}, lang::Language::en},
        {"LANG", {}, {{"LANG", "zh_CN.UTF-8"}}, lang::Language::zh_cn},
        {"another language", {}, {{"LANG", "de_DE.UTF-8"}}, lang::Language::en},
        {"LC_MESSAGES before LANG",
         {},
         {{"LC_MESSAGES", "en_US.UTF-8"}, {"LANG", "zh_CN.UTF-8"}},
         lang::Language::en},
        {"LC_ALL before both",
         {},
         {{"LC_ALL", "zh_CN.UTF-8"}, {"LC_MESSAGES", "C"}, {"LANG", "C"}},
         lang::Language::zh_cn},
        {"the option before all",
         {"--lang", "en"},
         {{"LC_ALL", "zh_CN.UTF-8"}},
         lang::Language::en},
        {"the option for Chinese", {"--lang", "zh-CN"}, {}, lang::Language::zh_cn},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            std::vector<std::string> arguments{"SOP0104"};
            arguments.insert(arguments.end(), row.arguments.begin(), row.arguments.end());
            CHECK(explain(arguments, row.environment).out == text_of("SOP0104", row.language));
        }
    }
}

TEST_CASE("without a code all are listed with their titles", "[command][explain]") {
    std::string english;
    std::string chinese;
    for (const auto& explanation : lang::explanations()) {
        english += fmt::format("{}  {}\n", explanation.code, explanation.english.title);
        chinese += fmt::format("{}  {}\n", explanation.code, explanation.chinese.title);
    }
    CHECK(explain({}).out == english);
    CHECK(explain({"--lang", "zh-CN"}).out == chinese);
    const auto listed = nlohmann::json::parse(explain({"--format", "json"}).out);
    CHECK(listed["format_version"] == 1);
    CHECK(listed["diagnostics"].size() == lang::explanations().size());
    CHECK(listed["diagnostics"][0] ==
          nlohmann::json{{"code", lang::explanations().front().code},
                         {"title", lang::explanations().front().english.title}});
}

TEST_CASE("an explanation as JSON has its parts, each paragraph on one line",
          "[command][explain]") {
    const auto& section = lang::find_explanation("SOP0104")->chinese;
    const auto shown =
        nlohmann::json::parse(explain({"104", "--lang", "zh-CN", "--format", "json"}).out);
    CHECK(shown == nlohmann::json{{"format_version", 1},
                                  {"language", "zh-CN"},
                                  {"code", "SOP0104"},
                                  {"title", section.title},
                                  {"meaning", lang::unwrapped(section.meaning)},
                                  {"fails", section.fails},
                                  {"mending", lang::unwrapped(section.mending)},
                                  {"mended", section.mended}});
    CHECK(nlohmann::json::parse(explain({"SOP0901", "--format", "json"}).out)["fails"].is_null());
}

TEST_CASE("an unknown code or language is wrong usage with a way out", "[command][explain]") {
    struct Row {
        std::vector<std::string> arguments;
        const char* message;
    };
    const Row rows[] = {
        {{"0108"},
         "sop: there is no diagnostic `0108`; near it are SOP0107, SOP0109, SOP0106; "
         "`sop explain` lists all\n"},
        {{"SOP9999"}, "sop: there is no diagnostic `SOP9999`; `sop explain` lists all\n"},
        {{"thrusday"}, "sop: there is no diagnostic `thrusday`; `sop explain` lists all\n"},
        {{"104", "--lang", "fr"},
         "--lang: there is no `fr`; write en or zh-CN\nRun with --help for more information.\n"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.arguments.front() << " " << row.arguments.size()) {
            const auto result = explain(row.arguments);
            CHECK(result.exit_code == 2);
            CHECK(result.out.empty());
            CHECK(result.err == row.message);
        }
    }
}

TEST_CASE("at a terminal the summary of a check says where to read on", "[command][explain]") {
    const Project project(1);
    project.folder.write("bad.sop", "sop 1\nplaybook p { timezone Nowhere/Land }\n");
    project.folder.write("good.sop", "sop 1\ntag member\n");
    // script(1) runs a command at a terminal of its own.
    const auto at_terminal = [&](const char* file) {
        return run({"script", "-qec", fmt::format("{} check {}", SOP_BINARY, file), "/dev/null"},
                   {.folder = project.folder.path()});
    };
    CHECK_THAT(at_terminal("bad.sop").out,
               Catch::Contains("1 error in 1 file; `sop explain SOP0202` says more"));
    CHECK_THAT(at_terminal("good.sop").out, Catch::Contains("no findings in 1 file\r\n"));
    CHECK_THAT(project.sop({"check", "bad.sop"}).out, Catch::EndsWith("1 error in 1 file\n"));
}
