#include "runtime/delivery/log_channel.h"

#include "runtime/delivery/delivery_error.h"
#include "runtime/delivery/message.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

namespace sop::runtime {
namespace {

constexpr std::string_view line_beginning = R"({"key":")";
constexpr std::streamoff line_bytes_max = 1 << 20;

std::string error_text(int error) {
    return std::generic_category().message(error);
}

// A process that was killed while it wrote may have left half a line, which the next line would be
// glued to. Only what begins like a line of ours is cut: the path may name somebody else's file by
// mistake.
void cut_half_line(const std::string& path) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) return;
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    const std::streamoff size = file ? std::streamoff{file.tellg()} : 0;
    if (size <= 0) return;

    std::string tail(static_cast<std::size_t>(std::min(size, line_bytes_max)), '\0');
    file.seekg(size - static_cast<std::streamoff>(tail.size()));
    if (!file.read(tail.data(), static_cast<std::streamsize>(tail.size()))) return;
    if (const auto line_end = tail.rfind('\n'); line_end != std::string::npos) {
        tail.erase(0, line_end + 1);
    }
    if (tail.empty()) return;
    if (!tail.starts_with(line_beginning) && !line_beginning.starts_with(tail)) {
        throw DeliveryError(fmt::format(
            "cannot append to {}: its last line has no line end and is not a message of the log "
            "channel; choose another path, or end that line",
            path));
    }
    std::error_code error;
    std::filesystem::resize_file(path, static_cast<std::uintmax_t>(size) - tail.size(), error);
    if (error) {
        throw DeliveryError(
            fmt::format("cannot cut the half-written last line off {}: {}", path, error.message()));
    }
}

int open_for_appending(const std::string& path) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd >= 0) return fd;
    const int error = errno;
    const char* hint = error == ENOENT ? "; make its folder first" : "";
    throw DeliveryError(
        fmt::format("cannot open {} for appending: {}{}", path, error_text(error), hint));
}

struct Written {
    std::size_t bytes = 0;
    int error = 0;
};

Written write_all(int fd, std::string_view text) {
    Written written;
    while (written.bytes < text.size()) {
        const ssize_t count = ::write(fd, text.data() + written.bytes, text.size() - written.bytes);
        if (count >= 0) {
            written.bytes += static_cast<std::size_t>(count);
        } else if (errno == EAGAIN) {
            // Standard output may be non-blocking because a process that shares it made it so.
            pollfd ready{fd, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            written.error = errno;
            break;
        }
    }
    return written;
}

// Takes back the last `bytes` of what was written. False where that is not possible: the reader has
// them already (a pipe, a terminal), or another process has appended since.
bool cut_back(int fd, std::size_t bytes) {
    if (bytes == 0) return true;
    const off_t end = ::lseek(fd, 0, SEEK_CUR);
    struct stat status{};
    if (end < 0 || ::fstat(fd, &status) != 0) return false;
    if (!S_ISREG(status.st_mode) || status.st_size != end) return false;
    const off_t whole = end - static_cast<off_t>(bytes);
    // Standard output is not in append mode unless the shell made it so: there the position has to
    // go back as well.
    return ::ftruncate(fd, whole) == 0 && ::lseek(fd, whole, SEEK_SET) == whole;
}

// Somebody makes room, and then another try goes well.
bool is_full(int error) {
    return error == ENOSPC || error == EDQUOT;
}

class LogChannel : public Channel {
  public:
    LogChannel(LogChannelOptions options, int fd, Wakeup& wakeup)
        : options_(std::move(options)), fd_(fd), wakeup_(wakeup) {}
    ~LogChannel() override {
        if (fd_ != STDOUT_FILENO) ::close(fd_);
    }
    LogChannel(const LogChannel&) = delete;
    LogChannel& operator=(const LogChannel&) = delete;

    std::size_t in_flight_max() const override { return options_.in_flight_max; }
    void start(std::vector<Attempt> attempts) override;
    std::vector<AttemptResult> collect() override { return std::exchange(results_, {}); }
    // Nothing is ever under way: `start` has every result when it returns.
    void abandon() override {}

  private:
    std::string failure_reason(int error) const {
        return fmt::format("cannot write to {}: {}",
                           options_.path == "-" ? "standard output" : options_.path,
                           error_text(error));
    }

    LogChannelOptions options_;
    int fd_;
    Wakeup& wakeup_;
    std::vector<AttemptResult> results_;
};

void LogChannel::start(std::vector<Attempt> attempts) {
    if (attempts.empty()) return;
    std::string lines;
    std::vector<std::size_t> ends;
    for (const Attempt& attempt : attempts) {
        lines += on_one_line(message_of(attempt));
        lines += '\n';
        ends.push_back(lines.size());
    }

    const Written written = write_all(fd_, lines);
    const auto first_left = std::upper_bound(ends.begin(), ends.end(), written.bytes);
    const std::size_t whole = first_left == ends.begin() ? 0 : *(first_left - 1);
    // Behind half a line that stays, another try would not begin a line of its own.
    const bool is_clean = cut_back(fd_, written.bytes - whole);
    const auto left = is_clean && is_full(written.error) ? AttemptResult::Kind::retry
                                                         : AttemptResult::Kind::failed;
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        AttemptResult result{.delivery = attempts[i].delivery, .kind = AttemptResult::Kind::sent};
        if (ends[i] > written.bytes) {
            result.kind = left;
            result.reason = failure_reason(written.error);
        }
        results_.push_back(std::move(result));
    }
    wakeup_.notify();
}

}  // namespace

std::unique_ptr<Channel> make_log_channel(LogChannelOptions options, Wakeup& wakeup) {
    int fd = STDOUT_FILENO;
    if (options.path != "-") {
        cut_half_line(options.path);
        fd = open_for_appending(options.path);
    }
    return std::make_unique<LogChannel>(std::move(options), fd, wakeup);
}

}  // namespace sop::runtime
