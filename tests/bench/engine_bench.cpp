// What the executor makes durable in a second, beside what SQLite does by itself with the same
// amount of change; and how late it is on the real clock. Real files, the real executor, a channel
// that takes every message at once. One JSON object a line.
//
// - `raw`: a transition is UPDATE of a row found by its due time and INSERT of another, so many a
//   transaction; the tables are as simple as can be.
// - `throughput`: posts due in one second, planned with the channel shut and then sent. Planning is
//   one transition a post (UPDATE of its run, INSERT of its delivery), sending two: marked,
//   settled. `ratio` is to the raw one of the same batch in transitions a second, `cpu_ratio` in
//   transitions a second of CPU.
// - `raw fdatasync`: of four KiB more of a file, just before lateness is measured.
// - `lateness`: from the time planned to the start of the attempt, with intent and mark durable.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "runtime/clock/clock.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/bench/engine_setup.h"
#include "tests/bench/raw_database.h"
#include "tests/support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using namespace sop::bench;
using namespace std::chrono_literals;
using sop::tests::TemporaryFolder;

// ---- SQLite by itself ---------------------------------------------------------------------------

Seconds measure_raw(int rows, int batch) {
    const TemporaryFolder folder;
    RawDatabase database(folder / "raw.db");
    database.run(
        "CREATE TABLE job (id INTEGER PRIMARY KEY, state INTEGER NOT NULL, due INTEGER,"
        "                  key TEXT NOT NULL, payload TEXT NOT NULL);"
        "CREATE INDEX job_due ON job (due) WHERE state = 0;"
        "CREATE TABLE outbox (id INTEGER PRIMARY KEY, job INTEGER NOT NULL, at INTEGER NOT NULL,"
        "                     body TEXT NOT NULL);");
    database.run(
        fmt::format("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"
                    "INSERT INTO job SELECT i, 0, 1764000000000 + i * 7919 % {},"
                    " 'post:' || i || ':2026-11-26T20:00', 'Good morning, group!' FROM n",
                    rows, rows)
            .c_str());
    database.run("PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_stmt* const begin = database.prepare("BEGIN IMMEDIATE");
    sqlite3_stmt* const commit = database.prepare("COMMIT");
    sqlite3_stmt* const claim =
        database.prepare("SELECT id FROM job WHERE state = 0 AND due <= ?1 ORDER BY due LIMIT ?2");
    sqlite3_stmt* const update = database.prepare("UPDATE job SET state = 2 WHERE id = ?1");
    sqlite3_stmt* const insert = database.prepare(
        "INSERT INTO outbox (job, at, body) VALUES (?1, ?2, 'Good morning, group!')");
    const Seconds seconds = seconds_of([&] {
        for (int done = 0; done < rows;) {
            finish(begin);
            std::vector<sqlite3_int64> ids;
            sqlite3_bind_int64(claim, 1, 1864000000000);
            sqlite3_bind_int(claim, 2, batch);
            while (sqlite3_step(claim) == SQLITE_ROW) ids.push_back(sqlite3_column_int64(claim, 0));
            sqlite3_reset(claim);
            for (const sqlite3_int64 id : ids) {
                sqlite3_bind_int64(update, 1, id);
                finish(update);
                sqlite3_bind_int64(insert, 1, id);
                sqlite3_bind_int64(insert, 2, 1764000000000 + id);
                finish(insert);
            }
            finish(commit);
            done += static_cast<int>(ids.size());
        }
    });
    report(R"("bench":"raw sqlite","transitions":{},"batch":{},"transitions_per_s":{:.0f},)"
           R"("transitions_per_cpu_s":{:.0f})",
           rows, batch, rows / seconds.wall, rows / seconds.cpu);
    return seconds;
}

double share_of(std::vector<double>& values, double share) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

// What lateness is made of: an intent, and the mark of an attempt, wait for the disk once each.
void measure_disk() {
    const TemporaryFolder folder;
    const int file = ::open((folder / "raw").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0) throw std::runtime_error("cannot make a file");
    const std::vector<char> page(4096, 'x');
    std::vector<double> waits;
    for (int i = 0; i < 500; ++i) {
        const Seconds seconds = seconds_of([&] {
            if (::write(file, page.data(), page.size()) < 0 || ::fdatasync(file) != 0)
                throw std::runtime_error("cannot write a file");
        });
        waits.push_back(1000 * seconds.wall);
    }
    ::close(file);
    report(R"("bench":"raw fdatasync","p50_ms":{:.2f},"p99_ms":{:.2f})", share_of(waits, 0.5),
           share_of(waits, 0.99));
}

// ---- ours ---------------------------------------------------------------------------------------

constexpr std::string_view three_priorities =
    "sop 1\ntag member\nchannel hook { kind webhook }\n"
    "playbook low { timezone UTC; for groups tagged member; via hook; priority low\n"
    "  r: every day at 09:00 { start: tag member; start + 1h: post \"Hello, {group.name}!\" } }\n"
    "playbook high { timezone UTC; for groups tagged member; via hook; priority high\n"
    "  r: every day at 09:00 { start: tag member; start + 1h: post \"Welcome, {group.name}!\" } }\n"
    "playbook normal { timezone UTC; for groups tagged member; via hook\n"
    "  r: every day at 09:00 { start: tag member; start + 1h: post \"Good morning, {group.name}!\" "
    "} }\n";

// `raw` is what as many transitions as posts took.
void measure_throughput(int posts, std::size_t batch, const Seconds& raw) {
    const TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    const int groups = posts / 3;
    const auto bytes = [&] { return static_cast<double>(fs::file_size(path)); };
    {
        const auto store = open_sqlite_store(path);
        add_groups(*store, groups);
    }
    const double bytes_at_first = bytes();

    const Instant start = Instant(date::sys_days(date::year(2026) / 11 / 23)) + 9h;
    const int all = groups * 3;
    ManualClock clock(start - 1h);
    Wakeup wakeup;
    std::size_t places = 0;
    // What the order of sending goes by, for each attempt.
    std::vector<std::tuple<int, Instant, DeliveryId>> order;
    const auto priority_of = [](const std::string& playbook) {
        return playbook == "high" ? 0 : playbook == "normal" ? 1 : 2;
    };
    const auto started = [&](const Attempt& attempt) {
        order.emplace_back(priority_of(attempt.playbook), attempt.planned_for, attempt.delivery);
    };
    const ExecutorOptions options{.page_rows = batch};
    {
        const auto store = open_sqlite_store(path);
        Executor executor(*store, clock, wakeup, zones(), taking(places, wakeup, started), options);
        executor.recover();
        executor.deploy(compile(std::string(three_priorities)));
        clock.set(start);
        work_off(executor);
    }
    const double bytes_pending = bytes();

    Seconds planning;
    Seconds sending;
    {
        const auto store = open_sqlite_store(path);
        Executor executor(*store, clock, wakeup, zones(), taking(places, wakeup, started), options);
        executor.recover();
        clock.set(start + 1h);
        planning = seconds_of([&] { work_off(executor); });
        places = batch;
        sending = seconds_of([&] { work_off(executor); });
    }
    const Seconds both = planning + sending;
    report(
        R"("bench":"throughput","posts":{},"batch":{},"planned_per_s":{:.0f},"sent_per_s":{:.0f},)"
        R"("posts_per_s":{:.0f},"transitions_per_s":{:.0f},"ratio":{:.2f},"cpu_ratio":{:.2f},)"
        R"("in_order":{},"bytes_per_pending_step":{:.0f},"bytes_per_finished_step":{:.0f})",
        all, batch, all / planning.wall, all / sending.wall, all / both.wall, 3 * all / both.wall,
        3 * raw.wall / both.wall, 3 * raw.cpu / both.cpu,
        order.size() == static_cast<std::size_t>(all) && std::is_sorted(order.begin(), order.end()),
        (bytes_pending - bytes_at_first) / all, (bytes() - bytes_at_first) / all);
}

void measure_lateness(int posts, std::chrono::microseconds apart) {
    const TemporaryFolder folder;
    const auto store = open_sqlite_store((folder / "sop.db").string());
    SystemClock clock;
    Wakeup wakeup;
    std::size_t places = 100;
    std::vector<double> lateness;
    const auto started = [&](const Attempt& attempt) {
        const auto now = std::chrono::system_clock::now();
        lateness.push_back(
            std::chrono::duration<double, std::milli>(now - attempt.planned_for).count());
    };
    Executor executor(*store, clock, wakeup, zones(), taking(places, wakeup, started));
    add_groups(*store, 1000);
    executor.recover();
    executor.deploy(
        compile("sop 1\ntag member\nchannel hook { kind webhook }\nevent order { }\n"
                "playbook p { timezone UTC; for groups tagged member; via hook\n"
                "  r: on order { post \"Thank you!\" } }\n"));
    const Instant first = clock.now() + 1s;
    const auto transaction = store->begin();
    for (int i = 0; i < posts; ++i) {
        const Instant at = first + std::chrono::floor<std::chrono::milliseconds>(i * apart);
        store->add_event({.id = fmt::format("e{:06}", i),
                          .type = "order",
                          .group = fmt::format("g{:06}", i % 1000),
                          .at = at,
                          .received_at = at});
    }
    transaction->commit();
    executor.run([&] { return lateness.size() == static_cast<std::size_t>(posts); });
    executor.drain(clock.now() + 5s);
    report(R"("bench":"lateness","posts":{},"apart_ms":{:.1f},"p50_ms":{:.2f},"p99_ms":{:.2f},)"
           R"("max_ms":{:.2f})",
           posts, std::chrono::duration<double, std::milli>(apart).count(), share_of(lateness, 0.5),
           share_of(lateness, 0.99), share_of(lateness, 1.0));
}

}  // namespace

int main() {
    // A store sets SQLite up for the whole process, as long as nothing else has used it.
    open_memory_store();
    constexpr int posts = 99'999;
    for (const int batch : {500, 1000}) {
        const Seconds raw = measure_raw(posts, batch);
        measure_throughput(posts, static_cast<std::size_t>(batch), raw);
    }
    measure_disk();
    measure_lateness(1000, 20ms);
    measure_lateness(5000, 1ms);
}
