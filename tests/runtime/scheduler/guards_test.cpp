#include "runtime/scheduler/guards.h"

#include <catch2/catch.hpp>

#include <map>
#include <set>

#include "tests/support/world.h"

namespace sop::runtime {

using namespace sop::tests;
using Unit = lang::calendar::EveryNth::Unit;

namespace {

const lang::calendar::Zone& shanghai() {
    return zone("Asia/Shanghai");
}

std::string quiet_text(const lang::QuietHours& quiet, const std::string& local,
                       const std::string& zone_name = "Asia/Shanghai") {
    const auto end = quiet_end(quiet, zone(zone_name), instant(local, zone_name));
    return end ? local_text(*end, zone_name) : "not quiet";
}

struct FakeContacts : Contacts {
    std::map<Instant, int> made_at{};
    std::int64_t kept = 0;
    std::optional<Period> asked{};

    std::int64_t made(const Period& period) override {
        asked = period;
        std::int64_t count = 0;
        for (const auto& [at, messages] : made_at) {
            if (at >= period.from && at < period.to) count += messages;
        }
        return count;
    }
    std::int64_t reserved(const Period&, lang::Priority priority, Instant) override {
        return priority == lang::Priority::high ? 0 : kept;
    }
    std::optional<Instant> latest() override {
        return made_at.empty() ? std::nullopt : std::optional(made_at.rbegin()->first);
    }
};

}  // namespace

TEST_CASE("quiet hours begin at their first second and end before their last",
          "[scheduler][guards]") {
    struct Row {
        lang::QuietHours quiet;
        const char* at;
        const char* end;
    };
    const lang::QuietHours night{22h + 30min, 7h + 30min};
    const lang::QuietHours noon{12h, 14h};
    const Row rows[] = {
        {night, "2026-11-19 22:29:59.999", "not quiet"},
        {night, "2026-11-19 22:30", "2026-11-20 07:30"},
        {night, "2026-11-19 23:59:59.999", "2026-11-20 07:30"},
        {night, "2026-11-20 00:00", "2026-11-20 07:30"},
        {night, "2026-11-20 07:29:59.999", "2026-11-20 07:30"},
        {night, "2026-11-20 07:30", "not quiet"},
        {noon, "2026-11-20 11:59:59", "not quiet"},
        {noon, "2026-11-20 12:00", "2026-11-20 14:00"},
        {noon, "2026-11-20 13:59:59", "2026-11-20 14:00"},
        {noon, "2026-11-20 14:00", "not quiet"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.at) {
            CHECK(quiet_text(row.quiet, row.at) == row.end);
        }
    }
}

TEST_CASE("quiet hours end by the wall where the clock changes", "[scheduler][guards]") {
    const std::string berlin = "Europe/Berlin";
    // 02:30 does not exist on that day, and is 03:30.
    CHECK(quiet_text({22h, 2h + 30min}, "2026-03-28 23:00", berlin) == "2026-03-29 03:30");
    // 02:30 comes twice; in the second hour the end that is to come is the second one.
    const auto second = instant("2026-10-25 03:00", berlin) - 50min;
    const auto end = quiet_end({22h, 2h + 30min}, zone(berlin), second);
    REQUIRE(end);
    CHECK(*end == instant("2026-10-25 03:00", berlin) - 30min);
}

TEST_CASE("a message is given up after deliver_within and at the end of its window",
          "[scheduler][guards]") {
    const Instant eight = instant("2026-11-19 20:00");
    const lang::Rule rule;  // 2h
    struct Row {
        const char* what;
        Window window;
        Instant planned_for;
        Instant lives_until;  // the last instant at which it is still wanted
    };
    const Row rows[] = {
        {"no window", {eight, eight}, eight, eight + 2h},
        {"a window shorter than that", {eight, eight + 1h}, eight, eight + 1h - 1ms},
        {"a window longer than that", {eight, eight + 3h}, eight, eight + 2h},
        {"planned before the window", {eight, eight + 1h}, eight - 10min, eight + 110min},
        {"planned at the window's end", {eight, eight + 1h}, eight + 1h, eight + 3h},
    };
    const auto expired = [&](const lang::Rule& of, const Row& row, Instant wanted_at, Instant now) {
        return has_expired(of, row.window, row.planned_for, wanted_at, now);
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            CHECK_FALSE(expired(rule, row, row.planned_for, row.lives_until));
            CHECK(expired(rule, row, row.planned_for, row.lives_until + 1ms));
        }
    }
    // From when it is wanted; a length that is written counts from the planned time and crosses
    // the window's end.
    const Row& window = rows[1];
    CHECK_FALSE(expired(rule, rows[0], eight + 9h, eight + 11h));
    lang::Rule patient;
    patient.late_within = 6h;
    CHECK_FALSE(expired(patient, rows[0], eight, eight + 8h));
    CHECK(expired(patient, rows[0], eight, eight + 8h + 1ms));
    lang::Rule written;
    written.guards.edit().deliver_within_written = true;
    CHECK_FALSE(expired(written, window, eight, eight + 2h));
    CHECK(expired(written, window, eight, eight + 2h + 1ms));
    CHECK(expired(written, rows[0], eight + 9h, eight + 9h));
}

