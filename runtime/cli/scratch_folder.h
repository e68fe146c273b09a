// A folder for a database that is only needed meanwhile.
#pragma once

#include <filesystem>
#include <string>

namespace sop::runtime::cli {

class ScratchFolder {
  public:
    // Beside other temporary files; gone at the end unless it is to be kept. Throws CommandError.
    explicit ScratchFolder(const std::string& name, bool keep = false);
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
    bool keep_;
};

}  // namespace sop::runtime::cli
