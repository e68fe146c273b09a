// Each file below tests/golden/ is compared whole with what stands beside it.
// `SOP_UPDATE_GOLDENS=1` writes what is there now; read the difference before it is committed.
#include "lang/compile.h"
#include "lang/diagnostic.h"
#include "tests/support/sources.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace {

namespace fs = std::filesystem;
using namespace sop;

std::vector<fs::path> golden_inputs(const std::string& folder) {
    std::vector<fs::path> files;
    for (const auto& entry :
         fs::directory_iterator(tests::source_folder() / "tests" / "golden" / folder)) {
        if (entry.path().extension() == ".sop") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    REQUIRE_FALSE(files.empty());
    return files;
}

void compare_with_golden(const std::string& actual, fs::path golden, const std::string& extension) {
    golden.replace_extension(extension);
    if (std::getenv("SOP_UPDATE_GOLDENS")) {
        std::ofstream(golden, std::ios::binary) << actual;
        return;
    }
    INFO(golden);
    CHECK(actual == tests::read_text_file(golden));
}

}  // namespace

TEST_CASE("diagnostics read as their goldens, in English, in Chinese and as JSON",
          "[golden][diagnostic]") {
    for (const auto& input : golden_inputs("diagnostics")) {
        DYNAMIC_SECTION(input.filename().string()) {
            const std::vector<lang::Source> sources{
                {input.filename().string(), tests::read_text_file(input)}};
            const auto compilation = lang::compile(sources, tests::compile_options());
            std::string text;
            std::string chinese;
            std::string json;
            for (const auto& diagnostic : compilation.files.front().diagnostics) {
                text += lang::render(diagnostic, sources.front()) + "\n";
                chinese +=
                    lang::render(diagnostic, sources.front(), {.language = lang::Language::zh_cn}) +
                    "\n";
                json += lang::render_json(diagnostic, sources.front()) + "\n";
            }
            compare_with_golden(text, input, ".txt");
            compare_with_golden(chinese, input, ".zh.txt");
            compare_with_golden(json, input, ".json");
        }
    }
}

TEST_CASE("formatting gives the goldens, is stable and keeps the plan", "[golden][format]") {
    for (const auto& input : golden_inputs("format")) {
        DYNAMIC_SECTION(input.filename().string()) {
            const std::string text = tests::read_text_file(input);
            const auto formatted = lang::format_source({"input", text});
            REQUIRE(formatted.value);
            compare_with_golden(*formatted.value, input, ".formatted");
            const auto chinese =
                lang::format_source({"input", text}, {.dialect = lang::Dialect::zh_cn});
            REQUIRE(chinese.value);
            compare_with_golden(*chinese.value, input, ".zh-CN");
            const auto again = lang::format_source({"formatted", *formatted.value});
            REQUIRE(again.value);
            CHECK(*again.value == *formatted.value);
            CHECK(lang::content_hash(tests::plan_of(text)) ==
                  lang::content_hash(tests::plan_of(*formatted.value)));
        }
    }
}

TEST_CASE("plans are their goldens, and their JSON reads back to the same plan", "[golden][plan]") {
    for (const auto& input : golden_inputs("plan")) {
        DYNAMIC_SECTION(input.filename().string()) {
            lang::Plan plan = tests::plan_of(tests::read_text_file(input));
            CHECK(lang::plan_from_json(lang::to_json(plan)) == plan);
            plan.zone_release = "any";
            compare_with_golden(lang::to_readable_json(plan), input, ".plan.json");
        }
    }
}

TEST_CASE("every example is formatted and compiles without a finding", "[golden][examples]") {
    std::size_t seen = 0;
    for (const auto& entry :
         fs::recursive_directory_iterator(tests::source_folder() / "examples")) {
        if (entry.path().extension() != ".sop") continue;
        ++seen;
        INFO(entry.path());
        const std::string text = tests::read_text_file(entry.path());
        CHECK(tests::findings_of(text, entry.path().string()).empty());
        CHECK(lang::format_source({"example", text}).value == text);
    }
    CHECK(seen > 0);
}

TEST_CASE("the example in two languages is one", "[golden][examples]") {
    const auto folder = tests::source_folder() / "examples" / "club";
    const auto plan_of = [&](const char* language) {
        std::vector<lang::Source> sources;
        for (const char* name : {"brand.sop", "week.sop"}) {
            const auto path = folder / language / name;
            sources.emplace_back(path.string(), tests::read_text_file(path));
        }
        auto compilation = lang::compile(sources, tests::compile_options());
        REQUIRE(compilation.plan);
        return *compilation.plan;
    };
    CHECK(lang::content_hash(plan_of("en")) == lang::content_hash(plan_of("zh-CN")));
    for (const char* name : {"brand.sop", "week.sop"}) {
        const std::string english = tests::read_text_file(folder / "en" / name);
        const std::string chinese = tests::read_text_file(folder / "zh-CN" / name);
        CHECK(lang::format_source({name, english}, {.dialect = lang::Dialect::zh_cn}).value ==
              chinese);
    }
    CHECK(tests::read_text_file(folder / "en" / "商品.csv") ==
          tests::read_text_file(folder / "zh-CN" / "商品.csv"));
}