TEST_CASE("spread gives each subject its own share, the same each time", "[scheduler][guards]") {
    const Instant eight = instant("2026-11-19 08:00");
    lang::Rule rule;
    rule.name = "morning";
    rule.guards.edit().spread = 5min;
    std::set<Instant> times;
    std::chrono::milliseconds sum{0};
    for (int i = 0; i < 900; ++i) {
        const std::string group = "g" + std::to_string(i);
        const auto wanted = place(rule, shanghai(), {eight, eight}, eight, group, true);
        REQUIRE(wanted);
        CHECK(*wanted >= eight);
        CHECK(*wanted < eight + 5min);
        CHECK(place(rule, shanghai(), {eight, eight}, eight, group, true) == wanted);
        times.insert(*wanted);
        sum += *wanted - eight;
    }
    CHECK(times.size() > 850);
    CHECK(sum / 900 > 2min);
    CHECK(sum / 900 < 3min);
    // Not beyond what it may wait.
    for (int i = 0; i < 100; ++i) {
        const auto wanted =
            place(rule, shanghai(), {eight, eight + 1min}, eight, std::to_string(i), true);
        CHECK(wanted < eight + 1min);
    }
}

TEST_CASE("quiet hours move, drop or let pass", "[scheduler][guards]") {
    const Instant eleven = instant("2026-11-19 23:00");
    const Instant morning = instant("2026-11-20 07:30");
    lang::Rule rule;
    rule.guards.edit().quiet = lang::QuietHours{22h + 30min, 7h + 30min};
    const Window moment{eleven, eleven};
    CHECK(place(rule, shanghai(), moment, eleven, "g1", true) == morning);
    CHECK(place(rule, shanghai(), moment, eleven, "g1", false) == eleven);
    CHECK(place(rule, shanghai(), moment, morning, "g1", true) == morning);
    // The window is over by then, or the written time to wait.
    CHECK_FALSE(place(rule, shanghai(), {eleven, eleven + 2h}, eleven, "g1", true));
    rule.guards.edit().deliver_within_written = true;
    CHECK_FALSE(place(rule, shanghai(), moment, eleven, "g1", true));
    rule.deliver_within = 9h;
    CHECK(place(rule, shanghai(), {eleven, eleven + 2h}, eleven, "g1", true) == morning);
    rule.guards.edit().quiet->skip = true;
    CHECK_FALSE(place(rule, shanghai(), moment, eleven, "g1", true));
}

TEST_CASE("what an event of a person sends that person at once is not held back",
          "[scheduler][guards]") {
    lang::Rule rule;
    rule.audience.edit().kind = lang::SubjectKind::member;
    rule.trigger = on_event("opened");
    const lang::Deliver send{0, lang::Verb::send};
    const lang::Deliver post{0, lang::Verb::post};
    const lang::Deliver reply{0, lang::Verb::reply};
    const lang::Deliver warn{0, lang::Verb::warn};
    rule.steps = {{"start", {}, {send, post, reply}}, {"after 1h", after(1h), {send, warn}}};
    CHECK_FALSE(is_guarded(rule, {0, 0}));
    CHECK(is_guarded(rule, {0, 1}));
    CHECK_FALSE(is_guarded(rule, {0, 2}));
    CHECK(is_guarded(rule, {1, 0}));
    CHECK_FALSE(is_guarded(rule, {1, 1}));
    rule.trigger = daily({8h});
    CHECK(is_guarded(rule, {0, 0}));
}

