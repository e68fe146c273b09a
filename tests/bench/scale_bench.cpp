// What much that waits costs: memory and the time from a start to the first message with a million
// steps pending (or as many as the argument says), and what the executor uses while nothing is due.
// The real binary on a real store; one JSON object a line.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "runtime/clock/clock.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using namespace sop::runtime;
using namespace sop::tests;
using namespace std::chrono_literals;

constexpr int groups = 1000;

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// In MiB, "VmRSS" or "VmHWM".
double memory_of(pid_t process, const std::string& which) {
    std::ifstream status(fmt::format("/proc/{}/status", process));
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(which + ":")) return std::stod(line.substr(which.size() + 1)) / 1024;
    }
    throw std::runtime_error("no " + which);
}

double cpu_seconds_of(pid_t process) {
    std::ifstream stat(fmt::format("/proc/{}/stat", process));
    std::string field;
    double ticks = 0;
    for (int i = 1; i <= 15 && stat >> field; ++i) {
        if (i >= 14) ticks += std::stod(field);
    }
    return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

void write_project(const TemporaryFolder& folder, const std::string& rules) {
    std::string csv = "id,name,owner,tags\n";
    for (int i = 0; i < groups; ++i) csv += fmt::format("g{:04},Group {},o,member\n", i, i);
    folder.write("groups.csv", csv);
    folder.write("sop.toml", "[directory]\ngroups = \"groups.csv\"\n");
    folder.write("rules.sop",
                 "sop 1\ntag member\nplaybook p {\n  timezone UTC\n  for groups tagged member\n"
                 "  via log\n" +
                     rules + "}\n");
}

// The project's store after a first start, with so many runs that wait for their second step: one
// is due, the others are in the coming 30 days.
void fill_store(const TemporaryFolder& folder, int pending) {
    {
        Process serve({SOP_BINARY, "serve", folder.path().string()});
        if (!serve.wait_for_line("event=serving")) throw std::runtime_error(serve.err());
        serve.terminate();
        serve.wait();
    }
    const auto store = open_sqlite_store((folder / "sop.db").string(), {.durable = false});
    const Instant now = SystemClock().now();
    const RuleId rule = store->list_rules().at(0).id;
    FiringId firing = 0;
    auto transaction = store->begin();
    for (int i = 0; i < pending; ++i) {
        if (i % groups == 0) {
            const Instant start = now - 1h - std::chrono::seconds(i / groups);
            firing = store
                         ->add_firing({.rule = rule,
                                       .key = fmt::format("bench:{}", i / groups),
                                       .plan = 1,
                                       .start_at = start,
                                       .end_at = start,
                                       .expanded = true})
                         .value();
        }
        // The last is due: what is late would not be sent.
        const Instant due = i == pending - 1
                                ? SystemClock().now()
                                : now + 1h + std::chrono::milliseconds(2592000000LL / pending * i);
        store->add_run({.firing = firing,
                        .rule = rule,
                        .subject = fmt::format("g{:04}", i % groups),
                        .next_step = 1,
                        .due_at = due});
        if (i % 100'000 == 99'999) {
            transaction->commit();
            transaction.reset();
            transaction = store->begin();
        }
    }
    transaction->commit();
}

void measure_start(int pending) {
    const TemporaryFolder folder;
    write_project(folder,
                  "  r: every day at 00:00 { start: tag member; start + 1h: post \"Hi\" }\n");
    fill_store(folder, pending);
    const auto begin = std::chrono::steady_clock::now();
    Process serve({SOP_BINARY, "serve", folder.path().string()});
    if (!serve.wait_for_line("\"text\":\"Hi\"")) throw std::runtime_error(serve.err());
    const double seconds = seconds_since(begin);
    fmt::print(
        "{{\"bench\":\"start\",\"pending_steps\":{},\"first_message_s\":{:.3f},\"rss_mb\":{:.1f},"
        "\"store_mb\":{:.0f}}}\n",
        pending, seconds, memory_of(serve.pid(), "VmHWM"),
        static_cast<double>(fs::file_size(folder / "sop.db")) / (1 << 20));
}

// Over ten seconds of which none has anything due.
void measure_idle(int rules) {
    const TemporaryFolder folder;
    const auto day = SystemClock().now().time_since_epoch() % 24h;
    const int hour = static_cast<int>((std::chrono::floor<std::chrono::hours>(day) + 6h) / 1h) % 24;
    std::string text;
    for (int i = 0; i < rules; ++i)
        text += fmt::format("  r{}: every day at {:02}:{:02} {{ post \"Hi\" }}\n", i, hour, i % 60);
    write_project(folder, text);
    Process serve({SOP_BINARY, "serve", folder.path().string()});
    if (!serve.wait_for_line("event=serving")) throw std::runtime_error(serve.err());
    const double before = cpu_seconds_of(serve.pid());
    const auto begin = std::chrono::steady_clock::now();
    std::this_thread::sleep_for(10s);
    const double used = cpu_seconds_of(serve.pid()) - before;
    fmt::print(
        "{{\"bench\":\"idle\",\"rules\":{},\"cpu_percent\":{:.3f},\"rss_mb\":{:.1f},"
        "\"rss_max_mb\":{:.1f}}}\n",
        rules, 100 * used / seconds_since(begin), memory_of(serve.pid(), "VmRSS"),
        memory_of(serve.pid(), "VmHWM"));
}

}  // namespace

int main(int count, char** arguments) {
    measure_start(count > 1 ? std::stoi(arguments[1]) : 1'000'000);
    measure_idle(10'000);
}
