// The canonical layout, rule by rule, and what holds of every text that is formatted.
#include "lang/compile.h"
#include "lang/keywords.h"
#include "lang/parse.h"
#include "tests/support/sources.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace {

namespace fs = std::filesystem;
using namespace sop;
using lang::Dialect;
using lang::Keyword;

std::string formatted(const std::string& text, std::optional<Dialect> to = std::nullopt) {
    const lang::Source source("test.sop", text);
    const auto result = lang::format_source(source, {.dialect = to});
    std::string said;
    for (const auto& diagnostic : result.diagnostics) said += lang::render(diagnostic, source);
    INFO(text << said);
    REQUIRE(result.value);
    return *result.value;
}

// Every playbook of the tree that has no errors.
std::vector<fs::path> playbooks() {
    std::vector<fs::path> files;
    for (const char* folder : {"examples", "stdlib", "tests/golden/format", "tests/golden/plan"}) {
        for (const auto& entry :
             fs::recursive_directory_iterator(tests::source_folder() / folder)) {
            if (entry.path().extension() == ".sop") files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    REQUIRE(files.size() > 5);
    return files;
}

// Examples have what they name beside them.
std::string name_of(const fs::path& path) {
    const std::string examples = (tests::source_folder() / "examples").string();
    return path.string().starts_with(examples) ? path.string() : "test.sop";
}

std::size_t comments_in(const std::string& text) {
    return lang::tokenize(lang::Source("test.sop", text)).comments.size();
}

// The file in English that says so, as what was converted back does.
std::string with_language(std::string text) {
    if (text.find("\nlanguage ") != std::string::npos) return text;
    const std::size_t edition = text.find("sop 1");
    return text.insert(text.find('\n', edition) + 1, "language en\n");
}

// Keywords, units and fields that are not written as the dialect writes them.
std::vector<std::string> foreign_words(const std::string& text, Dialect dialect) {
    const lang::Source source("test.sop", text);
    const auto parsed = lang::parse(source);
    std::vector<std::string> found;
    for (std::size_t i = 0; i < parsed.tokens.tokens.size(); ++i) {
        const auto& use = parsed.layout.uses[i];
        const std::string word(source.text(parsed.tokens.tokens[i].span));
        const bool foreign =
            (use.role == lang::TokenRole::keyword && word != spelling(use.keyword, dialect)) ||
            (use.role == lang::TokenRole::field && word != spelling(use.field, dialect)) ||
            (use.role == lang::TokenRole::unit && word != unit_spelling(use.unit, 2, dialect)) ||
            (use.role == lang::TokenRole::duration &&
             word.find_first_of("smhdwy") != std::string::npos);
        if (foreign) found.push_back(word);
    }
    return found;
}

struct Row {
    const char* what;
    std::string written;
    std::string expected;
};

void check_rows(const std::vector<Row>& rows, std::optional<Dialect> to = std::nullopt) {
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            CHECK(formatted(row.written, to) == row.expected);
            CHECK(formatted(row.expected, to) == row.expected);
            CHECK(comments_in(row.expected) == comments_in(row.written));
        }
    }
}

std::string in_playbook(const std::string& items) {
    return "sop 1\nplaybook p {\n" + items + "}\n";
}

}  // namespace

TEST_CASE("spaces stand between words and not round signs that join them", "[format]") {
    check_rows({
        {"a list", "sop 1\ntag  a,b ,c\n", "sop 1\ntag a, b, c\n"},
        {"names with dots", "sop 1\nimport std . calendar . cn\n",
         "sop 1\nimport std.calendar.cn\n"},
        {"a sign of a number", "sop 1\nevent e { n: number = - 5 }\n",
         "sop 1\nevent e { n: number = -5 }\n"},
        {"a call", in_playbook("  r: on opened ( a ) { post b }\n"),
         in_playbook("  r: on opened(a) { post b }\n")},
        {"an offset", in_playbook("  r: every day 8:00 for 1h { end-10m:post b }\n"),
         in_playbook("  r: every day at 08:00 for 1h { end - 10m: post b }\n")},
        {"a range and days without a year",
         "sop 1\ncalendar c {\nday a on 2026-1-5 .. 2026-1-7\nday b every year on 06 - 18\n}\n",
         "sop 1\ncalendar c {\n  day a on 2026-01-05..2026-01-07\n  day b every year on "
         "06-18\n}\n"},
        {"the last day of a lunar month", "sop 1\ncalendar c { day a on lunar 12 - last }\n",
         "sop 1\ncalendar c { day a on lunar 12-last }\n"},
        {"a hole", "sop 1\ncontent c { text \"{ group . name } {{x\" }\n",
         "sop 1\ncontent c { text \"{group.name} {{x\" }\n"},
        {"full-width signs",
         "sop 1\ntag a，b、c\nplaybook p ｛ r：every day at 8：00 ｛ post b ｝ ｝\n",
         "sop 1\ntag a, b, c\nplaybook p { r: every day at 08:00 { post b } }\n"},
        {"units touch or stand apart",
         in_playbook("  r: every day at 08:00 for 90 m {\n    end + 1 days: post b\n  }\n"),
         in_playbook("  r: every day at 08:00 for 90m {\n    end + 1 day: post b\n  }\n")},
    });
}

