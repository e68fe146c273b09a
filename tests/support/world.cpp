#include "tests/support/world.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

#include "runtime/store/sqlite/sqlite_store.h"
#include "runtime/zoneinfo/zoneinfo.h"

namespace sop::tests {

using runtime::Attempt;
using runtime::AttemptResult;
using runtime::DeliveryId;

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
    rule.audience = {kind, {{"member"}}};
    rule.via = {"hook"};
    rule.trigger = std::move(trigger);
    return rule;
}

lang::Action Draft::post(lang::TextTemplate text) {
    plan.contents.push_back({"", std::move(text)});
    return lang::Deliver{plan.contents.size() - 1};
}

// ---- the platform -------------------------------------------------------------------------------

class World::FakeChannel : public runtime::Channel {
  public:
    FakeChannel(Platform& platform, const runtime::Clock& clock, runtime::Wakeup& wakeup)
        : platform_(platform), clock_(clock), wakeup_(wakeup) {}

    std::size_t in_flight_max() const override { return platform_.in_flight_max; }

    void start(std::vector<Attempt> attempts) override {
        for (Attempt& attempt : attempts) {
            if (under_way_.size() >= platform_.in_flight_max) platform_.is_overrun = true;
            platform_.attempts.push_back(attempt);
            platform_.attempted_at.push_back(clock_.now());
            platform_.answered.push_back(Answer::Kind::never);
            if (platform_.kill_at && platform_.attempts.size() >= *platform_.kill_at) {
                platform_.kill_at.reset();
                throw Killed{};
            }
            const Answer answer = platform_.answer(attempt);
            platform_.answered.back() = answer.kind;
            under_way_.emplace(attempt.delivery, UnderWay{answer, clock_.now() + answer.delay});
            platform_.in_flight_seen = std::max(platform_.in_flight_seen, under_way_.size());
        }
        wakeup_.notify();
    }

    std::vector<AttemptResult> collect() override {
        if (std::exchange(platform_.breaks_on_collect, false)) {
            throw std::runtime_error("out of order");
        }
        std::vector<AttemptResult> results = std::exchange(given_up_, {});
        for (auto each = under_way_.begin(); each != under_way_.end();) {
            if (!is_answered(each->second)) {
                ++each;
                continue;
            }
            results.push_back(result_of(each->first, each->second.answer));
            each = under_way_.erase(each);
        }
        return results;
    }

    void abandon() override {
        for (const auto& [delivery, attempt] : under_way_) {
            given_up_.push_back(
                {delivery, AttemptResult::Kind::unknown, "stopped while waiting for the answer"});
        }
        under_way_.clear();
    }

    std::optional<Instant> next_answer() const {
        std::optional<Instant> next;
        for (const auto& [delivery, attempt] : under_way_) {
            if (attempt.answer.kind == Answer::Kind::never) continue;
            if (!next || attempt.answered_at < *next) next = attempt.answered_at;
        }
        return next;
    }

  private:
    struct UnderWay {
        Answer answer;
        Instant answered_at;
    };

    bool is_answered(const UnderWay& attempt) const {
        return attempt.answer.kind != Answer::Kind::never && attempt.answered_at <= clock_.now();
    }

    static AttemptResult result_of(DeliveryId delivery, const Answer& answer) {
        using Kind = AttemptResult::Kind;
        Kind kind = Kind::unknown;
        if (answer.kind == Answer::Kind::sent) kind = Kind::sent;
        if (answer.kind == Answer::Kind::retry) kind = Kind::retry;
        if (answer.kind == Answer::Kind::failed) kind = Kind::failed;
        return {delivery, kind, answer.reason, answer.retry_after};
    }

    Platform& platform_;
    const runtime::Clock& clock_;
    runtime::Wakeup& wakeup_;
    std::map<DeliveryId, UnderWay> under_way_;
    std::vector<AttemptResult> given_up_;
};

// ---- the world ----------------------------------------------------------------------------------

std::ostream& operator<<(std::ostream& out, const Delivered& delivered) {
    return out << delivered.at << " | " << delivered.rule << " | " << delivered.step << " | "
               << delivered.target << " | " << delivered.text;
}

World::World(const lang::Plan& plan, const std::string& start, WorldOptions options)
    : World(runtime::open_memory_store(), start, std::move(options)) {
    executor_->deploy(plan);
}

World::World(std::unique_ptr<runtime::Store> store, const std::string& start, WorldOptions options)
    : options_(std::move(options)),
      clock_(instant(start, options_.zone)),
      store_(std::move(store)) {
    start_executor();
}

World::~World() = default;

void World::start_executor() {
    // The old executor's channel refers to the old wakeup, so it goes first.
    executor_.reset();
    if (installed_zones_) options_.zones = std::exchange(installed_zones_, nullptr);
    wakeup_ = std::make_unique<runtime::Wakeup>();
    auto channel = std::make_unique<FakeChannel>(platform_, clock_, *wakeup_);
    channel_ = channel.get();
    runtime::Channels channels;
    channels["hook"] = {std::move(channel), options_.unknown};
    executor_ = std::make_unique<runtime::Executor>(
        *store_, clock_, *wakeup_, options_.zones ? *options_.zones : zones(), std::move(channels),
        runtime::ExecutorOptions{.page_rows = options_.page_rows, .retention = options_.retention},
        static_cast<runtime::Observer*>(this));
    executor_->recover();
}

