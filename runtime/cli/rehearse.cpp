// The executor itself on a clock that jumps from one instant to the next: same code, a real
// database in a folder of its own, and channels that take everything.
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/project.h"
#include "runtime/cli/rehearsal.h"
#include "runtime/cli/replace_file.h"
#include "runtime/cli/scratch_folder.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/signals.h"
#include "runtime/cli/terminal.h"
#include "runtime/cli/time_argument.h"
#include "runtime/executor/answering_channels.h"
#include "runtime/executor/executor.h"
#include "runtime/intake/event_reader.h"
#include "runtime/scheduler/tier.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sstream>

namespace sop::runtime::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours rehearsal_max{24 * 400};

class RehearsalObserver : public Observer {
  public:
    void fired(const std::string& playbook, const std::string& rule,
               const Firing& firing) override {
        ++counts.firings[playbook + "." + rule];
        if (firing.event) counts.events.insert(*firing.event);
    }
    void settled(const std::string&, const std::string&, DeliveryState, const std::string&,
                 std::int64_t count) override {
        messages += count;
    }
    void trouble(const std::string& message) override { counts.troubles.push_back(message); }

    RehearsalCounts counts;
    std::int64_t messages = 0;  // that came to an end
};

// The directory: files named on the command line, else that of the project's store, else the files
// of its configuration.
void fill_directory(const RehearseOptions& options, const Config& config, Store& store) {
    if (options.groups || options.members) {
        DirectoryFiles files;
        if (options.groups) files.groups = *options.groups;
        if (options.members) files.members = *options.members;
        import_directory(files, store);
    } else if (fs::exists(config.store)) {
        const auto transaction = store.begin();
        copy_directory(config.store.string(), store);
        transaction->commit();
    } else {
        import_directory({config.groups, config.members}, store);
    }
    const DirectoryCounts counts = store.count_directory();
    if (counts.groups == 0 && counts.members == 0) {
        throw CommandError(
            "there are no groups to rehearse with: give --groups FILE, or name the file in "
            "sop.toml under "
            "[directory]");
    }
}

// Throws CommandError that names the wrong lines, the first of them at least.
EventFile fill_events(const std::string& file, const lang::Plan& plan, Store& store) {
    constexpr std::size_t wrong_lines_told = 20;
    EventFile events;
    std::string told;
    std::size_t wrong = 0;
    std::istringstream lines(read_file(file));
    const EventSchema schema(plan);
    const auto transaction = store.begin();
    std::string line;
    std::size_t number = 0;
    while (std::getline(lines, line)) {
        ++number;
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        try {
            Event event = schema.read(line, std::nullopt);
            if (event.id.empty()) event.id = fmt::format("line-{}", number);
            if (store.add_event(event)) {
                ++events.taken;
                events.types[event.id] = event.type;
            } else {
                ++events.repeated;
            }
        } catch (const EventError& error) {
            if (error.reason() != Rejection::unknown_event) {
                if (++wrong <= wrong_lines_told)
                    told += fmt::format("{}{}:{}: {}", told.empty() ? "" : "\n", file, number,
                                        error.what());
                continue;
            }
            ++events.left_out[nlohmann::json::parse(line).at("type").get<std::string>()];
        }
    }
    if (wrong > wrong_lines_told) told += fmt::format("\n… and {} more", wrong - wrong_lines_told);
    if (wrong > 0) throw CommandError(told);
    transaction->commit();
    return events;
}

// On a terminal, a line that is written over with how far the rehearsal is.
class Progress {
  public:
    Progress(Instant from, Instant to) : from_(from), to_(to), shown_(is_terminal(stderr)) {}
    ~Progress() {
        if (shown_) fmt::print(stderr, "\r\x1b[K");
    }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void update(Instant now, std::int64_t messages) {
        if (!shown_) return;
        const auto elapsed = stopwatch_.elapsed() - begun_at_;
        if (elapsed - told_at_ < telling_interval) return;
        told_at_ = elapsed;
        const double part = static_cast<double>((std::min(now, to_) - from_).count()) /
                            static_cast<double>((to_ - from_).count());
        const double seconds = std::chrono::duration<double>(elapsed).count();
        std::string left;
        if (part > 0) left = fmt::format(", {:.0f} s left", seconds * (1 - part) / part);
        fmt::print(stderr, "\rrehearsing … {:3.0f} %, {} messages, {} a second{}\x1b[K", 100 * part,
                   count_text(messages),
                   count_text(static_cast<std::int64_t>(static_cast<double>(messages) / seconds)),
                   left);
        std::fflush(stderr);
    }

  private:
    static constexpr std::chrono::milliseconds telling_interval{100};

    Instant from_;
    Instant to_;
    bool shown_;
    SystemClock stopwatch_{};
    std::chrono::milliseconds begun_at_{stopwatch_.elapsed()};
    std::chrono::milliseconds told_at_{0};
};

