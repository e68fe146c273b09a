#include "runtime/store/sqlite/sqlite_store.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "runtime/store/sqlite/sqlite.h"
#include "tests/runtime/store/child_process.h"
#include "tests/support/temporary_folder.h"

namespace sop::runtime {
namespace {

using Open = SqliteOptions::Open;

Instant at(int minute) {
    return Instant(std::chrono::minutes(minute));
}

// What opening says when it fails; "opened" when it does not.
std::string failure_of_opening(const std::string& path, const SqliteOptions& options = {}) {
    try {
        open_sqlite_store(path, options);
        return "opened";
    } catch (const StoreError& error) {
        return error.what();
    }
}

SqliteConnection connect(const std::string& path) {
    return {path, SqliteConnection::Access::create, std::chrono::milliseconds(0)};
}

std::int64_t read_number(const std::string& path, std::string_view sql) {
    SqliteConnection connection = connect(path);
    SqliteQuery query = connection.query(sql);
    query.next();
    return query.integer();
}

// The scripts that take a store down, the newest first.
std::vector<std::filesystem::path> ways_down() {
    std::vector<std::filesystem::path> scripts;
    for (const auto& entry :
         std::filesystem::directory_iterator(SOP_SOURCE_DIR "/runtime/store/sqlite/migrations")) {
        if (entry.path().string().ends_with(".down.sql")) scripts.push_back(entry.path());
    }
    std::sort(scripts.rbegin(), scripts.rend());
    return scripts;
}

std::int64_t newest_version() {
    return static_cast<std::int64_t>(ways_down().size());
}

void go_down(const std::string& path, std::int64_t version) {
    for (const auto& script : ways_down()) {
        if (read_number(path, "PRAGMA user_version") == version) return;
        std::ifstream in(script, std::ios::binary);
        connect(path).run_script(std::string{std::istreambuf_iterator<char>(in), {}});
    }
}

// ---- what is opened -----------------------------------------------------------------------------

TEST_CASE("a missing file is made, and only when that was asked for", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    for (const Open open : {Open::must_exist, Open::read_only}) {
        CHECK(failure_of_opening(path, {.open = open}) ==
              "there is no store " + path + " yet; `sop serve` makes it");
        CHECK_FALSE(std::filesystem::exists(path));
    }
    CHECK(failure_of_opening(path) == "opened");
    CHECK(failure_of_opening(path, {.open = Open::must_exist}) == "opened");
    CHECK(failure_of_opening(path, {.open = Open::read_only}) == "opened");
}

TEST_CASE("an empty file becomes a store", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = folder.write("sop.db", "");
    CHECK(failure_of_opening(path, {.open = Open::read_only}) ==
          path + " is empty; `sop serve` fills it");
    CHECK(failure_of_opening(path) == "opened");
    CHECK(read_number(path, "PRAGMA application_id") == 0x736f7031);
    CHECK(read_number(path, "PRAGMA user_version") == newest_version());
    CHECK(failure_of_opening(path, {.open = Open::read_only}) == "opened");
}

TEST_CASE("a file that is no database is refused and left as it is", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string text = GENERATE(std::string("xy"), std::string("id,name\ng1,Group one\n"),
                                      std::string(10000, 'x'));
    const std::string path = folder.write("groups.csv", text);
    for (const Open open : {Open::create_if_missing, Open::must_exist, Open::read_only}) {
        CHECK(failure_of_opening(path, {.open = open}) ==
              path + " is not a database; name another file for the store");
    }
    CHECK(folder.read("groups.csv") == text);
}

TEST_CASE("what cannot hold a store is named", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = folder.path().string();
    CHECK(failure_of_opening("") == "the store has no file name");
    CHECK(failure_of_opening(path) == path + " is a folder; the store needs the name of a file");
    CHECK(failure_of_opening(path + "/no/sop.db") ==
          "cannot open " + path + "/no/sop.db: there is no folder " + path + "/no; make it first");
    folder.write("file", "");
    CHECK(failure_of_opening(path + "/file/sop.db") == "cannot open " + path +
                                                           "/file/sop.db: there is no folder " +
                                                           path + "/file; make it first");
    REQUIRE(mkfifo((path + "/pipe").c_str(), 0600) == 0);
    CHECK(failure_of_opening(path + "/pipe") ==
          path + "/pipe is not a regular file; name another for the store");
}

TEST_CASE("a database of another program is refused and left as it is", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = (folder / "other.db").string();
    const std::string script = GENERATE("CREATE TABLE song (name TEXT)",
                                        "PRAGMA application_id = 7; CREATE TABLE plan (id TEXT)",
                                        "PRAGMA application_id = 7", "PRAGMA user_version = 1");
    connect(path).run_script(script);
    const std::string before = folder.read("other.db");

    for (const Open open : {Open::create_if_missing, Open::must_exist, Open::read_only}) {
        CHECK(failure_of_opening(path, {.open = open}) ==
              path + " is a database of another program; name another file for the store");
    }
    CHECK(folder.read("other.db") == before);
}

TEST_CASE("a store of a newer version is refused with both versions", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    open_sqlite_store(path);
    connect(path).run_script("PRAGMA user_version = 42");

    for (const Open open : {Open::create_if_missing, Open::must_exist, Open::read_only}) {
        CHECK(failure_of_opening(path, {.open = open}) ==
              fmt::format("{} was written by a newer sop: its format is version 42, this program "
                          "knows versions up to {}; install the newer sop",
                          path, newest_version()));
    }
}

TEST_CASE("going down from the newest version leaves an empty file", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    open_sqlite_store(path)->put_group({.id = "g1"});
    go_down(path, 0);

    CHECK(read_number(path, "SELECT count(*) FROM sqlite_schema") == 0);
    CHECK(open_sqlite_store(path)->count_directory().groups == 0);
}

TEST_CASE("a store of the version before is upgraded and keeps what it has", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    open_sqlite_store(path)->put_group({.id = "g1"});
    go_down(path, 1);
    REQUIRE(read_number(path, "PRAGMA user_version") == 1);

    CHECK_THAT(failure_of_opening(path, {.open = Open::read_only}),
               Catch::EndsWith("`sop serve` upgrades it"));
    const auto store = open_sqlite_store(path);
    CHECK(store->count_directory().groups == 1);
    CHECK_FALSE(store->latest_zone_change());
    CHECK(store->stored_zones().empty());
}

TEST_CASE("a version that knows no targets sends nobody what was for others", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    {
        const auto store = open_sqlite_store(path);
        const RuleId rule = store->find_or_add_rule("members", "check_in", at(0)).id;
        const PlanVersion plan = store->add_plan(at(0), "", "{}");
        const FiringId firing = store->add_firing({.rule = rule, .key = "k", .plan = plan}).value();
        const RunId run = store->add_run({.firing = firing, .rule = rule, .subject = "g1"}).value();
        Delivery delivery{.run = run, .channel = "hook", .due_at = at(1)};
        delivery.id = store->add_delivery(delivery);
        store->add_contact({.subject = "g1", .delivery = delivery.id});
        delivery.target = Target{SubjectKind::group, "g2"};
        delivery.id = store->add_delivery(delivery);
        store->add_contact({.subject = "g2", .delivery = delivery.id});
    }
    go_down(path, 13);
    const auto store = open_sqlite_store(path);
    const auto rows = store->list_deliveries({});
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].subject == "g1");
    CHECK(read_number(path, "SELECT count(*) FROM contact") == 1);
}

