// Lines are read as text, without a compiler: comments are blanked before looking at includes,
// string literals too before looking at code, so that a sentence about a clock is no offence. What
// a macro hides is not seen.
#include "tests/tidy/rules.h"

#include <fmt/format.h>
#include <algorithm>
#include <cstddef>
#include <optional>
#include <regex>
#include <string_view>

namespace sop::tidy {
namespace {

bool starts_with_any(std::string_view text, const std::vector<std::string>& prefixes) {
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const std::string& prefix) { return text.starts_with(prefix); });
}

// ---- the rules ----------------------------------------------------------------------------------

// A file belongs to the first box whose folder its path begins with; `may_include` are beginnings
// of paths.
struct Box {
    std::string folder;
    std::vector<std::string> may_include;
};

// What of the language all of runtime/ may see: the Plan, how it is made, how its diagnostics are
// shown, and time.
const std::vector<std::string> language_for_runtime = {
    "lang/compile.h",     "lang/plan.h",      "lang/plan_schema.h",    "lang/diagnostic.h",
    "lang/source.h",      "lang/unicode.h",   "lang/suggestion.h",     "lang/value.h",
    "lang/calendar/",     "lang/sentence.h",  "lang/codes.h",          "lang/message.h",
    "lang/explanation.h", "lang/csv_table.h", "lang/library.h",        "lang/fixes.h",
    "lang/test_case.h",   "lang/filter.h",    "lang/sha256.h",         "lang/hole_format.h",
    "lang/quiet_hours.h", "lang/places.h",    "lang/scaffold_texts.h", "lang/allowances.h",
};

// The arrows point down. store.h, channel.h and clock.h are also where the values live that the
// pure scheduler is handed.
const std::vector<Box> boxes = {
    {"lang/calendar/", {"lang/calendar/", "lang/overload.h", "lang/rare.h", "lang/shared.h"}},
    {"lang/", {"lang/"}},
    {"runtime/clock/", {"runtime/clock/"}},
    {"runtime/zoneinfo/", {"runtime/zoneinfo/"}},
    {"runtime/import/", {"runtime/import/"}},
    {"runtime/scaffold/", {"runtime/scaffold/"}},
    {"runtime/config/", {"runtime/config/", "runtime/delivery/unknown_policy.h"}},
    {"runtime/delivery/", {"runtime/delivery/", "runtime/clock/"}},
    {"runtime/store/", {"runtime/store/", "runtime/clock/", "runtime/delivery/channel.h"}},
    {"runtime/directory/",
     {"runtime/directory/", "runtime/store/store.h", "runtime/store/directory_change.h",
      "runtime/clock/instant_text.h"}},
    {"runtime/intake/",
     {"runtime/intake/", "runtime/store/store.h", "runtime/store/random_bytes.h",
      "runtime/clock/"}},
    {"runtime/http/",
     {"runtime/http/", "runtime/intake/", "runtime/store/store.h", "runtime/clock/"}},
    {"runtime/scheduler/",
     {"runtime/scheduler/", "runtime/store/store.h", "runtime/store/games.h",
      "runtime/clock/clock.h", "runtime/delivery/channel.h"}},
    {"runtime/executor/",
     {"runtime/executor/", "runtime/scheduler/", "runtime/store/", "runtime/delivery/",
      "runtime/clock/"}},
    {"runtime/testing/",
     {"runtime/testing/", "runtime/executor/", "runtime/scheduler/", "runtime/intake/",
      "runtime/store/", "runtime/clock/"}},
    {"runtime/analysis/",
     {"runtime/analysis/", "runtime/scheduler/", "runtime/store/store.h", "runtime/clock/"}},
    {"runtime/figures/",
     {"runtime/figures/", "runtime/scheduler/", "runtime/store/", "runtime/clock/"}},
    {"runtime/cli/", {"runtime/"}},
};

// A library behind its door: headers that begin with `header` only in files that begin with one of
// `doors`.
struct Door {
    std::string header;
    std::vector<std::string> doors;
    std::string instead;
};