// Throws CommandError for what is narrowed to and not there.
void require_known(const RehearsalFilter& filter, const lang::Plan& plan, Store& store) {
    if (filter.rule) {
        std::vector<std::string> known;
        for (const auto& playbook : playbooks_of(plan)) {
            for (const auto& rule : playbook.rules)
                known.push_back(lang::rule_path(playbook, rule));
        }
        if (std::find(known.begin(), known.end(), *filter.rule) == known.end()) {
            throw CommandError(fmt::format("there is no rule `{}`; there are: {}", *filter.rule,
                                           fmt::join(known, ", ")));
        }
    }
    if (filter.group && !store.find_group(*filter.group)) {
        throw CommandError(
            fmt::format("there is no group `{}` among those rehearsed with", *filter.group));
    }
    if (filter.member && !store.find_member(*filter.member)) {
        throw CommandError(
            fmt::format("there is no member `{}` among those rehearsed with", *filter.member));
    }
}

// Worth a look without being asked for: somebody's budget made messages wait or give up.
bool is_load_a_trouble(const Rehearsal& rehearsal) {
    return std::any_of(rehearsal.channels.begin(), rehearsal.channels.end(), [](const auto& named) {
        return named.second.budget && !named.second.keeps_all();
    });
}

// A terminal that says it shows more than ASCII.
bool draws_blocks() {
    if (!is_terminal(stdout)) return false;
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* value = std::getenv(name);
        if (value == nullptr || *value == '\0') continue;
        const std::string_view locale = value;
        return locale.find("UTF-8") != std::string_view::npos ||
               locale.find("utf8") != std::string_view::npos;
    }
    return false;
}

}  // namespace

int rehearse(const RehearseOptions& options) {
    if (options.schema) {
        fmt::print("{}", rehearsal_schema());
        return exit_fine;
    }
    if (options.folder.empty() || options.from.empty())
        throw CommandError("give the folder with the playbooks, and --from DATE; or --schema");
    // Before the work, so that a wrong name is told at once.
    std::optional<std::string> earlier;
    if (options.compare) earlier = read_file(*options.compare);
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    const ProjectPlan loaded =
        load_plan(options.folder, zones, parse_date(options.from, "--from"), options.language);
    if (!loaded.plan) return exit_findings;
    const lang::Plan& plan = *loaded.plan;
    if (plan.playbooks.empty() || plan.playbooks.front().rules.empty()) {
        throw CommandError(fmt::format("{}: has no rule to rehearse", options.folder));
    }
    Rehearsal rehearsal;
    rehearsal.zone = zones.find(plan.playbooks.front().rules.front().timezone);
    rehearsal.from = parse_instant(options.from, *rehearsal.zone, "--from");
    rehearsal.to = rehearsal.from + parse_length(options.length, rehearsal_max, "--for");
    rehearsal.filter = {options.group, options.member, options.rule};
    rehearsal.counts_subjects = options.order == RehearsalOrder::group;

    // Before the folder, so that a signal ends in its removal.
    Wakeup wakeup;
    const StopSignal stop(wakeup);
    const ScratchFolder folder("sop-rehearsal", options.keep);
    const std::string database = (folder.path() / "rehearsal.db").string();
    const auto store = open_sqlite_store(database, {.durable = false});
    fill_directory(options, loaded.config, *store);
    require_known(rehearsal.filter, plan, *store);
    if (options.events) rehearsal.events = fill_events(*options.events, plan, *store);

    ManualClock clock(rehearsal.from);
    RehearsalObserver observer;
    ExecutorOptions executor_options;
    executor_options.page_rows = answered_at_once;
    Channels channels;
    add_answering_channels(plan, take_message, channels);
    Executor executor(*store, clock, wakeup, zones, std::move(channels), executor_options,
                      &observer);
    {
        Progress progress(rehearsal.from, rehearsal.to);
        executor.recover();
        executor.deploy(plan);
        executor.run(
            [&] {
                progress.update(clock.now(), observer.messages);
                return stop.asked();
            },
            rehearsal.to);
    }

    if (stop.asked()) throw CommandError("the rehearsal was stopped by a signal");

    read_rehearsal(plan, observer.counts, zones, *store, rehearsal);
    std::optional<RehearsalComparison> comparison;
    if (earlier) comparison = compare_rehearsals(*options.compare, *earlier, rehearsal);
    if (stop.asked()) throw CommandError("the rehearsal was stopped by a signal");
    if (options.html) write_file(*options.html, rehearsal_page(rehearsal, options.language));
    if (options.svg) write_file(*options.svg, rehearsal_svg(rehearsal, options.language));
    if (options.format == OutputFormat::json) {
        fmt::print("{}\n", rehearsal_json(rehearsal, comparison ? &*comparison : nullptr));
    } else if (comparison) {
        fmt::print("{}", comparison_text(*comparison));
    } else {
        fmt::print("{}", rehearsal_text(rehearsal, options.order,
                                        options.shows_load || is_load_a_trouble(rehearsal),
                                        draws_blocks()));
    }
    if (options.keep && options.format == OutputFormat::text)
        fmt::print("\nThe database is kept: {}\n", database);
    for (const auto& trouble : rehearsal.troubles) fmt::print(stderr, "trouble: {}\n", trouble);
    const bool fails = options.fails_on_changes && comparison && !comparison->changes.empty();
    return rehearsal.troubles.empty() && !fails ? exit_fine : exit_findings;
}

}  // namespace sop::runtime::cli
