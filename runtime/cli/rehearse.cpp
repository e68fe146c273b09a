// The executor itself on a clock that jumps from one instant to the next: same code, a real
// database in a folder of its own, and channels that take everything.
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/project.h"
#include "runtime/cli/scratch_folder.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/signals.h"
#include "runtime/cli/terminal.h"
#include "runtime/cli/time_argument.h"
#include "runtime/clock/instant_text.h"
#include "runtime/executor/answering_channels.h"
#include "runtime/executor/executor.h"
#include "runtime/intake/event_reader.h"
#include "runtime/scheduler/flow.h"
#include "runtime/scheduler/text.h"
#include "runtime/scheduler/tier.h"
#include "runtime/store/sqlite/sqlite_store.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <unordered_set>

namespace sop::runtime::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours rehearsal_max{24 * 400};
constexpr std::size_t timeline_text_cells = 44;

// Counts firings and keeps what went wrong, for the report.
class RehearsalObserver : public Observer {
  public:
    void fired(const std::string& playbook, const std::string& rule, const Firing&) override {
        ++firings[playbook + "." + rule];
    }
    void trouble(const std::string& message) override { troubles.push_back(message); }

    std::map<std::string, std::int64_t> firings;
    std::vector<std::string> troubles;
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

// What a file of events held. One stream serves many playbooks: a type that these do not declare is
// left out, and told.
struct EventFile {
    std::int64_t taken = 0;
    std::int64_t repeated = 0;                     // with an id that one before it has
    std::map<std::string, std::int64_t> left_out;  // by type
};

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
            ++(store.add_event(event) ? events.taken : events.repeated);
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

// ---- the report

struct RuleReport {
    std::string title;
    std::int64_t firings = 0;
    std::int64_t planned = 0;
    std::map<std::string, std::int64_t> outcomes;  // "sent", "skipped: late", …
};

// What one step of one rule did at one instant, for however many subjects.
struct TimelineEntry {
    std::string rule;
    std::string step;
    std::int64_t count = 0;
    SubjectKind kind = SubjectKind::group;
    std::unordered_set<std::size_t> subjects;  // by the hashes of their ids
    std::string outcome;
    std::string command;  // a verb (command.h); empty for messages
    std::string text;     // of the first subject
};
using TimelineKey =
    std::tuple<date::local_seconds, std::string, std::size_t, std::string, std::string>;

struct Report {
    std::map<std::string, RuleReport> rules;
    std::map<TimelineKey, TimelineEntry> timeline;
    std::int64_t planned = 0;
};

std::string outcome_text(const Delivery& delivery) {
    if (delivery.state == DeliveryState::attempting) return "pending";
    std::string text(to_text(delivery.state));
    if (!delivery.reason.empty() && delivery.state != DeliveryState::pending)
        text += ": " + delivery.reason;
    return text;
}

// Quiet hours put it off; the spread of one time's posts is not worth a line each.
std::string put_off_text(const Delivery& delivery, const lang::Rule& rule,
                         const lang::calendar::Zone& zone) {
    if (!delivery.moved_to || *delivery.moved_to - delivery.planned_for < rule.guards->spread)
        return {};
    const auto minute = date::floor<std::chrono::minutes>(*delivery.moved_to);
    return fmt::format(", put off to {}", local_text(minute, zone));
}

Report make_report(const lang::Plan& plan, const RehearsalObserver& observer,
                   const lang::calendar::ZoneDatabase& zones, Store& store) {
    Report report;
    std::map<std::string, std::pair<const lang::Rule*, std::shared_ptr<const lang::calendar::Zone>>>
        rules;
    const auto playbooks = playbooks_of(plan);
    for (const auto& playbook : playbooks) {
        for (const auto& rule : playbook.rules) {
            const std::string path = lang::rule_path(playbook, rule);
            rules[path] = {&rule, zones.find(rule.timezone)};
            auto& entry = report.rules[path];
            entry.title = rule.title;
            const auto fired = observer.firings.find(path);
            if (fired != observer.firings.end()) entry.firings = fired->second;
        }
    }
    DeliveryFilter filter;
    filter.limit = 5000;
    while (true) {
        const auto page = store.list_deliveries(filter);
        if (page.empty()) return report;
        filter.after = page.back().delivery.id;
        for (const auto& due : page) {
            const std::string path = due.playbook + "." + due.rule;
            const auto& [rule, zone] = rules.at(path);
            const std::string outcome =
                outcome_text(due.delivery) + put_off_text(due.delivery, *rule, *zone);
            auto& entry = report.rules[path];
            ++report.planned;
            ++entry.planned;
            ++entry.outcomes[outcome_text(due.delivery)];
            const auto local =
                zone->to_local(date::floor<std::chrono::seconds>(due.delivery.planned_for));
            const auto command = store.find_command(due.delivery.id);
            const std::string verb = command ? command->verb : "";
            auto& line = report.timeline[{local, path, due.delivery.step, outcome, verb}];
            line.subjects.insert(std::hash<std::string>{}(due.subject));
            if (line.count++ > 0) continue;
            line.rule = path;
            line.step = step_path(*rule, due.delivery.step);
            line.kind = due.subject_kind;
            line.outcome = outcome;
            line.command = verb;
            line.text = shown_line(due.text, due.form);
        }
    }
}

std::string outcomes_text(const std::map<std::string, std::int64_t>& outcomes) {
    std::string text;
    for (const auto& [outcome, count] : outcomes) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count_text(count), outcome);
    }
    return text;
}

