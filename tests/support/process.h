// Runs real programs in tests: arguments as a list, output collected while they run, every wait
// with a deadline.
//
//   Process serve({SOP_BINARY, "serve", folder}, {.environment = {{"SHOP_HOOK_URL", sink.url()}}});
//   REQUIRE(serve.wait_for_line("ready"));
//   serve.terminate();
//   REQUIRE(serve.wait() == 0);
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sop::tests {

inline constexpr std::chrono::seconds process_deadline{30};

struct ProcessOptions {
    // Added to the test's own, which comes without its language; an empty value stays.
    std::map<std::string, std::string> environment{};
    std::filesystem::path folder{};  // to run in; the test's own when empty
};

struct ProcessResult {
    int exit_code = 0;  // 128 + signal when a signal ended it
    std::string out;
    std::string err;
};

// A running program. A thread of its own empties its pipes, so it never stalls on output nobody
// reads. Standard input is empty. Methods may be called from any thread.
class Process {
  public:
    // Throws std::system_error when the program cannot be started. A name without a slash is looked
    // up in PATH.
    explicit Process(std::vector<std::string> arguments, const ProcessOptions& options = {});
    // Kills what still runs.
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    pid_t pid() const { return pid_; }
    // Does nothing once the program has ended.
    void signal(int number);
    void kill();       // SIGKILL
    void terminate();  // SIGTERM

    // True when a whole line with this text has come on standard output or standard error, now or
    // before the deadline; false too when the program ends without it.
    bool wait_for_line(std::string_view text,
                       std::chrono::milliseconds deadline = process_deadline);
    // The same for anything that standard error may say.
    bool wait_for_errors(const std::function<bool(const std::string& err)>& said,
                         std::chrono::milliseconds deadline = process_deadline);
    // The exit code once the program has ended (its output is complete then), or nothing at the
    // deadline.
    std::optional<int> wait(std::chrono::milliseconds deadline = process_deadline);

    std::string out() const;
    std::string err() const;

  private:
    void collect();
    bool wait_for_output(const std::function<bool()>& found, std::chrono::milliseconds deadline);
    int reap();

    pid_t pid_ = -1;
    int pid_fd_ = -1;
    int out_fd_ = -1;
    int err_fd_ = -1;

    mutable std::mutex mutex_;  // guards all down to exit_code_
    std::condition_variable changed_;
    std::string out_;
    std::string err_;
    std::optional<int> exit_code_;

    std::thread collector_;
};

// Runs a program to its end; kills it and throws std::runtime_error, with what it wrote, when the
// deadline passes.
ProcessResult run(std::vector<std::string> arguments, const ProcessOptions& options = {},
                  std::chrono::milliseconds deadline = process_deadline);

}  // namespace sop::tests
