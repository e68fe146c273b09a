// Opening the store a project uses, with the directory it starts from.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "runtime/config/config.h"
#include "runtime/directory/import.h"
#include "runtime/store/store.h"

namespace sop::runtime::cli {

struct DirectoryFiles {
    std::optional<std::filesystem::path> groups;
    std::optional<std::filesystem::path> members;
};

// A line for each bad row, the first import_problems_shown_max of them, and a line that nothing was
// imported.
std::string import_problems_text(const std::filesystem::path& file, const ImportReport& report);

// Imports the files, groups first. Throws CommandError naming the bad rows; what was imported
// before stays.
void import_directory(const DirectoryFiles& files, Store& store);

// Opens the project's store; to be called with its executor lock held. A store that is made now
// starts with the directory files of the configuration: if one of those is bad, or the process
// dies, there is no store.
std::unique_ptr<Store> open_and_seed(const Config& config);

// The same for commands that may come before the first start: it finds the directory that it would
// have made.
std::unique_ptr<Store> open_or_make(const Config& config);

// Opens a store that must be there, for commands beside an executor.
std::unique_ptr<Store> open_existing(const Config& config, bool read_only);

}  // namespace sop::runtime::cli
