// The embedded store: one SQLite file in WAL mode, made on first use, upgraded by numbered
// migrations.
#pragma once

#include <memory>
#include <string>

#include "runtime/store/store.h"

namespace sop::runtime {

struct SqliteOptions {
    enum class Open {
        create_if_missing,
        must_exist,
        read_only,
    };
    Open open = Open::create_if_missing;
    std::chrono::milliseconds busy_timeout{5000};
    // What was committed is on the disk (`synchronous=FULL`). Off for a store that is thrown away.
    bool durable = true;
    // SQLite's way to the disk, by the name it is registered under; empty for the usual one. Any
    // other keeps its files where it likes, so `path` is only a name to it.
    std::string vfs{};
};

// Throws StoreError when the file cannot be opened, is locked, read-only, not a database, not one
// of ours, or written by a newer version.
std::unique_ptr<Store> open_sqlite_store(const std::string& path,
                                         const SqliteOptions& options = {});

// The same store without a file, for tests: gone when closed.
std::unique_ptr<Store> open_memory_store();

// Writes the store as it is at this moment to a new file, whoever writes to it meanwhile, and notes
// `now` in that. Throws StoreError.
void back_up(const std::string& path, const std::string& target, Instant now);

// Gives the space of what was deleted back to the disk. Throws StoreError.
void vacuum(const std::string& path);

// Writes the log back into the file, so that what was overwritten there is in neither. Throws
// StoreError.
void fold_log(const std::string& path);

// Copies groups, members and tags of the database at `path` into `store`, in the transaction that
// is open.
void copy_directory(const std::string& path, Store& store);

}  // namespace sop::runtime
