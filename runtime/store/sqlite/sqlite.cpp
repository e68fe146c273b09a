#include "runtime/store/sqlite/sqlite.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "runtime/store/store.h"

namespace sop::runtime {

namespace {

// A prepared statement keeps what was bound to it until something else is, or for ever.
constexpr std::size_t kept_bound_max = 1 << 16;

bool disk_is_full(int system_error) {
    return system_error == ENOSPC || system_error == EDQUOT;
}

std::string describe_full_disk(const std::string& path) {
    return fmt::format(
        "cannot write {}: the disk is full; make room, nothing of this write was kept", path);
}

std::string describe_cannot_open(const std::string& path, int system_error) {
    if (system_error == EMFILE || system_error == ENFILE) {
        return fmt::format("cannot open {}: too many files are open; raise the limit (ulimit -n)",
                           path);
    }
    // SQLite tries once more for reading when it may not make the file, and then misses it.
    const std::string reason = system_error == ENOENT ? "its folder takes no new files"
                               : system_error != 0    ? std::strerror(system_error)
                                                      : "not permitted";
    return fmt::format(
        "cannot open {}: {}; the program must be able to read and write the file and to make "
        "files in its folder",
        path, reason);
}

std::string describe_io_error(const std::string& path, int system_error, const char* message) {
    const char* reason = system_error != 0 ? std::strerror(system_error) : message;
    return fmt::format("reading or writing {} failed: {}; check the disk", path, reason);
}

std::string describe_read_only(const std::string& path, int code) {
    if (code == SQLITE_READONLY_DBMOVED) {
        return fmt::format("{} was moved or deleted while it was open; put it back and start again",
                           path);
    }
    return fmt::format(
        "cannot write {}: the file or its folder is read-only; change its permissions, or choose "
        "another place for the store",
        path);
}

// `code` is an extended result code of `handle`'s last call.
[[noreturn]] void fail(sqlite3* handle, const std::string& path, int code) {
    const int system_error = handle != nullptr ? sqlite3_system_errno(handle) : 0;
    const char* message = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            throw StoreError(fmt::format(
                "{} is locked: another program is writing to it; wait for it or stop it, then try "
                "again",
                path));
        case SQLITE_READONLY:
            throw StoreError(describe_read_only(path, code));
        case SQLITE_NOTADB:
            throw StoreError(
                fmt::format("{} is not a database; name another file for the store", path));
        case SQLITE_CORRUPT:
            throw StoreError(
                fmt::format("{} is damaged ({}); restore it from a backup", path, message));
        case SQLITE_FULL:
            throw StoreError(describe_full_disk(path));
        case SQLITE_CANTOPEN:
            throw StoreError(describe_cannot_open(path, system_error));
        case SQLITE_IOERR:
            throw StoreError(disk_is_full(system_error)
                                 ? describe_full_disk(path)
                                 : describe_io_error(path, system_error, message));
        case SQLITE_CONSTRAINT:
            throw StoreError(fmt::format("{} refused a row: {}", path, message));
        default:
            throw StoreError(fmt::format("{}: {}", path, message));
    }
}

// Counting its memory costs SQLite two locks an allocation, and nobody reads the counts. Without
// effect, and harmless, when something else in the process has used SQLite before.
void stop_memory_statistics() {
    [[maybe_unused]] static const int result = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

// Waits for another writer in steps so small that, of two who write all the time, the one who waits
// finds the moment between two transactions of the other. SQLite's own steps grow to a tenth of a
// second, in which the other may write dozens.
constexpr int busy_step_milliseconds = 1;

int wait_for_writer(void* patience, int waited) {
    if (waited * busy_step_milliseconds >= *static_cast<const int*>(patience)) return 0;
    sqlite3_sleep(busy_step_milliseconds);
    return 1;
}

}  // namespace

SqliteQuery::~SqliteQuery() {
    sqlite3_reset(statement_);
    if (holds_much_) sqlite3_clear_bindings(statement_);
}

void SqliteQuery::check(int code) const {
    if (code != SQLITE_OK) {
        fail(sqlite3_db_handle(statement_), path_, code);
    }
}

void SqliteQuery::bind(std::int64_t value) {
    check(sqlite3_bind_int64(statement_, ++bound_, value));
}

void SqliteQuery::bind(std::string_view value) {
    // A null pointer would bind NULL, and an empty view may hold one.
    const char* data = value.empty() ? "" : value.data();
    if (value.size() > kept_bound_max) holds_much_ = true;
    check(sqlite3_bind_text64(statement_, ++bound_, data, value.size(), SQLITE_TRANSIENT,
                              SQLITE_UTF8));
}

void SqliteQuery::bind(SqliteBlob value) {
    if (value.bytes.size() > kept_bound_max) holds_much_ = true;
    check(sqlite3_bind_blob64(statement_, ++bound_, value.bytes.data(), value.bytes.size(),
                              SQLITE_TRANSIENT));
}

void SqliteQuery::bind(std::nullopt_t) {
    check(sqlite3_bind_null(statement_, ++bound_));
}

bool SqliteQuery::next() {
    column_ = 0;
    const int code = sqlite3_step(statement_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        fail(sqlite3_db_handle(statement_), path_, code);
    }
    return code == SQLITE_ROW;
}

std::int64_t SqliteQuery::integer() {
    return sqlite3_column_int64(statement_, column_++);
}

std::string SqliteQuery::text() {
    const int column = column_++;
    return bytes_of(column, sqlite3_column_text(statement_, column));
}

std::string SqliteQuery::blob() {
    const int column = column_++;
    return bytes_of(column, sqlite3_column_blob(statement_, column));
}

// Their length is asked for after them: asking for a text may convert the value. There are none for
// NULL, for no bytes, and for want of memory.
std::string SqliteQuery::bytes_of(int column, const void* data) {
    sqlite3* const connection = sqlite3_db_handle(statement_);
    if (data == nullptr && sqlite3_errcode(connection) == SQLITE_NOMEM)
        fail(connection, path_, SQLITE_NOMEM);
    const auto length = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), length);
}