TEST_CASE("a block stays on its line when it was written so, fits and has one item", "[format]") {
    const std::string words(70, 'x');
    check_rows({
        {"written so", in_playbook("r: every day at 08:00{post a}\n"),
         in_playbook("  r: every day at 08:00 { post a }\n")},
        {"written over lines", in_playbook("r: every day at 08:00 {\npost a\n}\n"),
         in_playbook("  r: every day at 08:00 {\n    post a\n  }\n")},
        {"several items", in_playbook("r: every day at 08:00 { post a; tag b }\n"),
         in_playbook("  r: every day at 08:00 {\n    post a\n    tag b\n  }\n")},
        {"too wide", in_playbook("r: every day at 08:00 { post \"" + words + "\" }\n"),
         in_playbook("  r: every day at 08:00 {\n    post \"" + words + "\"\n  }\n")},
        {"a text over lines", "sop 1\ncontent c { text \"\"\"\n  a\n    b\n\"\"\" }\n",
         "sop 1\ncontent c {\n  text \"\"\"\n    a\n      b\n    \"\"\"\n}\n"},
        {"nothing in it", "sop 1\ncontent c {\n}\n", "sop 1\ncontent c { }\n"},
        {"fields over lines", "sop 1\nevent e {\n a: text, b: number = 1,\n c: text,\n}\n",
         "sop 1\nevent e {\n  a: text,\n  b: number = 1,\n  c: text\n}\n"},
        {"fields without commas", "sop 1\nevent e {\n a: text\n b: text\n}\n",
         "sop 1\nevent e {\n  a: text\n  b: text\n}\n"},
    });
}

TEST_CASE("clauses have one order, and long heads and lists go on in further lines", "[format]") {
    const std::string tags = "first_of_the_tags, second_of_the_tags, third_of_the_tags";
    check_rows({
        {"the order of clauses",
         in_playbook("r: on 2026-11-11\n via log\n for 2h at 20:00 {post a}\n"),
         in_playbook("  r: on 2026-11-11 at 20:00 for 2h via log { post a }\n")},
        {"a head breaks before clauses",
         in_playbook("r \"A rule with a long title\": every monday, tuesday at 20:00 for 2h for "
                     "groups tagged " +
                     tags + " via log {post a}\n"),
         in_playbook("  r \"A rule with a long title\": every monday, tuesday at 20:00 for 2h\n"
                     "      for groups tagged " +
                     tags + " via log {\n    post a\n  }\n")},
        {"a clause breaks behind commas when it must",
         in_playbook("  for groups tagged " + tags + ", " + tags + "\n"),
         in_playbook("  for groups tagged first_of_the_tags, second_of_the_tags, "
                     "third_of_the_tags, first_of_the_tags,\n"
                     "      second_of_the_tags, third_of_the_tags\n")},
        {"lists are filled again", "sop 1\ntag a,\n b,\n c\n", "sop 1\ntag a, b, c\n"},
    });
}

TEST_CASE("what stands behind neighbouring labels is lined up", "[format]") {
    const auto steps = [](const std::string& items) {
        return in_playbook("  r: every day at 08:00 for 2h {\n" + items + "  }\n");
    };
    check_rows({
        {"neighbours", steps("start: post a\nstart + 10m: post b\n"),
         steps("    start:       post a\n    start + 10m: post b\n")},
        {"up to a blank line", steps("start: post a\n\nstart + 10m: post b\n"),
         steps("    start: post a\n\n    start + 10m: post b\n")},
        {"up to a comment", steps("start: post a\n# why\nstart + 10m: post b\n"),
         steps("    start: post a\n    # why\n    start + 10m: post b\n")},
        {"up to a step over lines",
         steps("start: post a; post b\nstart + 10m: post b\nend: post c\n"),
         steps("    start:\n      post a\n      post b\n    start + 10m: post b\n    end:         "
               "post c\n")},
        {"an action on the next line", steps("start:\npost a\n"), steps("    start: post a\n")},
        {"a label with a comment keeps its line", steps("start:  # why\npost a\n"),
         steps("    start:  # why\n      post a\n")},
        {"wide characters",
         in_playbook("  r: every day at 08:00 for 2h { start: post “一”\n"
                     "start + 10m: post 二 }\n"),
         steps("    start:       post \"一\"\n    start + 10m: post 二\n")},
    });
}

