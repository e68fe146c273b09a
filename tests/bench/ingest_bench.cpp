// How many events a second are durable in the inbox, and with rules evaluated and state committed,
// beside what SQLite does by itself on the same disk in the same run. Real files, the real
// executor. One JSON object a line.
//
// - `raw`: a row of the event's line with a key of its own and an index on its id, 1,000 a
//   transaction; then UPDATE of each row by its id, as many a transaction: what an inbox cannot do
//   without.
// - `intake`: lines read, checked and kept, 1,000 a transaction, nobody else there.
// - `walk`: the executor takes what is in the inbox.
// - `end to end`: both at once, two threads with a connection each, from the first line to the last
//   event that is processed. `ratio` is to `raw`.
//
// `month` is what members do: of 100 events 65 are messages that no rule is for, 5 check in, 15
// open an article (half of them are tagged for it), 10 share, 5 order; five rules, points, a tag,
// limits a day. In `orders` each event begins a rule that gives points, and half of them two.
//
// With a number of events as argument, `stored`: what is asked of a store that holds so many.
// With `flows` and a number of members, what a member takes on the disk that waits in a sequence:
// its event, firing and run, the tag and the entry it left, and its row in the directory apart.
#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "runtime/clock/instant_text.h"
#include "runtime/intake/intake.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/bench/engine_setup.h"
#include "tests/bench/raw_database.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using namespace sop::bench;
using namespace std::chrono_literals;
using sop::tests::TemporaryFolder;

constexpr int members = 20'000;
constexpr int groups = 900;
constexpr std::size_t batch_lines = 1000;

constexpr const char* playbook = R"(sop 1
tag member, reader
event order { amount: money, sku: text optional }
event opened { what: content }
event shared { }
content article_1 { text "one" }
content article_2 { text "two" }
playbook p {
  timezone Asia/Shanghai
  for members tagged member
  via log
  buy: on order { points +10 because "purchase" }
  big: on order where amount > 100 CNY { points +15 because "big purchase" }
  sharing: on shared at most 5 per member per day { points +20 because "share" }
  read: on opened(article_1) { tag reader }
  check_in: on message saying "签到" once per member per day { points +1 because "check-in" }
}
)";

enum class Mix { month, orders };

const char* name_of(Mix mix) {
    return mix == Mix::month ? "month" : "orders";
}

// The same for the same `seed`, whatever the library.
class Chance {
  public:
    explicit Chance(unsigned seed) : engine_(seed) {}
    int below(int limit) { return static_cast<int>(engine_() % static_cast<unsigned>(limit)); }

  private:
    std::mt19937 engine_;
};

std::string line_of(int number, Mix mix, Chance& chance, const std::string& at) {
    const int member = chance.below(members);
    const int roll = mix == Mix::month ? chance.below(100) : 99;
    std::string type = "message";
    std::string fields;
    if (roll < 5) {
        fields = R"("text":"签到")";
    } else if (roll < 70) {
        fields = R"("text":"今天的蛋糕还有吗？想订两个")";
    } else if (roll < 85) {
        type = "opened";
        fields = roll % 2 == 0 ? R"("what":"article_1")" : R"("what":"article_2")";
    } else if (roll < 95) {
        type = "shared";
    } else {
        type = "order";
        fields = fmt::format(R"("amount":"{}.90 CNY")", chance.below(200));
    }
    return fmt::format(
        R"({{"id":"{:08x}-{:08x}","type":"{}",{}"group":"g{:04}","member":"m{:06}","fields":{{{}}}}})",
        static_cast<unsigned>(chance.below(1 << 30)), number, type, at, member % groups, member,
        fields);
}

std::vector<IncomingLine> make_lines(int count, Mix mix) {
    Chance chance(7);
    std::vector<IncomingLine> lines;
    lines.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) lines.push_back({line_of(i, mix, chance, ""), i + 1});
    return lines;
}

