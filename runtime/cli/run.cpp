#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/seed.h"
#include "runtime/executor/audiences.h"
#include "runtime/intake/event_reader.h"
#include "runtime/scheduler/event_match.h"
#include "runtime/store/nudge.h"
#include "runtime/zoneinfo/zoneinfo.h"

#include <fmt/format.h>

#include "lang/suggestion.h"

namespace sop::runtime::cli {

namespace {

const lang::Rule& find_rule(const lang::Plan& plan, const std::string& path) {
    std::vector<std::string> paths;
    for (const auto& playbook : plan.playbooks) {
        for (const auto& rule : playbook.rules) {
            paths.push_back(lang::rule_path(playbook, rule));
            if (paths.back() == path) return rule;
        }
    }
    const std::string meant = lang::did_you_mean(path, paths);
    throw CommandError(
        fmt::format("the plan in force has no rule `{}`{}", path,
                    meant.empty() ? fmt::format("; it has {}", fmt::join(paths, ", ")) : meant));
}

void require_calendar(const lang::Rule& rule, const std::string& path) {
    const auto* trigger = std::get_if<lang::EventTrigger>(&rule.trigger);
    if (trigger == nullptr) return;
    throw CommandError(fmt::format("`{}` begins with an event; `sop emit {} …` has it begin", path,
                                   trigger->event));
}

void require_in_audience(Store& store, const lang::Plan& plan, const lang::Rule& rule,
                         const RunOptions& options, Instant now) {
    if (options.group && options.member) throw CommandError("give --group or --member, not both");
    if (rule.audience->kind == lang::SubjectKind::playbook) {
        if (options.group || options.member)
            throw CommandError(fmt::format(
                "`{}` has no `for` and runs once for all: give neither --group nor --member",
                options.rule));
        return;
    }
    const bool is_group = rule.audience->kind == lang::SubjectKind::group;
    const auto& subject = is_group ? options.group : options.member;
    if ((is_group ? options.member : options.group).has_value())
        throw CommandError(
            fmt::format("`{}` is for {}", options.rule,
                        is_group ? "groups: give --group" : "members: give --member"));
    if (!subject) return;
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder());
    const auto zone = zones.find(rule.timezone);
    if (!zone || !Audiences(store).contains(plan, *rule.audience, *zone, now, *subject))
        throw CommandError(
            fmt::format("`{}` is not for `{}`: it is not there, or not as the rule's `for` says",
                        options.rule, *subject));
}

}  // namespace

int run_now(const RunOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, false);
    const auto stored = store->latest_plan();
    if (!stored)
        throw CommandError(
            fmt::format("{}: no playbook was ever served from it", config.store.string()));
    const lang::Plan plan = lang::plan_from_json(stored->json);
    const lang::Rule& rule = find_rule(plan, options.rule);
    require_calendar(rule, options.rule);
    const Instant now = SystemClock().now();
    require_in_audience(*store, plan, rule, options, now);
    Event event;
    event.at = now;
    event.received_at = event.at;
    event.id = options.id ? *options.id : make_event_id(event.at);
    event.type = run_now_event;
    event.group = options.group;
    event.member = options.member;
    event.fields = {{run_now_rule, options.rule}};
    const bool added = store->add_event(event);
    if (added) send_nudge(config.store);
    fmt::print("{}{}\n", event.id, added ? "" : " was there already");
    return exit_fine;
}

}  // namespace sop::runtime::cli