void World::group(const std::string& id, std::vector<std::string> tags) {
    std::sort(tags.begin(), tags.end());
    store_->put_group({id, "Group " + id, "owner-" + id, std::move(tags)});
}

void World::groups(int count) {
    const auto transaction = store_->begin();
    for (int i = 1; i <= count; ++i) group(fmt::format("g{:04}", i));
    transaction->commit();
}

void World::member(const std::string& id, std::vector<std::string> tags,
                   std::vector<std::string> groups) {
    std::sort(tags.begin(), tags.end());
    store_->put_member({id, "Member " + id, std::move(groups), std::move(tags)});
}

void World::event(const std::string& id, const std::string& type, std::optional<std::string> group,
                  std::optional<std::string> member, std::map<std::string, std::string> fields,
                  std::optional<std::string> at) {
    runtime::Event event;
    event.id = id;
    event.type = type;
    event.group = std::move(group);
    event.member = std::move(member);
    event.at = at ? instant(*at, options_.zone) : clock_.now();
    event.received_at = clock_.now();
    event.fields = std::move(fields);
    store_->add_event(event);
}

bool World::turn() {
    const bool did_something = executor_->turn();
    REQUIRE_FALSE(platform_.is_overrun);
    return did_something;
}

void World::run_until(const std::string& local) {
    tick(instant(local, options_.zone) - clock_.now());
}

void World::tick(std::chrono::milliseconds by) {
    const Instant end = clock_.now() + by;
    for (;;) {
        while (turn()) {
        }
        if (clock_.now() >= end) break;
        Instant next = end;
        if (const auto due = executor_->next_due()) next = std::min(next, *due);
        if (const auto answer = channel_->next_answer()) next = std::min(next, *answer);
        // Everything due at this instant was done, or the loop would never end.
        REQUIRE(next > clock_.now());
        clock_.set(next);
        executor_->wake(next);
    }
    check_accounts();
}

void World::sleep_until(const std::string& local) {
    clock_.set(instant(local, options_.zone));
}

void World::crash() {
    start_executor();
}

void World::crash_until(const std::string& local) {
    sleep_until(local);
    crash();
}

bool World::change_zones(std::shared_ptr<const lang::calendar::ZoneDatabase> zones) {
    const bool changed = executor_->change_zones(*zones);
    options_.zones = std::move(zones);
    return changed;
}

void World::install_zones(std::shared_ptr<const lang::calendar::ZoneDatabase> zones) {
    installed_zones_ = std::move(zones);
}

void World::zones_changed(const runtime::ZoneChange& change,
                          const std::vector<runtime::MovedTime>& moved) {
    zone_changes_.push_back(change);
    moved_ = moved;
}

std::vector<std::string> World::moved() const {
    std::vector<std::string> lines;
    for (const runtime::MovedTime& time : moved_) {
        std::string line = fmt::format("{} > {}, {}, {}", local_text(time.before, "UTC"),
                                       local_text(time.after, "UTC"), time.local, time.rule);
        if (!time.step.empty()) line += ", " + time.step;
        if (!time.subject.empty()) line += ", " + time.subject;
        if (time.count > 1) line += fmt::format(", {} of them", time.count);
        lines.push_back(line);
    }
    return lines;
}

void World::deploy(const lang::Plan& plan) {
    executor_->deploy(plan);
}

std::vector<Delivered> World::delivered() const {
    std::vector<Delivered> taken;
    for (std::size_t i = 0; i < platform_.attempts.size(); ++i) {
        const Attempt& attempt = platform_.attempts[i];
        const Answer::Kind kind = platform_.answered[i];
        if (kind != Answer::Kind::sent && kind != Answer::Kind::unknown) continue;
        taken.push_back({local_text(platform_.attempted_at[i], options_.zone), attempt.rule,
                         attempt.step, attempt.target, attempt.text});
    }
    return taken;
}

std::map<std::string, int> World::outcomes() {
    return outcomes("");
}

std::map<std::string, int> World::outcomes(const std::string& rule) {
    std::map<std::string, int> counts;
    for (const auto& row : store_->summarize_deliveries()) {
        if (!rule.empty() && row.rule != rule) continue;
        std::string name{to_text(row.state)};
        if (!row.reason.empty()) name += ": " + row.reason;
        counts[name] += static_cast<int>(row.count);
    }
    return counts;
}

void World::check_accounts() {
    std::int64_t summed = 0;
    for (const auto& row : store_->summarize_deliveries()) summed += row.count;
    std::int64_t planned = 0;
    for (const auto& row : store_->summarize_forgotten()) planned += row.count;
    runtime::DeliveryFilter filter;
    for (;;) {
        const auto page = store_->list_deliveries(filter);
        for (const auto& due : page) {
            using runtime::DeliveryState;
            const auto state = due.delivery.state;
            const bool is_open =
                state == DeliveryState::pending || state == DeliveryState::attempting;
            CHECK(due.delivery.settled_at.has_value() != is_open);
        }
        planned += static_cast<std::int64_t>(page.size());
        if (page.size() < filter.limit) break;
        filter.after = page.back().delivery.id;
    }
    CHECK(summed == planned);
}

}  // namespace sop::tests