void fill_directory(Store& store) {
    const auto transaction = store.begin();
    for (int i = 0; i < groups; ++i)
        store.put_group(
            {fmt::format("g{:04}", i), fmt::format("Group {}", i), "owner", {"member"}});
    for (int i = 0; i < members; ++i) {
        store.put_member({fmt::format("m{:06}", i),
                          fmt::format("Member {}", i),
                          {fmt::format("g{:04}", i % groups)},
                          {"member"}});
    }
    transaction->commit();
}

Seconds measure_raw(const std::vector<IncomingLine>& lines, Mix mix) {
    const TemporaryFolder folder;
    RawDatabase database(folder / "raw.db");
    database.run(
        "CREATE TABLE event (number INTEGER PRIMARY KEY, id TEXT NOT NULL,"
        "                    line TEXT NOT NULL, processed INTEGER NOT NULL DEFAULT 0);"
        "CREATE UNIQUE INDEX event_id ON event (id);");
    sqlite3_stmt* const begin = database.prepare("BEGIN IMMEDIATE");
    sqlite3_stmt* const commit = database.prepare("COMMIT");
    sqlite3_stmt* const insert = database.prepare("INSERT INTO event (id, line) VALUES (?1, ?2)");
    sqlite3_stmt* const update =
        database.prepare("UPDATE event SET processed = 1 WHERE id = ?1 AND processed = 0");
    constexpr std::size_t id_from = 7;
    constexpr int id_length = 17;
    const auto in_batches = [&](const auto& work) {
        for (std::size_t done = 0; done < lines.size(); done += batch_lines) {
            finish(begin);
            for (std::size_t i = done; i < std::min(lines.size(), done + batch_lines); ++i)
                work(lines[i].text);
            finish(commit);
        }
    };
    const Seconds seconds = seconds_of([&] {
        in_batches([&](const std::string& line) {
            sqlite3_bind_text(insert, 1, line.data() + id_from, id_length, SQLITE_STATIC);
            sqlite3_bind_text(insert, 2, line.data(), static_cast<int>(line.size()), SQLITE_STATIC);
            finish(insert);
        });
        in_batches([&](const std::string& line) {
            sqlite3_bind_text(update, 1, line.data() + id_from, id_length, SQLITE_STATIC);
            finish(update);
        });
    });
    const auto count = static_cast<double>(lines.size());
    report(R"("bench":"raw","mix":"{}","events":{},"events_per_s":{:.0f},"us_of_cpu":{:.1f})",
           name_of(mix), lines.size(), count / seconds.wall, 1e6 * seconds.cpu / count);
    return seconds;
}

void take_all(Store& store, const std::vector<IncomingLine>& lines,
              const std::function<void()>& committed) {
    Intake intake(store, {});
    const SystemClock clock;
    for (std::size_t done = 0; done < lines.size(); done += batch_lines) {
        const auto first = lines.begin() + static_cast<std::ptrdiff_t>(done);
        const auto count = std::min(batch_lines, lines.size() - done);
        const auto taken =
            intake.take({first, first + static_cast<std::ptrdiff_t>(count)}, "bench", clock.now());
        for (const Taken& each : taken) {
            if (each.outcome != IntakeOutcome::accepted) throw std::runtime_error(each.message);
        }
        committed();
    }
}

// A store with its directory, and an executor on it that has the playbook in force.
struct Served {
    TemporaryFolder folder;
    std::string path = (folder / "sop.db").string();
    std::unique_ptr<Store> store = open_sqlite_store(path);
    SystemClock clock;
    Wakeup wakeup;
    Executor executor{*store, clock, wakeup, zones(), Channels{}};

    Served() {
        fill_directory(*store);
        executor.recover();
        executor.deploy(compile(playbook));
        work_off(executor);
    }
};

void measure_apart(const std::vector<IncomingLine>& lines, Mix mix) {
    Served served;
    const auto count = static_cast<double>(lines.size());
    const Seconds intake = seconds_of([&] { take_all(*served.store, lines, [] {}); });
    report(R"("bench":"intake","mix":"{}","events":{},"events_per_s":{:.0f},"us_of_cpu":{:.1f})",
           name_of(mix), lines.size(), count / intake.wall, 1e6 * intake.cpu / count);
    const Seconds walk = seconds_of([&] { work_off(served.executor); });
    report(R"("bench":"walk","mix":"{}","events":{},"events_per_s":{:.0f},"us_of_cpu":{:.1f})",
           name_of(mix), lines.size(), count / walk.wall, 1e6 * walk.cpu / count);
    if (served.store->next_event_at()) throw std::runtime_error("an event was left");
}

