// What the store takes on the disk while three periods of retention pass and nothing but posts
// happens: about five million of them (or as many as the argument says), by the executor on its
// real file. One JSON object a period: the size of the database and the largest of its log, and how
// many posts a second were planned, sent, kept and let go.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "runtime/clock/clock.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/bench/engine_setup.h"
#include "tests/support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using namespace sop::bench;
using namespace std::chrono_literals;
using sop::tests::TemporaryFolder;

constexpr int groups = 900;
constexpr int periods = 3;
constexpr int posts_a_day = 96 * groups;
constexpr double megabyte = 1 << 20;

constexpr std::string_view each_quarter =
    "sop 1\ntag member\nchannel hook { kind webhook }\n"
    "playbook p { timezone UTC; for groups tagged member; via hook\n"
    "  r: every 15m from 00:00 to 23:45 { post \"Good morning, {group.name}!\" } }\n";

void measure(int posts) {
    const date::days kept{std::max(1, posts / posts_a_day / periods)};
    const TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    const auto store = open_sqlite_store(path);
    add_groups(*store, groups);
    ManualClock clock(Instant(date::sys_days(date::year(2026) / 1 / 1)));
    Wakeup wakeup;
    std::size_t places = groups;
    std::int64_t sent = 0;
    Executor executor(*store, clock, wakeup, zones(),
                      taking(places, wakeup, [&sent](const Attempt&) { ++sent; }),
                      {.page_rows = groups, .retention = RetentionPolicy{kept, kept, kept, kept}});
    executor.recover();
    executor.deploy(compile(std::string(each_quarter)));
    double second_mb = 0;
    for (int period = 1; period <= periods; ++period) {
        const Instant end = clock.now() + kept;
        std::uintmax_t log = 0;
        sent = 0;
        const Seconds seconds = seconds_of([&] {
            while (clock.now() < end) {
                while (executor.turn()) log = std::max(log, fs::file_size(path + "-wal"));
                const Instant next = std::min(end, executor.next_due().value_or(end));
                clock.set(std::max(next, clock.now()));
                executor.wake(next);
            }
        });
        const double mb = static_cast<double>(fs::file_size(path)) / megabyte;
        if (period == 2) second_mb = mb;
        report(R"("bench":"retention","period":{},"days":{},"posts":{},"posts_per_s":{:.0f},)"
               R"("database_mb":{:.1f},"log_max_mb":{:.1f},"to_second":{:.3f})",
               period, kept.count(), sent, static_cast<double>(sent) / seconds.wall, mb,
               static_cast<double>(log) / megabyte, second_mb > 0 ? mb / second_mb : 0.0);
    }
}

}  // namespace

int main(int argc, char** argv) {
    constexpr int posts = 5'184'000;
    measure(argc > 1 ? std::stoi(argv[1]) : posts);
}
