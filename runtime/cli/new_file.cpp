#include "runtime/cli/new_file.h"
#include "runtime/cli/exit_code.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace sop::runtime::cli {

namespace {

[[noreturn]] void fail(const std::string& path, int error) {
    throw CommandError(
        fmt::format("{}: cannot be written: {}", path, std::generic_category().message(error)));
}

void write_whole(int descriptor, const std::string& text) {
    std::size_t written = 0;
    while (written < text.size()) {
        const auto count = ::write(descriptor, text.data() + written, text.size() - written);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw std::system_error(errno, std::generic_category());
        written += static_cast<std::size_t>(count);
    }
    if (::fsync(descriptor) != 0) throw std::system_error(errno, std::generic_category());
}

}  // namespace

void write_new_file(const std::string& path, const std::string& text) {
    const std::string beside = fmt::format("{}.{}.tmp", path, ::getpid());
    constexpr mode_t permissions = 0666;
    const int descriptor =
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions);
    if (descriptor < 0) fail(path, errno);
    int error = 0;
    try {
        write_whole(descriptor, text);
    } catch (const std::system_error& failure) {
        error = failure.code().value();
    }
    ::close(descriptor);
    // A link is refused where a rename would replace.
    if (error == 0 && ::link(beside.c_str(), path.c_str()) != 0) error = errno;
    ::unlink(beside.c_str());
    if (error == EEXIST)
        throw CommandError(fmt::format(
            "{}: is there already and was left as it is; give another name, or move it away",
            path));
    if (error != 0) fail(path, error);
}

}  // namespace sop::runtime::cli
