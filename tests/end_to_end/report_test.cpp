// `sop report` through the real binary, on the database of a rehearsal.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/project.h"

namespace {

using namespace sop::tests;
using nlohmann::json;

constexpr const char* playbook = R"(sop 1
import std.events
import std.metrics
tag member, vip, basic
content one { text "one" }
content two { text "two" }
content daily {
  variant plain { text "plain" }
  variant loud weight 2 { text "loud" }
}
tier groups tagged member every day at 02:00 timezone Asia/Shanghai {
  vip:   gmv(last 7 days) >= 100 CNY
  basic: else
}
playbook course {
  timezone Asia/Shanghai
  for members tagged member
  via log
  news: every monday at 09:00 { send daily }
  buy: on order { points +10 because "purchase" }
  funnel: on opened(one) {
    send two
    wait for opened(two) within 1 day {
      yes: send "more"
      no:  stop "not interested"
    }
  }
}
)";

constexpr const char* events =
    R"({"type":"order","at":"2026-11-17T04:00:00Z","group":"g1","member":"m1","fields":{"amount":"60 CNY"}}
{"type":"order","at":"2026-11-18T04:00:00Z","group":"g1","member":"m1","fields":{"amount":"60.50 CNY"}}
{"type":"order","at":"2026-11-18T04:00:00Z","group":"g2","member":"m3","fields":{"amount":"9.50 CNY"}}
{"type":"opened","at":"2026-11-17T04:00:00Z","member":"m1","fields":{"what":"one"}}
{"type":"opened","at":"2026-11-17T05:00:00Z","member":"m1","fields":{"what":"two"}}
{"type":"opened","at":"2026-11-17T04:00:00Z","member":"m2","fields":{"what":"one"}}
{"type":"message","at":"2026-11-17T04:00:00Z","group":"g1","member":"m2","fields":{"text":"签到"}}
)";

// A week of two groups.
struct Week : Project {
    Week() : Project(0) {
        folder.write("course.sop", playbook);
        folder.write("events.ndjson", events);
        folder.write("groups.csv", "id,name,owner,tags\ng1,First,o1,member\ng2,Second,o2,member\n");
        folder.write("members.csv",
                     "id,name,groups,tags\nm1,Anna,g1,member\nm2,Bo,g1,member\nm3,Cy,g2,member\n");
        folder.write("sop.toml", "");
        const auto rehearsed =
            sop({"rehearse", path(), "--from", "2026-11-16", "--for", "8d", "--groups",
                 (folder / "groups.csv").string(), "--members", (folder / "members.csv").string(),
                 "--events", (folder / "events.ndjson").string(), "--keep"});
        INFO(rehearsed.out << rehearsed.err);
        REQUIRE(rehearsed.exit_code == 0);
        const std::string mark = "The database is kept: ";
        const auto at = rehearsed.out.find(mark);
        REQUIRE(at != std::string::npos);
        const auto begin = at + mark.size();
        database = rehearsed.out.substr(begin, rehearsed.out.find('\n', begin) - begin);
        folder.write("sop.toml", "store = \"" + database.string() + "\"\n");
        // The tier stands among the rules.
        CHECK(rehearsed.out.find("tier.groups: vip/basic") != std::string::npos);
    }

    ~Week() { std::filesystem::remove_all(database.parent_path()); }
    Week(const Week&) = delete;
    Week& operator=(const Week&) = delete;

    std::filesystem::path database;

    ProcessResult report(std::vector<std::string> arguments) const {
        const bool is_of_now =
            !arguments.empty() &&
            (arguments[0] == "tiers" || arguments[0] == "points" || arguments[0] == "check");
        arguments.insert(arguments.begin(), "report");
        arguments.insert(arguments.end(), {"--dir", path()});
        if (!is_of_now)
            arguments.insert(arguments.end(), {"--from", "2026-11-16", "--to", "2026-11-22"});
        return sop(std::move(arguments));
    }
};

}  // namespace

TEST_CASE("metrics are reported of groups, tags and owners, by the date", "[command][report]") {
    const Week week;
    CHECK(week.report({"--per", "group", "--metric", "gmv", "--metric", "conversion", "--format",
                       "csv"})
              .out ==
          "of,from,until,conversion,gmv\r\n"
          "g1,2026-11-16,2026-11-22,0.5,120.50 CNY\r\n"
          "g2,2026-11-16,2026-11-22,1,9.50 CNY\r\n");
    CHECK(week.report({"--per", "owner", "--owner", "o1", "--metric", "orders", "--by", "day",
                       "--format", "csv"})
              .out ==
          "of,from,until,orders\r\n"
          "o1,2026-11-16,2026-11-16,0\r\n"
          "o1,2026-11-17,2026-11-17,1\r\n"
          "o1,2026-11-18,2026-11-18,1\r\n"
          "o1,2026-11-19,2026-11-19,0\r\n"
          "o1,2026-11-20,2026-11-20,0\r\n"
          "o1,2026-11-21,2026-11-21,0\r\n"
          "o1,2026-11-22,2026-11-22,0\r\n");
    const auto told = json::parse(week.report({"--format", "json"}).out);
    CHECK(told["timezone"] == "Asia/Shanghai");
    REQUIRE(told["rows"].size() == 1);
    const json& all = told["rows"][0];
    CHECK(all["of"] == "all");
    CHECK(all["gmv"] == "130 CNY");
    CHECK(all["members"] == 3);
    CHECK(all["buyers"] == 2);
    CHECK(all["messages_per_head"] == 0.3333333333);
    CHECK(all["speakers"] == 0);
    CHECK(all["roi"] == nullptr);
    CHECK(all["entry_rate"] == nullptr);
    const std::string text = week.report({"--metric", "orders", "--by", "day"}).out;
    CHECK(text.find("orders  ▁▅█▁▁▁▁") != std::string::npos);
    const auto wrong = week.report({"--metric", "gvm"});
    CHECK(wrong.exit_code == 2);
    CHECK(wrong.err.find("there is no metric `gvm`; did you mean `gmv`?") != std::string::npos);
    CHECK(week.report({"--tag", "nobody"}).exit_code == 2);
}

