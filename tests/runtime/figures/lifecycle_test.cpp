// The nine lifecycle numbers and the four kinds of members, against tables worked out by hand
// (tests/testdata/figures).
#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

#include "runtime/figures/count_check.h"
#include "runtime/figures/group_figures.h"
#include "tests/support/sources.h"
#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Row = std::vector<std::string>;

namespace {

Row parts_of(const std::string& line, char separator) {
    Row parts;
    std::istringstream rest(line);
    for (std::string part; std::getline(rest, part, separator);) parts.push_back(part);
    if (line.ends_with(separator)) parts.emplace_back();
    return parts;
}

// Without comments and the names of columns.
std::vector<Row> read_table(const std::string& name) {
    std::istringstream lines(read_text_file(source_folder() / "tests/testdata/figures" / name));
    std::vector<Row> rows;
    for (std::string line; std::getline(lines, line);) {
        if (!line.empty() && line.front() != '#') rows.push_back(parts_of(line, ','));
    }
    return rows;
}

lang::Plan lifecycle_plan() {
    return plan_of(R"(sop 1
import std.events
import std.metrics
tag member
channel hook { kind webhook }
playbook p {
  timezone Asia/Shanghai
  for groups tagged member
  via hook
  hello: on check_in { post "hi" }
}
)");
}

void happen(World& world) {
    auto rows = read_table("lifecycle_events.csv");
    rows.erase(rows.begin());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Row& row = rows[i];
        std::map<std::string, std::string> fields;
        for (const std::string& field : parts_of(row[4], ';')) {
            const std::size_t sign = field.find('=');
            if (sign != std::string::npos) fields[field.substr(0, sign)] = field.substr(sign + 1);
        }
        const auto member = row[3].empty() ? std::nullopt : std::optional(row[3]);
        world.event("e" + std::to_string(i), row[1], row[2], member, fields, row[0]);
    }
}

date::local_days november(int day) {
    return date::local_days{date::year{2026} / date::November / day};
}

struct Week {
    lang::Plan plan = lifecycle_plan();
    World world{plan, "2026-11-15 10:00"};

    Week() {
        for (const char* group : {"g1", "g2"}) world.group(group);
        for (const char* member : {"m1", "m2", "m3", "m4", "m5", "m6", "m7", "owner-g1"})
            world.member(member, {}, {"g1"});
        world.member("m8", {}, {"g1", "g2"});
        for (const char* member : {"m9", "m10"}) world.member(member, {}, {"g2"});
        happen(world);
    }

    std::string value(GroupFigures& figures, const std::string& name,
                      const std::vector<std::string>& groups, const DateSpan& span) {
        const auto metric =
            std::find_if(plan.metrics.begin(), plan.metrics.end(),
                         [&](const lang::Metric& each) { return each.name == name; });
        REQUIRE(metric != plan.metrics.end());
        return figures.value(*metric, groups, span).value_or("");
    }

    void check() {
        const auto zone = zones().find("Asia/Shanghai");
        const DateSpan span{november(16), november(22)};
        GroupFigures figures(world.store(), plan, *zone, span);
        auto rows = read_table("lifecycle_expected.csv");
        rows.erase(rows.begin());
        for (const Row& row : rows) {
            CAPTURE(row[0], row[1]);
            CHECK(value(figures, row[1], parts_of(row[0], '+'), span) == row[2]);
        }
    }
};

}  // namespace

TEST_CASE("the lifecycle numbers of a week are those worked out by hand", "[figures]") {
    Week week;
    week.world.run_until("2026-11-24 10:00");
    week.check();
    CHECK(check_counts(week.world.store(), week.plan, zones(), std::nullopt).differences.empty());
}

TEST_CASE("they are the same when it is killed on every day, or comes late", "[figures]") {
    const bool late = GENERATE(false, true);
    Week week;
    for (int day = 16; day < 24; ++day) {
        const std::string noon = "2026-11-" + std::to_string(day) + " 12:00";
        if (late && day < 22) continue;
        if (late) week.world.sleep_until(noon);
        week.world.run_until(noon);
        week.world.crash();
    }
    week.check();
}

