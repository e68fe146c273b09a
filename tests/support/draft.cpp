#include "tests/support/draft.h"

#include <cstdio>
#include <stdexcept>

#include "runtime/zoneinfo/zoneinfo.h"

namespace sop::tests {

// ---- times --------------------------------------------------------------------------------------

const lang::calendar::ZoneDatabase& zones() {
    static const lang::calendar::ZoneDatabase database{runtime::zoneinfo_folder()};
    return database;
}

const lang::calendar::Zone& zone(const std::string& name) {
    const auto found = zones().find(name);
    if (!found) throw std::invalid_argument("no such zone: " + name);
    return *found;  // the database keeps it
}

Instant instant(const std::string& local, const std::string& zone_name) {
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int millisecond = 0;
    const int parts = std::sscanf(local.c_str(), "%4d-%2d-%2d %2d:%2d:%2d.%3d", &year, &month, &day,
                                  &hour, &minute, &second, &millisecond);
    if (parts < 5) throw std::invalid_argument("not a local time: " + local);
    const date::local_days date{date::year{year} / month / day};
    const date::local_seconds whole = date + std::chrono::hours{hour} +
                                      std::chrono::minutes{minute} + std::chrono::seconds{second};
    return zone(zone_name).to_instant(whole) + std::chrono::milliseconds{millisecond};
}

std::string local_text(Instant instant, const std::string& zone_name) {
    const auto whole = date::floor<std::chrono::seconds>(instant);
    const auto local = zone(zone_name).to_local(whole);
    if (instant != whole) {
        return date::format("%F %T",
                            date::local_time<std::chrono::milliseconds>{local} + (instant - whole));
    }
    return date::format(local.time_since_epoch() % 60s == 0s ? "%F %R" : "%F %T", local);
}

// ---- plans by hand ------------------------------------------------------------------------------

namespace {

std::optional<lang::calendar::Span> window_of(std::optional<std::chrono::seconds> length) {
    if (!length) return std::nullopt;
    return lang::calendar::Span{0, 0, *length};
}

lang::StepTime step_time(lang::StepTime::Anchor anchor, std::chrono::seconds offset) {
    lang::StepTime when{anchor, {}};
    when.offset.backwards = offset < 0s;
    when.offset.span.elapsed = std::chrono::abs(offset);
    return when;
}

}  // namespace

lang::CalendarTrigger daily(std::vector<std::chrono::seconds> times,
                            std::optional<std::chrono::seconds> window) {
    lang::CalendarTrigger trigger;
    trigger.schedule.times = lang::calendar::TimesOfDay{std::move(times)};
    if (const auto span = window_of(window)) trigger.schedule.window = *span;
    return trigger;
}

lang::CalendarTrigger weekly(std::size_t day, std::chrono::seconds time,
                             std::optional<std::chrono::seconds> window) {
    lang::CalendarTrigger trigger = daily({time}, window);
    trigger.schedule.days =
        lang::calendar::Weekdays{lang::calendar::WeekdaySet::of({static_cast<unsigned>(day)})};
    return trigger;
}

lang::EventTrigger on_event(std::string event, std::optional<std::string> argument) {
    lang::EventTrigger trigger;
    trigger.event = std::move(event);
    trigger.argument = std::move(argument);
    return trigger;
}

lang::StepTime at_start(std::chrono::seconds offset) {
    return step_time(lang::StepTime::Anchor::start, offset);
}

lang::StepTime at_end(std::chrono::seconds offset) {
    return step_time(lang::StepTime::Anchor::end, offset);
}

lang::StepTime days_from_start(int days, std::chrono::seconds at) {
    lang::StepTime when;
    when.offset.backwards = days < 0;
    when.offset.span.days = std::abs(days);
    when.offset.at = at;
    return when;
}

lang::StepTime after(std::chrono::seconds elapsed) {
    return step_time(lang::StepTime::Anchor::previous, elapsed);
}

lang::StepTime next_day(std::chrono::seconds at) {
    lang::StepTime when{lang::StepTime::Anchor::previous, {}};
    when.offset.span.days = 1;
    when.offset.at = at;
    return when;
}

lang::TextTemplate plain(std::string text) {
    return {{std::move(text)}};
}

lang::FieldReference field(lang::FieldReference::Owner owner, std::string name,
                           lang::ValueType type) {
    return {owner, std::move(name), type};
}

Draft::Draft(std::string zone_name) : zone_(std::move(zone_name)) {
    plan.zone_release = zones().release();
    plan.tags = {"member"};
    plan.channels = {{"hook", "webhook"}};
    plan.playbooks.push_back({"members", "", {}});
    plan.playbooks.front().rules.reserve(64);
}

lang::Rule& Draft::rule(std::string name, lang::Trigger trigger, lang::SubjectKind kind) {
    lang::Rule& rule = plan.playbooks.front().rules.emplace_back();
    rule.name = std::move(name);
    rule.timezone = zone_;
    rule.audience = lang::Audience{kind, {{"member"}}};
    rule.via = std::vector<std::string>{"hook"};
    rule.trigger = std::move(trigger);
    return rule;
}

lang::Action Draft::post(lang::TextTemplate text) {
    plan.contents.push_back({"", std::move(text)});
    return lang::Deliver{plan.contents.size() - 1};
}

}  // namespace sop::tests
