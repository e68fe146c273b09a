// Makes a database file ready for this version of the program, or says why it cannot be.
#pragma once

#include <string>

#include "runtime/store/sqlite/sqlite.h"
#include "runtime/store/sqlite/sqlite_store.h"

namespace sop::runtime {

// Refuses what is certainly no database file before SQLite touches it. Throws StoreError.
void check_path(const std::string& path, SqliteOptions::Open open);

// Refuses databases of other programs and of newer versions, writes the tables that are missing and
// sets the connection up. A database opened for reading is only checked. Throws StoreError.
void prepare_schema(SqliteConnection& connection, SqliteOptions::Open open);

}  // namespace sop::runtime
