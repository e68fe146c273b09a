// What benchmarks of the executor have in common: a store full of groups, a channel that takes
// every message at once.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "lang/compile.h"
#include "runtime/executor/executor.h"
#include "runtime/zoneinfo/zoneinfo.h"

namespace sop::bench {

using namespace sop::runtime;

template <typename... Values>
void report(fmt::format_string<Values...> format, Values&&... values) {
    fmt::print("{{{}}}\n", fmt::format(format, std::forward<Values>(values)...));
    std::fflush(stdout);
}

struct Seconds {
    double wall = 0;
    double cpu = 0;  // of this process: it says more when others use the machine as well

    Seconds operator+(const Seconds& other) const { return {wall + other.wall, cpu + other.cpu}; }
};

inline Seconds seconds_of(const std::function<void()>& work) {
    const auto begin = std::chrono::steady_clock::now();
    const std::clock_t cpu_begin = std::clock();
    work();
    const std::clock_t cpu_end = std::clock();
    return {std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(),
            static_cast<double>(cpu_end - cpu_begin) / CLOCKS_PER_SEC};
}

inline const sop::lang::calendar::ZoneDatabase& zones() {
    static const sop::lang::calendar::ZoneDatabase database(zoneinfo_folder());
    return database;
}

inline sop::lang::Plan compile(const std::string& text) {
    const std::vector<sop::lang::Source> sources{{"bench.sop", text}};
    auto compilation = sop::lang::compile(sources, {zones()});
    if (!compilation.plan) throw std::runtime_error("the playbook does not compile:\n" + text);
    return *std::move(compilation.plan);
}

// Takes what it is given. `places` may change between rounds.
class TakingChannel : public Channel {
  public:
    TakingChannel(std::size_t& places, Wakeup& wakeup, std::function<void(const Attempt&)> started)
        : places_(places), wakeup_(wakeup), started_(std::move(started)) {}

    std::size_t in_flight_max() const override { return places_; }
    void start(std::vector<Attempt> attempts) override {
        for (const Attempt& attempt : attempts) {
            started_(attempt);
            results_.push_back({attempt.delivery, AttemptResult::Kind::sent});
        }
        wakeup_.notify();
    }
    std::vector<AttemptResult> collect() override { return std::exchange(results_, {}); }
    void abandon() override {}

  private:
    std::size_t& places_;
    Wakeup& wakeup_;
    std::function<void(const Attempt&)> started_;
    std::vector<AttemptResult> results_;
};

inline Channels taking(std::size_t& places, Wakeup& wakeup,
                       std::function<void(const Attempt&)> started) {
    Channels channels;
    channels.emplace("hook", std::make_unique<TakingChannel>(places, wakeup, std::move(started)));
    return channels;
}

inline void add_groups(Store& store, int count) {
    const auto transaction = store.begin();
    for (int i = 0; i < count; ++i)
        store.put_group(
            {fmt::format("g{:06}", i), fmt::format("Group {}", i), "owner", {"member"}});
    transaction->commit();
}

inline void work_off(Executor& executor) {
    while (executor.turn()) {
    }
}

}  // namespace sop::bench
