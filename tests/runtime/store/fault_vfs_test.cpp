// The store when the disk below it fails: what it says, and what is left.
#include <catch2/catch.hpp>
#include <string>

#include "runtime/store/sqlite/sqlite.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/support/fault_vfs.h"

namespace sop::runtime {
namespace {

using tests::DiskCall;
using tests::DiskFault;
using tests::FaultDisk;
using tests::PowerCut;

std::unique_ptr<Store> open_on(const FaultDisk& disk) {
    return open_sqlite_store("sop.db", {.vfs = disk.vfs()});
}

std::string integrity(const FaultDisk& disk) {
    SqliteConnection connection("sop.db", SqliteConnection::Access::write,
                                std::chrono::milliseconds{0}, disk.vfs());
    SqliteQuery query = connection.query("PRAGMA integrity_check");
    query.next();
    return query.text();
}

// What adding a group says while the disk fails.
std::string failure_of(Store& store, FaultDisk& disk, const DiskFault& fault) {
    disk.plan(fault);
    try {
        store.put_group({.id = "late"});
        return "added";
    } catch (const StoreError& error) {
        return error.what();
    }
}

}  // namespace

TEST_CASE("what was committed survives a cut of the power, what was not does not",
          "[store][sqlite][fault]") {
    const auto kept =
        GENERATE(PowerCut::Kept::nothing, PowerCut::Kept::all_but_torn, PowerCut::Kept::some);
    FaultDisk disk;
    auto store = open_on(disk);
    store->put_group({.id = "g1"});
    auto transaction = store->begin();
    store->put_group({.id = "g2"});
    disk.cut_power({.kept = kept, .seed = 7});
    CHECK_THROWS_AS(transaction->commit(), StoreError);
    transaction.reset();
    store.reset();

    disk.start();
    store = open_on(disk);
    CHECK(store->find_group("g1"));
    CHECK_FALSE(store->find_group("g2"));
    CHECK(integrity(disk) == "ok");
}

TEST_CASE("without `durable` a cut of the power takes what was committed",
          "[store][sqlite][fault]") {
    FaultDisk disk;
    open_on(disk)->put_group({.id = "g1"});
    auto store = open_sqlite_store("sop.db", {.durable = false, .vfs = disk.vfs()});
    store->put_group({.id = "g2"});
    disk.cut_power({});
    store.reset();

    disk.start();
    store = open_on(disk);
    CHECK(store->find_group("g1"));
    CHECK_FALSE(store->find_group("g2"));
}

TEST_CASE("a kill keeps all that was written, and tidies nothing up", "[store][sqlite][fault]") {
    FaultDisk disk;
    auto store = open_on(disk);
    store->put_group({.id = "g1"});
    disk.kill();
    CHECK_THROWS_AS(store->put_group({.id = "g2"}), StoreError);
    const auto removed = disk.calls(DiskCall::remove);
    store.reset();
    CHECK(disk.calls(DiskCall::remove) == removed);

    disk.start();
    store = open_on(disk);
    CHECK(store->find_group("g1"));
    CHECK_FALSE(store->find_group("g2"));
}

TEST_CASE("each failure of the disk is told in one line", "[store][sqlite][fault]") {
    struct Row {
        const char* name;
        DiskFault fault;
        const char* said;
    };
    const Row rows[] = {
        {"write",
         {.call = DiskCall::write, .kind = DiskFault::Kind::error},
         "reading or writing "
         "sop.db failed: disk "
         "I/O error; check the "
         "disk"},
        {"sync",
         {.call = DiskCall::sync, .kind = DiskFault::Kind::error},
         "reading or writing "
         "sop.db failed: disk "
         "I/O error; check the "
         "disk"},
        {"full",
         {.call = DiskCall::write, .kind = DiskFault::Kind::full},
         "cannot write sop.db: the disk is full; make room, nothing of this write was kept"},
        {"memory",
         {.call = DiskCall::memory, .kind = DiskFault::Kind::error},
         "sop.db: out of memory"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.name) {
            FaultDisk disk;
            auto store = open_on(disk);
            store->put_group({.id = "g1"});
            CHECK(failure_of(*store, disk, row.fault) == row.said);
            CHECK_FALSE(disk.has_fault());
            CHECK_FALSE(store->find_group("late"));
            // It goes on when the disk does.
            store->put_group({.id = "g2"});
            CHECK(store->find_group("g2"));
            store.reset();
            CHECK(integrity(disk) == "ok");
        }
    }
}

TEST_CASE("a text that there is no memory for is an error, and never an empty text",
          "[store][sqlite][fault]") {
    FaultDisk disk;
    int errors = 0;
    for (int number = 1; number <= 40; ++number) {
        SqliteConnection connection("sop.db", SqliteConnection::Access::create,
                                    std::chrono::milliseconds{0}, disk.vfs());
        // It becomes a text when it is read, which takes memory.
        SqliteQuery query = connection.query("SELECT 12345");
        disk.plan({.call = DiskCall::memory, .number = number});
        try {
            const bool is_there = query.next();
            const std::string read = query.text();
            CHECK(is_there);
            CHECK(read == "12345");
        } catch (const StoreError& error) {
            CHECK(std::string(error.what()) == "sop.db: out of memory");
            ++errors;
        }
        disk.forget_fault();
    }
    CHECK(errors > 0);
}

TEST_CASE("a lock that is given back in time is waited for", "[store][sqlite][fault]") {
    FaultDisk disk;
    auto store = open_on(disk);
    CHECK(failure_of(*store, disk, {.call = DiskCall::lock, .kind = DiskFault::Kind::busy}) ==
          "added");
    CHECK_FALSE(disk.has_fault());
}

TEST_CASE("a store on the disk of the tests is read while another connection writes",
          "[store][sqlite][fault]") {
    FaultDisk disk;
    const auto writer = open_on(disk);
    const auto other = open_sqlite_store(
        "sop.db", {.busy_timeout = std::chrono::milliseconds{1}, .vfs = disk.vfs()});
    const auto writing = writer->begin();
    writer->put_group({.id = "g1"});
    CHECK_FALSE(other->find_group("g1"));
    CHECK_THROWS_AS(other->put_group({.id = "g2"}), StoreError);
    writing->commit();
    CHECK(other->find_group("g1"));
}

}  // namespace sop::runtime
