#include "runtime/cli/scratch_folder.h"

#include "runtime/cli/exit_code.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace sop::runtime::cli {

namespace fs = std::filesystem;

ScratchFolder::ScratchFolder(const std::string& name, bool keep) : keep_(keep) {
    std::error_code error;
    const fs::path base = fs::temp_directory_path(error);
    if (error)
        throw CommandError(
            fmt::format("there is no folder for temporary files: {}", error.message()));
    std::string path = (base / (name + "-XXXXXX")).string();
    if (!mkdtemp(path.data()))
        throw CommandError(fmt::format("{}: cannot be made: {}", path, std::strerror(errno)));
    path_ = path;
}

ScratchFolder::~ScratchFolder() {
    std::error_code ignored;
    if (!keep_) fs::remove_all(path_, ignored);
}

}  // namespace sop::runtime::cli
