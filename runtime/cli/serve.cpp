#include "runtime/cli/channels.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/http_intake.h"
#include "runtime/cli/project.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/signals.h"
#include "runtime/cli/terminal.h"
#include "runtime/cli/time_argument.h"
#include "runtime/clock/instant_text.h"
#include "runtime/scheduler/rollback.h"
#include "runtime/store/executor_lock.h"
#include "runtime/store/identity.h"
#include "runtime/store/nudge.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "runtime/store/sqlite/upgrade.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>

namespace sop::runtime::cli {

namespace {

constexpr std::chrono::seconds drain_time{5};
constexpr std::size_t moved_times_logged = 20;

// A line of logfmt on standard error for each thing that happened.
class LogObserver : public Observer {
  public:
    explicit LogObserver(const Clock& clock) : clock_(clock) {}

    void deployed(const StoredPlan& plan) override {
        std::string line = fmt::format("plan={} hash={}", plan.version, plan.hash.substr(0, 12));
        if (plan.rollback) line += fmt::format(" rollback_to={}", plan.rollback->to);
        log("deployed", line);
    }
    void answered(const VersionRequest& request, const VersionAnswer& answer) override {
        std::string line = fmt::format("request={} outcome={} plan={}", to_text(request.kind),
                                       to_text(answer.outcome), answer.in_force);
        if (request.kind == VersionRequestKind::migrate)
            line += fmt::format(" runs={} dry_run={}", answer.moved, request.dry_run);
        if (answer.outcome == VersionOutcome::refused) line += " why=" + quoted(answer.text);
        log("answered", line);
    }
    void fired(const std::string& playbook, const std::string& rule,
               const Firing& firing) override {
        log("fired", fmt::format("rule={}.{} key=\"{}\"", playbook, rule, firing.key));
    }
    void paused(const std::string& playbook, const std::string& rule,
                std::optional<PauseMode> mode) override {
        if (!mode) return log("resumed", fmt::format("rule={}.{}", playbook, rule));
        log("paused", fmt::format("rule={}.{} mode={}", playbook, rule, to_text(*mode)));
    }
    void backfilled(const std::string& playbook, const std::string& rule, std::int64_t count,
                    std::int64_t left) override {
        log("backfilled", fmt::format("rule={}.{} count={} left={}", playbook, rule, count, left));
    }
    void clock_stepped(std::chrono::milliseconds by) override {
        log("clock_stepped", fmt::format("by={:+.3f}s", by.count() / 1000.0));
    }
    void pool_runs_low(const PoolCounts& pool) override {
        log("pool_low", fmt::format("pool={} left={} codes={}", pool.pool, pool.codes - pool.given,
                                    pool.codes));
    }
    void was_away(Instant since) override {
        log("away", fmt::format("since={}", instant_text(since)));
    }
    void settled(const std::string& playbook, const std::string& rule, DeliveryState state,
                 const std::string& reason, std::int64_t count) override {
        std::string line =
            fmt::format("rule={}.{} outcome={} count={}", playbook, rule, to_text(state), count);
        if (!reason.empty()) line += fmt::format(" reason={}", quoted(reason));
        log("settled", line);
    }
    void zones_changed(const ZoneChange& change, const std::vector<MovedTime>& moved) override {
        log("zone_data", fmt::format("release={} before={} moved={}", change.release,
                                     change.release_before, change.moved));
        const std::size_t shown = std::min(moved.size(), moved_times_logged);
        for (std::size_t i = 0; i < shown; ++i) log_moved(moved[i]);
        if (moved.size() > shown) log("moved", "more=\"`sop status --all` lists them\"");
    }
    void swept(std::int64_t rows) override { log("swept", fmt::format("rows={}", rows)); }
    void resting() override { malloc_trim(0); }
    void trouble(const std::string& message) override {
        log("trouble", "message=" + quoted(message));
    }

    void fenced(const Fence& fence) {
        log("fenced",
            fmt::format("cause={} why={} mend=\"see that no executor runs on another copy; `sop "
                        "unfence` lists what may have been sent, and lifts the fence\"",
                        quoted(std::string(to_text(fence.cause))), quoted(fence.why)));
    }

    void log(std::string_view what, const std::string& details) {
        fmt::print(stderr, "at={} event={} {}\n", instant_text(clock_.now()), what, details);
    }

  private:
    void log_moved(const MovedTime& moved) {
        std::string line = fmt::format("rule={}.{}", moved.playbook, moved.rule);
        if (!moved.step.empty()) line += " step=" + quoted(moved.step);
        if (!moved.subject.empty()) line += " subject=" + quoted(moved.subject);
        if (moved.count > 1) line += fmt::format(" count={}", moved.count);
        log("moved", fmt::format("{} local={} before={} after={}", line, quoted(moved.local),
                                 instant_text(moved.before), instant_text(moved.after)));
    }

    static std::string quoted(const std::string& text) {
        std::string result = "\"";
        for (const char character : text) {
            if (character == '"' || character == '\\') result += '\\';
            result += character == '\n' ? ' ' : character;
        }
        return result + "\"";
    }