void measure_together(const std::vector<IncomingLine>& lines, Mix mix, const Seconds& raw) {
    Served served;
    std::atomic<bool> all_are_in{false};
    const Seconds seconds = seconds_of([&] {
        std::thread sender([&] {
            const auto store = open_sqlite_store(served.path);
            take_all(*store, lines, [&] { served.wakeup.notify(); });
            all_are_in = true;
            served.wakeup.notify();
        });
        served.executor.run([&] { return all_are_in && !served.store->next_event_at(); });
        sender.join();
    });
    const auto count = static_cast<double>(lines.size());
    report(
        R"("bench":"end to end","mix":"{}","events":{},"events_per_s":{:.0f},"us_of_cpu":{:.1f},)"
        R"("ratio":{:.2f})",
        name_of(mix), lines.size(), count / seconds.wall, 1e6 * seconds.cpu / count,
        raw.wall / seconds.wall);
}

// ---- a store that holds many --------------------------------------------------------------------

// Of 90 days, as many a day.
void fill_events(Store& store, int count, Instant until) {
    Chance chance(11);
    const sop::lang::Plan plan = compile(playbook);
    const EventSchema schema(plan);
    const auto apart = std::chrono::milliseconds(90 * 24h) / count;
    std::unique_ptr<Transaction> transaction;
    for (int i = 0; i < count; ++i) {
        if (i % 10'000 == 0) {
            if (transaction) transaction->commit();
            transaction.reset();
            transaction = store.begin();
        }
        const Instant at = until - apart * (count - i);
        Event event = schema.read(
            line_of(i, Mix::month, chance, fmt::format(R"("at":"{}",)", instant_text(at))), until);
        event.received_at = at;
        store.add_event(event);
        store.mark_processed(event.id);
    }
    transaction->commit();
}

template <typename Ask>
double milliseconds_of(int times, const Ask& ask) {
    Chance chance(3);
    return 1000 * seconds_of([&] {
                      for (int i = 0; i < times; ++i) ask(chance);
                  }).wall /
           times;
}

void measure_stored(int count) {
    const TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    folder.write("p.sop", playbook);
    const Instant now = SystemClock().now();
    {
        const auto store = open_sqlite_store(path, {.durable = false});
        fill_directory(*store);
        Wakeup wakeup;
        ManualClock clock(now);
        Executor executor(*store, clock, wakeup, zones(), Channels{});
        executor.recover();
        executor.deploy(compile(playbook));
        fill_events(*store, count, now);
    }
    const auto store = open_sqlite_store(path);
    const auto member = [](Chance& chance) { return fmt::format("m{:06}", chance.below(members)); };
    const auto group = [](Chance& chance) { return fmt::format("g{:04}", chance.below(groups)); };
    const double of_member = milliseconds_of(1000, [&](Chance& chance) {
        store->events_of(SubjectKind::member, member(chance), "order", now - 30 * 24h, now);
    });
    const double of_group = milliseconds_of(100, [&](Chance& chance) {
        store->events_of(SubjectKind::group, group(chance), "message", now - 24h, now);
    });
    const double latest = milliseconds_of(100, [&](Chance& chance) {
        store->latest_events_of(SubjectKind::member, member(chance), 20);
    });
    const double backlog = milliseconds_of(100, [&](Chance&) { store->backlog(now); });
    Intake intake(*store, {});
    const double one_more = milliseconds_of(100, [&](Chance& chance) {
        intake.take({{line_of(chance.below(1 << 30), Mix::month, chance, ""), 1}}, "bench", now);
    });
    const auto command = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), SOP_BINARY);
        arguments.insert(arguments.end(), {"--dir", folder.path().string()});
        return milliseconds_of(5, [&](Chance&) {
            if (sop::tests::run(arguments).exit_code != 0)
                throw std::runtime_error(sop::tests::run(arguments).err);
        });
    };
    const double why = command({"why", "--member", "m000007", "--at", instant_text(now)});
    const double list = command({"events", "--member", "m000007"});
    report(
        R"("bench":"stored","events":{},"bytes_per_event":{:.0f},"orders_of_member_30d_ms":{:.3f},)"
        R"("messages_of_group_1d_ms":{:.3f},"latest_of_member_ms":{:.3f},"backlog_ms":{:.3f},)"
        R"("take_one_ms":{:.3f},"sop_why_ms":{:.1f},"sop_events_ms":{:.1f})",
        count, static_cast<double>(fs::file_size(path)) / count, of_member, of_group, latest,
        backlog, one_more, why, list);
}

