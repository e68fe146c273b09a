#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/tidy/rules.h"

using sop::tidy::check_file;
using sop::tidy::check_tree;
using sop::tidy::SourceFile;

namespace {

std::vector<SourceFile> read_tree() {
    const std::filesystem::path root = SOP_SOURCE_DIR;
    std::vector<SourceFile> files;
    for (const char* folder : {"lang", "runtime"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
            if (!entry.is_regular_file()) continue;
            std::ifstream stream(entry.path(), std::ios::binary);
            files.push_back({entry.path().lexically_relative(root).generic_string(),
                             {std::istreambuf_iterator<char>(stream), {}}});
        }
    }
    std::sort(files.begin(), files.end(),
              [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
    return files;
}

bool holds(const std::vector<SourceFile>& files, const std::string& path) {
    return std::any_of(files.begin(), files.end(), [&](const SourceFile& file) {
        return file.path == path && !file.text.empty();
    });
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

}  // namespace

TEST_CASE("the sources keep to the rules of the tree", "[tidy]") {
    const auto files = read_tree();
    REQUIRE(holds(files, "lang/compile.h"));
    REQUIRE(holds(files, "runtime/clock/clock.h"));
    CHECK(joined(check_tree(files)) == "");
}

TEST_CASE("an include against the arrows is found at its line", "[tidy]") {
    struct Row {
        const char* path;
        const char* include;
        const char* finding;  // after "path:2: "; empty when the include is right
    };
    const Row rows[] = {
        {"lang/check.cpp", "\"lang/ast.h\"", ""},
        {"lang/check.cpp", "\"lang/calendar/zone.h\"", ""},
        {"lang/check.cpp", "<vector>", ""},
        {"lang/check.cpp", "<fmt/format.h>", ""},
        {"lang/check.cpp", "<date/date.h>", ""},
        {"lang/check.cpp", "\"runtime/clock/clock.h\"",
         "lang/ may not include runtime/clock/clock.h"},
        {"lang/check.cpp", "\"ast.h\"", "\"ast.h\" is not a path from the root of the tree"},
        {"lang/check.cpp", "\"tests/tidy/rules.h\"",
         "\"tests/tidy/rules.h\" is not a path from the root of the tree"},
        {"lang/check.cpp", "<lang/ast.h>", "write \"lang/ast.h\", in quotes"},
        {"lang/check.cpp", "<unistd.h>", "lang/ may not include <unistd.h>"},
        {"lang/check.cpp", "<boost/any.hpp>", "lang/ may not include <boost/any.hpp>"},
        {"lang/check.cpp", "<fstream>", "<fstream>: lang/ has no clock, no input and no output"},
        {"lang/check.cpp", "\"lang/grammar.h\"",
         "lang/grammar.h is for lang/parse.cpp alone; call lang/parse.h"},
        {"lang/parse.cpp", "\"lang/grammar.h\"", ""},
        {"lang/calendar/zone.cpp", "\"lang/plan.h\"", "lang/calendar/ may not include lang/plan.h"},

        {"lang/grammar.h", "<tao/pegtl.hpp>", ""},
        {"lang/format.cpp", "<tao/pegtl.hpp>",
         "<tao/pegtl.hpp> has no place here: call lang/parse.h"},
        {"lang/unicode.cpp", "<utf8proc.h>", ""},
        {"lang/parse.cpp", "<utf8proc.h>", "<utf8proc.h> has no place here: call lang/unicode.h"},
        {"lang/likeness.cpp", "<unicode/translit.h>",
         "<unicode/translit.h> has no place here: call lang/likeness.h, whose tables ICU makes "
         "when "
         "sop is built"},
        {"lang/plan_json.cpp", "<nlohmann/json.hpp>", ""},
        {"lang/lower.cpp", "<nlohmann/json.hpp>",
         "<nlohmann/json.hpp> has no place here: call lang/plan.h"},
        {"runtime/cli/emit.h", "<nlohmann/json.hpp>",
         "<nlohmann/json.hpp> costs seconds in each file that includes this header; include "
         "<nlohmann/json_fwd.hpp>"},
        {"runtime/store/sqlite/sqlite_store.cpp", "<sqlite3.h>", ""},
        {"runtime/store/store.cpp", "<sqlite3.h>",
         "<sqlite3.h> has no place here: call runtime/store/store.h"},
        {"runtime/cli/serve.cpp", "<curl/curl.h>",
         "<curl/curl.h> has no place here: call runtime/delivery/channel.h"},
        {"runtime/cli/serve.cpp", "<toml++/toml.h>",
         "<toml++/toml.h> has no place here: call runtime/config/config.h"},
        {"runtime/config/config.cpp", "<CLI/CLI.hpp>",
         "<CLI/CLI.hpp> has no place here: take the arguments as values"},
        {"lang/calendar/zone.cpp", "<date/tz.h>",
         "<date/tz.h> has no place here: zones are lang/calendar/zone.h, which is right after 2037 "
         "as well"},
        {"runtime/cli/next.cpp", "<format>", "<format> is not in every compiler; use fmt"},

        {"runtime/executor/executor.cpp", "\"lang/plan.h\"", ""},
        {"runtime/executor/executor.cpp", "\"lang/ast.h\"",
         "runtime/ may not see lang/ast.h; only the Plan crosses"},
        {"runtime/executor/executor.cpp", "\"runtime/scheduler/scheduler.h\"", ""},
        {"runtime/executor/executor.cpp", "\"runtime/cli/main.h\"",
         "runtime/executor/ may not include runtime/cli/main.h"},
        {"runtime/scheduler/scheduler.cpp", "\"runtime/store/store.h\"", ""},
        {"runtime/scheduler/scheduler.cpp", "\"runtime/store/sqlite/sqlite_store.h\"",
         "runtime/scheduler/ may not include runtime/store/sqlite/sqlite_store.h"},
        {"runtime/scheduler/scheduler.cpp", "\"runtime/delivery/webhook_channel.h\"",
         "runtime/scheduler/ may not include runtime/delivery/webhook_channel.h"},
        {"runtime/store/store.cpp", "\"runtime/executor/executor.h\"",
         "runtime/store/ may not include runtime/executor/executor.h"},
        {"runtime/clock/clock.cpp", "\"runtime/store/store.h\"",
         "runtime/clock/ may not include runtime/store/store.h"},
        {"runtime/cli/rehearse.cpp", "\"runtime/executor/executor.h\"", ""},
        {"runtime/testing/test_run.cpp", "\"lang/test_case.h\"", ""},
        {"runtime/testing/test_run.cpp", "\"runtime/cli/terminal.h\"",
         "runtime/testing/ may not include runtime/cli/terminal.h"},
        {"runtime/newcomer/thing.cpp", "\"runtime/clock/clock.h\"",
         "no arrows are declared for this folder; add it to tests/tidy/rules.cpp"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.path << " includes " << row.include) {
            const std::string path = row.path;
            const std::string expected =
                *row.finding == '\0' ? "" : path + ":2: " + row.finding + "\n";
            const std::string text =
                std::string("#pragma once\n#include ") + row.include + "\nint i;\n";
            CHECK(joined(check_file({path, text})) == expected);
        }
    }
}

TEST_CASE("what only one place may do is found elsewhere", "[tidy]") {
    const std::string clock = "only runtime/clock/ reads the time; have the instant handed down";
    const std::string chrono = "of std::chrono only durations are used; calendars are date::";
    const std::string namespaces = "std, std::chrono and date share names; write them out";
    const std::string unfinished = "finish it, or file it as an issue";
    struct Row {
        std::string path;
        std::string line;
        std::string finding;  // after "path:2: "; empty when the line is right
    };
    const Row rows[] = {
        {"runtime/cli/serve.cpp", "auto t = std::chrono::system_clock::now();",
         "`system_clock`: " + clock},
        {"runtime/cli/serve.cpp", "using Ticks = std::chrono::steady_clock;",
         "`steady_clock`: " + clock},
        {"runtime/cli/serve.cpp", "auto t = std::time(nullptr);", "`time(nullptr)`: " + clock},
        {"runtime/cli/serve.cpp", "::time( &t );", "`time( &t )`: " + clock},
        {"runtime/cli/serve.cpp", "gettimeofday(&t, nullptr);", "`gettimeofday(`: " + clock},
        {"runtime/cli/serve.cpp", "clock_gettime(CLOCK_REALTIME, &t);",
         "`clock_gettime(`: " + clock},
        {"runtime/cli/serve.cpp", "localtime_r(&t, &parts);", "`localtime_r(`: " + clock},
        {"runtime/cli/serve.cpp", "gmtime(&t);", "`gmtime(`: " + clock},
        {"runtime/clock/clock.cpp", "auto t = std::chrono::system_clock::now();", ""},
        {"runtime/cli/serve.cpp", "auto now = clock.now();", ""},
        {"runtime/cli/serve.cpp", "step.time(anchor); start_time(0);", ""},
        {"runtime/cli/serve.cpp", "// system_clock::now is not for us", ""},
        {"runtime/cli/serve.cpp", "/* system_clock */ int i; // time(nullptr)", ""},
        {"runtime/cli/serve.cpp", R"~(print("system_clock \" time(nullptr)");)~", ""},
        {"runtime/cli/serve.cpp", R"(print(R"x(a " system_clock)x");)", ""},
        {"runtime/cli/serve.cpp", "int n = 1'000; auto t = system_clock::now(); char c = 'x';",
         "`system_clock`: " + clock},
        {"runtime/cli/serve.cpp", R"(print("//"); auto t = system_clock::now();)",
         "`system_clock`: " + clock},

        {"runtime/store/sqlite/queries.sql", "INSERT INTO run VALUES (CURRENT_TIMESTAMP);",
         "`CURRENT_TIMESTAMP`: " + clock + " as a parameter"},
        {"runtime/store/sqlite/queries.sql", "SELECT unixepoch();",
         "`unixepoch(`: " + clock + " as a parameter"},
        {"runtime/store/sqlite/queries.sql", "SELECT datetime('now');",
         "`'now'`: " + clock + " as a parameter"},
        {"runtime/store/sqlite/queries.sql", "SELECT 1; -- not CURRENT_TIMESTAMP", ""},

        {"lang/lower.cpp", "std::chrono::year_month_day date;",
         "`chrono::year_month_day`: " + chrono},
        {"lang/lower.cpp", "std::chrono::sys_seconds instant;", "`chrono::sys_seconds`: " + chrono},
        {"lang/lower.cpp", "std::chrono::seconds late; std::chrono::milliseconds m;", ""},
        {"lang/lower.cpp", "date::year_month_day date;", ""},
        {"lang/lower.cpp", "using namespace date;", "`using namespace date;`: " + namespaces},
        {"lang/lower.cpp", "using namespace std::chrono;",
         "`using namespace std::chrono;`: " + namespaces},
        {"lang/lower.cpp", "using namespace std::chrono_literals;", ""},
        {"lang/lower.cpp", "auto text = std::format(\"{}\", 1);",
         "`std::format`: not every supported compiler has it; use fmt::format"},

        {"lang/lower.cpp", std::string("// TO") + "DO later", unfinished},
        {"runtime/store/sqlite/queries.sql", std::string("-- FIX") + "ME", unfinished},
        {"lang/lower.cpp", "auto name = \"sop-XXXXXX\";", ""},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.path << " says " << row.line) {
            const std::string expected =
                row.finding.empty() ? "" : row.path + ":2: " + row.finding + "\n";
            CHECK(joined(check_file({row.path, "\n" + row.line + "\n"})) == expected);
        }
    }
}

TEST_CASE("a header without its guard is found", "[tidy]") {
    CHECK(joined(check_file({"lang/a.h", "// #pragma once\nint i;\n"})) ==
          "lang/a.h:1: a header begins with #pragma once\n");
    CHECK(joined(check_file({"lang/a.h", "// What it is.\n#pragma once\nint i;\n"})) == "");
    CHECK(joined(check_file({"lang/a.cpp", "int i;\n"})) == "");
}

TEST_CASE("a file with several offences has them all, in the order of its lines", "[tidy]") {
    CHECK(joined(check_file({"lang/a.cpp",
                             "#include <vector>\nusing namespace date;\n#include <unistd.h>\n"
                             "auto a = steady_clock::now();"})) ==
          "lang/a.cpp:2: `using namespace date;`: std, std::chrono and date share names; write "
          "them out\n"
          "lang/a.cpp:3: lang/ may not include <unistd.h>\n"
          "lang/a.cpp:4: `steady_clock`: only runtime/clock/ reads the time; have the instant "
          "handed down\n");
}

TEST_CASE("one file of the language hashes with OpenSSL, and no header", "[tidy]") {
    const std::string include = "#pragma once\n#include <openssl/evp.h>\n";
    CHECK(joined(check_tree({{"lang/a.cpp", include + include}, {"runtime/cli/a.cpp", include}})) ==
          "");
    CHECK(joined(check_tree({{"lang/a.cpp", include}, {"lang/b.cpp", include}})) ==
          "lang/b.cpp:2: of lang/ only one file uses OpenSSL, and lang/a.cpp does\n");
    CHECK(joined(check_tree({{"lang/a.h", include}})) ==
          "lang/a.h:2: <openssl/…> belongs in one .cpp\n");
}

TEST_CASE("files that are not ours to judge have no findings", "[tidy]") {
    for (const char* path : {"tests/lang/parse_test.cpp", "lang/README.md", "build/lang/x.cpp"}) {
        CHECK(joined(check_file({path, "using namespace date;\n#include <date/tz.h>\n"})) == "");
    }
}
