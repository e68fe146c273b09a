#include "runtime/cli/channels.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/project.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/stop_signal.h"
#include "runtime/cli/terminal.h"
#include "runtime/clock/instant_text.h"
#include "runtime/store/executor_lock.h"
#include "runtime/store/nudge.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>

namespace sop::runtime::cli {

namespace {

constexpr std::chrono::seconds drain_time{5};

// A line of logfmt on standard error for each thing that happened.
class LogObserver : public Observer {
  public:
    explicit LogObserver(const Clock& clock) : clock_(clock) {}

    void deployed(const StoredPlan& plan) override {
        log("deployed", fmt::format("plan={} hash={}", plan.version, plan.hash.substr(0, 12)));
    }
    void fired(const std::string& playbook, const std::string& rule,
               const Firing& firing) override {
        log("fired", fmt::format("rule={}.{} key=\"{}\"", playbook, rule, firing.key));
    }
    void settled(const std::string& playbook, const std::string& rule, DeliveryState state,
                 const std::string& reason, std::int64_t count) override {
        std::string line =
            fmt::format("rule={}.{} outcome={} count={}", playbook, rule, to_text(state), count);
        if (!reason.empty()) line += fmt::format(" reason={}", quoted(reason));
        log("settled", line);
    }
    void trouble(const std::string& message) override {
        log("trouble", "message=" + quoted(message));
    }

    void log(std::string_view what, const std::string& details) {
        fmt::print(stderr, "at={} event={} {}\n", instant_text(clock_.now()), what, details);
    }

  private:
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

}  // namespace

int serve(const ServeOptions& options) {
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    const ProjectPlan loaded = load_plan(options.folder, zones);
    if (!loaded.plan) return exit_findings;

    Wakeup wakeup;
    const StopSignal stop(wakeup);
    SystemClock clock;
    LogObserver observer(clock);
    const ExecutorLock lock(loaded.config.store);
    const auto store = open_and_seed(loaded.config);
    NudgeListener nudges(loaded.config.store);
    wakeup.watch(nudges.fd());

    const DirectoryCounts counts = store->count_directory();
    Executor executor(*store, clock, wakeup, zones,
                      make_channels(*loaded.plan, loaded.config, wakeup), {}, &observer);
    executor.recover();
    executor.deploy(*loaded.plan);
    observer.log("serving", fmt::format("store={} groups={} members={} zone_data={}",
                                        loaded.config.store.string(), counts.groups, counts.members,
                                        zones.release()));
    if (counts.groups == 0 && counts.members == 0) {
        observer.trouble(
            "the directory is empty, so nobody is posted to; `sop groups import` fills it");
    }
    executor.run([&] {
        nudges.drain();
        return stop.asked();
    });
    wakeup.unwatch(nudges.fd());
    executor.drain(clock.now() + drain_time);
    observer.log("stopped", "reason=signal");
    return exit_fine;
}

}  // namespace sop::runtime::cli
