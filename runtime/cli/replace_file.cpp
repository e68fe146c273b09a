#include "runtime/cli/replace_file.h"

#include "runtime/cli/exit_code.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace sop::runtime::cli {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail() {
    throw std::system_error(errno, std::generic_category());
}

// A new file beside another, gone again unless it takes its place.
class FileBeside {
  public:
    explicit FileBeside(const fs::path& target) : name_(target.string() + ".XXXXXX") {
        descriptor_ = ::mkstemp(name_.data());
        if (descriptor_ < 0) fail();
    }
    ~FileBeside() {
        if (descriptor_ >= 0) ::close(descriptor_);
        if (!renamed_) ::unlink(name_.c_str());
    }
    FileBeside(const FileBeside&) = delete;
    FileBeside& operator=(const FileBeside&) = delete;

    void write(std::string_view text) {
        while (!text.empty()) {
            const ssize_t written = ::write(descriptor_, text.data(), text.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) fail();
            text.remove_prefix(static_cast<std::size_t>(written));
        }
    }

    // Before the permissions, as a change of the owner takes some of them away.
    void take_owner_and_permissions(const fs::path& target) {
        struct stat before{};
        if (::stat(target.c_str(), &before) != 0) fail();
        // Only root may give files away; for others the file belongs to who replaced it.
        if (::fchown(descriptor_, before.st_uid, before.st_gid) != 0 && errno != EPERM) fail();
        constexpr mode_t permissions = 0777;
        if (::fchmod(descriptor_, before.st_mode & permissions) != 0) fail();
    }

    // As those of any file that is made.
    void take_usual_permissions() {
        constexpr mode_t all = 0666;
        const mode_t mask = ::umask(0);
        ::umask(mask);
        if (::fchmod(descriptor_, all & ~mask) != 0) fail();
    }

    void replace(const fs::path& target) {
        if (::fsync(descriptor_) != 0) fail();
        const int closed = ::close(descriptor_);
        descriptor_ = -1;
        if (closed != 0 || ::rename(name_.c_str(), target.c_str()) != 0) fail();
        renamed_ = true;
    }

  private:
    std::string name_;
    int descriptor_ = -1;
    bool renamed_ = false;
};

}  // namespace

void require_replaceable(const std::string& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error))
        throw CommandError(fmt::format("{}: is no file that could be written anew", path));
}

void replace_file(const std::string& path, const std::string& text) {
    require_replaceable(path);
    try {
        const fs::path target = fs::canonical(path);
        FileBeside beside(target);
        beside.write(text);
        beside.take_owner_and_permissions(target);
        beside.replace(target);
    } catch (const std::system_error& error) {
        throw CommandError(fmt::format("{}: cannot be written: {}", path, error.code().message()));
    }
}

void write_file(const std::string& path, const std::string& text) {
    std::error_code error;
    if (fs::exists(path, error)) return replace_file(path, text);
    try {
        FileBeside beside(path);
        beside.write(text);
        beside.take_usual_permissions();
        beside.replace(path);
    } catch (const std::system_error& failure) {
        throw CommandError(
            fmt::format("{}: cannot be written: {}", path, failure.code().message()));
    }
}

}  // namespace sop::runtime::cli
