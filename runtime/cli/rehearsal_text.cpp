#include "runtime/cli/rehearsal.h"
#include "runtime/cli/terminal.h"

#include <fmt/format.h>

#include <algorithm>

namespace sop::runtime::cli {

namespace {

using std::chrono::minutes;

constexpr std::size_t timeline_text_cells = 44;
constexpr std::size_t promises_shown_max = 5;
constexpr std::int64_t columns_max = 60;

std::string outcomes_text(const std::map<std::string, std::int64_t>& outcomes) {
    std::string text;
    for (const auto& [outcome, count] : outcomes)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count_text(count), outcome);
    return text;
}

std::string plural(std::int64_t count, const char* word) {
    return fmt::format("{} {}{}", count_text(count), word, count == 1 ? "" : "s");
}

std::string rules_text(const Rehearsal& rehearsal) {
    Table table{{{"rule"},
                 {"title"},
                 {"firings", Table::Align::right},
                 {"messages", Table::Align::right},
                 {"outcomes"}},
                {}};
    std::int64_t firings = 0;
    std::map<std::string, std::int64_t> outcomes;
    for (const auto& [path, rule] : rehearsal.rules) {
        table.rows.push_back({path, rule.title, count_text(rule.firings), count_text(rule.messages),
                              outcomes_text(rule.outcomes)});
        firings += rule.firings;
        for (const auto& [outcome, count] : rule.outcomes) outcomes[outcome] += count;
    }
    table.rows.push_back(
        {"all", "", count_text(firings), count_text(rehearsal.messages), outcomes_text(outcomes)});
    return render_table(table);
}

// Without the line of titles, as the columns have none.
std::string lines_text(const Table& table) {
    const std::string text = render_table(table, 2);
    return text.substr(text.find('\n') + 1);
}

std::string by_day(const Rehearsal& rehearsal) {
    std::string text;
    for (const auto& [day, lines] : days_of(rehearsal)) {
        Table table{{{""}, {""}, {""}, {"", Table::Align::right}, {""}, {""}}, {}};
        for (const auto& line : lines) {
            table.rows.push_back({time_text(line), line.entry.rule, line.entry.step,
                                  subjects_text(line.entry), line.entry.outcome,
                                  shortened(what_text(line.entry), timeline_text_cells)});
        }
        text += "\n" + date::format("%A %F", day) + "\n" + lines_text(table);
    }
    return text;
}

std::string by_rule(const Rehearsal& rehearsal) {
    std::map<std::string, Table> tables;
    for (const auto& [day, lines] : days_of(rehearsal)) {
        for (const auto& line : lines) {
            Table& table = tables[line.entry.rule];
            table.columns = {{""}, {""}, {""}, {"", Table::Align::right}, {""}, {""}};
            table.rows.push_back({date::format("%a %F", day), time_text(line), line.entry.step,
                                  subjects_text(line.entry), line.entry.outcome,
                                  shortened(what_text(line.entry), timeline_text_cells)});
        }
    }
    std::string text;
    for (const auto& [rule, table] : tables) {
        const std::string& title = rehearsal.rules.at(rule).title;
        text +=
            fmt::format("\n{}{}{}\n{}", rule, title.empty() ? "" : "  ", title, lines_text(table));
    }
    return text;
}

std::string by_group(const Rehearsal& rehearsal) {
    Table table{{{"who"},
                 {"name"},
                 {"messages", Table::Align::right},
                 {"most in a day", Table::Align::right},
                 {"on"},
                 {"outcomes"}},
                {}};
    for (const auto& [who, summary] : rehearsal.subjects) {
        const auto most =
            std::max_element(summary.days.begin(), summary.days.end(),
                             [](const auto& a, const auto& b) { return a.second < b.second; });
        table.rows.push_back(
            {who.first == SubjectKind::playbook ? "nobody in particular" : who.second, summary.name,
             count_text(summary.count), count_text(most->second), date::format("%F", most->first),
             outcomes_text(summary.outcomes)});
    }
    return "\n" + render_table(table);
}

// A column for each height, the highest full. What is not nothing is always seen.
std::string columns_text(const std::vector<std::int64_t>& heights, std::int64_t highest,
                         bool draws) {
    const std::vector<std::string> levels =
        draws ? std::vector<std::string>{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}
              : std::vector<std::string>{" ", ".", ":", "-", "=", "+", "*", "#", "@"};
    const auto steps = static_cast<std::int64_t>(levels.size()) - 1;
    std::string text;
    for (const std::int64_t height : heights) {
        const std::int64_t level =
            height == 0 ? 0 : std::max<std::int64_t>(1, height * steps / highest);
        text += levels.at(static_cast<std::size_t>(level));
    }
    return text;
}

std::string clock_text(Minute minute, const lang::calendar::Zone& zone) {
    return local_text(minute, zone).substr(0, 16);
}

// What was promised and what went out around the worst promise, a column for so many minutes.
std::string drawing(const ChannelLoad& load, const lang::calendar::Zone& zone, bool draws) {
    const auto [first, last] = load.worst_span();
    const std::int64_t length = (last - first).count() + 1;
    const std::int64_t per_column = (length + columns_max - 1) / columns_max;
    std::vector<std::int64_t> promised(
        static_cast<std::size_t>((length + per_column - 1) / per_column));
    std::vector<std::int64_t> went_out(promised.size());
    for (std::int64_t at = 0; at < length; ++at) {
        const Minute minute = first + minutes{at};
        const auto column = static_cast<std::size_t>(at / per_column);
        const auto promise = load.promises.find(minute);
        if (promise != load.promises.end()) promised[column] += promise->second.count;
        const auto out = load.minutes.find(minute);
        if (out != load.minutes.end()) went_out[column] += out->second;
    }
    const std::int64_t highest =
        std::max(*std::max_element(promised.begin(), promised.end()),
                 std::max(std::int64_t{1}, *std::max_element(went_out.begin(), went_out.end())));
    std::string text = fmt::format("  {} to {}, a column for {}; a full one is {}\n",
                                   clock_text(first, zone), clock_text(last, zone).substr(11),
                                   plural(per_column, "minute"), count_text(highest));
    text += fmt::format("  promised |{}|\n", columns_text(promised, highest, draws));
    text += fmt::format("  went out |{}|\n", columns_text(went_out, highest, draws));
    return text;
}

std::string load_text(const Rehearsal& rehearsal, bool draws) {
    std::string text =
        fmt::format("\nLoad of the channels (times of {})\n", rehearsal.zone->name());
    Table channels{{{"channel"},
                    {"budget"},
                    {"went out", Table::Align::right},
                    {"given up", Table::Align::right},
                    {"busiest minute"},
                    {"in it", Table::Align::right}},
                   {}};
    for (const auto& [name, load] : rehearsal.channels) {
        const auto busiest = load.busiest();
        channels.rows.push_back({name, load.budget ? budget_text(load.budget) : "none",
                                 count_text(load.went_out), count_text(load.given_up),
                                 busiest ? clock_text(busiest->first, *rehearsal.zone) : "",
                                 busiest ? count_text(busiest->second) : ""});
    }
    text += render_table(channels, 2);
    for (const auto& [name, load] : rehearsal.channels) {
        Table worst{{{"promised at"},
                     {"messages", Table::Align::right},
                     {"last out"},
                     {"late", Table::Align::right},
                     {"given up", Table::Align::right},
                     {"still waiting", Table::Align::right}},
                    {}};
        for (const auto& [minute, promise] : load.worst_promises(promises_shown_max)) {
            worst.rows.push_back(
                {clock_text(minute, *rehearsal.zone), count_text(promise.count),
                 promise.last_out
                     ? clock_text(date::floor<minutes>(*promise.last_out), *rehearsal.zone)
                     : "never",
                 promise.last_out ? fmt::format("{} min", promise.minutes_late(minute)) : "",
                 count_text(promise.given_up), count_text(promise.waiting)});
        }
        text += fmt::format("\n{}, {}\n{}{}", name,
                            load.keeps_all() ? "its fullest minutes; nothing is late"
                                             : "the promises that it keeps worst",
                            render_table(worst, 2), drawing(load, *rehearsal.zone, draws));
    }
    return text;
}

std::string counts_by_type(const std::map<std::string, std::int64_t>& types) {
    std::string text;
    for (const auto& [type, count] : types)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count_text(count), type);
    return text;
}