const std::vector<Door> library_doors = {
    {"tao/pegtl", {"lang/parse.cpp", "lang/grammar.h"}, "call lang/parse.h"},
    {"utf8proc.h", {"lang/unicode.cpp"}, "call lang/unicode.h"},
    {"unicode/", {}, "call lang/likeness.h, whose tables ICU makes when sop is built"},
    {"nlohmann/",
     {"lang/plan_json.cpp", "lang/plan_schema.cpp", "lang/schedule_json", "lang/diagnostic.cpp",
      "runtime/"},
     "call lang/plan.h"},
    {"sqlite3.h", {"runtime/store/sqlite/"}, "call runtime/store/store.h"},
    {"curl/", {"runtime/delivery/"}, "call runtime/delivery/channel.h"},
    {"csv.h", {"lang/csv_table.cpp"}, "call lang/csv_table.h"},
    {"libical/", {"runtime/import/ical.cpp", "tests/"}, "call runtime/import/ical.h"},
    {"iconv.h", {"runtime/import/encoding.cpp"}, "call runtime/import/encoding.h"},
    {"toml++/", {"runtime/config/config.cpp"}, "call runtime/config/config.h"},
    {"CLI/", {"runtime/cli/"}, "take the arguments as values"},
    {"httplib.h", {"runtime/http/http_server.cpp"}, "call runtime/http/http_server.h"},
    {"date/tz.h", {}, "zones are lang/calendar/zone.h, which is right after 2037 as well"},
    {"date/ptz.h", {}, "zones are lang/calendar/zone.h"},
};

// All that lang/ has besides the standard library and the libraries behind doors.
const std::vector<std::string> language_libraries = {"fmt/", "date/date.h", "openssl/"};

const std::vector<std::string> input_and_output = {
    "ctime", "filesystem", "fstream", "iostream", "thread", "time.h",
};

// Something that no line of code may say, but in files that begin with one of `except`.
struct Ban {
    std::regex pattern;
    std::vector<std::string> except;
    std::string message;
};

std::regex cpp_pattern(const char* text) {
    return std::regex(text, std::regex::optimize);
}

const std::string only_the_clock_reads_the_time =
    "only runtime/clock/ reads the time; have the instant handed down";

const std::vector<Ban> code_bans = {
    {cpp_pattern(R"(\b(system|steady|high_resolution|utc|file)_clock\b)"),
     {"runtime/clock/"},
     only_the_clock_reads_the_time},
    {cpp_pattern(R"(\b(gettimeofday|clock_gettime|timespec_get|localtime|gmtime)(_r|_s)?\s*\()"),
     {"runtime/clock/"},
     only_the_clock_reads_the_time},
    {cpp_pattern(R"(\btime\s*\(\s*(nullptr|NULL|0|&\s*\w+)\s*\))"),
     {"runtime/clock/"},
     only_the_clock_reads_the_time},
    {cpp_pattern(
         R"(\bchrono::(year|month|day|weekday|last_spec|hh_mm_ss|(year|month|weekday|sys|local|zoned|tai|gps)_\w+|time_zone\w*|tzdb\w*|get_tzdb\w*|locate_zone|current_zone|parse|format)\b)"),
     {},
     "of std::chrono only durations are used; calendars are date::"},
    {cpp_pattern(R"(\busing\s+namespace\s+(::)?(std|std::chrono|date)\s*;)"),
     {},
     "std, std::chrono and date share names; write them out"},
    {cpp_pattern(R"(\bstd::format\b)"), {}, "not every supported compiler has it; use fmt::format"},
};

const std::vector<Ban> sql_bans = {
    {std::regex(
         R"(\b(curdate|current_date|current_time|current_timestamp)\b|\bunixepoch\s*\(|'now')",
         std::regex::icase),
     {},
     only_the_clock_reads_the_time + " as a parameter"},
};

const std::regex unfinished(R"(\b(TODO|FIXME|XXX)\b)");

// ---- reading a file -----------------------------------------------------------------------------

enum class Blank { comments, comments_and_strings };

