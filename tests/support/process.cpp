#include "tests/support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <utility>

extern char** environ;

// The system calls for process descriptors are made by number: <sys/pidfd.h> of glibc 2.36 cannot
// be used from C++.
namespace sop::tests {
namespace {

void check(int error, const std::string& what) {
    if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) check(errno, "pipe");
        read_end = ends[0];
        write_end = ends[1];
        ::fcntl(read_end, F_SETFL, O_NONBLOCK);
    }
    ~Pipe() {
        if (read_end >= 0) ::close(read_end);
        ::close(write_end);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    int keep_read_end() { return std::exchange(read_end, -1); }

    int read_end = -1;
    int write_end = -1;
};

struct SpawnSettings {
    SpawnSettings() {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
    }
    ~SpawnSettings() {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
};

// What programs print is compared in English, whatever the language of who runs the tests.
bool sets_language(const std::string& entry) {
    return entry.starts_with("LC_ALL=") || entry.starts_with("LC_MESSAGES=") ||
           entry.starts_with("LANG=");
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& additions) {
    std::vector<std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        if (!sets_language(text) && !additions.contains(text.substr(0, text.find('='))))
            all.push_back(text);
    }
    for (const auto& [name, value] : additions) all.push_back(name + "=" + value);
    return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

pid_t spawn(std::vector<std::string> arguments, const ProcessOptions& options, int out, int err) {
    SpawnSettings settings;
    auto* const actions = &settings.actions;
    check(::posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0),
          "spawn");
    check(::posix_spawn_file_actions_adddup2(actions, out, STDOUT_FILENO), "spawn");
    check(::posix_spawn_file_actions_adddup2(actions, err, STDERR_FILENO), "spawn");
    if (!options.folder.empty()) {
        check(::posix_spawn_file_actions_addchdir_np(actions, options.folder.c_str()), "spawn");
    }
    // The program starts as from a shell, whatever this thread blocks or the test ignores.
    sigset_t signals;
    sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&settings.attributes, &signals);
    sigaddset(&signals, SIGPIPE);
    sigaddset(&signals, SIGXFSZ);
    ::posix_spawnattr_setsigdefault(&settings.attributes, &signals);
    ::posix_spawnattr_setflags(&settings.attributes,
                               POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

    std::vector<std::string> environment = environment_with(options.environment);
    pid_t pid = -1;
    check(::posix_spawnp(&pid, arguments.at(0).c_str(), actions, &settings.attributes,
                         pointers_to(arguments).data(), pointers_to(environment).data()),
          "cannot start " + arguments.at(0));
    return pid;
}

// Takes what is there; false at the end of the output.
bool drain(int fd, std::string& text) {
    std::array<char, 16384> block{};
    for (;;) {
        const ssize_t count = ::read(fd, block.data(), block.size());
        if (count > 0) {
            text.append(block.data(), static_cast<std::size_t>(count));
        } else if (count == 0) {
            return false;
        } else if (errno != EINTR) {
            return errno == EAGAIN;
        }
    }
}

bool has_line_with(const std::string& output, std::string_view text) {
    const auto at = output.find(text);
    return at != std::string::npos && output.find('\n', at + text.size()) != std::string::npos;
}

}  // namespace

Process::Process(std::vector<std::string> arguments, const ProcessOptions& options) {
    Pipe out;
    Pipe err;
    pid_ = spawn(std::move(arguments), options, out.write_end, err.write_end);
    pid_fd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    out_fd_ = out.keep_read_end();
    err_fd_ = err.keep_read_end();
    collector_ = std::thread([this] { collect(); });
}

Process::~Process() {
    kill();
    collector_.join();
    for (const int fd : {pid_fd_, out_fd_, err_fd_}) ::close(fd);
}

// Ends with the program, even where a child of its own still holds the pipes.
void Process::collect() {
    std::array<pollfd, 3> watched{
        {{out_fd_, POLLIN, 0}, {err_fd_, POLLIN, 0}, {pid_fd_, POLLIN, 0}}};
    bool ended = false;
    while (!ended) {
        ::poll(watched.data(), watched.size(), -1);
        ended = watched[2].revents != 0;  // before the last drain, so that nothing is missed
        const std::lock_guard lock(mutex_);
        // A closed pipe stays readable: it is no longer watched.
        if (!drain(out_fd_, out_)) watched[0].fd = -1;
        if (!drain(err_fd_, err_)) watched[1].fd = -1;
        if (ended) exit_code_ = reap();
        changed_.notify_all();
    }
}

int Process::reap() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void Process::signal(int number) {
    ::syscall(SYS_pidfd_send_signal, pid_fd_, number, nullptr, 0);
}
void Process::kill() {
    signal(SIGKILL);
}
void Process::terminate() {
    signal(SIGTERM);
}

bool Process::wait_for_output(const std::function<bool()>& found,
                              std::chrono::milliseconds deadline) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, deadline, [&] { return found() || exit_code_.has_value(); });
    return found();
}

bool Process::wait_for_line(std::string_view text, std::chrono::milliseconds deadline) {
    return wait_for_output([&] { return has_line_with(out_, text) || has_line_with(err_, text); },
                           deadline);
}

bool Process::wait_for_errors(const std::function<bool(const std::string& err)>& said,
                              std::chrono::milliseconds deadline) {
    return wait_for_output([&] { return said(err_); }, deadline);
}

std::optional<int> Process::wait(std::chrono::milliseconds deadline) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, deadline, [&] { return exit_code_.has_value(); });
    return exit_code_;
}

std::string Process::out() const {
    const std::lock_guard lock(mutex_);
    return out_;
}

std::string Process::err() const {
    const std::lock_guard lock(mutex_);
    return err_;
}

ProcessResult run(std::vector<std::string> arguments, const ProcessOptions& options,
                  std::chrono::milliseconds deadline) {
    const std::string name = arguments.at(0);
    Process process(std::move(arguments), options);
    const std::optional<int> exit_code = process.wait(deadline);
    if (!exit_code) {
        throw std::runtime_error(name + " has not ended in time; it wrote:\n" + process.out() +
                                 process.err());
    }
    return {*exit_code, process.out(), process.err()};
}

}  // namespace sop::tests
