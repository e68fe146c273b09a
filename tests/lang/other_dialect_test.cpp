// A file in the words of a dialect that it does not say.
#include "lang/codes.h"
#include "lang/compile.h"
#include "lang/parse.h"
#include "tests/support/sources.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace sop::lang {

namespace {

using Codes = std::vector<std::string>;

const std::string simplified_playbook = R"(标签 会员

剧本 会员群 {
  时区 Asia/Shanghai
  对象 群 标签 会员
  经 log

  闪购: 每周四20:00 持续2小时 {
    开始 - 10分钟: 发 "快到了"
    开始: 发 "开始了"
  }
}
)";

const std::string traditional_playbook = R"(標籤 會員

劇本 會員群 {
  時區 Asia/Shanghai
  對象 群 標籤 會員
  經 log

  閃購: 每週四20:00 持續2小時 {
    開始 - 10分鐘: 發 "快到了"
    開始: 發 "開始了"
  }
}
)";

Source with_fix(const Source& source, const Fix& fix) {
    std::string text(source.text());
    text.replace(fix.span.begin, fix.span.end - fix.span.begin, fix.replacement);
    return {source.name(), text};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    REQUIRE(text.find(from) != std::string::npos);
    return text.replace(text.find(from), from.size(), to);
}

}  // namespace

TEST_CASE("a file in another dialect than it says is told so once, and mended by the fix",
          "[dialect]") {
    struct Row {
        const char* behaviour;
        std::string text;
        const char* place;
        const char* replacement;
    };
    const Row rows[] = {
        {"simplified Chinese", "sop 1\n" + simplified_playbook, "SOP0120 at 2:1",
         "language zh-CN\n"},
        {"traditional Chinese", "sop 1\n" + traditional_playbook, "SOP0120 at 2:1",
         "language zh-TW\n"},
        {"a comment behind the edition", "sop 1 # ours\n\n" + simplified_playbook, "SOP0120 at 3:1",
         "language zh-CN\n"},
        {"English said", "sop 1\nlanguage en\n" + simplified_playbook, "SOP0120 at 3:1",
         "language zh-CN"},
        {"traditional in a simplified file", "sop 1\nlanguage zh-CN\n" + traditional_playbook,
         "SOP0120 at 3:1", "language zh-TW"},
        {"simplified in a traditional file", "sop 1\nlanguage zh-TW\n" + simplified_playbook,
         "SOP0120 at 3:1", "language zh-CN"},
        {"all on the line of the edition", "sop 1; 标签 会员", "SOP0120 at 1:8",
         "\nlanguage zh-CN"},
        {"one word among English ones",
         replaced(tests::playbook_with("sale: every thursday at 20:00 for 2h { post \"x\" }"),
                  "for 2h", "持续 2h"),
         nullptr, "language zh-CN\n"},
        {"a unit among English words",
         replaced(tests::playbook_with("sale: every thursday at 20:00 for 2h { post \"x\" }"), "2h",
                  "2小时"),
         nullptr, "language zh-CN\n"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.behaviour) {
            const Source source("a.sop", row.text);
            const ParsedDocument parsed = parse(source);
            REQUIRE(parsed.diagnostics.size() == 1);
            const Diagnostic& diagnostic = parsed.diagnostics.front();
            CHECK(diagnostic.code == code::other_dialect);
            if (row.place) CHECK(tests::codes_of(row.text) == Codes{row.place});
            REQUIRE(diagnostic.fix);
            CHECK(diagnostic.fix->replacement == row.replacement);
            const ParsedDocument mended = parse(with_fix(source, *diagnostic.fix));
            CHECK(mended.diagnostics.empty());
            CHECK(mended.dialect == parsed.dialect);
        }
    }
}

TEST_CASE("what else is wrong is found in the dialect the file is in", "[dialect]") {
    const std::string text =
        replaced("sop 1\n" + simplified_playbook, "发 \"开始了\"", "发布 \"开始了\"");
    CHECK(tests::codes_of(text) == Codes{"SOP0120 at 2:1", "SOP0106 at 11:9"});
}

TEST_CASE("without its edition a file is not told where to say its dialect", "[dialect]") {
    const ParsedDocument parsed = parse({"a.sop", simplified_playbook});
    REQUIRE(parsed.diagnostics.size() == 2);
    for (const Diagnostic& diagnostic : parsed.diagnostics)
        CHECK(diagnostic.fix.has_value() == (diagnostic.code == code::edition_missing));
}

TEST_CASE("a dialect that is misspelt is told once", "[dialect]") {
    CHECK(tests::codes_of("sop 1\nlanguage zh\n" + simplified_playbook) ==
          Codes{"SOP0113 at 2:10"});
}

TEST_CASE("mistakes that are not of a dialect are read as before", "[dialect]") {
    struct Row {
        const char* behaviour;
        std::string text;
        Codes codes;
    };
    const Row rows[] = {
        {"names that are keywords elsewhere",
         "sop 1\ntag 标签, 会员,\n  渠道\nchanel x { kind log }\n",
         {"SOP0102 at 4:1"}},
        {"one traditional word in a simplified file",
         "sop 1\nlanguage zh-CN\n" + replaced(simplified_playbook, "开始: ", "開始: "),
         {"SOP0105 at 12:5"}},
        {"no word of any dialect", "sop 1\n订单 a\n", {"SOP0102 at 2:1"}},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.behaviour) {
            CHECK(tests::codes_of(row.text) == row.codes);
        }
    }
}

TEST_CASE("a word of another dialect is mended in the file's own", "[dialect][suggestion]") {
    struct Row {
        const char* behaviour;
        const char* from;
        const char* to;
        const char* mended;
    };
    const Row rows[] = {
        {"other characters", "时区", "時區", "时区"},
        {"another word", "标签 会员\n\n", "匯入 std.calendar.cn\n标签 会员\n\n", "导入"},
        {"words that touch", "每周四", "每週四", "每周四20"},
        {"the same sound", "对象", "对像", "对象"},
        {"pinyin", "对象", "duixiang", "对象"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.behaviour) {
            const Source source("a.sop", "sop 1\nlanguage zh-CN\n" +
                                             replaced(simplified_playbook, row.from, row.to));
            const ParsedDocument parsed = parse(source);
            REQUIRE(parsed.diagnostics.size() == 1);
            REQUIRE(parsed.diagnostics.front().fix);
            CHECK(parsed.diagnostics.front().fix->replacement == row.mended);
        }
    }
}

}  // namespace sop::lang