TEST_CASE("a version that cannot ask sends nothing again that was asked about", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    {
        const auto store = open_sqlite_store(path);
        const RuleId rule = store->find_or_add_rule("members", "check_in", at(0)).id;
        const PlanVersion plan = store->add_plan(at(0), "", "{}");
        const FiringId firing = store->add_firing({.rule = rule, .key = "k", .plan = plan}).value();
        const RunId run = store->add_run({.firing = firing, .rule = rule, .subject = "g1"}).value();
        const DeliveryId delivery =
            store->add_delivery({.run = run, .channel = "hook", .due_at = at(1)});
        store->mark_attempting(delivery);
        store->ask_about(delivery, at(2), "no answer");
    }
    go_down(path, 10);
    const auto store = open_sqlite_store(path);
    const auto rows = store->list_deliveries({});
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].delivery.state == DeliveryState::unknown);
    CHECK(rows[0].delivery.settled_at == at(2));
    CHECK_FALSE(rows[0].delivery.asks);
}

TEST_CASE("events are the same after a change of version up and down", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    {
        const auto store = open_sqlite_store(path);
        store->add_event({.id = "e2",
                          .type = "order",
                          .group = "g1",
                          .member = "m1",
                          .at = at(3),
                          .received_at = at(4),
                          .fields = {{"amount", "9.90 CNY"}}});
        store->add_event({.id = "e1", .type = "join", .at = at(1), .received_at = at(5)});
        store->mark_processed("e2");
    }
    go_down(path, 13);
    const auto store = open_sqlite_store(path);
    const auto event = store->find_event("e2").value();
    CHECK(event.fields == std::map<std::string, std::string>{{"amount", "9.90 CNY"}});
    CHECK(event.at == at(3));
    CHECK(event.received_at == at(4));
    CHECK(event.processed);
    CHECK(store->next_event_at() == at(1));
    CHECK_FALSE(store->add_event({.id = "e1", .type = "join"}));
    CHECK(store->events_of(SubjectKind::group, "g1", "order", at(0), at(9)).size() == 1);
}

