// Preloaded into a program, kills it with SIGKILL at a point that is chosen by number: before or
// after its n-th call that changes a file or writes to a connection. Between two such calls nothing
// can be seen from outside, so these are all the moments at which a kill can make a difference.
//
// KILL_AT_POINT is the number: 1 before the first such call, 2 after it, 3 before the second, …
// Without it nothing happens. KILL_AT_CALL names the one kind of call that counts, if only one is
// to. The moment is told on standard error: "killed before pwrite64".
#include <dlfcn.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <string_view>

namespace {

long chosen_point() {
    const char* text = std::getenv("KILL_AT_POINT");
    return text != nullptr ? std::atol(text) : 0;
}

std::string_view chosen_call() {
    const char* text = std::getenv("KILL_AT_CALL");
    return text != nullptr ? text : "";
}

// Signal-safe: another thread may hold any lock.
void tell(std::string_view text) {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

void pass_point(std::string_view when, std::string_view call) {
    static const long chosen = chosen_point();
    static const std::string_view only = chosen_call();
    static std::atomic<long> passed{0};
    if (!only.empty() && call != only) return;
    if (++passed != chosen) return;
    tell(when);
    tell(call);
    tell("\n");
    ::kill(::getpid(), SIGKILL);
}

template <typename Function, typename... Arguments>
auto call(const char* name, Function*, Arguments... arguments) {
    const auto real = reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
    pass_point("killed before ", name);
    const auto result = real(arguments...);
    pass_point("killed after ", name);
    return result;
}

}  // namespace

extern "C" {

ssize_t pwrite(int fd, const void* data, std::size_t size, off_t at) {
    return call("pwrite", &pwrite, fd, data, size, at);
}
ssize_t pwrite64(int fd, const void* data, std::size_t size, off64_t at) {
    return call("pwrite64", &pwrite64, fd, data, size, at);
}
int ftruncate(int fd, off_t size) noexcept {
    return call("ftruncate", &ftruncate, fd, size);
}
int ftruncate64(int fd, off64_t size) noexcept {
    return call("ftruncate64", &ftruncate64, fd, size);
}
int fdatasync(int fd) {
    return call("fdatasync", &fdatasync, fd);
}
int unlink(const char* path) noexcept {
    return call("unlink", &unlink, path);
}
int bind(int fd, const sockaddr* address, socklen_t size) noexcept {
    return call("bind", &bind, fd, address, size);
}
ssize_t send(int fd, const void* data, std::size_t size, int flags) {
    return call("send", &send, fd, data, size, flags);
}

}  // extern "C"