TEST_CASE("comments and single blank lines stay", "[format][comments]") {
    check_rows({
        {"alone in a file", "\n\n# a\n\n\n# b\nsop 1\n", "# a\n\n# b\nsop 1\n"},
        {"at the end of the file", "sop 1\n\n# a\n\n# b", "sop 1\n\n# a\n\n# b\n"},
        {"round a block", "sop 1\ncontent c {# a\n\n# b\ntext \"x\"# c\n# d\n\n}# e\n",
         "sop 1\ncontent c {  # a\n  # b\n  text \"x\"  # c\n  # d\n}  # e\n"},
        {"behind a semicolon", in_playbook("timezone UTC; # a\nvia log\n"),
         in_playbook("  timezone UTC  # a\n  via log\n")},
        {"in a list", "sop 1\ntag a, # a\n  b,\n  # c\n  c\n",
         "sop 1\ntag a,  # a\n    b,\n    # c\n    c\n"},
        {"in a list of fields", "sop 1\nevent e { a: text, # a\n # b\n b: text, # c\n }\n",
         "sop 1\nevent e {\n  a: text,  # a\n  # b\n  b: text  # c\n}\n"},
        {"among clauses, with the clause they stand at",
         in_playbook("r: every day # a\n via log # b\n # c\n at 08:00 # d\n # e\n { post a }\n"),
         in_playbook("  r: every day  # a\n      # c\n      at 08:00  # d\n      via log {  # b\n"
                     "    # e\n    post a\n  }\n")},
        {"in an empty block", "sop 1\ncontent c {\n\n  # a\n\n}\n",
         "sop 1\ncontent c {\n  # a\n}\n"},
        {"blank lines", "sop 1\n\n\n\ntag a\n\ncontent c {\n\n text \"x\"\n\n}\n",
         "sop 1\n\ntag a\n\ncontent c {\n  text \"x\"\n}\n"},
    });
}

TEST_CASE("texts keep what they say", "[format][text]") {
    const auto content = [](const std::string& text) {
        return "sop 1\ncontent c {\n  text " + text + "\n}\n";
    };
    check_rows({
        {"quotes that the text has none of", content("“He said \"hi\"”"),
         content("「He said \"hi\"」")},
        {"straight ones where they can be", content("「plain」"), content("\"plain\"")},
        {"all of them", content("\"\"\"\" 」 ” a\"\"\""), content("\"\"\"\" 」 ” a\"\"\"")},
        {"all of them and one at the end", content("\"\"\"\n」 ”\"\n\"\"\""),
         content("\"\"\"\n    」 ”\"\n    \"\"\"")},
        {"one line of several", content("\"\"\"\n\n  a\n\n\"\"\""),
         content("\"\"\"\n\n    a\n\n    \"\"\"")},
        {"lines that are all indented", content("\"\"\"  a\n  \n\"\"\""),
         content("\"\"\"  a\n  \n\"\"\"")},
        {"carriage returns",
         "sop 1\r\ncontent c {\r\n  text \"\"\"\r\n  a\r\n  b\r\n  \"\"\"\r\n}\r\n",
         content("\"\"\"\n    a\n    b\n    \"\"\"")},
    });
}

TEST_CASE("every playbook formats to a text that is stable and keeps its plan and its comments",
          "[format][property]") {
    for (const auto& path : playbooks()) {
        DYNAMIC_SECTION(path.string()) {
            const std::string text = tests::read_text_file(path);
            const std::string name = name_of(path);
            const std::string once = formatted(text);
            CHECK(formatted(once) == once);
            CHECK(comments_in(once) == comments_in(text));
            CHECK(lang::content_hash(tests::plan_of(once, name)) ==
                  lang::content_hash(tests::plan_of(text, name)));
        }
    }
}