TEST_CASE("what answers a person at once, welcomes or replies is not held back",
          "[scheduler][guards]") {
    using enum lang::SubjectKind;
    using lang::Verb;
    struct Row {
        const char* what;
        lang::SubjectKind rule;
        const char* event;  // empty for a rule of the calendar
        Verb verb;
        lang::StepTime when;
        bool guarded;
    };
    const Row rows[] = {
        {"a post of the calendar", group, "", Verb::post, {}, true},
        {"an announcement", group, "", Verb::announce, {}, true},
        {"a send of the calendar", member, "", Verb::send, {}, true},
        {"a send at the person's event", member, "order", Verb::send, {}, false},
        {"a send at a member's event in a group", group, "order", Verb::send, {}, false},
        {"a send an hour after the event", member, "order", Verb::send, after(1h), true},
        {"a post at an event", group, "order", Verb::post, {}, true},
        {"an announcement at an event", group, "order", Verb::announce, {}, true},
        {"a reply", group, "order", Verb::reply, {}, false},
        {"a reply an hour later", group, "order", Verb::reply, after(1h), false},
        {"a warning", group, "message", Verb::warn, {}, false},
        {"a welcome", group, "join", Verb::post, {}, false},
        {"a welcome that is announced", group, "join", Verb::announce, {}, false},
        {"what comes an hour after the joining", group, "join", Verb::post, after(1h), true},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.what) {
            lang::Rule rule;
            rule.audience.edit().kind = row.rule;
            if (row.event[0] != '\0') {
                rule.trigger = on_event(row.event);
            } else {
                rule.trigger = daily({8h});
            }
            rule.steps = {{"step", row.when, {lang::Deliver{0, row.verb}}}};
            CHECK(is_guarded(rule, {0, 0}) == row.guarded);
        }
    }
}

TEST_CASE("in a rule for groups an answer to its wait may be another person's",
          "[scheduler][guards]") {
    lang::Rule rule;
    rule.trigger = on_event("order");
    lang::StepTime at_once;
    at_once.anchor = lang::StepTime::Anchor::previous;
    lang::Wait wait;
    wait.yes = {{"start", at_once, {lang::Deliver{0, lang::Verb::send}}}};
    rule.steps = {{"start", {}, {wait}}};
    CHECK(is_guarded(rule, {1, 0}));
    rule.audience.edit().kind = lang::SubjectKind::member;
    CHECK_FALSE(is_guarded(rule, {1, 0}));
}

TEST_CASE("what goes to others than its subject is held back", "[scheduler][guards]") {
    const lang::Audience others{lang::SubjectKind::group, {{"vip"}}};
    lang::Deliver to_others{0, lang::Verb::post};
    to_others.to = others;
    lang::Rule rule;
    rule.trigger = on_event("join");
    rule.steps = {{"start", {}, {to_others, lang::Deliver{0, lang::Verb::post}}}};
    CHECK(is_guarded(rule, {0, 0}));
    CHECK_FALSE(is_guarded(rule, {0, 1}));
    const auto audiences = other_audiences(rule);
    REQUIRE(audiences.size() == 1);
    CHECK(*audiences[0] == others);
}

TEST_CASE("messages to come are those to the subject, or to one audience", "[scheduler][guards]") {
    const lang::Audience vip{lang::SubjectKind::group, {{"vip"}}};
    lang::Deliver to_vip{0, lang::Verb::post};
    to_vip.to = vip;
    lang::Rule rule;
    rule.trigger = daily({8h});
    rule.steps = {{"start", {}, {to_vip, lang::Deliver{0, lang::Verb::post}, to_vip}}};
    const auto count = [&](const lang::Audience* to) {
        return messages_to_come(rule, shanghai(), instant("2026-11-19 00:00"),
                                instant("2026-11-21 00:00"), to);
    };
    CHECK(count(nullptr) == 2);
    CHECK(count(&vip) == 4);
    const lang::Audience nobody{lang::SubjectKind::group, {{"nobody"}}};
    CHECK(count(&nobody) == 0);
}

TEST_CASE("a cap is of the kind of whom a message goes to", "[scheduler][guards]") {
    lang::Rule rule;
    rule.guards.edit().limits = {{1, lang::SubjectKind::member, Unit::day}};
    const Instant noon = instant("2026-11-19 12:00");
    FakeContacts contacts;
    contacts.made_at[noon - 2h] = 1;
    CHECK(admit(rule, SubjectKind::member, shanghai(), contacts, noon).kind ==
          Admission::Kind::capped);
    CHECK(admit(rule, SubjectKind::group, shanghai(), contacts, noon).kind == Admission::Kind::go);
}