// ---- members in flows ---------------------------------------------------------------------------

constexpr const char* sequence = R"(sop 1
tag member, reader
event opened { what: content }
content article_1 { text "one" }
content article_2 { text "two" }
playbook p {
  timezone Asia/Shanghai
  for members tagged member
  via log
  funnel: on opened(article_1) once per member {
    tag reader
    wait for opened(article_2) within 3 days {
      yes: send article_2
      no: stop "not interested"
    }
  }
}
)";

double file_bytes(const std::string& path) {
    return static_cast<double>(fs::file_size(path));
}

void measure_flows(int count) {
    const TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    const Instant now = SystemClock().now();
    const auto member = [](int number) { return fmt::format("m{:07}", number); };
    {
        const auto store = open_sqlite_store(path, {.durable = false});
        const auto transaction = store->begin();
        for (int i = 0; i < groups; ++i) store->put_group({.id = fmt::format("g{:04}", i)});
        for (int i = 0; i < count; ++i)
            store->put_member({.id = member(i),
                               .name = fmt::format("Member {}", i),
                               .groups = {fmt::format("g{:04}", i % groups)},
                               .tags = {"member"}});
        transaction->commit();
    }
    const double directory = file_bytes(path);
    Seconds seconds;
    {
        const auto store = open_sqlite_store(path, {.durable = false});
        Wakeup wakeup;
        ManualClock clock(now);
        Executor executor(*store, clock, wakeup, zones(), Channels{});
        executor.recover();
        executor.deploy(compile(sequence));
        work_off(executor);
        Intake intake(*store, {});
        seconds = seconds_of([&] {
            for (int done = 0; done < count;) {
                std::vector<IncomingLine> lines;
                for (std::size_t i = 0; i < batch_lines && done < count; ++i, ++done)
                    lines.push_back(
                        {fmt::format(R"({{"id":"{:08x}-{:08x}","type":"opened",)"
                                     R"("group":"g{:04}","member":"{}",)"
                                     R"("fields":{{"what":"article_1"}}}})",
                                     done * 7919 % count, done, done % groups, member(done)),
                         done + 1});
                intake.take(lines, "bench", now);
                work_off(executor);
            }
        });
        if (store->count_audience({.kind = SubjectKind::member, .tagged = {{"reader"}}}) != count)
            throw std::runtime_error("a member is in no flow");
    }
    report(
        R"("bench":"flows","members":{},"bytes_per_flow":{:.0f},"bytes_per_directory_row":{:.0f},)"
        R"("seconds":{:.1f})",
        count, (file_bytes(path) - directory) / count, directory / count, seconds.wall);
}

}  // namespace

int main(int count, char** arguments) {
    // A store sets SQLite up for the whole process, as long as nothing else has used it.
    open_memory_store();
    if (count > 2 && std::string(arguments[1]) == "flows") {
        measure_flows(std::stoi(arguments[2]));
        return 0;
    }
    for (const auto& [mix, events] : {std::pair{Mix::month, 200'000}, {Mix::orders, 100'000}}) {
        const auto lines = make_lines(events, mix);
        const Seconds raw = measure_raw(lines, mix);
        measure_apart(lines, mix);
        measure_together(lines, mix, raw);
    }
    if (count > 1) measure_stored(std::stoi(arguments[1]));
}
