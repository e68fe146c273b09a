// A stream of events into the inbox, a transaction for each batch: a batch is full, or the pipe has
// nothing more to read at the moment.
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/intake_rules.h"
#include "runtime/cli/project.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/signals.h"
#include "runtime/cli/terminal.h"
#include "runtime/intake/intake.h"
#include "runtime/intake/line_reader.h"
#include "runtime/store/nudge.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <map>

namespace sop::runtime::cli {

namespace {

// While a transaction goes on the executor waits for it: some 20 ms of events.
constexpr std::size_t batch_lines_max = 1000;
constexpr std::size_t piece_bytes = std::size_t{256} * 1024;
constexpr std::int64_t rejected_shown_max = 20;

class Input {
  public:
    explicit Input(const std::string& file)
        : name_(file == "-" ? standard_input_name : file),
          fd_(file == "-" ? STDIN_FILENO : open(file.c_str(), O_RDONLY | O_CLOEXEC)),
          piece_(piece_bytes, '\0') {
        if (fd_ < 0) fail();
    }
    ~Input() {
        if (fd_ > STDIN_FILENO) close(fd_);
    }
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;

    const std::string& name() const { return name_; }

    // Whether there is something to read now, or the end.
    bool is_ready() const {
        pollfd watched{.fd = fd_, .events = POLLIN, .revents = 0};
        return poll(&watched, 1, 0) > 0;
    }
    // Until there is, or `wakeup` was notified.
    void wait(const Wakeup& wakeup) const {
        std::array<pollfd, 2> watched{{{.fd = fd_, .events = POLLIN, .revents = 0},
                                       {.fd = wakeup.fd(), .events = POLLIN, .revents = 0}}};
        poll(watched.data(), watched.size(), -1);
    }
    // Empty at the end.
    std::string_view read() {
        for (;;) {
            const ssize_t count = ::read(fd_, piece_.data(), piece_.size());
            if (count >= 0) return std::string_view(piece_).substr(0, static_cast<size_t>(count));
            if (errno != EINTR) fail();
        }
    }

  private:
    [[noreturn]] void fail() const {
        throw CommandError(fmt::format("cannot read {}: {}", name_, std::strerror(errno)));
    }

    std::string name_;
    int fd_;
    std::string piece_;
};

struct Summary {
    std::int64_t lines = 0;  // that events stood in
    std::int64_t accepted = 0;
    std::int64_t duplicates = 0;
    std::map<std::string, std::int64_t> rejected{};  // by reason
    std::int64_t through_line = 0;                   // everything up to it has been taken
    std::string stopped_by{};

    std::int64_t count_rejected() const {
        std::int64_t count = 0;
        for (const auto& [reason, number] : rejected) count += number;
        return count;
    }
};

void print_summary(const Summary& summary, OutputFormat format) {
    const std::int64_t rejected = summary.count_rejected();
    if (format == OutputFormat::json) {
        nlohmann::json told{{"format_version", 1},
                            {"lines", summary.lines},
                            {"accepted", summary.accepted},
                            {"duplicates", summary.duplicates},
                            {"rejected", rejected},
                            {"rejected_by_reason", summary.rejected},
                            {"through_line", summary.through_line},
                            {"stopped_by", nullptr}};
        if (!summary.stopped_by.empty()) told["stopped_by"] = summary.stopped_by;
        fmt::print("{}\n", told.dump());
        return;
    }
    fmt::print("{} event{}: {} accepted, {} there already, {} rejected\n",
               count_text(summary.lines), summary.lines == 1 ? "" : "s",
               count_text(summary.accepted), count_text(summary.duplicates), count_text(rejected));
    for (const auto& [reason, count] : summary.rejected)
        fmt::print("  {}  {}\n", count_text(count), reason);
    if (rejected > 0) fmt::print("`sop events rejected` shows the latest of them.\n");
    if (!summary.stopped_by.empty())
        fmt::print("Stopped by {} after line {}; what comes behind it was not taken.\n",
                   summary.stopped_by, summary.through_line);
}

class Ingestion {
  public:
    Ingestion(const IngestOptions& options, const Config& config, Store& store, std::string source)
        : options_(options),
          database_(config.store),
          source_(std::move(source)),
          intake_(store, intake_rules(config.intake)),
          shows_progress_(is_terminal(stderr)) {}

