// Schedules of other programs into playbooks, through the real binary. That the times are the same
// is shown by tests/import/, against other libraries.
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

namespace {

using namespace sop::tests;

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// What is imported has to be in the canonical layout and to compile.
ProcessResult imported(const TemporaryFolder& folder, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {SOP_BINARY, "import"});
    const auto result = run(arguments);
    INFO(result.err);
    if (result.exit_code != 2) {
        folder.write("out.sop", result.out);
        const std::string path = (folder.path() / "out.sop").string();
        INFO(result.out);
        CHECK(run({SOP_BINARY, "fmt", "--check", path}).exit_code == 0);
        CHECK(run({SOP_BINARY, "check", path}).exit_code == 0);
    }
    return result;
}

}  // namespace

TEST_CASE("the lines of a crontab become rules", "[import]") {
    struct Row {
        const char* line;
        const char* rule;
    };
    const std::vector<Row> rows{
        {"0 8 * * 1-5 echo \"Hi {x}\"",
         "line_1: every monday..friday at 08:00 {\n    post \"Hi {{x}\""},
        {"*/10 9-18 * * mon,wed curl -d '{\"text\":{\"content\":\"Tea\"}}' x",
         "line_1: every 10m from 09:00 to 18:50 only monday, wednesday {\n    post \"Tea\""},
        {"30 20 13 * 5 echo x", "line_1_dates: every month on 13 at 20:30 except friday {"},
        {"30 20 13 * 5 echo x", "line_1_weekdays: every friday at 20:30 {"},
        {"@monthly mail x%one%two 100\\%", "one\n      two 100%"},
        {"0 9 1,15 jan,jul 7 echo x", "except sunday"},
        {"0 9 */2 * 1 echo x", "only monday"},
        {"0 9 * * * /usr/bin/backup", "post \"WRITE THE TEXT OF THIS POST\""},
        {"0 9 * * * echo \"$(date)\"", "post \"WRITE THE TEXT OF THIS POST\""},
        {"@reboot echo x", "left out: `@reboot` is no time"},
        {"61 * * * * echo x", "left out: `61` is no minute; it is from 0 to 59"},
        {"0 9 30 2 * echo x", "left out: this never happens"},
        {"0 9 * *", "left out: a line has five fields"},
    };
    const TemporaryFolder folder;
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.line << " makes " << row.rule) {
            folder.write("tab", std::string(row.line) + "\n");
            const auto result = imported(
                folder, {"crontab", (folder.path() / "tab").string(), "--zone", "Asia/Shanghai"});
            INFO(result.out);
            CHECK(result.exit_code == 0);
            CHECK(contains(result.out, row.rule));
        }
    }
}

TEST_CASE("a crontab says its zone, or it is asked for", "[import]") {
    const TemporaryFolder folder;
    folder.write("tab", "CRON_TZ=America/New_York\n0 9 * * * root echo x\n");
    const std::string path = (folder.path() / "tab").string();
    const auto said = imported(folder, {"crontab", path, "--system"});
    CHECK(contains(said.out, "timezone America/New_York"));
    CHECK(contains(said.out, "post \"x\""));

    folder.write("tab", "0 9 * * * echo x\n");
    const auto missing = imported(folder, {"crontab", path});
    CHECK(missing.exit_code == 2);
    CHECK(contains(missing.err, "--zone Asia/Shanghai"));
}

