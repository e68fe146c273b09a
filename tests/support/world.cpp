#include "tests/support/world.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "runtime/scheduler/plan_channels.h"
#include "runtime/store/sqlite/sqlite_store.h"

namespace sop::tests {

using runtime::Attempt;

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
    auto channel = std::make_unique<PlatformChannel>(platform_, clock_, clock_, *wakeup_);
    channel_ = channel.get();
    runtime::Channels channels;
    channels["hook"] = {std::move(channel), options_.unknown};
    for (const std::string& name : configured_)
        channels[name] = {std::make_unique<PlatformChannel>(platform_, clock_, clock_, *wakeup_),
                          options_.unknown};
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

runtime::VersionRequestId World::ask(runtime::VersionRequest request) {
    request.asked_at = clock_.now();
    return store_->add_version_request(request);
}

runtime::VersionAnswer World::carry_out(const runtime::VersionRequest& request) {
    const auto id = ask(request);
    take_requests();
    return store_->find_version_answer(id).value();
}

void World::take_requests() {
    executor_->take_requests(
        [this](const auto& plan, const auto& known) { return make_channels(plan, known); });
}

runtime::Channels World::make_channels(const lang::Plan& plan, const std::set<std::string>& known) {
    runtime::Channels channels;
    for (const std::string& name : runtime::channels_used_by(plan)) {
        if (known.contains(name)) continue;
        if (!configured_.contains(name))
            throw runtime::Error(fmt::format("the channel `{}` has no URL", name));
        channels[name] = {std::make_unique<PlatformChannel>(platform_, clock_, clock_, *wakeup_),
                          options_.unknown};
    }
    return channels;
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
        if (!platform_.reached[i]) continue;
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