TEST_CASE("days, weeks and months are those of the zone", "[scheduler][guards]") {
    const auto text = [](Unit unit, const std::string& at, const std::string& zone_name) {
        const Period period = period_of(unit, zone(zone_name), instant(at, zone_name));
        return local_text(period.from, zone_name) + " to " + local_text(period.to, zone_name);
    };
    CHECK(text(Unit::day, "2026-11-19 00:00", "Asia/Shanghai") ==
          "2026-11-19 00:00 to 2026-11-20 00:00");
    CHECK(text(Unit::day, "2026-11-19 23:59:59.999", "Asia/Shanghai") ==
          "2026-11-19 00:00 to 2026-11-20 00:00");
    CHECK(text(Unit::week, "2026-11-22 12:00", "Asia/Shanghai") ==
          "2026-11-16 00:00 to 2026-11-23 00:00");
    CHECK(text(Unit::week, "2026-11-16 00:00", "Asia/Shanghai") ==
          "2026-11-16 00:00 to 2026-11-23 00:00");
    CHECK(text(Unit::month, "2026-12-31 12:00", "Asia/Shanghai") ==
          "2026-12-01 00:00 to 2027-01-01 00:00");
    CHECK(text(Unit::month, "2027-02-10 12:00", "Asia/Shanghai") ==
          "2027-02-01 00:00 to 2027-03-01 00:00");
    // A day of 25 hours.
    CHECK(text(Unit::day, "2026-10-25 12:00", "Europe/Berlin") ==
          "2026-10-25 00:00 to 2026-10-26 00:00");
}

TEST_CASE("a cap counts what was made and what more urgent rules are to make",
          "[scheduler][guards]") {
    const Instant noon = instant("2026-11-19 12:00");
    lang::Rule rule;
    rule.guards.edit().limits = {{2, lang::SubjectKind::group, Unit::day}};
    FakeContacts contacts;
    const auto capped = [&](Instant at) {
        return admit(rule, SubjectKind::group, shanghai(), contacts, at).kind ==
               Admission::Kind::capped;
    };
    CHECK_FALSE(capped(noon));
    contacts.made_at[noon - 2h] = 1;
    CHECK_FALSE(capped(noon));
    contacts.kept = 1;
    CHECK(capped(noon));
    rule.guards.edit().priority = lang::Priority::high;
    CHECK_FALSE(capped(noon));
    contacts.made_at[noon - 1h] = 1;
    CHECK(capped(noon));
    CHECK_FALSE(capped(instant("2026-11-20 00:00")));
    CHECK(capped(instant("2026-11-19 23:59:59.999")));
    // A cap on members is none of a group's.
    rule.guards.edit().limits[0].per = lang::SubjectKind::member;
    CHECK_FALSE(capped(noon));
}

TEST_CASE("spacing makes the next message wait", "[scheduler][guards]") {
    const Instant noon = instant("2026-11-19 12:00");
    lang::Rule rule;
    rule.guards.edit().space = 10min;
    FakeContacts contacts;
    CHECK(admit(rule, SubjectKind::group, shanghai(), contacts, noon).kind == Admission::Kind::go);
    contacts.made_at[noon] = 1;
    const Admission soon = admit(rule, SubjectKind::group, shanghai(), contacts, noon + 9min);
    CHECK(soon.kind == Admission::Kind::wait);
    CHECK(soon.until == noon + 10min);
    CHECK(admit(rule, SubjectKind::group, shanghai(), contacts, noon + 10min).kind ==
          Admission::Kind::go);
}

TEST_CASE("messages to come are those of steps whose time is fixed", "[scheduler][guards]") {
    Draft draft;
    lang::Rule& rule = draft.rule("sale", weekly(3, 20h, 2h));
    rule.steps = {{"teaser", days_from_start(-1, 12h), {draft.post("t")}},
                  {"start", at_start(), {draft.post("a"), draft.post("b")}},
                  {"tag", at_start(30min), {lang::ChangeTag{true, "seen"}}},
                  {"end", at_end(), {draft.post("e")}},
                  {"after", after(1h), {draft.post("f")}}};
    const auto to_come = [&](const std::string& after, const std::string& before) {
        return messages_to_come(rule, shanghai(), instant(after), instant(before));
    };
    CHECK(to_come("2026-11-19 00:00", "2026-11-20 00:00") == 3);
    CHECK(to_come("2026-11-18 00:00", "2026-11-19 00:00") == 1);
    // What is planned at that very moment is no longer to come.
    CHECK(to_come("2026-11-19 20:00", "2026-11-20 00:00") == 1);
    CHECK(to_come("2026-11-19 21:00", "2026-11-19 22:00") == 0);
    CHECK(to_come("2026-11-01 00:00", "2026-12-01 00:00") == 16);
    // What quiet hours put off takes the next day's slot.
    rule.guards.edit().quiet = lang::QuietHours{22h, 7h};
    CHECK(to_come("2026-11-19 00:00", "2026-11-20 00:00") == 2);
    CHECK(to_come("2026-11-19 00:00", "2026-11-20 07:00:01") == 3);
    rule.guards.edit().quiet->skip = true;
    CHECK(to_come("2026-11-19 00:00", "2026-11-20 12:00") == 2);
}

}  // namespace sop::runtime