TEST_CASE("a damaged store says so", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    open_sqlite_store(path)->put_group({.id = "g1"});
    std::string bytes = folder.read("sop.db");
    std::fill(bytes.begin() + 8192, bytes.end(), '\xff');
    folder.write("sop.db", bytes);

    CHECK_THROWS_WITH(open_sqlite_store(path)->find_group("g1"),
                      Catch::StartsWith(path + " is damaged (") &&
                          Catch::EndsWith("); restore it from a backup"));
}

TEST_CASE("a state this version does not know is not guessed at", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    const auto store = open_sqlite_store(path);
    const RuleId rule = store->find_or_add_rule("members", "check_in", at(0)).id;
    const PlanVersion plan = store->add_plan(at(0), "", "{}");
    const FiringId firing = store->add_firing({.rule = rule, .key = "k", .plan = plan}).value();
    connect(path).run_script("UPDATE firing SET subject_kind = 'crowd'");

    CHECK_THROWS_WITH(store->find_firing(firing), Catch::Contains("\"crowd\""));
}

// ---- several at once ----------------------------------------------------------------------------

const SqliteOptions impatient{.busy_timeout = std::chrono::milliseconds(1)};

std::string locked(const std::string& path) {
    return path +
           " is locked: another program is writing to it; wait for it or stop it, then try again";
}

TEST_CASE("a store another program is writing to can be read, and is locked for writing",
          "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    const auto writer = open_sqlite_store(path);
    writer->put_group({.id = "g1"});
    const auto writing = writer->begin();
    writer->put_group({.id = "g2"});

    const auto other = open_sqlite_store(path, impatient);
    CHECK(other->find_group("g1"));
    CHECK_FALSE(other->find_group("g2"));
    CHECK_THROWS_WITH(other->begin(), locked(path));
    CHECK_THROWS_WITH(other->put_group({.id = "g3"}), locked(path));
    CHECK_THROWS_WITH(other->add_event({.id = "e1", .type = "join"}), locked(path));

    writing->commit();
    CHECK(other->find_group("g2"));
    CHECK(other->add_event({.id = "e1", .type = "join"}));
    CHECK(writer->find_event("e1"));
}

TEST_CASE("a file another program is filling cannot be made a store", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    SqliteConnection other = connect(path);
    other.run_script("BEGIN EXCLUSIVE");
    CHECK(failure_of_opening(path, impatient) == locked(path));
}

TEST_CASE("a running store can be read by one that cannot write", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    const auto writer = open_sqlite_store(path);
    const auto reader = open_sqlite_store(path, {.open = Open::read_only});
    writer->put_group({.id = "g1"});
    CHECK(reader->find_group("g1"));
    CHECK_THROWS_WITH(reader->put_group({.id = "g2"}),
                      "cannot write " + path +
                          ": the file or its folder is read-only; change its permissions, or "
                          "choose another place for the store");

    // A transaction of the reader is one moment of the store.
    const auto moment = reader->begin();
    CHECK(reader->count_directory().groups == 1);
    writer->put_group({.id = "g2"});
    CHECK(reader->count_directory().groups == 1);
}

TEST_CASE("a directory is copied whole, from a store that is running", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    const auto source = open_sqlite_store(path);
    const Group group{.id = "g1", .name = "一群", .owner = "Li", .tags = {"a", "b"}};
    const Member member{.id = "m1", .name = "王", .groups = {"g1"}, .tags = {"x"}};
    {
        const auto transaction = source->begin();
        source->put_group(group);
        source->put_member(member);
        // More than a page of each.
        for (int i = 1000; i < 3100; ++i) {
            source->put_group({.id = "h" + std::to_string(i)});
            source->put_member({.id = "n" + std::to_string(i), .groups = {"g1"}});
        }
        transaction->commit();
    }
    source->add_event({.id = "e1", .type = "join"});

    const auto copy = open_memory_store();
    const auto transaction = copy->begin();
    copy_directory(path, *copy);
    transaction->commit();

    CHECK(copy->count_directory().groups == 2101);
    CHECK(copy->count_directory().members == 2101);
    CHECK(copy->find_group("g1") == source->find_group("g1"));
    CHECK(copy->find_member("m1") == source->find_member("m1"));
    CHECK_FALSE(copy->find_event("e1"));
    CHECK_THROWS_AS(copy_directory((folder / "none.db").string(), *copy), StoreError);
}