void print_rules(const Report& report) {
    Table table{{{"rule"},
                 {"title"},
                 {"firings", Table::Align::right},
                 {"messages", Table::Align::right},
                 {"outcomes"}},
                {}};
    std::int64_t firings = 0;
    std::map<std::string, std::int64_t> outcomes;
    for (const auto& [path, rule] : report.rules) {
        table.rows.push_back({path, rule.title, count_text(rule.firings), count_text(rule.planned),
                              outcomes_text(rule.outcomes)});
        firings += rule.firings;
        for (const auto& [outcome, count] : rule.outcomes) outcomes[outcome] += count;
    }
    table.rows.push_back(
        {"all", "", count_text(firings), count_text(report.planned), outcomes_text(outcomes)});
    fmt::print("{}", render_table(table));
}

// "900 groups"; "10 to 2 groups" where some had several.
std::string subjects_text(const TimelineEntry& entry) {
    const bool is_of_nobody = entry.kind == SubjectKind::playbook;
    const auto subjects =
        is_of_nobody ? entry.count : static_cast<std::int64_t>(entry.subjects.size());
    const char* what = entry.kind == SubjectKind::group    ? "group"
                       : entry.kind == SubjectKind::member ? "member"
                                                           : "time";
    const std::string several =
        entry.count == subjects ? "" : fmt::format("{} to ", count_text(entry.count));
    return fmt::format("{}{} {}{}", several, count_text(subjects), what, subjects == 1 ? "" : "s");
}

// "create group: Flash 1" of a command.
std::string what_text(const TimelineEntry& entry) {
    if (entry.command.empty()) return entry.text;
    std::string verb = entry.command;
    std::replace(verb.begin(), verb.end(), '_', ' ');
    return entry.text.empty() ? verb : verb + ": " + entry.text;
}

void print_timeline(const Report& report) {
    // Event rules plan at as many instants as there are events; they are summed up a day.
    struct Line {
        std::string time;
        TimelineEntry entry;
        std::size_t instants = 0;
    };
    std::map<date::local_days, std::vector<Line>> days;
    for (const auto& [key, entry] : report.timeline) {
        const date::local_seconds at = std::get<0>(key);
        auto& lines = days[date::floor<date::days>(at)];
        const auto same = std::find_if(lines.begin(), lines.end(), [&](const Line& line) {
            return entry.count < 10 &&
                   line.entry.count < 10 * static_cast<std::int64_t>(line.instants) &&
                   line.entry.rule == entry.rule && line.entry.step == entry.step &&
                   line.entry.outcome == entry.outcome && line.entry.command == entry.command;
        });
        if (same != lines.end()) {
            same->entry.count += entry.count;
            same->entry.subjects.insert(entry.subjects.begin(), entry.subjects.end());
            ++same->instants;
        } else {
            lines.push_back({date::format("%T", at), entry, 1});
        }
    }
    for (const auto& [day, lines] : days) {
        fmt::print("\n{}\n", date::format("%A %F", day));
        Table table{{{""}, {""}, {""}, {"", Table::Align::right}, {""}, {""}}, {}};
        for (const auto& line : lines) {
            const bool whole_minute = line.time.substr(6) == "00";
            table.rows.push_back({line.instants > 1 ? "from " + line.time.substr(0, 5)
                                                    : line.time.substr(0, whole_minute ? 5 : 8),
                                  line.entry.rule, line.entry.step, subjects_text(line.entry),
                                  line.entry.outcome,
                                  shortened(what_text(line.entry), timeline_text_cells)});
        }
        const std::string text = render_table(table, 2);
        fmt::print("{}", text.substr(text.find('\n') + 1));
    }
}

