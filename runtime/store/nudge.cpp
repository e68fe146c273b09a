#include "runtime/store/nudge.h"

#include "runtime/store/store.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

namespace sop::runtime {

namespace {

// A socket's address holds some 100 bytes and a path may be longer, so the folder is named by a
// descriptor of it.
class SocketAddress {
  public:
    explicit SocketAddress(const std::filesystem::path& path) {
        folder_ = open(path.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
        const std::string text =
            fmt::format("/proc/self/fd/{}/{}", folder_, path.filename().string());
        address_.sun_family = AF_UNIX;
        fits_ = folder_ >= 0 && text.size() < sizeof address_.sun_path;
        if (fits_) std::memcpy(address_.sun_path, text.c_str(), text.size() + 1);
    }
    ~SocketAddress() {
        if (folder_ >= 0) close(folder_);
    }
    SocketAddress(const SocketAddress&) = delete;
    SocketAddress& operator=(const SocketAddress&) = delete;

    bool fits() const { return fits_; }
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }

  private:
    sockaddr_un address_{};
    int folder_ = -1;
    bool fits_ = false;
};

std::filesystem::path nudge_path(const std::filesystem::path& store) {
    return store.string() + ".nudge";
}

}  // namespace

NudgeListener::NudgeListener(const std::filesystem::path& store) : path_(nudge_path(store)) {
    unlink(path_.c_str());
    const SocketAddress address(path_);
    fd_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ >= 0 && address.fits() && bind(fd_, address.get(), sizeof(sockaddr_un)) == 0) return;
    const std::string reason =
        address.fits() ? std::strerror(errno) : "the file's name is too long";
    if (fd_ >= 0) close(fd_);
    throw StoreError(
        fmt::format("{}: the socket for nudges cannot be made: {}", path_.string(), reason));
}

NudgeListener::~NudgeListener() {
    unlink(path_.c_str());
    close(fd_);
}

void NudgeListener::drain() noexcept {
    char byte = 0;
    while (recv(fd_, &byte, sizeof byte, 0) >= 0) {
    }
}

bool send_nudge(const std::filesystem::path& store) noexcept {
    const SocketAddress address(nudge_path(store));
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || !address.fits()) return false;
    const char byte = 1;
    const ssize_t sent = sendto(fd, &byte, sizeof byte, 0, address.get(), sizeof(sockaddr_un));
    const bool full = sent < 0 && errno == EAGAIN;  // nudges enough are waiting there
    close(fd);
    return sent >= 0 || full;
}

}  // namespace sop::runtime