// So that a text can be converted without loss. `for groups` and `for 2h` are told apart by what
// follows them, and so are the two below; the playbooks of the next test hold them all.
TEST_CASE("a dialect has a word for each English word", "[format][dialect]") {
    const std::set<std::set<std::string>> told_apart_by_place{{"tag", "tagged"}};
    for (const Dialect dialect : {Dialect::zh_cn, Dialect::zh_tw}) {
        std::map<std::string_view, std::set<std::string>> english;
        for (int i = 0; i <= static_cast<int>(Keyword::no_post); ++i) {
            const auto keyword = static_cast<Keyword>(i);
            english[lang::spelling(keyword, dialect)].insert(std::string(lang::spelling(keyword)));
        }
        CHECK(english.size() > 200);
        for (const auto& [word, meanings] : english) {
            INFO(word);
            CHECK((meanings.size() == 1 || told_apart_by_place.contains(meanings)));
        }
    }
}

TEST_CASE("every playbook can be converted to each dialect and back", "[format][dialect]") {
    for (const auto& path : playbooks()) {
        for (const Dialect dialect : {Dialect::zh_cn, Dialect::zh_tw}) {
            DYNAMIC_SECTION(path.string() << " in " << lang::name_of(dialect)) {
                const std::string text = formatted(tests::read_text_file(path), Dialect::en);
                const std::string name = name_of(path);
                const std::string chinese = formatted(text, dialect);
                CHECK(foreign_words(chinese, dialect) == std::vector<std::string>{});
                CHECK(formatted(chinese) == chinese);
                CHECK(comments_in(chinese) == comments_in(text));
                CHECK(lang::content_hash(tests::plan_of(chinese, name)) ==
                      lang::content_hash(tests::plan_of(text, name)));
                const std::string back = formatted(chinese, Dialect::en);
                CHECK(back == with_language(text));
                CHECK(formatted(back, dialect) == chinese);
            }
        }
    }
}

TEST_CASE("keywords, units, ordinals and fields are written in the dialect asked for",
          "[format][dialect]") {
    const std::string english = in_playbook(
        "  r: every month on 1st thursday, 2nd last day at 08:00 for 1 day gap next {\n"
        "    start - 2 weeks at 12:00: post \"{start.time} {event.id}\"\n"
        "    next day at 09:00:        post b\n"
        "    after 1h30m:              tag c\n"
        "  }\n");
    const std::string chinese =
        "sop 1\nlanguage zh-CN\n剧本 p {\n"
        "  r: 每月 逢 第1 周四, 第2 最后 天 08:00 持续 1天 空档 下一 {\n"
        "    开始 - 2周 12:00: 发 \"{开始.时间} {事件.编号}\"\n"
        "    下一天 09:00:     发 b\n"
        "    后于 1小时30分钟: 打标签 c\n"
        "  }\n}\n";
    CHECK(formatted(english, Dialect::zh_cn) == chinese);
    CHECK(formatted(chinese, Dialect::en) == with_language(english));
    CHECK(formatted("sop 1\nlanguage zh-CN\n剧本 p {\n每天: 每天20:00持续90分钟{发 “好”}\n}\n") ==
          "sop 1\nlanguage zh-CN\n剧本 p {\n  每天: 每天 20:00 持续 90分钟 { 发 \"好\" }\n}\n");
}

TEST_CASE("a file whose names would read as something else is not converted", "[format][dialect]") {
    struct Case {
        const char* what;
        std::string text;
        Dialect to;
        std::size_t line;
    };
    const Case cases[] = {
        {"a reserved word", "sop 1\ntag 结束\n", Dialect::zh_cn, 2},
        {"a field", "sop 1\nevent e { 编号: text }\ncontent c { text \"{event.编号}\" }\n",
         Dialect::zh_cn, 3},
        {"a duration that English cannot say",
         "sop 1\nlanguage zh-CN\n剧本 p {\n  r: 每天 20:00 持续 1天2小时 { 发 a }\n}\n",
         Dialect::en, 4},
    };
    for (const Case& row : cases) {
        DYNAMIC_SECTION(row.what) {
            const lang::Source source("test.sop", row.text);
            const auto result = lang::format_source(source, {.dialect = row.to});
            CHECK_FALSE(result.value);
            REQUIRE(result.diagnostics.size() == 1);
            CHECK(result.diagnostics.front().code == "SOP0114");
            CHECK(source.line_column(result.diagnostics.front().span.begin).line == row.line);
            CHECK(lang::format_source(source).value);
        }
    }
}

TEST_CASE("a file with errors is not formatted", "[format][errors]") {
    const auto result = lang::format_source(lang::Source("test.sop", "sop 1\ntag a a\n"));
    CHECK_FALSE(result.value);
    CHECK_FALSE(result.diagnostics.empty());
}
