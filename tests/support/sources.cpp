#include "tests/support/sources.h"
#include "lang/codes.h"

#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <regex>

namespace sop::tests {

const lang::calendar::ZoneDatabase& frozen_zones() {
    static const lang::calendar::ZoneDatabase zones(
        runtime::zoneinfo_folder(source_folder() / "tests" / "testdata" / "zoneinfo"));
    return zones;
}

lang::CompileOptions compile_options() {
    const auto read = [](const std::string& path) -> lang::NamedText {
        const auto full = path.starts_with('/')
                              ? std::filesystem::path(path)
                              : source_folder() / "tests" / "testdata" / "named" / path;
        if (!std::filesystem::exists(full)) return {{}, std::string("no such file")};
        return {read_text_file(full), {}};
    };
    return {frozen_zones(), {}, read};
}

std::string findings_of(const std::string& text, const std::string& name) {
    const std::vector<lang::Source> sources{{name, text}};
    const auto compilation = lang::compile(sources, compile_options());
    std::string result;
    for (const auto& file : compilation.files) {
        for (const auto& diagnostic : file.diagnostics)
            result += lang::render(diagnostic, *file.source);
    }
    return result;
}

std::vector<std::string> codes_of(const std::string& text) {
    const std::vector<lang::Source> sources{{"test.sop", text}};
    const auto compilation = lang::compile(sources, compile_options());
    std::vector<std::string> codes;
    for (const auto& file : compilation.files) {
        const std::string name =
            file.source == &sources.front() ? std::string() : file.source->name() + ":";
        for (const auto& diagnostic : file.diagnostics) {
            const auto at = file.source->line_column(diagnostic.span.begin);
            codes.push_back(
                fmt::format("{} at {}{}:{}", diagnostic.code, name, at.line, at.column));
        }
    }
    return codes;
}

lang::Plan plan_of(const std::string& text, const std::string& name) {
    const std::vector<lang::Source> sources{{name, text}};
    auto compilation = lang::compile(sources, compile_options());
    INFO(findings_of(text, name));
    REQUIRE(compilation.plan);
    return *compilation.plan;
}

std::string playbook_with(const std::string& rules) {
    return "sop 1\ntag member\nevent opened { what: content }\ncontent hello { text \"Hello\" }\n"
           "playbook p {\ntimezone Asia/Shanghai\nfor groups tagged member\nvia log\n" +
           rules + "\n}\n";
}

std::set<std::string> declared_codes() {
    const std::string header = read_text_file(source_folder() / "lang/codes.h");
    static const std::regex code("\"(SOP[0-9]{4})\"");
    std::set<std::string> codes;
    for (std::sregex_iterator at(header.begin(), header.end(), code), end; at != end; ++at)
        codes.insert((*at)[1]);
    return codes;
}

std::string read_text_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    INFO(path);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::filesystem::path source_folder() {
    return SOP_SOURCE_DIR;
}

}  // namespace sop::tests
