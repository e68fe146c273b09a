// The other commands through the real binary: what they print, what they exit with, what they leave
// alone.
#include "tests/support/project.h"
#include "tests/support/sources.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <sys/mount.h>
#include <unistd.h>
#include <csignal>
#include <filesystem>

namespace {

using namespace sop::tests;

const std::string good_playbook =
    "sop 1\ntag member\n\nplaybook p {\n  timezone Asia/Shanghai\n  for groups tagged member\n  "
    "via log\n"
    "  hello: every day at 08:00 { post \"Hello {group.name}\" }\n}\n";

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("wrong input is one clear answer with the documented exit code", "[command][errors]") {
    struct Row {
        const char* what;
        std::vector<std::string> arguments;
        int exit_code;
        const char* message;
    };
    Project project(2);
    project.folder.write("good/good.sop", good_playbook);
    project.folder.write("bad/bad.sop", "sop 1\nplaybook p { timezone Nowhere/Land }\n");
    project.folder.write("empty/readme.txt", "nothing");
    project.folder.write("broken.csv", "id,name\ng1,a\ng1,b\n");
    project.folder.write("config/sop.toml", "stor = \"x.db\"\n");
    project.folder.write("config/good.sop", good_playbook);
    project.folder.write(
        "text/sop.db",
        "this is not a database, only a text that is long enough to be looked at as one");
    project.folder.write(
        "hook/hook.sop",
        "sop 1\ntag member\nchannel hook { kind webhook }\nplaybook p {\n  timezone UTC\n"
        "  for groups tagged member\n  via hook\n  a: every day at 08:00 { post \"x\" }\n}\n");
    project.folder.write(
        "unasked/notes.sop",
        "sop 1\ntag member\nchannel notes { kind log }\nplaybook p {\n  timezone UTC\n"
        "  for groups tagged member\n  via notes\n  a: every day at 08:00 { post \"x\" }\n}\n");
    project.folder.write(
        "unasked/sop.toml",
        "[channels.notes]\nunknown = \"reconcile\"\nask_url = \"http://127.0.0.1:9/\"\n");
    project.folder.write("misnamed/good.sop", good_playbook);
    project.folder.write("misnamed/sop.toml", "[channels.shop]\n[channels.lgo]\n");
    const std::vector<Row> rows{
        {"channels that nobody declares",
         {"plan", "misnamed"},
         0,
         "sop.toml: [channels.lgo] sets up what no playbook declares; did you mean `log`?\n"
         "misnamed/sop.toml: [channels.shop] sets up what no playbook declares\n"},
        {"no command", {}, 2, "A subcommand is required"},
        {"an unknown command", {"chek"}, 2, "there is no command `chek`; did you mean `check`?"},
        {"no such file", {"check", "nothing.sop"}, 2, "nothing.sop: no such file or folder"},
        {"a folder without playbooks", {"check", "empty"}, 2, "has no .sop file"},
        {"errors in a playbook", {"check", "bad"}, 1, "SOP0202"},
        {"serving errors", {"serve", "bad"}, 1, "nothing was started"},
        {"rehearsing a file",
         {"rehearse", "good/good.sop", "--from", "2026-11-16"},
         2,
         "is not a folder"},
        {"a date that is none",
         {"rehearse", "good", "--from", "tomorrow"},
         2,
         "--from: `tomorrow` is no time"},
        {"a length that is none",
         {"rehearse", "good", "--from", "2026-11-16", "--for", "1x"},
         2,
         "`1x` is no length"},
        {"a length without end",
         {"rehearse", "good", "--from", "2026-11-16", "--for", "9999w"},
         2,
         "out of range"},
        {"a missing CSV file", {"groups", "import", "no.csv"}, 2, "no.csv"},
        {"a bad CSV file", {"groups", "import", "broken.csv"}, 1, "broken.csv:3"},
        {"a wrong setting", {"serve", "config"}, 2, "stor"},
        {"a store that is none", {"status", "text"}, 2, "sop.db"},
        {"no store yet", {"status", "empty"}, 2, "no store there yet"},
        {"a channel that is not set up", {"serve", "hook"}, 2, "the channel `hook` has no URL"},
        {"a channel that cannot be asked",
         {"serve", "unasked"},
         2,
         "sop.toml:2: the channel `notes` is of kind log and cannot be asked what it took: write "
         "unknown = \"hold\" or \"resend\" in [channels.notes]"},
        {"a length of nothing",
         {"rehearse", "good", "--from", "2026-11-16", "--for", "0d"},
         2,
         "more than nothing and at most 400d"},
        {"a number out of range", {"next", "good", "-n", "0"}, 2, "0"},
        {"a number below nothing", {"groups", "--limit", "-1"}, 2, "`-1` is no whole number"},
        {"a word for a number", {"draws", "last"}, 2, "DRAW: `last` is no whole number"},
        {"a field that is none",
         {"members", "--sort", "age"},
         2,
         "--sort: there is no `age`; write id, name, zone, invited_by, joined, opted_out or "
         "points"},
        {"a schedule that is misspelt",
         {"next", "every thrusday at 20:00"},
         2,
         "no such file or folder; for a schedule add --in"},
        {"an unknown format", {"check", "--format", "xml", "good"}, 2, "xml"},
    };
    for (const auto& row : rows) {
        DYNAMIC_SECTION(row.what) {
            const auto result = project.sop(row.arguments);
            INFO(result.out);
            INFO(result.err);
            CHECK(result.exit_code == row.exit_code);
            CHECK(contains(result.out + result.err, row.message));
        }
    }
}

TEST_CASE("findings are told in the language of the environment, or in the one asked for",
          "[command][language]") {
    struct Row {
        const char* what;
        std::map<std::string, std::string> environment;
        std::vector<std::string> arguments;
        bool chinese;
    };
    const std::vector<Row> rows{
        {"nothing is set", {}, {}, false},
        {"LANG", {{"LANG", "zh_CN.UTF-8"}}, {}, true},
        {"any kind of Chinese", {{"LANG", "zh_TW"}}, {}, true},
        {"another language", {{"LANG", "de_DE.UTF-8"}}, {}, false},
        {"LC_MESSAGES before LANG",
         {{"LC_MESSAGES", "zh_CN.UTF-8"}, {"LANG", "en_US.UTF-8"}},
         {},
         true},
        {"LC_ALL before both",
         {{"LC_ALL", "C"}, {"LC_MESSAGES", "zh_CN.UTF-8"}, {"LANG", "zh_CN.UTF-8"}},
         {},
         false},
        {"an empty one is not set", {{"LC_ALL", ""}, {"LANG", "zh_CN.UTF-8"}}, {}, true},
        {"English is asked for", {{"LC_MESSAGES", "zh_CN.UTF-8"}}, {"--lang", "en"}, false},
        {"Chinese is asked for", {{"LC_ALL", "C"}}, {"--lang", "zh-CN"}, true},
    };
    const TemporaryFolder folder;
    folder.write("bad.sop", "sop 1\ntag a, a\n");
    for (const auto& row : rows) {
        DYNAMIC_SECTION(row.what) {
            std::vector<std::string> command{SOP_BINARY, "check", "bad.sop"};
            command.insert(command.end(), row.arguments.begin(), row.arguments.end());
            const auto result =
                run(command, {.environment = row.environment, .folder = folder.path()});
            CHECK(result.exit_code == 1);
            CHECK(result.out == (row.chinese ? "错误[SOP0110]：标签 `a` 声明了两次\n"
                                               "  ┌─ bad.sop:2:8\n"
                                               "2 │ tag a, a\n"
                                               "  │     - 第一次在这里\n"
                                               "  │        ^\n\n"
                                               "1 个文件：1 个错误\n"
                                             : "error[SOP0110]: the tag `a` is declared twice\n"
                                               "  ┌─ bad.sop:2:8\n"
                                               "2 │ tag a, a\n"
                                               "  │     - first here\n"
                                               "  │        ^\n\n"
                                               "1 error in 1 file\n"));
        }
    }
}

TEST_CASE("every command that tells findings takes a language", "[command][language]") {
    struct Row {
        std::vector<std::string> arguments;
        int exit_code;
        const char* message;
    };
    const std::string bad = "sop 1\ntag a, a\n";
    const std::vector<Row> rows{
        {{"check", "--format", "json", "bad"}, 1, "标签 `a` 声明了两次"},
        {{"fmt", "bad/unreadable.txt"}, 1, "bad/unreadable.txt：保持原样"},
        {{"next", "bad"}, 1, "标签 `a` 声明了两次"},
        {{"next", "every thrusday at 20:00", "--in", "UTC"}, 1, "不认识的星期 `thrusday`"},
        {{"serve", "bad"}, 1, "bad：1 个错误；未启动"},
        {{"rehearse", "bad", "--from", "2026-11-16"}, 1, "标签 `a` 声明了两次"},
        {{"check", "bad", "--lang", "fr"}, 2, "--lang"},
    };
    const TemporaryFolder folder;
    folder.write("bad/bad.sop", bad);
    folder.write("bad/unreadable.txt", "sop 1\ncontent a { text \"\n }\n");
    for (const auto& row : rows) {
        DYNAMIC_SECTION(row.arguments.front() << ' ' << row.arguments.at(1)) {
            std::vector<std::string> command{SOP_BINARY};
            command.insert(command.end(), row.arguments.begin(), row.arguments.end());
            if (row.exit_code == 1) command.insert(command.end(), {"--lang", "zh-CN"});
            const auto result = run(command, {.folder = folder.path()});
            INFO(result.out << result.err);
            CHECK(result.exit_code == row.exit_code);
            CHECK(contains(result.out + result.err, row.message));
        }
    }
}

TEST_CASE("what failed left nothing behind", "[command][errors]") {
    Project project(2);
    SECTION("an import with a bad row imports nothing") {
        project.folder.write("broken.csv", "id,name\ng7,a\n,b\n");
        CHECK(project.sop({"groups", "import", "groups.csv"}).exit_code == 0);
        CHECK(project.sop({"groups", "import", "broken.csv"}).exit_code == 1);
        CHECK(project.status()["groups"] == 2);
    }
    SECTION("a store that could not be filled is not there") {
        project.folder.write("good.sop", good_playbook);
        project.folder.write("groups.csv", "id,name\ng1,a\ng1,b\n");
        const auto result = project.sop({"serve", "."});
        CHECK(result.exit_code == 2);
        CHECK(contains(result.err, "groups.csv:3"));
        CHECK_FALSE(std::filesystem::exists(project.folder / "sop.db"));
    }
    SECTION("formatting a file with errors leaves it as it is") {
        const std::string text = "sop 1\nplaybook p {\n a: every day at { post }\n}\n";
        project.folder.write("bad.sop", text);
        CHECK(project.sop({"fmt", "bad.sop"}).exit_code == 1);
        CHECK(project.folder.read("bad.sop") == text);
    }
    SECTION("a rehearsal leaves no folder in the place for temporary files") {
        project.folder.write("good.sop", good_playbook);
        const TemporaryFolder temporary;
        const auto result =
            run({SOP_BINARY, "rehearse", project.path(), "--from", "2026-11-16", "--for", "1d"},
                {.environment = {{"TMPDIR", temporary.path().string()}}});
        CHECK(result.exit_code == 0);
        CHECK(std::filesystem::is_empty(temporary.path()));
    }
}

TEST_CASE("a rehearsal counts whom it reached and what it was told twice", "[command][rehearse]") {
    Project project(2);
    project.folder.write("good.sop", R"(sop 1
tag member
event order { sku: text }
playbook p {
  timezone Asia/Shanghai
  for groups tagged member
  via log
  thanks: on order { reply "Thanks" }
  ads: on message containing "ad" { remove member }
}
)");
    project.folder.write("sop.toml", "[directory]\ngroups = \"groups.csv\"\nmembers = \"m.csv\"\n");
    project.folder.write("m.csv", "id,groups\nm1,g0001\n");
    std::string events;
    for (const char* id : {"a", "b", "c", "a"}) {
        events += fmt::format(R"({{"id":"{}","type":"order","at":"2026-11-16T0{}:00:00Z",)"
                              R"("group":"g0001","member":"m1","fields":{{"sku":"x"}}}})"
                              "\n",
                              id, id[0] - 'a' + 1);
    }
    events += R"({"type":"message","at":"2026-11-16T05:00:00Z","group":"g0001","member":"m1",)"
              R"("fields":{"text":"ad"}})";
    project.folder.write("events.ndjson", events);
    project.folder.write("wrong.ndjson", "{\n" + events + "\n[]\n");
    const auto wrong =
        project.sop({"rehearse", ".", "--from", "2026-11-16", "--events", "wrong.ndjson"});
    CHECK(wrong.exit_code == 2);
    CHECK(contains(wrong.err, "wrong.ndjson:1: "));
    CHECK(contains(wrong.err, "\nwrong.ndjson:7: "));
    const auto rehearsed = project.sop({"rehearse", ".", "--from", "2026-11-16", "--for", "1d",
                                        "--events", "events.ndjson", "--keep"});
    INFO(rehearsed.out << rehearsed.err);
    CHECK(contains(rehearsed.out, "4 events of the file; 1 left out, an event before has its id."));
    CHECK(contains(rehearsed.out, " 3 to 1 group  sent  reply Thanks"));
    const std::string mark = "The database is kept: ";
    const auto at = rehearsed.out.find(mark);
    REQUIRE(at != std::string::npos);
    const std::filesystem::path database =
        rehearsed.out.substr(at + mark.size(), rehearsed.out.find('\n', at) - at - mark.size());
    project.folder.write("sop.toml", "store = \"" + database.string() + "\"\n");
    const auto why = project.sop({"why", "--group", "g0001", "--at", "2026-11-16T13:00"});
    CHECK(contains(why.out, "\n  remove member: m1\n"));
    CHECK(contains(why.out, "\n  \"reply Thanks"));
    std::filesystem::remove_all(database.parent_path());
}

TEST_CASE("a rehearsal that is stopped says so and leaves nothing behind", "[command][rehearse]") {
    Project project(2000);
    project.folder.write("good.sop", good_playbook);
    const TemporaryFolder temporary;
    Process rehearsal(
        {SOP_BINARY, "rehearse", project.path(), "--from", "2026-01-01", "--for", "400d"},
        {.environment = {{"TMPDIR", temporary.path().string()}}});
    const auto database_is_there = [&] {
        for (const auto& entry : std::filesystem::directory_iterator(temporary.path())) {
            if (std::filesystem::exists(entry.path() / "rehearsal.db-wal")) return true;
        }
        return false;
    };
    while (!database_is_there()) REQUIRE_FALSE(rehearsal.wait(std::chrono::milliseconds(1)));
    rehearsal.signal(SIGINT);
    REQUIRE(rehearsal.wait() == 2);
    CHECK(contains(rehearsal.err(), "stopped by a signal"));
    CHECK(std::filesystem::is_empty(temporary.path()));
}

TEST_CASE("a full disk is one clear line, and nothing is half imported", "[command][errors]") {
    if (geteuid() != 0) {
        WARN("skipped: mounting a small file system needs root");
        return;
    }
    const TemporaryFolder folder;
    if (mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=256k") != 0) {
        WARN("skipped: no file system can be mounted here");
        return;
    }
    const Project big(20000);
    const auto result = run({SOP_BINARY, "groups", "import", (big.folder / "groups.csv").string(),
                             "--dir", folder.path().string()});
    umount2(folder.path().c_str(), MNT_DETACH);
    CHECK(result.exit_code == 2);
    CHECK(contains(result.err, "full"));
    CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
}

TEST_CASE("fmt writes, checks and filters", "[command][fmt]") {
    Project project(1);
    project.folder.write("a.sop", "sop 1\ntag   member\n");
    CHECK(project.sop({"fmt", "--check", "a.sop"}).exit_code == 1);
    CHECK(project.folder.read("a.sop") == "sop 1\ntag   member\n");
    CHECK(project.sop({"fmt", "a.sop"}).out == "a.sop: formatted\n");
    CHECK(project.folder.read("a.sop") == "sop 1\ntag member\n");
    CHECK(project.sop({"fmt", "--check", "a.sop"}).exit_code == 0);
    CHECK(project.sop({"fmt", "a.sop"}).out.empty());
}

TEST_CASE("fmt shows what it would change", "[command][fmt]") {
    Project project(1);
    project.folder.write("a.sop", "sop 1\ntag   member\n");
    project.folder.write("b.sop", "sop 1\ntag member\n");
    const auto result = project.sop({"fmt", "--diff", "a.sop", "b.sop"});
    CHECK(result.exit_code == 1);
    CHECK(
        result.out ==
        "--- a.sop\n+++ a.sop (formatted)\n@@ -1,2 +1,2 @@\n sop 1\n-tag   member\n+tag member\n");
    CHECK(project.folder.read("a.sop") == "sop 1\ntag   member\n");
    CHECK(project.sop({"fmt", "--diff", "b.sop"}).exit_code == 0);
    CHECK(project.sop({"fmt", "--diff", "--check", "a.sop"}).exit_code == 2);
}

TEST_CASE("fmt converts files between the languages of keywords", "[command][fmt]") {
    Project project(1);
    const std::string english = "sop 1\nlanguage en\ntag member\n";
    project.folder.write("a.sop", english);
    CHECK(project.sop({"fmt", "--language", "zh-CN", "a.sop"}).exit_code == 0);
    CHECK(project.folder.read("a.sop") == "sop 1\nlanguage zh-CN\n标签 member\n");
    CHECK(project.sop({"check", "a.sop"}).exit_code == 0);
    CHECK(project.sop({"fmt", "--check", "a.sop"}).exit_code == 0);
    CHECK(project.sop({"fmt", "--check", "--language", "en", "a.sop"}).exit_code == 1);
    CHECK(project.sop({"fmt", "--language", "en", "a.sop"}).exit_code == 0);
    CHECK(project.folder.read("a.sop") == english);
    CHECK(project.sop({"fmt", "--language", "fr", "a.sop"}).exit_code == 2);

    project.folder.write("b.sop", "sop 1\ntag 结束\n");
    const auto refused = project.sop({"fmt", "--language", "zh-CN", "b.sop"});
    CHECK(refused.exit_code == 1);
    CHECK(contains(refused.err, "SOP0114"));
    CHECK(contains(refused.err, "b.sop: left as it is"));
    CHECK(project.folder.read("b.sop") == "sop 1\ntag 结束\n");
}

TEST_CASE("check speaks JSON for scripts", "[command][check]") {
    Project project(1);
    project.folder.write("a.sop", good_playbook);
    auto result = project.sop({"check", "--format", "json", "a.sop"});
    CHECK(result.exit_code == 0);
    auto report = nlohmann::json::parse(result.out);
    CHECK(report["format_version"] == 1);
    CHECK(report["diagnostics"].empty());
    project.folder.write("a.sop", "sop 1\ntag a a\n");
    result = project.sop({"check", "--format", "json", "a.sop"});
    CHECK(result.exit_code == 1);
    report = nlohmann::json::parse(result.out);
    CHECK(report["summary"]["errors"] == 1);
    CHECK(report["diagnostics"][0]["code"] == "SOP0107");
}

TEST_CASE("next shows the coming times of each rule", "[command][next]") {
    Project project(1);
    project.folder.write("a.sop", good_playbook);
    const auto result = project.sop({"next", "a.sop", "-n", "2", "--after", "2026-12-31"});
    CHECK(result.exit_code == 0);
    CHECK(result.out ==
          "local time           day  offset  UTC                   rule\n"
          "2026-12-31 08:00:00  Thu  +08:00  2026-12-31T00:00:00Z  p.hello\n"
          "2027-01-01 08:00:00  Fri  +08:00  2027-01-01T00:00:00Z  p.hello\n");
    const auto json = nlohmann::json::parse(
        project.sop({"next", "a.sop", "-n", "1", "--after", "2026-12-31", "--format", "json"}).out);
    CHECK(json["next"][0]["at"] == "2026-12-31T00:00:00Z");
}

TEST_CASE("next reads a schedule by itself, in English and Chinese", "[command][next]") {
    const Project project(1);
    const std::string zones = (source_folder() / "tests/testdata/zoneinfo").string();
    const auto next = [&](const std::string& schedule, const std::string& zone,
                          const std::string& after) {
        return project.sop(
            {"next", schedule, "--in", zone, "-n", "2", "--after", after, "--zoneinfo", zones});
    };
    const std::string sale =
        "every thursday at 20:00 for 2h\n"
        "每周四 20:00 持续 2小时\n"
        "in Asia/Shanghai, zone data 2026f\n\n"
        "local time           day  offset  UTC                   until                remark\n"
        "2026-10-01 20:00:00  Thu  +08:00  2026-10-01T12:00:00Z  2026-10-01 22:00:00  "
        "holiday: 国庆节\n"
        "2026-10-08 20:00:00  Thu  +08:00  2026-10-08T12:00:00Z  2026-10-08 22:00:00\n";
    for (const char* schedule :
         {"every thursday at 20:00 for 2h", "每周四 20:00 持续 2小时", "每周四20:00持续2小时"}) {
        const auto result = next(schedule, "Asia/Shanghai", "2026-09-26");
        CHECK(result.exit_code == 0);
        CHECK(result.out == sale);
    }

    const auto moved = next("every day at 02:30", "America/New_York", "2026-03-08");
    CHECK(moved.out ==
          "every day at 02:30\n"
          "每天 02:30\n"
          "in America/New_York, zone data 2026f\n\n"
          "local time           day  offset  UTC                   remark\n"
          "2026-03-08 03:30:00  Sun  -04:00  2026-03-08T07:30:00Z  moved: 02:30 does not exist "
          "that day; clock +1h on 2026-03-08 at 02:00\n"
          "2026-03-09 02:30:00  Mon  -04:00  2026-03-09T06:30:00Z\n");
    CHECK(contains(moved.err, "warning[SOP0215]"));
    CHECK(next("every day at 02:30 gap shift", "America/New_York", "2026-03-08").err.empty());

    CHECK(next("every thirsday at 20:00", "Asia/Shanghai", "2026-03-08").exit_code == 1);
    CHECK(next("every month on 30 in february at 10:00", "Asia/Shanghai", "2026-03-08").exit_code ==
          1);
    CHECK(next("every day at 20:00", "Asia/Shanhai", "2026-03-08").exit_code == 2);
    const auto without_zone = project.sop({"next", "every day at 20:00"});
    CHECK(without_zone.exit_code == 2);
    CHECK(contains(without_zone.err, "--in"));
}

TEST_CASE("next answers questions in order, a line each", "[command][next]") {
    const Project project(1);
    std::string questions;
    const auto ask = [&](const std::string& id, const std::string& schedule,
                         const std::string& zone, const std::string& after,
                         const std::string& more = "") {
        questions += fmt::format(R"({{{}"schedule":"{}","zone":"{}","after":"{}"{}}})"
                                 "\n",
                                 id, schedule, zone, after, more);
    };
    const std::string new_year = "2026-12-31T16:00:00Z";
    ask(R"("id":1,)", "every thursday at 20:00", "Asia/Shanghai", "2026-11-19T12:00:00Z",
        R"(,"count":2)");
    ask(R"("id":"two",)", "every workday at 09:00 calendar cn", "Asia/Shanghai", new_year);
    questions += "\n";
    ask("", "on 2020-01-01 at 09:00", "Asia/Shanghai", new_year);
    questions += "nonsense\n";
    ask(R"("id":[3],)", "every day at 25:00", "Asia/Shanghai", new_year);
    ask(R"("id":4,)", "every day at 20:00", "Asia/Shanhai", new_year);
    ask(R"("id":5,)", "every day at 20:00", "Asia/Shanghai", "soon");
    ask(R"("id":6,)", "every day at 02:30 gap reject", "America/New_York", "2026-03-08T00:00:00Z");
    project.folder.write("questions", questions);
    const std::string zones = (source_folder() / "tests/testdata/zoneinfo").string();
    const auto result =
        run({"sh", "-c", "\"$0\" next - --zoneinfo \"$1\" < questions", SOP_BINARY, zones},
            {.environment = {}, .folder = project.folder.path()});
    CHECK(result.exit_code == 0);
    CHECK(result.out ==
          R"({"id":1,"next":["2026-11-26T12:00:00Z","2026-12-03T12:00:00Z"]}
{"id":"two","error":{"code":"SOP0221","message":"the calendar has no data for 2027-01-01: add `unknown weekdays` to it to count its weeks as ordinary"}}
{"id":null,"next":[]}
{"id":null,"error":{"code":"SOP0901","message":"the line is no JSON object"}}
{"id":[3],"error":{"code":"SOP0203","message":"`25:00` is not a time of day: hours go from 00 to 23, minutes and seconds from 00 to 59"}}
{"id":4,"error":{"code":"SOP0202","message":"there is no time zone `Asia/Shanhai`; did you mean `Asia/Shanghai`?"}}
{"id":5,"error":{"code":"SOP0901","message":"`after` is no instant in UTC: write `2026-11-19T12:00:00Z`, not `soon`"}}
{"id":6,"error":{"code":"SOP0213","message":"2026-03-08 02:30:00 does not exist in America/New_York"}}
)");
}

TEST_CASE("the example week rehearses to 14,180 messages, all sent", "[command][rehearse]") {
    const std::string example = (source_folder() / "examples" / "members").string();
    const auto result = run({SOP_BINARY, "rehearse", example, "--from", "2026-11-16", "--for", "7d",
                             "--events", example + "/events.ndjson", "--format", "json"});
    REQUIRE(result.exit_code == 0);
    const auto report = nlohmann::json::parse(result.out);
    CHECK(report["messages"] == 14180);
    std::map<std::string, std::int64_t> messages;
    for (const auto& rule : report["rules"]) {
        messages[rule["rule"].get<std::string>()] = rule["messages"].get<std::int64_t>();
        CHECK(rule["outcomes"] == nlohmann::json{{"sent", rule["messages"]}});
    }
    CHECK(messages == std::map<std::string, std::int64_t>{{"course.first", 3083},
                                                          {"course.second", 196},
                                                          {"course.third", 77},
                                                          {"course.offer", 24},
                                                          {"members.checkin", 4500},
                                                          {"members.flash_sale", 4500},
                                                          {"members.lottery", 900},
                                                          {"members.member_day", 900}});
    CHECK_FALSE(std::filesystem::exists(example + "/sop.db"));
}

TEST_CASE("a rehearsal gives the same report twice", "[command][rehearse]") {
    const std::string example = (source_folder() / "examples" / "members").string();
    const std::vector<std::string> command{SOP_BINARY, "rehearse",   example,
                                           "--from",   "2026-11-16", "--for",
                                           "3d",       "--events",   example + "/events.ndjson"};
    CHECK(run(command).out == run(command).out);
}
