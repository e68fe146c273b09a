#include "lang/suggestion.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/new_file.h"
#include "runtime/scaffold/scaffold.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace sop::runtime::cli {

namespace {

namespace fs = std::filesystem;

// Beside the folder it becomes; gone with all in it unless it was given its name.
class FolderBeside {
  public:
    explicit FolderBeside(const fs::path& target)
        : path_(fmt::format("{}.{}.tmp", target.string(), ::getpid())) {
        fs::create_directories(path_);
    }
    ~FolderBeside() {
        std::error_code ignored;
        if (!renamed_) fs::remove_all(path_, ignored);
    }
    FolderBeside(const FolderBeside&) = delete;
    FolderBeside& operator=(const FolderBeside&) = delete;

    const fs::path& path() const { return path_; }

    // A rename replaces an empty folder and refuses any other.
    void rename_to(const fs::path& target) {
        fs::rename(path_, target);
        renamed_ = true;
    }

  private:
    fs::path path_;
    bool renamed_ = false;
};

fs::path empty_place(const std::string& folder) {
    const fs::path target = fs::absolute(folder).lexically_normal();
    std::error_code error;
    const fs::path named = target.has_filename() ? target : target.parent_path();
    if (fs::exists(named, error) && (!fs::is_directory(named) || !fs::is_empty(named)))
        throw CommandError(fmt::format(
            "{}: is not empty and was left as it is; give the name of a new folder", folder));
    return named;
}

}  // namespace

int new_project(const NewProjectOptions& options) {
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    if (!zones.find(options.zone))
        throw CommandError(fmt::format("--zone: there is no time zone `{}`{}", options.zone,
                                       lang::did_you_mean(options.zone, zones.names())));
    const std::string language = options.language == lang::Language::en ? "en" : "zh-CN";
    try {
        const fs::path target = empty_place(options.folder);
        FolderBeside beside(target);
        const auto files = scaffold_files(language, options.scaffold, options.zone);
        for (const ScaffoldFile& file : files) {
            const fs::path path = beside.path() / file.path;
            fs::create_directories(path.parent_path());
            write_new_file(path.string(), file.text);
        }
        beside.rename_to(target);
        for (const ScaffoldFile& file : files)
            fmt::print("{}\n", (fs::path(options.folder) / file.path).string());
    } catch (const fs::filesystem_error& error) {
        throw CommandError(
            fmt::format("{}: cannot be made: {}", options.folder, error.code().message()));
    }
    fmt::print("\nNext: sop test {0}; its README.md says what comes then.\n", options.folder);
    return exit_fine;
}

}  // namespace sop::runtime::cli