// The text with what is to be blanked as spaces, line ends kept, so that lines keep their numbers.
std::string blanked(std::string_view text, Blank what) {
    std::string result(text);
    const auto blank = [&](std::size_t begin, std::size_t end) {
        std::replace_if(
            result.begin() + static_cast<std::ptrdiff_t>(begin),
            result.begin() + static_cast<std::ptrdiff_t>(end), [](char c) { return c != '\n'; },
            ' ');
    };
    const auto end_of = [&](std::string_view closer, std::size_t from) {
        const std::size_t found = text.find(closer, from);
        return found == std::string_view::npos ? text.size() : found + closer.size();
    };
    const auto end_of_literal = [&](char quote, std::size_t from) {
        for (std::size_t i = from; i < text.size() && text[i] != '\n'; ++i) {
            if (text[i] == '\\') {
                ++i;
            } else if (text[i] == quote) {
                return i + 1;
            }
        }
        return std::min(text.size(), text.find('\n', from));
    };
    const auto is_word = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '_';
    };

    for (std::size_t i = 0; i < text.size();) {
        const std::string_view rest = text.substr(i);
        std::size_t end = i + 1;
        if (rest.starts_with("//")) {
            end = std::min(text.size(), text.find('\n', i));
            blank(i, end);
        } else if (rest.starts_with("/*")) {
            end = end_of("*/", i + 2);
            blank(i, end);
        } else if (rest.starts_with("R\"") && (i == 0 || !is_word(text[i - 1]))) {
            const std::size_t parenthesis = std::min(text.size(), text.find('(', i));
            const std::string delimiter(text.substr(i + 2, parenthesis - i - 2));
            end = end_of(")" + delimiter + "\"", parenthesis);
            if (what == Blank::comments_and_strings) blank(i, end);
        } else if (text[i] == '"') {
            end = end_of_literal('"', i + 1);
            if (what == Blank::comments_and_strings) blank(i, end);
        } else if (text[i] == '\'' && (i == 0 || !is_word(text[i - 1]))) {
            // After a digit it parts thousands.
            end = end_of_literal('\'', i + 1);
            if (what == Blank::comments_and_strings) blank(i, end);
        }
        i = end;
    }
    return result;
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.size(), text.find('\n', begin));
        lines.emplace_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

struct Include {
    std::size_t line;
    std::string header;
    bool quoted;
};

std::vector<Include> includes_of(const SourceFile& file) {
    static const std::regex directive(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
    std::vector<Include> includes;
    const auto lines = lines_of(blanked(file.text, Blank::comments));
    for (std::size_t i = 0; i < lines.size(); ++i) {
        std::smatch match;
        if (std::regex_search(lines[i], match, directive)) {
            includes.push_back({i + 1, match[2], match[1] == "\""});
        }
    }
    return includes;
}

// ---- one include --------------------------------------------------------------------------------

bool is_ours(std::string_view header) {
    return header.starts_with("lang/") || header.starts_with("runtime/");
}

std::optional<std::string> check_own_header(const SourceFile& file, const Include& include) {
    if (!include.quoted) return fmt::format("write \"{}\", in quotes", include.header);
    if (include.header == "lang/grammar.h" && file.path != "lang/parse.cpp") {
        return std::string("lang/grammar.h is for lang/parse.cpp alone; call lang/parse.h");
    }
    const bool in_runtime = file.path.starts_with("runtime/");
    if (in_runtime && include.header.starts_with("lang/")) {
        if (starts_with_any(include.header, language_for_runtime)) return std::nullopt;
        return fmt::format("runtime/ may not see {}; only the Plan crosses", include.header);
    }
    const auto box = std::find_if(boxes.begin(), boxes.end(), [&](const Box& candidate) {
        return file.path.starts_with(candidate.folder);
    });
    if (box == boxes.end()) {
        return std::string(
            "no arrows are declared for this folder; add it to tests/tidy/rules.cpp");
    }
    if (in_runtime && include.header == "runtime/error.h") return std::nullopt;
    if (starts_with_any(include.header, box->may_include)) return std::nullopt;
    return fmt::format("{} may not include {}", box->folder, include.header);
}

std::optional<std::string> check_library(const SourceFile& file, const Include& include) {
    const bool in_lang = file.path.starts_with("lang/");
    for (const Door& door : library_doors) {
        if (!include.header.starts_with(door.header)) continue;
        if (!starts_with_any(file.path, door.doors)) {
            return fmt::format("<{}> has no place here: {}", include.header, door.instead);
        }
        if (include.header == "nlohmann/json.hpp" && file.path.ends_with(".h")) {
            return std::string(
                "<nlohmann/json.hpp> costs seconds in each file that includes this "
                "header; include <nlohmann/json_fwd.hpp>");
        }
        return std::nullopt;
    }
    if (include.header == "format")
        return std::string("<format> is not in every compiler; use fmt");
    if (!in_lang) return std::nullopt;
    if (std::find(input_and_output.begin(), input_and_output.end(), include.header) !=
        input_and_output.end()) {
        return fmt::format("<{}>: lang/ has no clock, no input and no output", include.header);
    }
    const bool standard = include.header.find_first_of("./") == std::string::npos;
    if (standard || starts_with_any(include.header, language_libraries)) return std::nullopt;
    return fmt::format("lang/ may not include <{}>", include.header);
}

std::optional<std::string> check_include(const SourceFile& file, const Include& include) {
    if (is_ours(include.header)) return check_own_header(file, include);
    if (include.quoted) {
        return fmt::format("\"{}\" is not a path from the root of the tree", include.header);
    }
    return check_library(file, include);
}

// ---- a file -------------------------------------------------------------------------------------

struct Finding {
    std::size_t line;
    std::string message;
};

void check_bans(const SourceFile& file, std::string_view code, const std::vector<Ban>& bans,
                std::vector<Finding>& findings) {
    const auto lines = lines_of(code);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        for (const Ban& ban : bans) {
            std::smatch match;
            if (starts_with_any(file.path, ban.except)) continue;
            if (!std::regex_search(lines[i], match, ban.pattern)) continue;
            findings.push_back({i + 1, fmt::format("`{}`: {}", match.str(), ban.message)});
        }
    }
}

