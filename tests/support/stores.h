// The stores that one suite of tests runs over:
//
//   TEMPLATE_TEST_CASE("…", "[store]", MemoryStore, FileStore) {
//       TestType store;
//       (*store).put_group({.id = "g1"});
#pragma once

#include <memory>

#include "runtime/store/sqlite/sqlite_store.h"
#include "tests/support/temporary_folder.h"

namespace sop::tests {

struct MemoryStore {
    std::unique_ptr<runtime::Store> store = runtime::open_memory_store();
    runtime::Store& operator*() { return *store; }
};

struct FileStore {
    TemporaryFolder folder;
    std::unique_ptr<runtime::Store> store =
        runtime::open_sqlite_store((folder / "sop.db").string());
    runtime::Store& operator*() { return *store; }
    void reopen() {
        store.reset();
        store = runtime::open_sqlite_store((folder / "sop.db").string());
    }
};

}  // namespace sop::tests