TEST_CASE("tiers are reported with why, and told by why", "[command][report]") {
    const Week week;
    CHECK(week.report({"tiers", "--format", "csv"}).out ==
          "tier,of,name,level,before,since,why\r\n"
          "groups: vip/basic,g1,First,vip,basic,2026-11-19 02:00:00,"
          "\"vip: gmv(last 7 days) >= 100 CNY is so, gmv(last 7 days) is 120.50 CNY\"\r\n"
          "groups: vip/basic,g2,Second,basic,,2026-11-16 02:00:00,"
          "\"vip: gmv(last 7 days) >= 100 CNY is not so, gmv(last 7 days) is 0; basic: else\"\r\n");
    const std::string why =
        week.sop({"why", "--group", "g1", "--at", "2026-11-19T02:00", "--dir", week.path()}).out;
    CHECK(
        why.find("2026-11-19 02:00:00  vip, before basic: vip: gmv(last 7 days) >= 100 CNY is so, "
                 "gmv(last 7 days) is 120.50 CNY") != std::string::npos);
}

TEST_CASE("funnels and points are reported", "[command][report]") {
    const Week week;
    CHECK(week.report({"funnel", "--rule", "course.funnel", "--format", "csv"}).out ==
          "rule,step,reached,share,answered,not_answered,left,left_for\r\n"
          "course.funnel,start,2,1.0000,1,1,0,\r\n"
          "course.funnel,start / yes,1,0.5000,0,0,0,\r\n"
          "course.funnel,start / no,1,0.5000,0,0,1,1 not interested\r\n");
    CHECK(week.report({"points", "--format", "csv"}).out ==
          "rank,member,name,points\r\n1,m1,Anna,20\r\n2,m3,Cy,10\r\n");
    CHECK(week.report({"points", "--at", "2026-11-17T12:00", "--format", "csv"}).out ==
          "rank,member,name,points\r\n1,m1,Anna,10\r\n");
    const auto check = week.report({"check"});
    CHECK(check.exit_code == 0);
    CHECK(check.out.find("7 events counted anew") != std::string::npos);
    CHECK(check.out.find("0 differ") != std::string::npos);
}

TEST_CASE("a report refuses what belongs to another", "[command][report]") {
    const Week week;
    const auto refused = week.report({"points", "--from", "2026-11-17"});
    CHECK(refused.exit_code == 2);
    CHECK(refused.err == "sop: `sop report points` has no --from; it takes --at, --top\n");
    CHECK(week.report({"tiers", "--by", "day"}).err ==
          "sop: `sop report tiers` has no --by; it takes --dir, --zoneinfo and --format alone\n");
    CHECK(week.report({"--top", "3"}).exit_code == 2);
}

TEST_CASE("forms of contents are reported with what came of them", "[command][report]") {
    const Week week;
    // Three members got it on Monday at 09:00. m1 ordered a day later and opened `two`, m3 ordered
    // after 51 hours. Two got the loud one, m1 among them: 1 of 2 is Wilson's 0.0945 to 0.9055, and
    // against 0 of 1 it is z = 0.866, p = 0.3865.
    const std::string header =
        "content,variant,sent,to,counted,open,answered,share,low,high,chance\r\n";
    const std::string rows =
        "daily,plain,1,members,1,0,0,0.0000,0.0000,0.7935,\r\n"
        "daily,loud,2,members,2,0,1,0.5000,0.0945,0.9055,0.3865\r\n";
    CHECK(week.report({"variants", "--within", "2d", "--format", "csv"}).out == header + rows);
    CHECK(week.report({"variants", "--event", "opened(two)", "--format", "csv"}).out ==
          header + rows);
    // Nobody's month is over.
    CHECK(week.report({"variants", "--within", "30d", "--format", "csv"}).out ==
          header + "daily,plain,1,members,0,1,0,,,,\r\ndaily,loud,2,members,0,2,0,,,,\r\n");
    const auto told = json::parse(week.report({"variants", "--format", "json"}).out);
    CHECK(told["event"] == "order");
    CHECK(told["within"] == "3d");
    CHECK(week.report({"variants"}).out.find("answered: `order` within 3d") != std::string::npos);
    const auto wrong = week.report({"variants", "--event", "ordr"});
    CHECK(wrong.exit_code == 2);
    CHECK(wrong.err.find("no playbook declares it; did you mean `order`?") != std::string::npos);
    CHECK(week.report({"variants", "--event", "opened(twoo)"}).err ==
          "sop: --event opened(twoo): there is no content `twoo`; did you mean `two`?\n");
    CHECK(week.report({"variants", "--event", "message(x)"}).exit_code == 2);
    CHECK(week.report({"variants", "--within", "soon"}).exit_code == 2);
}