void check_cpp(const SourceFile& file, std::vector<Finding>& findings) {
    for (const Include& include : includes_of(file)) {
        if (auto message = check_include(file, include)) {
            findings.push_back({include.line, *message});
        }
    }
    const std::string code = blanked(file.text, Blank::comments_and_strings);
    check_bans(file, code, code_bans, findings);
    if (file.path.ends_with(".h") && code.find("#pragma once") == std::string::npos) {
        findings.push_back({1, "a header begins with #pragma once"});
    }
}

std::string without_sql_comments(const std::string& text) {
    static const std::regex comment("--[^\n]*");
    return std::regex_replace(text, comment, "");
}

std::string at(const SourceFile& file, std::size_t line, std::string_view message) {
    return fmt::format("{}:{}: {}", file.path, line, message);
}

}  // namespace

std::vector<std::string> check_file(const SourceFile& file) {
    if (!is_ours(file.path)) return {};
    const bool cpp = file.path.ends_with(".h") || file.path.ends_with(".cpp");
    const bool sql = file.path.ends_with(".sql");
    if (!cpp && !sql) return {};

    std::vector<Finding> findings;
    if (cpp) check_cpp(file, findings);
    if (sql) check_bans(file, without_sql_comments(file.text), sql_bans, findings);
    const auto lines = lines_of(file.text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (std::regex_search(lines[i], unfinished)) {
            findings.push_back({i + 1, "finish it, or file it as an issue"});
        }
    }

    std::stable_sort(findings.begin(), findings.end(),
                     [](const Finding& a, const Finding& b) { return a.line < b.line; });
    std::vector<std::string> texts;
    for (const Finding& finding : findings)
        texts.push_back(at(file, finding.line, finding.message));
    return texts;
}

std::vector<std::string> check_tree(const std::vector<SourceFile>& files) {
    std::vector<std::string> findings;
    const SourceFile* hash = nullptr;  // the one file of lang/ that may use OpenSSL
    for (const SourceFile& file : files) {
        const auto of_file = check_file(file);
        findings.insert(findings.end(), of_file.begin(), of_file.end());
        if (!file.path.starts_with("lang/")) continue;
        for (const Include& include : includes_of(file)) {
            if (!include.header.starts_with("openssl/")) continue;
            if (!file.path.ends_with(".cpp")) {
                findings.push_back(at(file, include.line, "<openssl/…> belongs in one .cpp"));
            } else if (hash == nullptr || hash == &file) {
                hash = &file;
            } else {
                findings.push_back(at(
                    file, include.line,
                    fmt::format("of lang/ only one file uses OpenSSL, and {} does", hash->path)));
            }
        }
    }
    return findings;
}

}  // namespace sop::tidy
