// SQLite by itself, for what ours is measured against: one connection, settings as the store's.
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>
#include <vector>

namespace sop::bench {

class RawDatabase {
  public:
    explicit RawDatabase(const std::filesystem::path& path) {
        check(sqlite3_open(path.c_str(), &handle_));
        run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "PRAGMA wal_autocheckpoint = 20000; PRAGMA cache_size = -65536;");
    }
    ~RawDatabase() {
        for (sqlite3_stmt* statement : statements_) sqlite3_finalize(statement);
        sqlite3_close(handle_);
    }
    RawDatabase(const RawDatabase&) = delete;
    RawDatabase& operator=(const RawDatabase&) = delete;

    void run(const char* sql) { check(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr)); }
    sqlite3_stmt* prepare(const char* sql) {
        sqlite3_stmt* statement = nullptr;
        check(sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
        return statements_.emplace_back(statement);
    }
    void check(int code) const {
        if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(handle_));
    }

  private:
    sqlite3* handle_ = nullptr;
    std::vector<sqlite3_stmt*> statements_;
};

inline void finish(sqlite3_stmt* statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) throw std::runtime_error("a raw statement failed");
    sqlite3_reset(statement);
}

}  // namespace sop::bench