std::int64_t total(const std::map<std::string, std::int64_t>& counts) {
    std::int64_t sum = 0;
    for (const auto& [key, count] : counts) sum += count;
    return sum;
}

std::string events_text(const EventFile& events) {
    std::string text = plural(events.taken, "event") + " of the file";
    if (const std::int64_t left_out = total(events.left_out); left_out > 0) {
        text += fmt::format("; {} left out, no playbook declares them: {}", count_text(left_out),
                            counts_by_type(events.left_out));
    }
    if (events.repeated > 0)
        text +=
            fmt::format("; {} left out, an event before has its id", count_text(events.repeated));
    return text + ".\n";
}

}  // namespace

std::string rehearsal_text(const Rehearsal& rehearsal, RehearsalOrder order, bool shows_load,
                           bool draws) {
    std::string text = fmt::format(
        "Rehearsed {} to {} ({}) with {} and {}; zone data {}.\n",
        local_text(rehearsal.from, *rehearsal.zone), local_text(rehearsal.to, *rehearsal.zone),
        rehearsal.zone->name(), plural(rehearsal.directory.groups, "group"),
        plural(rehearsal.directory.members, "member"), rehearsal.zone_data);
    if (rehearsal.events) text += events_text(*rehearsal.events);
    text += "\n" + rules_text(rehearsal);
    if (shows_load) text += load_text(rehearsal, draws);
    switch (order) {
        case RehearsalOrder::day:
            text += by_day(rehearsal);
            break;
        case RehearsalOrder::group:
            text += by_group(rehearsal);
            break;
        case RehearsalOrder::rule:
            text += by_rule(rehearsal);
            break;
    }
    if (const std::int64_t idle = total(rehearsal.idle_events); idle > 0) {
        text += fmt::format("\nNo rule began with {} of the file: {}.\n", plural(idle, "event"),
                            counts_by_type(rehearsal.idle_events));
    }
    return text;
}

}  // namespace sop::runtime::cli
