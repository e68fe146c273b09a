// `sop draws`: draws that were held, and whether they were held as they should.
#include "lang/suggestion.h"
#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/stored_plans.h"
#include "runtime/cli/terminal.h"
#include "runtime/clock/instant_text.h"
#include "runtime/config/config.h"
#include "runtime/scheduler/draw.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace sop::runtime::cli {

namespace {

// A draw, and for whom of which rule it was.
struct ToldDraw {
    StoredDraw draw{};
    std::string rule{};
    std::string subject{};
};

ToldDraw tell(const StoredDraw& draw, Store& store, const std::map<RuleId, std::string>& rules) {
    ToldDraw told{draw, {}, {}};
    const auto run = store.find_run(draw.of.run);
    if (!run) return told;
    told.subject = run->subject;
    if (const auto rule = rules.find(run->rule); rule != rules.end()) told.rule = rule->second;
    return told;
}

std::map<RuleId, std::string> rule_names(Store& store) {
    std::map<RuleId, std::string> names;
    for (const StoredRule& rule : store.list_rules())
        names[rule.id] = rule.playbook + "." + rule.name;
    return names;
}

std::vector<ToldDraw> latest_draws(const DrawsOptions& options, Store& store) {
    constexpr std::size_t page_rows = 500;
    const auto rules = rule_names(store);
    std::vector<ToldDraw> draws;
    for (DrawId before = std::numeric_limits<DrawId>::max(); draws.size() < options.limit;) {
        const auto page = store.list_draws(before, page_rows);
        for (const StoredDraw& draw : page) {
            before = draw.id;
            ToldDraw told = tell(draw, store, rules);
            const bool is_asked_for = (!options.rule || told.rule == *options.rule) &&
                                      (!options.group || told.subject == *options.group);
            if (is_asked_for && draws.size() < options.limit) draws.push_back(std::move(told));
        }
        if (page.size() < page_rows) break;
    }
    return draws;
}

// That no draw was held is not said of a name that was misspelt.
void require_known(const DrawsOptions& options, Store& store) {
    std::vector<std::string> rules;
    for (const auto& [id, name] : rule_names(store)) rules.push_back(name);
    if (options.rule && std::find(rules.begin(), rules.end(), *options.rule) == rules.end()) {
        throw CommandError(fmt::format("there is no rule `{}`{}", *options.rule,
                                       lang::did_you_mean(*options.rule, rules)));
    }
    if (options.group && !store.find_group(*options.group))
        throw CommandError(fmt::format("there is no group `{}`", *options.group));
}

std::vector<StoredDrawEntry> winners_of(std::vector<StoredDrawEntry> entries) {
    std::erase_if(entries, [](const auto& entry) { return !entry.place; });
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.place < b.place; });
    return entries;
}

// The numbers of all entries, the lowest first; equal to the places that were given.
struct Count {
    std::string number{};
    StoredDrawEntry entry{};
};
std::vector<Count> count_again(const StoredDraw& draw,
                               const std::vector<StoredDrawEntry>& entries) {
    std::vector<Count> counts;
    for (const StoredDrawEntry& entry : entries)
        counts.push_back({draw_number(draw.seed, draw.name, entry.event), entry});
    std::sort(counts.begin(), counts.end(),
              [](const Count& a, const Count& b) { return a.number < b.number; });
    return counts;
}

// Whether the places are those of the lowest numbers, each member's once.
bool is_fair(const std::vector<Count>& counts) {
    const auto winners = std::count_if(counts.begin(), counts.end(),
                                       [](const Count& count) { return count.entry.place; });
    std::set<std::string> won;
    for (const Count& count : counts) {
        const bool wins = static_cast<std::ptrdiff_t>(won.size()) < winners &&
                          won.insert(count.entry.member).second;
        const auto place = wins ? std::optional(static_cast<std::int64_t>(won.size()))
                                : std::optional<std::int64_t>();
        if (count.entry.place != place) return false;
    }
    return true;
}

