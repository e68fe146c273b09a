#include "lang/explanation.h"
#include "lang/suggestion.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <tuple>

namespace sop::runtime::cli {

namespace {

using nlohmann::json;

constexpr std::size_t code_digits = 4;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// "SOP0104" for that, `sop0104`, `0104` and `104`; other texts stay as they are.
std::string code_meant(const std::string& written) {
    std::string digits = written;
    constexpr std::string_view prefix = "sop";
    if (std::equal(prefix.begin(), prefix.end(), digits.begin(),
                   digits.begin() + std::min(digits.size(), prefix.size()),
                   [](char small, char c) { return c == small || c == small - 'a' + 'A'; })) {
        digits.erase(0, prefix.size());
    }
    const bool is_number = !digits.empty() && digits.size() <= code_digits &&
                           std::all_of(digits.begin(), digits.end(), is_digit);
    return is_number ? "SOP" + std::string(code_digits - digits.size(), '0') + digits : written;
}

// Those that a slip of the finger turns into `code`, the nearest by number first.
std::vector<std::string> codes_near(const std::string& code) {
    constexpr std::size_t shown_max = 3;
    const auto number = [](const std::string& text) {
        const std::size_t digits = text.find_first_of("0123456789");
        return digits == std::string::npos ? 0 : std::atoi(text.c_str() + digits);
    };
    std::vector<std::tuple<int, std::string>> near;
    for (const auto& explanation : lang::explanations()) {
        if (lang::edit_distance(code, explanation.code) <= 1)
            near.emplace_back(std::abs(number(code) - number(explanation.code)), explanation.code);
    }
    std::sort(near.begin(), near.end());
    std::vector<std::string> codes;
    for (const auto& [distance, candidate] : near) {
        if (codes.size() < shown_max) codes.push_back(candidate);
    }
    return codes;
}

[[noreturn]] void fail_unknown(const std::string& written) {
    const auto near = codes_near(code_meant(written));
    throw CommandError(
        fmt::format("there is no diagnostic `{}`{}; `sop explain` lists all", written,
                    near.empty() ? ""
                                 : fmt::format("; near it {} {}", near.size() == 1 ? "is" : "are",
                                               fmt::join(near, ", "))));
}

void print_list(lang::Language language, OutputFormat format) {
    json list = json::array();
    for (const auto& explanation : lang::explanations()) {
        const std::string& title = explanation.in(language).title;
        if (format == OutputFormat::text) {
            fmt::print("{}  {}\n", explanation.code, title);
        } else {
            list.push_back({{"code", explanation.code}, {"title", title}});
        }
    }
    if (format == OutputFormat::json) {
        fmt::print("{{\"format_version\":1,\"language\":\"{}\",\"diagnostics\":{}}}\n",
                   name_of(language), list.dump());
    }
}

void print_json(const lang::Explanation& explanation, lang::Language language) {
    const auto& section = explanation.in(language);
    const auto file = [](const std::string& text) { return text.empty() ? json() : json(text); };
    const json content{{"format_version", 1},
                       {"language", name_of(language)},
                       {"code", explanation.code},
                       {"title", section.title},
                       {"meaning", lang::unwrapped(section.meaning)},
                       {"fails", file(section.fails)},
                       {"mending", lang::unwrapped(section.mending)},
                       {"mended", file(section.mended)}};
    fmt::print("{}\n", content.dump());
}

}  // namespace

int explain(const ExplainOptions& options) {
    const lang::Language language = options.language;
    if (!options.code) {
        print_list(language, options.format);
        return exit_fine;
    }
    const auto* explanation = lang::find_explanation(code_meant(*options.code));
    if (!explanation) fail_unknown(*options.code);
    if (options.format == OutputFormat::json) {
        print_json(*explanation, language);
    } else {
        fmt::print("{}", lang::render(*explanation, language));
    }
    return exit_fine;
}

}  // namespace sop::runtime::cli
