// One SQLite connection and its prepared statements: the door to the C library.
//
// Every failure is a StoreError that says what happened to the file and how to mend it. Not for use
// by several threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

struct sqlite3;
struct sqlite3_stmt;

namespace sop::runtime {

// Bytes that are not text.
struct SqliteBlob {
    std::string_view bytes;
};

// One use of a prepared statement: parameters are bound, rows are read, and the statement is free
// again when this leaves scope. Columns are read one after the other in the order of the SELECT.
class SqliteQuery {
  public:
    // `values` are bound in order.
    template <typename... Values>
    SqliteQuery(sqlite3_stmt* statement, const std::string& path, const Values&... values)
        : statement_(statement), path_(path) {
        (bind(values), ...);
    }
    ~SqliteQuery();
    SqliteQuery(const SqliteQuery&) = delete;
    SqliteQuery& operator=(const SqliteQuery&) = delete;

    // False when there are no more rows.
    bool next();

    std::int64_t integer();
    bool boolean() { return integer() != 0; }
    std::string text();
    std::string blob();
    std::optional<std::int64_t> optional_integer();
    std::optional<std::string> optional_text();

  private:
    void bind(std::int64_t value);
    void bind(std::string_view value);
    void bind(SqliteBlob value);
    void bind(std::nullopt_t);
    template <typename Value>
    void bind(const std::optional<Value>& value) {
        if (value) {
            bind(*value);
        } else {
            bind(std::nullopt);
        }
    }

    void check(int code) const;
    bool skip_null();
    std::string bytes_of(int column, const void* data);

    sqlite3_stmt* statement_;
    const std::string& path_;
    int bound_ = 0;
    bool holds_much_ = false;  // the statement, of what was bound
    int column_ = 0;
};

class SqliteConnection {
  public:
    enum class Access { create, write, read };

    // Opens the file. Nothing is read from it before the first statement.
    // `vfs` as in SqliteOptions.
    SqliteConnection(const std::string& path, Access access, std::chrono::milliseconds busy_timeout,
                     const std::string& vfs = {});
    ~SqliteConnection();
    SqliteConnection(const SqliteConnection&) = delete;
    SqliteConnection& operator=(const SqliteConnection&) = delete;

    // `sql` is a constant: its address finds the statement prepared at its first use.
    template <typename... Values>
    SqliteQuery query(std::string_view sql, const Values&... values) {
        return SqliteQuery(prepare(sql), path_, values...);
    }

    // From now on a commit that leaves as many pages in the log writes it back into the file.
    void fold_log_at(int pages);

    // Several statements at once, their rows dropped.
    void run_script(std::string_view sql);

    // The pages it keeps of the file, as far as no statement is using them.
    void release_memory();

    const std::string& path() const { return path_; }
    bool in_transaction() const;
    // Of the last statement that wrote.
    std::int64_t changed_rows() const;
    std::int64_t last_inserted_id() const;

  private:
    static int after_commit(void* connection, sqlite3* handle, const char* schema, int log_pages);
    void fold_log(const char* schema);
    sqlite3_stmt* prepare(std::string_view sql);

    std::string path_;
    int patience_milliseconds_;
    int log_pages_max_ = 0;
    bool has_folded_ = false;  // and the log has not begun anew since
    sqlite3* handle_ = nullptr;
    std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

}  // namespace sop::runtime