TEST_CASE("they are the same where the metrics come when all is over", "[figures]") {
    Week week;
    World world{plan_of(R"(sop 1
import std.events
tag member
channel hook { kind webhook }
playbook p {
  timezone Asia/Shanghai
  for groups tagged member
  via hook
  hello: on check_in { post "hi" }
}
)"),
                "2026-11-15 10:00"};
    for (const char* group : {"g1", "g2"}) world.group(group);
    for (const char* member : {"m1", "m2", "m3", "m4", "m5", "m6", "m7", "owner-g1"})
        world.member(member, {}, {"g1"});
    world.member("m8", {}, {"g1", "g2"});
    for (const char* member : {"m9", "m10"}) world.member(member, {}, {"g2"});
    happen(world);
    world.run_until("2026-11-24 10:00");
    world.deploy(week.plan);
    world.run_until("2026-11-24 11:00");
    const auto zone = zones().find("Asia/Shanghai");
    const DateSpan span{november(16), november(22)};
    GroupFigures figures(world.store(), week.plan, *zone, span);
    auto rows = read_table("lifecycle_expected.csv");
    rows.erase(rows.begin());
    for (const Row& row : rows) {
        CAPTURE(row[0], row[1]);
        CHECK(week.value(figures, row[1], parts_of(row[0], '+'), span) == row[2]);
    }
}

TEST_CASE("one day has the people and the talk of that day", "[figures]") {
    Week week;
    week.world.run_until("2026-11-24 10:00");
    const auto zone = zones().find("Asia/Shanghai");
    const DateSpan span{november(16), november(22)};
    GroupFigures figures(week.world.store(), week.plan, *zone, span);
    const auto on = [&](const std::string& metric, int day) {
        return week.value(figures, metric, {"g1"}, {november(day), november(day)});
    };
    // m1 to m8; with m11; m2 is gone and m12 there; m1 is gone too.
    CHECK(on("members", 16) == "8");
    CHECK(on("members", 17) == "9");
    CHECK(on("members", 18) == "9");
    CHECK(on("members", 19) == "8");
    CHECK(on("speakers", 16) == "1");
    CHECK(on("speakers", 17) == "2");
    CHECK(on("speakers", 18) == "0");
    CHECK(on("interaction_rate", 17) == "0.2222222222");
    CHECK(on("gmv", 19) == "0");
}

TEST_CASE("a span falls into days, weeks from Monday and months", "[figures]") {
    const DateSpan span{november(27), date::local_days{date::year{2026} / date::December / 8}};
    CHECK(split(span, SplitBy::whole) == std::vector{span});
    CHECK(split(span, SplitBy::day).size() == 12);
    const auto weeks = split(span, SplitBy::week);
    REQUIRE(weeks.size() == 3);
    CHECK(weeks[0] == DateSpan{november(27), november(29)});
    CHECK(weeks[1].from == november(30));
    CHECK(weeks[2].until == span.until);
    const auto months = split(span, SplitBy::month);
    REQUIRE(months.size() == 2);
    CHECK(months[0] == DateSpan{november(27), november(30)});
}

TEST_CASE("the four kinds of members are those worked out by hand", "[figures][segments]") {
    const lang::Plan plan = plan_of(R"(sop 1
import std.events
import std.segments
tag customer, is_loyal, is_bargain, is_need_driven, is_low_need
channel hook { kind webhook }
tier members tagged customer every day at 03:00 timezone Asia/Shanghai {
  coming_back: count(order, last 90 days) >= 2
}
tier members tagged customer every day at 03:00 timezone Asia/Shanghai {
  content_with_us: count(shared, last 90 days) > 0 and count(refund, last 90 days) == 0
}
playbook follow_up {
  timezone Asia/Shanghai
  via hook
  loyal: every day at 10:00 for loyal_members { send "loyal" }
  bargain: every day at 10:00 for bargain_members { send "bargain" }
  need: every day at 10:00 for need_driven_members { send "need_driven" }
  low: every day at 10:00 for low_need_members { send "low_need" }
}
)");
    World world{plan, "2026-11-16 10:30"};
    const auto rows = read_table("segments.csv");
    REQUIRE(rows.size() == 8);
    int number = 0;
    for (const Row& row : rows) {
        world.member(row[0], {"customer"});
        const auto happen_times = [&](const std::string& type, const std::string& times) {
            for (int i = 0; i < std::stoi(times); ++i)
                world.event("e" + std::to_string(number++), type, std::nullopt, row[0],
                            {{"amount", "1 CNY"}}, "2026-11-16 12:00");
        };
        happen_times("order", row[1]);
        happen_times("shared", row[2]);
        happen_times("refund", row[3]);
    }
    world.run_until("2026-11-17 12:00");
    std::map<std::string, std::string> told;
    for (const Delivered& each : world.delivered()) told[each.target] += each.text;
    for (const Row& row : rows) {
        CAPTURE(row[0]);
        CHECK(told[row[0]] == row[4]);
    }
}

}  // namespace sop::runtime
