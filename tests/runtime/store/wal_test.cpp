// The write-ahead log stays within bounds, whoever reads meanwhile.
#include <catch2/catch.hpp>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>

#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/support/temporary_folder.h"

namespace sop::runtime {

using namespace sop::tests;

namespace {

constexpr std::uintmax_t megabyte = 1 << 20;
// 20,000 pages, and what one transaction adds.
constexpr std::uintmax_t checkpoint_bound = 90 * megabyte;
constexpr std::uintmax_t kept_after_reader = 128 * megabyte;

// A page of the log each.
void write_pages(Store& store, int pages) {
    static std::atomic<int> written = 0;
    const std::string page(3500, 'x');
    const auto transaction = store.begin();
    for (int i = 0; i < pages; ++i)
        store.put_group({.id = "g" + std::to_string(++written), .name = page});
    transaction->commit();
}

}  // namespace

TEST_CASE("the log is bounded, and comes back to its bounds after a long reader",
          "[store][sqlite]") {
    const TemporaryFolder folder;
    const std::string path = (folder.path() / "sop.db").string();
    const auto log_size = [&] { return std::filesystem::file_size(path + "-wal"); };
    const auto store = open_sqlite_store(path, {.durable = false});
    std::uintmax_t written = 0;
    while (written < 3 * checkpoint_bound) {
        write_pages(*store, 1000);
        written += 1000 * 4096;
        REQUIRE(log_size() < checkpoint_bound);
    }

    // Nothing can be folded back beyond what it still sees.
    auto reader = open_sqlite_store(path, {.open = SqliteOptions::Open::read_only});
    {
        const auto snapshot = reader->begin();
        CHECK(reader->count_directory().groups > 0);
        while (log_size() < kept_after_reader + 20 * megabyte) write_pages(*store, 1000);
    }
    write_pages(*store, 1);
    write_pages(*store, 1);
    CHECK(log_size() <= kept_after_reader);
}

TEST_CASE("the log is bounded while two write all the time", "[store][sqlite]") {
    const TemporaryFolder folder;
    const std::string path = (folder.path() / "sop.db").string();
    const auto first = open_sqlite_store(path, {.durable = false});
    const auto write = [](Store& store) {
        for (std::uintmax_t written = 0; written < 3 * checkpoint_bound; written += 500 * 4096)
            write_pages(store, 500);
    };
    std::thread other([&] { write(*open_sqlite_store(path, {.durable = false})); });
    write(*first);
    other.join();
    CHECK(std::filesystem::file_size(path + "-wal") < kept_after_reader);
}

}  // namespace sop::runtime