    const Clock& clock_;
};

RetentionPolicy policy_of(const RetentionConfig& config) {
    return {.messages = config.messages,
            .events = config.events,
            .event_ids = config.event_ids,
            .zone_changes = config.zone_changes,
            .figures = config.figures};
}

using Zones = std::unique_ptr<const lang::calendar::ZoneDatabase>;

Zones read_zones(const std::string& folder) {
    return std::make_unique<const lang::calendar::ZoneDatabase>(zoneinfo_folder(folder));
}

// What cannot be used changes nothing.
void reload_zones(const std::string& folder, Executor& executor, Zones& zones,
                  LogObserver& observer) {
    try {
        Zones fresh = read_zones(folder);
        if (!executor.change_zones(*fresh)) {
            observer.log("zone_data", fmt::format("release={} unchanged", fresh->release()));
        }
        zones = std::move(fresh);
    } catch (const lang::calendar::ZoneDataError& error) {
        observer.trouble(fmt::format("the zone data in use stay those of {}: {}", zones->release(),
                                     error.what()));
    }
}

// Nothing when it is not to listen.
std::unique_ptr<HttpIntake> listen(const Config& config, const Clock& clock, Wakeup& wakeup,
                                   LogObserver& observer) {
    if (!config.http) return nullptr;
    auto http = std::make_unique<HttpIntake>(config, clock, [&wakeup] { wakeup.notify(); });
    observer.log("listening", fmt::format("http={}", http->address()));
    return http;
}

// Returns when the store has no fence, or it is to stop. Events that come meanwhile wait in the
// store.
void wait_while_fenced(Store& store, const std::filesystem::path& path, Clock& clock,
                       Wakeup& wakeup, NudgeListener& nudges, const StopSignal& stop,
                       LogObserver& observer) {
    auto fence = find_fence(store, path);
    if (fence) observer.fenced(*fence);
    while (fence && !stop.asked()) {
        clock.wait(std::nullopt, wakeup);
        nudges.drain();
        nudges.answer();
        fence = find_fence(store, path);
    }
}

// The plan to go on with when the one of the files was rolled back from; else nothing.
std::optional<lang::Plan> find_kept(Store& store, const lang::Plan& of_files,
                                    LogObserver& observer) {
    const auto in_force = store.latest_plan();
    const std::string hash = lang::content_hash(of_files);
    if (!in_force || !is_held_back(*in_force, hash)) return std::nullopt;
    observer.log("kept",
                 fmt::format("plan={} hash={} why=\"the files are still those of the plan "
                             "{} that was rolled back from; `sop deploy` deploys them\"",
                             in_force->version, in_force->hash.substr(0, 12), hash.substr(0, 12)));
    return lang::plan_from_json(in_force->json);
}

// Those of the plan, and of earlier ones whose runs may still go on.
Channels make_all_channels(ProjectChannels& channels, Store& store, const lang::Plan& plan,
                           const Config& config) {
    Channels all = channels.make(plan, config, {});
    for (const PlanSummary& earlier : store.list_plans()) {
        if (!earlier.has_firings) continue;
        const auto stored = store.find_plan(earlier.version);
        try {
            if (stored) channels.add_usable(all, lang::plan_from_json(stored->json), config);
        } catch (const lang::PlanFormatError&) {
            // Its runs cannot go on, and the executor says so when it meets them.
            continue;
        }
    }
    return all;
}

// Before it begins: of a large store it takes minutes.
void tell_upgrade(const std::filesystem::path& store, LogObserver& observer) {
    if (const auto upgrade = find_upgrade(store.string()))
        observer.log("upgrading", fmt::format("store={} from={} to={}", store.string(),
                                              upgrade->from, upgrade->to));
}

}  // namespace

int serve(const ServeOptions& options) {
    Wakeup wakeup;
    const StopSignal stop(wakeup);
    ReloadSignal reload(wakeup);
    Zones zones = read_zones(options.zoneinfo);
    ProjectPlan loaded = load_plan(options.folder, *zones, today(), options.language);
    if (!loaded.plan) return exit_findings;

    SystemClock clock;
    LogObserver observer(clock);
    const ExecutorLock lock(loaded.config.store);
    tell_upgrade(loaded.config.store, observer);
    const auto store = open_and_seed(loaded.config);
    NudgeListener nudges(loaded.config.store);
    wakeup.watch(nudges.fd());
    auto http = listen(loaded.config, clock, wakeup, observer);
    wait_while_fenced(*store, loaded.config.store, clock, wakeup, nudges, stop, observer);
    if (stop.asked()) {
        observer.log("stopped", "reason=signal");
        return exit_fine;
    }
    IdentityKeeper identity(*store, loaded.config.store);
    identity.hold(clock.now());
    // From the first start on; that one is kept.
    store->set_draw_secret(random_identifier());

    const DirectoryCounts counts = store->count_directory();
    std::optional<lang::Plan> kept = find_kept(*store, *loaded.plan, observer);
    ProjectChannels channels(wakeup);
    Executor executor(
        *store, clock, wakeup, *zones,
        make_all_channels(channels, *store, kept ? *kept : *loaded.plan, loaded.config),
        {.retention = policy_of(loaded.config.retention)}, &observer);
    executor.recover();
    if (!kept) executor.deploy(*loaded.plan);
    kept.reset();
    // The executor has its own. What compiling took is not needed again for long.
    loaded.plan.reset();
    malloc_trim(0);
    observer.log("serving", fmt::format("store={} groups={} members={} zone_data={}",
                                        loaded.config.store.string(), counts.groups, counts.members,
                                        zones->release()));
    if (counts.groups == 0 && counts.members == 0) {
        observer.trouble(
            "the directory is empty, so nobody is posted to; `sop groups import` fills it");
    }
    const ChannelMaker make_channels = [&](const lang::Plan& plan, const auto& known) {
        return channels.make(plan, load_config(options.folder), known);
    };
    executor.run([&] {
        nudges.drain();
        executor.take_requests(make_channels);
        nudges.answer();
        identity.renew(clock.now());
        if (reload.take()) reload_zones(options.zoneinfo, executor, zones, observer);
        return stop.asked();
    });
    wakeup.unwatch(nudges.fd());
    http.reset();
    executor.drain(clock.now() + drain_time);
    identity.hold(clock.now());
    observer.log("stopped", "reason=signal");
    return exit_fine;
}

}  // namespace sop::runtime::cli