void print_events(const EventFile& events) {
    fmt::print("{} event{} of the file", count_text(events.taken), events.taken == 1 ? "" : "s");
    std::string types;
    std::int64_t left_out = 0;
    for (const auto& [type, count] : events.left_out) {
        types += fmt::format("{}{} {}", types.empty() ? "" : ", ", count_text(count), type);
        left_out += count;
    }
    if (left_out > 0)
        fmt::print("; {} left out, no playbook declares them: {}", count_text(left_out), types);
    if (events.repeated > 0)
        fmt::print("; {} left out, an event before has its id", count_text(events.repeated));
    fmt::print(".\n");
}

void print_json(const Report& report, const EventFile& events, Instant from, Instant to,
                const std::string& zone_release) {
    using nlohmann::json;
    json rules = json::array();
    for (const auto& [path, rule] : report.rules) {
        rules.push_back({{"rule", path},
                         {"title", rule.title},
                         {"firings", rule.firings},
                         {"messages", rule.planned},
                         {"outcomes", rule.outcomes}});
    }
    json timeline = json::array();
    for (const auto& [key, entry] : report.timeline) {
        timeline.push_back({{"local_time", date::format("%FT%T", std::get<0>(key))},
                            {"rule", entry.rule},
                            {"step", entry.step},
                            {"count", entry.count},
                            {"outcome", entry.outcome},
                            {"text", entry.text}});
        if (!entry.command.empty()) timeline.back()["command"] = entry.command;
    }
    fmt::print("{}\n", json{{"format_version", 1},
                            {"from", instant_text(from)},
                            {"to", instant_text(to)},
                            {"zone_data", zone_release},
                            {"events",
                             {{"taken", events.taken},
                              {"repeated", events.repeated},
                              {"left_out", events.left_out}}},
                            {"messages", report.planned},
                            {"rules", rules},
                            {"timeline", timeline}}
                           .dump());
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

    void update(Instant now) {
        const auto percent = static_cast<int>(100 * (std::min(now, to_) - from_) / (to_ - from_));
        if (!shown_ || percent == percent_) return;
        percent_ = percent;
        fmt::print(stderr, "\rrehearsing … {:3} %", percent);
        std::fflush(stderr);
    }

  private:
    Instant from_;
    Instant to_;
    bool shown_;
    int percent_ = -1;
};

}  // namespace

int rehearse(const RehearseOptions& options) {
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    const ProjectPlan loaded =
        load_plan(options.folder, zones, parse_date(options.from, "--from"), options.language);
    if (!loaded.plan) return exit_findings;
    const lang::Plan& plan = *loaded.plan;
    if (plan.playbooks.empty() || plan.playbooks.front().rules.empty()) {
        throw CommandError(fmt::format("{}: has no rule to rehearse", options.folder));
    }
    const auto zone = zones.find(plan.playbooks.front().rules.front().timezone);
    const Instant from = parse_instant(options.from, *zone, "--from");
    const Instant to = from + parse_length(options.length, rehearsal_max, "--for");

    // Before the folder, so that a signal ends in its removal.
    Wakeup wakeup;
    const StopSignal stop(wakeup);
    const ScratchFolder folder("sop-rehearsal", options.keep);
    const std::string database = (folder.path() / "rehearsal.db").string();
    const auto store = open_sqlite_store(database, {.durable = false});
    fill_directory(options, loaded.config, *store);
    EventFile events;
    if (options.events) events = fill_events(*options.events, plan, *store);

    ManualClock clock(from);
    RehearsalObserver observer;
    ExecutorOptions executor_options;
    executor_options.page_rows = answered_at_once;
    Channels channels;
    add_answering_channels(plan, take_message, channels);
    Executor executor(*store, clock, wakeup, zones, std::move(channels), executor_options,
                      &observer);
    {
        Progress progress(from, to);
        executor.recover();
        executor.deploy(plan);
        executor.run(
            [&] {
                progress.update(clock.now());
                return stop.asked();
            },
            to);
    }

    if (stop.asked()) throw CommandError("the rehearsal was stopped by a signal");

    const Report report = make_report(plan, observer, zones, *store);
    if (options.format == OutputFormat::json) {
        print_json(report, events, from, to, zones.release());
    } else {
        const DirectoryCounts counts = store->count_directory();
        fmt::print("Rehearsed {} to {} ({}) with {} group{} and {} member{}; zone data {}.\n",
                   local_text(from, *zone), local_text(to, *zone), zone->name(),
                   count_text(counts.groups), counts.groups == 1 ? "" : "s",
                   count_text(counts.members), counts.members == 1 ? "" : "s", zones.release());
        if (options.events) print_events(events);
        fmt::print("\n");
        print_rules(report);
        print_timeline(report);
        if (options.keep) fmt::print("\nThe database is kept: {}\n", database);
    }
    for (const auto& trouble : observer.troubles) fmt::print(stderr, "trouble: {}\n", trouble);
    return observer.troubles.empty() ? exit_fine : exit_findings;
}

}  // namespace sop::runtime::cli