bool SqliteQuery::skip_null() {
    if (sqlite3_column_type(statement_, column_) != SQLITE_NULL) {
        return false;
    }
    ++column_;
    return true;
}

std::optional<std::int64_t> SqliteQuery::optional_integer() {
    return skip_null() ? std::nullopt : std::optional(integer());
}

std::optional<std::string> SqliteQuery::optional_text() {
    return skip_null() ? std::nullopt : std::optional(text());
}

SqliteConnection::SqliteConnection(const std::string& path, Access access,
                                   std::chrono::milliseconds busy_timeout, const std::string& vfs)
    : path_(path), patience_milliseconds_(static_cast<int>(busy_timeout.count())) {
    stop_memory_statistics();
    const int flags = access == Access::create  ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                      : access == Access::write ? SQLITE_OPEN_READWRITE
                                                : SQLITE_OPEN_READONLY;
    const int code =
        sqlite3_open_v2(path.c_str(), &handle_, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                        vfs.empty() ? nullptr : vfs.c_str());
    try {
        if (code != SQLITE_OK) {
            fail(handle_, path_, code);
        }
        // Asked to write what may only be read, SQLite opens it for reading and says nothing.
        if (access != Access::read && sqlite3_db_readonly(handle_, "main") == 1) {
            throw StoreError(describe_read_only(path_, SQLITE_READONLY));
        }
    } catch (const StoreError&) {
        sqlite3_close(handle_);
        throw;
    }
    sqlite3_busy_handler(handle_, wait_for_writer, &patience_milliseconds_);
}

SqliteConnection::~SqliteConnection() {
    for (const auto& [sql, statement] : statements_) {
        sqlite3_finalize(statement);
    }
    sqlite3_close(handle_);
}

sqlite3_stmt* SqliteConnection::prepare(std::string_view sql) {
    const auto known = statements_.find(sql.data());
    if (known != statements_.end()) {
        return known->second;
    }
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) {
        fail(handle_, path_, code);
    }
    statements_.emplace(sql.data(), statement);
    return statement;
}

void SqliteConnection::fold_log_at(int pages) {
    log_pages_max_ = pages;
    sqlite3_wal_hook(handle_, after_commit, this);
}

int SqliteConnection::after_commit(void* connection, sqlite3*, const char* schema, int log_pages) {
    auto& self = *static_cast<SqliteConnection*>(connection);
    if (log_pages >= self.log_pages_max_)
        self.fold_log(schema);
    else
        self.has_folded_ = false;
    return SQLITE_OK;
}

// The log begins anew once all of it is in the file. Two who write all the time never come to that
// by SQLite's own way, as one adds to the log while the other folds it: it grows without end, and
// each commit folds. So what was added meanwhile is folded while nobody else may write. That is
// little, and comes right after a commit, when the place of the writer is free. What readers still
// see is left for a later commit, as is what fails: the log has it all.
void SqliteConnection::fold_log(const char* schema) {
    const int mode = has_folded_ ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE;
    const int patience = std::exchange(patience_milliseconds_, 0);
    sqlite3_wal_checkpoint_v2(handle_, schema, mode, nullptr, nullptr);
    patience_milliseconds_ = patience;
    has_folded_ = true;
}

void SqliteConnection::run_script(std::string_view sql) {
    const int code = sqlite3_exec(handle_, std::string(sql).c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        fail(handle_, path_, code);
    }
}

void SqliteConnection::release_memory() {
    sqlite3_db_release_memory(handle_);
}

bool SqliteConnection::in_transaction() const {
    return sqlite3_get_autocommit(handle_) == 0;
}

std::int64_t SqliteConnection::changed_rows() const {
    return sqlite3_changes64(handle_);
}

std::int64_t SqliteConnection::last_inserted_id() const {
    return sqlite3_last_insert_rowid(handle_);
}

}  // namespace sop::runtime
