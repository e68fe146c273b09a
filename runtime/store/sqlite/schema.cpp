#include "runtime/store/sqlite/schema.h"

#include <fmt/format.h>

#include <filesystem>
#include <iterator>

#include "runtime/store/sqlite/sql.h"
#include "runtime/store/sqlite/upgrade.h"

namespace sop::runtime {

namespace {

// The same number stands at the end of the first migration.
constexpr std::int64_t application_id = 0x736f7031;

constexpr std::int64_t newest_version = std::size(sql::migrations);

// 80 MB of log: with SQLite's 4 MB scattered writes spend half their time copying pages back.
constexpr int log_pages_max = 20'000;

struct Schema {
    std::int64_t application = 0;
    std::int64_t version = 0;
    bool has_tables = false;

    bool is_ours() const { return application == application_id; }
    bool is_blank() const { return application == 0 && version == 0 && !has_tables; }
};

std::int64_t read_number(SqliteConnection& connection, std::string_view sql) {
    SqliteQuery query = connection.query(sql);
    query.next();
    return query.integer();
}

Schema read_schema(SqliteConnection& connection) {
    return {.application = read_number(connection, sql::read_application_id),
            .version = read_number(connection, sql::read_schema_version),
            .has_tables = read_number(connection, sql::has_tables) != 0};
}

void refuse_foreign(const Schema& schema, const std::string& path) {
    if (!schema.is_ours() && !schema.is_blank()) {
        throw StoreError(fmt::format(
            "{} is a database of another program; name another file for the store", path));
    }
    if (schema.version > newest_version) {
        throw StoreError(fmt::format(
            "{} was written by a newer sop: its format is version {}, this program knows versions "
            "up to {}; install the newer sop",
            path, schema.version, newest_version));
    }
}

void require_newest(const Schema& schema, const std::string& path) {
    if (schema.is_blank()) {
        throw StoreError(fmt::format("{} is empty; `sop serve` fills it", path));
    }
    if (schema.version < newest_version) {
        throw StoreError(fmt::format(
            "{} has format version {}, this program reads version {}; `sop serve` upgrades it",
            path, schema.version, newest_version));
    }
}

void migrate(SqliteConnection& connection) {
    connection.run_script(sql::begin_transaction);
    try {
        // Read again under the lock: another process may have been first.
        const Schema schema = read_schema(connection);
        refuse_foreign(schema, connection.path());
        for (std::int64_t version = schema.version; version < newest_version; ++version) {
            connection.run_script(sql::migrations[version]);
        }
        connection.run_script(sql::commit_transaction);
    } catch (const StoreError&) {
        if (connection.in_transaction()) {
            connection.run_script(sql::roll_back_transaction);
        }
        throw;
    }
}

void refuse_missing(const std::string& path, SqliteOptions::Open open) {
    const auto folder = std::filesystem::absolute(path).parent_path();
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error)) {
        throw StoreError(fmt::format("cannot open {}: there is no folder {}; make it first", path,
                                     folder.string()));
    }
    if (open != SqliteOptions::Open::create_if_missing) {
        throw StoreError(fmt::format("there is no store {} yet; `sop serve` makes it", path));
    }
}

void use_wal(SqliteConnection& connection) {
    SqliteQuery query = connection.query(sql::use_wal);
    query.next();
    const std::string mode = query.text();
    // Memory has no log and needs none.
    if (mode != "wal" && mode != "memory") {
        throw StoreError(fmt::format(
            "{} lies on a file system that lacks what the store needs (shared memory beside the "
            "file); put it on a local disk",
            connection.path()));
    }
}

}  // namespace

void check_path(const std::string& path, SqliteOptions::Open open) {
    if (path.empty()) {
        throw StoreError("the store has no file name");
    }
    std::error_code error;
    switch (std::filesystem::status(path, error).type()) {
        case std::filesystem::file_type::regular:
            return;
        case std::filesystem::file_type::not_found:
            refuse_missing(path, open);
            return;
        case std::filesystem::file_type::directory:
            throw StoreError(
                fmt::format("{} is a folder; the store needs the name of a file", path));
        case std::filesystem::file_type::none:
        case std::filesystem::file_type::unknown:
            // It cannot be looked at. Opening it will tell why.
            return;
        default:
            // A pipe would block, a device would be written to.
            throw StoreError(
                fmt::format("{} is not a regular file; name another for the store", path));
    }
}

std::optional<Upgrade> find_upgrade(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
    SqliteConnection connection(path, SqliteConnection::Access::write,
                                SqliteOptions{}.busy_timeout);
    const Schema schema = read_schema(connection);
    if (!schema.is_ours() || schema.version >= newest_version) return std::nullopt;
    return Upgrade{schema.version, newest_version};
}

void prepare_schema(SqliteConnection& connection, SqliteOptions::Open open) {
    const Schema schema = read_schema(connection);
    refuse_foreign(schema, connection.path());
    if (open == SqliteOptions::Open::read_only) {
        require_newest(schema, connection.path());
    } else {
        use_wal(connection);
    }
    connection.run_script(sql::configure);
    connection.fold_log_at(log_pages_max);
    if (schema.version < newest_version) {
        migrate(connection);
    }
}

}  // namespace sop::runtime
