#include "runtime/store/executor_lock.h"

#include "runtime/store/store.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>

namespace sop::runtime {

namespace {

std::string lock_path(const std::filesystem::path& store) {
    return store.string() + ".lock";
}

std::string holder_of(int fd) {
    std::array<char, 32> text{};
    const ssize_t length = pread(fd, text.data(), text.size() - 1, 0);
    return length > 0 ? std::string(text.data(), static_cast<std::size_t>(length)) : "unknown";
}

}  // namespace

ExecutorLock::ExecutorLock(const std::filesystem::path& store) {
    const std::string path = lock_path(store);
    fd_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd_ < 0) {
        throw StoreError(fmt::format(
            "{}: cannot be made: {}; the folder of the store must be there and writable", path,
            std::strerror(errno)));
    }
    if (flock(fd_, LOCK_EX | LOCK_NB) != 0) {
        const std::string holder = holder_of(fd_);
        close(fd_);
        throw StoreError(
            fmt::format("{}: another executor runs on this store (process {}); stop it first",
                        store.string(), holder));
    }
    // The process id is for the message above only; the lock is what counts.
    const std::string process = std::to_string(getpid());
    if (ftruncate(fd_, 0) != 0 || pwrite(fd_, process.data(), process.size(), 0) < 0) {
        const std::string reason = std::strerror(errno);
        close(fd_);
        throw StoreError(fmt::format("{}: cannot be written: {}", path, reason));
    }
}

ExecutorLock::~ExecutorLock() {
    close(fd_);
}

bool executor_runs(const std::filesystem::path& store) {
    const int fd = open(lock_path(store).c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    const bool held = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(fd);
    return held;
}

}  // namespace sop::runtime