TEST_CASE("the rows of a spreadsheet become rules, in whatever encoding it was saved", "[import]") {
    const TemporaryFolder folder;
    const std::string path = (folder.path() / "week.csv").string();
    folder.write(
        "week.csv",
        "\xef\xbb\xbf星期,日期,时间,文案,群,标签\n"
        "周一至周五,,08:00,\"早，\"\"签到\"\"\",,\n周一至周五,,12:30,\"早，\"\"签到\"\"\",,\n"
        "周二、周四,,晚上8点半；21：00,抽奖,,\n,2036/11/11,8pm,双十一,一群、二群,\n"
        "每月18日,,10点,会员日,,vip\n星期八,,9:00,x,,\n周一,,25:00,x,,\n");
    const auto result = imported(folder, {"csv", path, "--zone", "Asia/Shanghai", "--strict"});
    CHECK(result.exit_code == 1);
    for (const char* part :
         {"row_2: every monday..friday at 08:00, 12:30", "every tuesday, thursday at 20:30, 21:00",
          "on 2036-11-11 at 20:00 for groups \"一群\", \"二群\"",
          "every month on 18 at 10:00 for groups tagged vip",
          "row 7, column weekday: `星期八` is no weekday",
          "row 8, column time: `25:00` is no time of day"}) {
        INFO(result.out << part);
        CHECK(contains(result.out, part));
    }
    CHECK(contains(result.err, "4 rules from 7 rows"));

    // 周一, 时间, 内容 in GBK
    folder.write(
        "gbk.csv",
        "\xd0\xc7\xc6\xda,\xca\xb1\xbc\xe4,\xc4\xda\xc8\xdd\n\xd6\xdc\xd2\xbb,9:00,\xd4\xe7\n");
    const auto gbk = imported(folder, {"csv", (folder.path() / "gbk.csv").string(), "--zone",
                                       "Asia/Shanghai", "--language", "zh-CN"});
    CHECK(contains(gbk.out, "每周一 09:00"));
    CHECK(contains(gbk.out, "早"));
    CHECK(contains(gbk.err, "read as GB18030"));

    folder.write("none.csv", "a,b\n1,2\n");
    const auto none =
        imported(folder, {"csv", (folder.path() / "none.csv").string(), "--zone", "UTC"});
    CHECK(none.exit_code == 2);
    CHECK(contains(none.err, "the first row must name the columns"));
}

TEST_CASE("the events of a calendar become rules, windows and steps", "[import]") {
    const TemporaryFolder folder;
    folder.write("team.ics",
                 "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n"
                 "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Europe/Berlin:20360101T200000\r\n"
                 "DTEND;TZID=Europe/Berlin:20360101T213000\r\nRRULE:FREQ=WEEKLY;BYDAY=TU\r\n"
                 "EXDATE;TZID=Europe/Berlin:20360108T200000\r\nSUMMARY:Sale\r\n"
                 "DESCRIPTION:It is on\\, come\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\n"
                 "TRIGGER:-PT10M\r\nDESCRIPTION:Soon\r\nEND:VALARM\r\nEND:VEVENT\r\n"
                 "BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID;TZID=Europe/Berlin:20360115T200000\r\n"
                 "DTSTART;TZID=Europe/Berlin:20360116T190000\r\nSUMMARY:Moved\r\nEND:VEVENT\r\n"
                 "BEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20360101\r\nSUMMARY:Whole day\r\n"
                 "END:VEVENT\r\n"
                 "BEGIN:VEVENT\r\nUID:3\r\nDTSTART:20360101T090000Z\r\n"
                 "RRULE:FREQ=YEARLY;BYWEEKNO=5\r\nSUMMARY:Week\r\nEND:VEVENT\r\n"
                 "END:VCALENDAR\r\n");
    const std::string path = (folder.path() / "team.ics").string();
    const auto result = imported(folder, {"ics", path, "--zone", "Europe/Berlin", "--strict"});
    CHECK(result.exit_code == 1);
    INFO(result.out);
    for (const char* part :
         {"event_1 \"Sale\": every tuesday at 20:00 until 21:30", "start - 10m: post \"Soon\"",
          "post \"It is on, come\"", "2036-01-08, 2036-01-15", "on 2036-01-16 at 19:00",
          "left out: it takes the whole day", "left out: no rule can say BYWEEKNO"}) {
        INFO(part);
        CHECK(contains(result.out, part));
    }
    CHECK(contains(result.err, "2 rules from 4 events"));

    folder.write("broken.ics", "hello\n");
    CHECK(run({SOP_BINARY, "import", "ics", (folder.path() / "broken.ics").string()}).exit_code ==
          2);
}

TEST_CASE("a playbook that is there is not written over", "[import]") {
    const TemporaryFolder folder;
    folder.write("tab", "0 9 * * * echo x\n");
    folder.write("mine.sop", "mine");
    const auto result = run({SOP_BINARY, "import", "crontab", (folder.path() / "tab").string(),
                             "--zone", "UTC", "-o", (folder.path() / "mine.sop").string()});
    CHECK(result.exit_code == 2);
    CHECK(contains(result.err, "is there already"));
    std::ifstream file(folder.path() / "mine.sop");
    std::stringstream text;
    text << file.rdbuf();
    CHECK(text.str() == "mine");
}
