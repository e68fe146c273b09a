#include "runtime/store/nudge.h"

#include "runtime/store/store.h"

#include <fmt/format.h>

#include <array>

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

// One byte, which may bring a descriptor.
struct Datagram {
    Datagram() {
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
    }
    Datagram(const Datagram&) = delete;
    Datagram& operator=(const Datagram&) = delete;

    void pass(int fd) {
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof fd);
        std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
        carries = true;
    }
    // -1 for none.
    int passed() const {
        const cmsghdr* header = CMSG_FIRSTHDR(&message);
        if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return -1;
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
        return fd;
    }

    char byte = 1;
    iovec part{&byte, sizeof byte};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    bool carries = false;
};

std::filesystem::path nudge_path(const std::filesystem::path& store) {
    return store.string() + ".nudge";
}

// False, with errno, when it did not arrive.
bool send(const std::filesystem::path& store, Datagram& datagram) noexcept {
    const SocketAddress address(nudge_path(store));
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    errno = fd < 0 || address.fits() ? errno : ENAMETOOLONG;
    if (fd < 0) return false;
    datagram.message.msg_name = const_cast<sockaddr*>(address.get());
    datagram.message.msg_namelen = sizeof(sockaddr_un);
    if (!datagram.carries) datagram.message.msg_controllen = 0;
    const bool sent = address.fits() && sendmsg(fd, &datagram.message, 0) >= 0;
    const int reason = errno;
    close(fd);
    errno = reason;
    return sent;
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
    answer();
    unlink(path_.c_str());
    close(fd_);
}

void NudgeListener::drain() noexcept {
    for (;;) {
        Datagram datagram;
        if (recvmsg(fd_, &datagram.message, MSG_CMSG_CLOEXEC) < 0) return;
        const int passed = datagram.passed();
        if (passed >= 0) waiting_.push_back(passed);
    }
}

void NudgeListener::answer() noexcept {
    for (const int fd : waiting_) close(fd);
    waiting_.clear();
}

bool send_nudge(const std::filesystem::path& store) noexcept {
    Datagram datagram;
    // When it is full, nudges enough are waiting there.
    return send(store, datagram) || errno == EAGAIN;
}

AwaitedNudge::AwaitedNudge(const std::filesystem::path& store) noexcept {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return;
    Datagram datagram;
    datagram.pass(ends[1]);
    is_sent_ = send(store, datagram);
    close(ends[1]);
    if (is_sent_) {
        fd_ = ends[0];
    } else {
        close(ends[0]);
    }
}

AwaitedNudge::~AwaitedNudge() {
    if (fd_ >= 0) close(fd_);
}

}  // namespace sop::runtime
