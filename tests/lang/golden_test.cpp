// Each file below tests/golden/ is compared whole with what stands beside it.
#include "tests/support/golden.h"
#include "lang/codes.h"
#include "lang/compile.h"
#include "lang/diagnostic.h"
#include "lang/explanation.h"
#include "lang/fixes.h"
#include "lang/parse.h"
#include "tests/support/sources.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

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

using tests::compare_with_golden;

fs::path beside(fs::path golden, const std::string& extension) {
    return golden.replace_extension(extension);
}

// All that is said of files, in each form people or programs get to see.
void compare_findings(const std::vector<lang::FileDiagnostics>& files, const fs::path& golden) {
    std::string text;
    std::string chinese;
    std::string json;
    for (const auto& file : files) {
        for (const auto& diagnostic : file.diagnostics) {
            text += lang::render(diagnostic, *file.source) + "\n";
            chinese +=
                lang::render(diagnostic, *file.source, {.language = lang::Language::zh_cn}) + "\n";
            json += lang::render_json(diagnostic, *file.source) + "\n";
        }
    }
    compare_with_golden(text, beside(golden, ".txt"));
    compare_with_golden(chinese, beside(golden, ".zh.txt"));
    compare_with_golden(json, beside(golden, ".json"));
}

// ---- one example of each code ----

// Said of a question to `sop next -`, never of a file.
const std::set<std::string> codes_of_questions{lang::code::malformed_question};

struct Example {
    std::string text;
    std::optional<date::local_days> from{};
    std::optional<lang::Dialect> converted_to{};  // found when formatting, not when compiling
};

std::string too_many_steps() {
    std::string steps;
    for (int i = 0; i <= 1000; ++i) steps += "post hello\nafter 1m: ";
    return tests::playbook_with("a: on opened {\n" + steps + "post hello\n}");
}

std::string too_many_rules() {
    std::string text = "sop 1\ntemplate t0() {\n  r: every day at 10:00 { post \"x\" }\n}\n";
    for (int level = 1; level <= 2; ++level) {
        text += "template t" + std::to_string(level) + "() {\n";
        for (int i = 0; i < 110; ++i)
            text += "  i" + std::to_string(i) + ": t" + std::to_string(level - 1) + "()\n";
        text += "}\n";
    }
    return text + "playbook p {\n  timezone Asia/Shanghai\n  for groups\n  via log\n  x: t2()\n}\n";
}

// The file of the explanation, or one made here where people could not read it.
Example example_of(const std::string& code) {
    if (code == lang::code::invalid_utf8) return {"sop 1\ntag caf\xE9, member\n"};
    if (code == lang::code::bidi_control) return {"sop 1\ntag member \"a\xE2\x80\xAEtxt\"\n"};
    if (code == lang::code::file_too_large)
        return {"sop 1\n" + std::string(lang::source_bytes_max, '#') + "\n"};
    if (code == lang::code::text_too_long) {
        return {tests::playbook_with("a: every day at 10:00 { post \"\"\"" +
                                     std::string(lang::text_bytes_max + 1, 'x') + "\"\"\" }")};
    }
    if (code == lang::code::cannot_be_converted)
        return {"sop 1\ntag 结束\n", std::nullopt, lang::Dialect::zh_cn};
    if (code == lang::code::lunar_date_disputed)
        return {tests::playbook_with("a: on lunar 7-7 at 10:00 { post hello }"),
                date::local_days{date::year{2097} / date::January / 1}};
    if (code == lang::code::too_many_steps) return {too_many_steps()};
    if (code == lang::code::too_many_rules) return {too_many_rules()};
    const auto* explanation = lang::find_explanation(code);
    REQUIRE(explanation);
    REQUIRE_FALSE(explanation->english.fails.empty());
    return {explanation->english.fails};
}

lang::CompileOptions options_for(const Example& example) {
    auto options = tests::compile_options();
    options.from = example.from;
    return options;
}

lang::Compilation compiled(const std::vector<lang::Source>& sources, const Example& example) {
    if (!example.converted_to) return lang::compile(sources, options_for(example));
    lang::Compilation compilation;
    compilation.files.push_back(
        {&sources.front(),
         lang::format_source(sources.front(), {.dialect = example.converted_to}).diagnostics,
         {}});
    return compilation;
}

// The text with its fixes is a golden too; there is none where nothing can be mended.
void compare_fixed(const std::vector<lang::Source>& sources, const Example& example,
                   const std::vector<lang::Diagnostic>& diagnostics, fs::path golden) {
    const auto mended = lang::apply_fixes(sources, options_for(example)).front();
    golden.replace_extension(".fixed.sop");
    const bool has_fix =
        std::any_of(diagnostics.begin(), diagnostics.end(),
                    [](const lang::Diagnostic& diagnostic) { return diagnostic.fix.has_value(); });
    CHECK(has_fix == (mended.fixes > 0));
    if (mended.fixes > 0) {
        compare_with_golden(std::string(mended.source.text()), beside(golden, ".sop"));
    } else {
        if (tests::updates_goldens()) fs::remove(golden);
        INFO(golden);
        CHECK_FALSE(fs::exists(golden));
    }
}

}  // namespace

TEST_CASE("each diagnostic has a golden, and each golden a diagnostic", "[golden][codes]") {
    const fs::path folder = tests::source_folder() / "tests" / "golden" / "codes";
    for (const std::string& code : tests::declared_codes()) {
        if (codes_of_questions.contains(code) || lang::is_found_in_plans(code)) continue;
        DYNAMIC_SECTION(code) {
            const Example example = example_of(code);
            const std::vector<lang::Source> sources{{"example.sop", example.text}};
            const auto compilation = compiled(sources, example);
            std::size_t findings = 0;
            for (const auto& file : compilation.files) {
                for (const auto& diagnostic : file.diagnostics) CHECK(diagnostic.code == code);
                findings += file.diagnostics.size();
            }
            CHECK(findings > 0);
            compare_findings(compilation.files, folder / code);
            compare_fixed(sources, example, compilation.files.front().diagnostics, folder / code);
        }
    }
    for (const auto& entry : fs::directory_iterator(folder)) {
        INFO(entry.path());
        const std::string name = entry.path().filename().string();
        CHECK(tests::declared_codes().contains(name.substr(0, name.find('.'))));
    }
}

TEST_CASE("diagnostics read as their goldens, in English, in Chinese and as JSON",
          "[golden][diagnostic]") {
    for (const auto& input : golden_inputs("diagnostics")) {
        DYNAMIC_SECTION(input.filename().string()) {
            const std::vector<lang::Source> sources{
                {input.filename().string(), tests::read_text_file(input)}};
            compare_findings(lang::compile(sources, tests::compile_options()).files, input);
        }
    }
}

TEST_CASE("formatting gives the goldens, is stable and keeps the plan", "[golden][format]") {
    for (const auto& input : golden_inputs("format")) {
        DYNAMIC_SECTION(input.filename().string()) {
            const std::string text = tests::read_text_file(input);
            const auto formatted = lang::format_source({"input", text});
            REQUIRE(formatted.value);
            compare_with_golden(*formatted.value, beside(input, ".formatted"));
            const auto chinese =
                lang::format_source({"input", text}, {.dialect = lang::Dialect::zh_cn});
            REQUIRE(chinese.value);
            compare_with_golden(*chinese.value, beside(input, ".zh-CN"));
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
            compare_with_golden(lang::to_readable_json(plan), beside(input, ".plan.json"));
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
