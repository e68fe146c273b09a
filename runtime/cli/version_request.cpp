#include "runtime/cli/version_request.h"

#include "runtime/cli/channels.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/signals.h"
#include "runtime/clock/instant_text.h"
#include "runtime/executor/executor.h"
#include "runtime/store/executor_lock.h"
#include "runtime/store/identity.h"
#include "runtime/store/nudge.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace sop::runtime::cli {

namespace {

// While an executor starts or ends it holds its store and hears no nudge.
constexpr std::chrono::milliseconds nudged_again_after{100};

// So long nobody wonders.
constexpr std::chrono::seconds quiet_for{1};

// Nothing when an executor runs.
std::unique_ptr<ExecutorLock> try_to_lock(const std::filesystem::path& store) {
    if (executor_runs(store)) return nullptr;
    try {
        return std::make_unique<ExecutorLock>(store);
    } catch (const StoreError&) {
        // One may have started meanwhile.
        if (executor_runs(store)) return nullptr;
        throw;
    }
}

void refuse_fenced(Store& store, const Config& config) {
    if (const auto fence = find_fence(store, config.store))
        throw CommandError(
            fmt::format("{} is fenced: {}; nothing was changed. `sop unfence` says what to decide",
                        config.store.string(), fence->why));
}

// An executor that runs has its own log.
class TroubleObserver : public Observer {
    void trouble(const std::string& message) override { fmt::print(stderr, "sop: {}\n", message); }
};

// With the executor's lock held.
AnsweredRequest do_it_here(const Config& config, const VersionRequest& request,
                           const std::string& zoneinfo) {
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(zoneinfo));
    const auto store = request.kind == VersionRequestKind::deploy ? open_and_seed(config)
                                                                  : open_existing(config, false);
    refuse_fenced(*store, config);
    SystemClock clock;
    Wakeup wakeup;
    IdentityKeeper(*store, config.store).hold(clock.now());
    TroubleObserver observer;
    Executor executor(*store, clock, wakeup, zones, {}, {}, &observer);
    executor.take_stock();
    const VersionAnswer answer =
        executor.carry_out(request, [&](const lang::Plan& plan, const auto&) {
            check_channels(plan, config);
            return Channels{};
        });
    return {answer, store->find_plan(answer.in_force), false};
}

// The answer, or nothing: then it will not be carried out any more.
std::optional<VersionAnswer> withdraw(Store& store, VersionRequestId id) {
    const auto transaction = store.begin();
    const auto answer = store.find_version_answer(id);
    store.remove_version_request(id);
    transaction->commit();
    return answer;
}

class Conversation {
  public:
    Conversation(const Config& config, Store& store, const VersionRequest& request,
                 std::chrono::milliseconds wait)
        : config_(config),
          store_(store),
          stop_(wakeup_),
          wait_(wait),
          deadline_(clock_.now() + wait),
          quiet_until_(clock_.now() + quiet_for),
          id_(store.add_version_request(request)) {}

    // Nothing when the executor is gone; the request is withdrawn then.
    std::optional<VersionAnswer> answer() {
        while (executor_runs(config_.store) && !is_answered()) {
            if (stop_.asked()) return give_up("interrupted");
            if (clock_.now() >= deadline_)
                return give_up(fmt::format(
                    "the executor that runs on {} did not answer within {} s; see what it is "
                    "doing, or stop it and try again",
                    config_.store.string(),
                    std::chrono::duration_cast<std::chrono::seconds>(wait_).count()));
            wait();
        }
        return withdraw(store_, id_);
    }

  private:
    bool is_answered() { return store_.find_version_answer(id_).has_value(); }

    void wait() {
        if (clock_.now() >= quiet_until_) say_waiting();
        const AwaitedNudge nudge(config_.store);
        if (nudge.is_sent()) {
            wakeup_.watch(nudge.fd());
            clock_.wait(has_said_ ? deadline_ : std::min(deadline_, quiet_until_), wakeup_);
            wakeup_.unwatch(nudge.fd());
        }
        if (!is_answered() && !stop_.asked())
            clock_.wait(std::min(deadline_, clock_.now() + nudged_again_after), wakeup_);
    }

    void say_waiting() {
        if (!std::exchange(has_said_, true))
            fmt::print(stderr, "waiting for the executor that runs on {}\n",
                       config_.store.string());
    }

    std::optional<VersionAnswer> give_up(const std::string& why) {
        if (const auto answer = withdraw(store_, id_)) return answer;
        throw CommandError(why + "; the request was withdrawn, and nothing was changed");
    }

    const Config& config_;
    Store& store_;
    SystemClock clock_;
    Wakeup wakeup_;
    StopSignal stop_;
    std::chrono::milliseconds wait_;
    Instant deadline_;
    Instant quiet_until_;
    VersionRequestId id_;
    bool has_said_ = false;
};

}  // namespace

AnsweredRequest request_version(const Config& config, VersionRequest request,
                                const VersionRequestOptions& options) {
    request.asked_at = SystemClock().now();
    for (;;) {
        if (const auto lock = try_to_lock(config.store))
            return do_it_here(config, request, options.zoneinfo);
        const auto store = open_existing(config, false);
        refuse_fenced(*store, config);
        if (const auto answer = Conversation(config, *store, request, options.wait).answer())
            return {*answer, store->find_plan(answer->in_force), true};
    }
}

int exit_code_of(const AnsweredRequest& answered, OutputFormat format) {
    if (answered.answer.outcome != VersionOutcome::refused) return exit_fine;
    if (format != OutputFormat::json)
        throw CommandError("refused, and nothing was changed: " + answered.answer.text);
    return exit_failed;
}

std::string answer_json(const AnsweredRequest& answered) {
    const VersionAnswer& answer = answered.answer;
    nlohmann::json result{{"format_version", 1},
                          {"outcome", std::string(to_text(answer.outcome))},
                          {"executor_running", answered.executor_runs}};
    if (answered.in_force) {
        result["in_force"] = {{"version", answered.in_force->version},
                              {"hash", answered.in_force->hash},
                              {"since", instant_text(answered.in_force->deployed_at)}};
    }
    if (answer.outcome == VersionOutcome::refused) result["why"] = answer.text;
    return result.dump();
}

std::string version_text(const StoredPlan& plan) {
    return fmt::format("version {}, {}, in force since {}", plan.version, plan.hash.substr(0, 12),
                       instant_text(plan.deployed_at));
}

}  // namespace sop::runtime::cli