void list(const DrawsOptions& options, Store& store) {
    const auto draws = latest_draws(options, store);
    if (draws.empty()) require_known(options, store);
    if (options.format == OutputFormat::json) {
        auto lines = nlohmann::json::array();
        for (const ToldDraw& told : draws) {
            const auto entries = store.draw_entries(told.draw.id);
            auto winners = nlohmann::json::array();
            for (const auto& winner : winners_of(entries)) winners.push_back(winner.member);
            lines.push_back({{"draw", told.draw.id},
                             {"at", instant_text(told.draw.drawn_at)},
                             {"rule", told.rule},
                             {"subject", told.subject},
                             {"entries", entries.size()},
                             {"winners", winners},
                             {"seal", draw_seal(told.draw.seed)}});
        }
        fmt::print("{}\n", nlohmann::json{{"format_version", 1}, {"draws", lines}}.dump());
        return;
    }
    if (draws.empty()) {
        fmt::print("no draw was held\n");
        return;
    }
    using enum Table::Align;
    Table table{{{"draw", right}, {"at"}, {"rule"}, {"for"}, {"entries", right}, {"winners"}}, {}};
    for (const ToldDraw& told : draws) {
        const auto entries = store.draw_entries(told.draw.id);
        std::string winners;
        for (const auto& winner : winners_of(entries))
            winners += (winners.empty() ? "" : ", ") + winner.member;
        table.rows.push_back({std::to_string(told.draw.id), instant_text(told.draw.drawn_at),
                              told.rule, told.subject,
                              count_text(static_cast<std::int64_t>(entries.size())), winners});
    }
    fmt::print("{}", render_table(table));
}

int show(const DrawsOptions& options, Store& store) {
    const auto draw = store.find_draw(*options.draw);
    if (!draw) throw CommandError(fmt::format("there is no draw {}", *options.draw));
    const ToldDraw told = tell(*draw, store, rule_names(store));
    const auto counts = count_again(*draw, store.draw_entries(draw->id));
    const bool fair = is_fair(counts);
    if (options.format == OutputFormat::json) {
        auto lines = nlohmann::json::array();
        for (const Count& count : counts) {
            nlohmann::json line{{"event", count.entry.event},
                                {"member", count.entry.member},
                                {"number", count.number}};
            if (count.entry.place) line["place"] = *count.entry.place;
            lines.push_back(std::move(line));
        }
        fmt::print("{}\n", nlohmann::json{{"format_version", 1},
                                          {"draw", draw->id},
                                          {"at", instant_text(draw->drawn_at)},
                                          {"rule", told.rule},
                                          {"subject", told.subject},
                                          {"name", draw->name},
                                          {"seed", draw->seed},
                                          {"seal", draw_seal(draw->seed)},
                                          {"as_counted", fair},
                                          {"entries", lines}}
                               .dump());
    } else {
        fmt::print("draw {} of {} for {}, {}\nseed  {}\nseal  {}\n\n", draw->id, told.rule,
                   told.subject, instant_text(draw->drawn_at), draw->seed, draw_seal(draw->seed));
        using enum Table::Align;
        Table table{{{"place", right}, {"member"}, {"event"}, {"number"}}, {}};
        for (const Count& count : counts)
            table.rows.push_back({count.entry.place ? std::to_string(*count.entry.place) : "",
                                  count.entry.member, count.entry.event, count.number});
        fmt::print(
            "{}\nA number is the SHA-256 of \"{}/{}/EVENT\"; the lowest win, and nobody "
            "twice.\n{}\n",
            render_table(table), draw->seed, draw->name,
            fair ? "Counted again: the winners are right."
                 : "Counted again: these are not the winners.");
    }
    return fair ? exit_fine : exit_findings;
}

}  // namespace

int draws(const DrawsOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, true);
    const auto snapshot = store->begin();
    if (options.draw) return show(options, *store);
    list(options, *store);
    return exit_fine;
}

}  // namespace sop::runtime::cli