// ---- disks that fail ----------------------------------------------------------------------------

// For what root may do anyway. Root becomes nobody; everybody else is who they are.
void give_up_rights() {
    constexpr id_t nobody = 65534;
    if (geteuid() == 0 && (setgid(nobody) != 0 || setuid(nobody) != 0)) {
        throw std::runtime_error("cannot become another user");
    }
}

TEST_CASE("what may not be written is named", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    const auto permit = [&](unsigned int folder_mode, unsigned int file_mode) {
        std::filesystem::permissions(folder.path(), std::filesystem::perms(folder_mode));
        if (std::filesystem::exists(path)) {
            std::filesystem::permissions(path, std::filesystem::perms(file_mode));
        }
    };
    const auto open_without_rights = [&](Open open) {
        return in_child_process([&] {
            give_up_rights();
            return failure_of_opening(path, {.open = open});
        });
    };
    const auto cannot_open = [&](const std::string& reason) {
        return "cannot open " + path + ": " + reason +
               "; the program must be able to read and write the file and to make files in its "
               "folder";
    };
    const std::string read_only =
        "cannot write " + path +
        ": the file or its folder is read-only; change its permissions, or choose another place "
        "for the store";

    permit(0555, 0);
    CHECK(open_without_rights(Open::create_if_missing) ==
          cannot_open("its folder takes no new files"));

    permit(0777, 0);
    open_sqlite_store(path)->put_group({.id = "g1"});
    permit(0777, 0444);
    CHECK(open_without_rights(Open::must_exist) == read_only);
    permit(0777, 0000);
    CHECK(open_without_rights(Open::must_exist) == cannot_open("Permission denied"));
    CHECK(open_without_rights(Open::read_only) == cannot_open("Permission denied"));
    permit(0777, 0444);
    CHECK(open_without_rights(Open::read_only) == "opened");
    permit(0755, 0644);
}

// Writes in one transaction until the disk will not take more, tries to go on as if nothing had
// happened, and reports what was said and what is left.
std::string fill(const std::string& path) {
    const auto store = open_sqlite_store(path);
    store->put_group({.id = "before"});
    std::string said = "all of it was written";
    {
        const auto transaction = store->begin();
        try {
            // More than the cache holds, so that pages must be written before the commit as well.
            for (int i = 0; i < 100; ++i) {
                store->intern_message({std::string(1 << 20, 'x') + std::to_string(i), {}});
            }
            transaction->commit();
        } catch (const StoreError& error) {
            said = error.what();
        }
        try {
            store->put_group({.id = "after"});
        } catch (const StoreError&) {
            // As well: either way it must not be kept.
        }
    }
    const bool is_undone = store->find_group("before") && !store->find_group("after") &&
                           store->intern_message({"small", {}}) == 1;
    return said + (is_undone ? "; undone" : "; not undone");
}

TEST_CASE("a full disk is named, and what was written before it stays", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    const std::string answer = in_child_process([&]() -> std::string {
        // A disk that only this process sees, gone with it.
        if (unshare(CLONE_NEWNS) != 0 ||
            mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            mount("sop-test", folder.path().c_str(), "tmpfs", 0, "size=4m") != 0) {
            return "no disk";
        }
        return fill(path);
    });
    if (answer == "no disk") {
        WARN("skipped: a small disk can only be made by root");
        return;
    }
    CHECK(answer == "cannot write " + path +
                        ": the disk is full; make room, nothing of this write was kept; undone");
}

TEST_CASE("a disk that fails is named with the system's reason", "[store][sqlite]") {
    tests::TemporaryFolder folder;
    const std::string path = (folder / "sop.db").string();
    const std::string answer = in_child_process([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{.rlim_cur = 4 << 20, .rlim_max = 4 << 20};
        if (setrlimit(RLIMIT_FSIZE, &limit) != 0) {
            throw std::runtime_error("cannot set a limit on the size of files");
        }
        return fill(path);
    });
    CHECK(answer ==
          "reading or writing " + path + " failed: File too large; check the disk; undone");
}

}  // namespace
}  // namespace sop::runtime