    // In batches; what is left of the last one stays in `lines` while more is to be read.
    void take(std::vector<IncomingLine>& lines, bool more_is_there) {
        auto next = lines.begin();
        while (!is_stopped_) {
            const auto count = std::min<std::ptrdiff_t>(lines.end() - next, batch_lines_max);
            const bool is_full = count == static_cast<std::ptrdiff_t>(batch_lines_max);
            if (count == 0 || (!is_full && more_is_there)) break;
            take_batch({std::make_move_iterator(next), std::make_move_iterator(next + count)});
            next += count;
        }
        lines.erase(lines.begin(), next);
    }

    bool is_stopped() const { return is_stopped_; }
    void stopped_by_signal() { summary_.stopped_by = "a signal"; }
    Summary& summary() { return summary_; }

    void clear_progress() const {
        if (shows_progress_) fmt::print(stderr, "\r\x1b[K");
    }

  private:
    void take_batch(const std::vector<IncomingLine>& batch) {
        const auto taken =
            intake_.take(batch, source_, SystemClock().now(),
                         options_.strict ? Intake::WhenWrong::stop : Intake::WhenWrong::go_on);
        send_nudge(database_);
        for (const Taken& each : taken) count(each);
        is_stopped_ = options_.strict && taken.back().outcome == IntakeOutcome::rejected;
        if (is_stopped_) summary_.stopped_by = "a wrong line";
        summary_.through_line = taken.back().line;
        if (options_.acknowledge) acknowledge();
        if (!shows_progress_) return;
        fmt::print(stderr, "\r{} events …", count_text(summary_.lines));
        std::fflush(stderr);
    }

    void count(const Taken& taken) {
        ++summary_.lines;
        switch (taken.outcome) {
            case IntakeOutcome::accepted:
                ++summary_.accepted;
                break;
            case IntakeOutcome::duplicate:
                ++summary_.duplicates;
                break;
            case IntakeOutcome::rejected:
                ++summary_.rejected[std::string(to_text(*taken.reason))];
                show_rejected(taken);
                break;
        }
    }

    void show_rejected(const Taken& taken) const {
        const std::int64_t number = summary_.count_rejected();
        if (number > rejected_shown_max) return;
        clear_progress();
        fmt::print(stderr, "{}:{}: {}: {}\n", source_, taken.line, to_text(*taken.reason),
                   taken.message);
        if (number == rejected_shown_max) fmt::print(stderr, "… no more of them are shown\n");
    }

    void acknowledge() const {
        if (options_.format == OutputFormat::json) {
            fmt::print("{}\n",
                       nlohmann::json{{"committed_through_line", summary_.through_line}}.dump());
        } else {
            fmt::print("committed through line {}\n", summary_.through_line);
        }
        if (std::fflush(stdout) != 0)
            throw CommandError("standard output cannot be written, so nobody reads what is taken");
    }

    const IngestOptions& options_;
    std::filesystem::path database_;
    std::string source_;
    Intake intake_;
    bool shows_progress_;
    bool is_stopped_ = false;
    Summary summary_{};
};

void ingest_all(Input& input, Ingestion& ingestion, std::size_t line_max, const Wakeup& wakeup,
                const StopSignal& stop) {
    LineReader reader(line_max);
    std::vector<IncomingLine> lines;
    while (!ingestion.is_stopped()) {
        input.wait(wakeup);
        if (stop.asked()) {
            ingestion.take(lines, false);
            if (!ingestion.is_stopped()) ingestion.stopped_by_signal();
            return;
        }
        const std::string_view piece = input.read();
        if (piece.empty()) {
            reader.end(lines);
            return ingestion.take(lines, false);
        }
        reader.read(piece, lines);
        ingestion.take(lines, input.is_ready());
    }
}

}  // namespace

int ingest(const IngestOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, false);
    Wakeup wakeup;
    const StopSignal stop(wakeup);
    Input input(options.file);
    Ingestion ingestion(options, config, *store, input.name());
    try {
        ingest_all(input, ingestion, config.intake.line_max, wakeup, stop);
    } catch (const Error&) {
        ingestion.clear_progress();
        fmt::print(stderr, "what was taken until then, through line {}, is kept\n",
                   ingestion.summary().through_line);
        throw;
    }
    ingestion.clear_progress();
    const Summary& summary = ingestion.summary();
    print_summary(summary, options.format);
    if (summary.stopped_by == "a signal") return exit_failed;
    return summary.rejected.empty() ? exit_fine : exit_findings;
}

}  // namespace sop::runtime::cli
