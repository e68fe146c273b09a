#include "runtime/scheduler/firing_changes.h"

#include <catch2/catch.hpp>

#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;

namespace {

lang::Plan plan_of(const std::map<std::string, lang::CalendarTrigger>& rules,
                   const std::string& zone_name = "Asia/Shanghai") {
    Draft draft(zone_name);
    for (const auto& [name, trigger] : rules)
        draft.rule(name, trigger).steps = {{"start", at_start(), {draft.post("Hello")}}};
    return draft.plan;
}

// "post: 2026-11-16 08:00 > 2026-11-16 09:00, …" by the clock of Shanghai; "-" for none.
std::string changes_between(const lang::Plan& before, const lang::Plan& after) {
    const auto found = compare_firings(before, after, zones(), instant("2026-11-16 08:00"),
                                       instant("2026-11-18 08:00"));
    const auto text_of = [](const std::optional<FiringTime>& time) {
        return time ? local_text(time->at) : "-";
    };
    std::string result;
    for (const FiringChange& change : found.changes)
        result +=
            change.rule + ": " + text_of(change.before) + " > " + text_of(change.after) + ", ";
    return result + std::to_string(found.kept) + " kept";
}

}  // namespace

TEST_CASE("what another plan adds, removes and moves", "[plan]") {
    struct Row {
        const char* what;
        lang::Plan before;
        lang::Plan after;
        const char* changes;
    };
    const lang::Plan post = plan_of({{"post", daily({8h})}});
    const Row rows[] = {
        {"nothing", post, post, "2 kept"},
        {"another time", post, plan_of({{"post", daily({9h})}}),
         "members.post: 2026-11-16 08:00 > 2026-11-16 09:00, "
         "members.post: 2026-11-17 08:00 > 2026-11-17 09:00, 0 kept"},
        {"one more", post, plan_of({{"post", daily({8h, 20h})}}),
         "members.post: - > 2026-11-16 20:00, members.post: - > 2026-11-17 20:00, 2 kept"},
        {"another name", post, plan_of({{"greet", daily({8h})}}),
         "members.greet: - > 2026-11-16 08:00, members.post: 2026-11-16 08:00 > -, "
         "members.greet: - > 2026-11-17 08:00, members.post: 2026-11-17 08:00 > -, 0 kept"},
        {"another day", plan_of({{"post", weekly(0, 9h)}}), plan_of({{"post", weekly(1, 9h)}}),
         "members.post: 2026-11-16 09:00 > -, members.post: - > 2026-11-17 09:00, 0 kept"},
        // The same wall time, three hours later.
        {"another zone", plan_of({{"post", daily({12h})}}),
         plan_of({{"post", daily({12h})}}, "Asia/Karachi"),
         "members.post: 2026-11-16 12:00 > 2026-11-16 15:00, "
         "members.post: 2026-11-17 12:00 > 2026-11-17 15:00, 0 kept"},
        {"none before", lang::Plan{}, post,
         "members.post: - > 2026-11-16 08:00, members.post: - > 2026-11-17 08:00, 0 kept"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            CHECK(changes_between(row.before, row.after) == row.changes);
        }
    }
}

TEST_CASE("more firings than anybody reads are not counted out", "[plan]") {
    lang::CalendarTrigger often;
    often.schedule.times = lang::calendar::DailyInterval{1min, 0s, 24h - 1min};
    const auto found = compare_firings(lang::Plan{}, plan_of({{"often", often}}), zones(),
                                       instant("2026-11-16 08:00"), instant("2026-12-16 08:00"));
    CHECK(found.changes.size() == firings_compared_max);
    CHECK(found.cut_short == std::vector<std::string>{"members.often"});
}

}  // namespace sop::runtime
