#include "runtime/cli/commands.h"
#include "runtime/cli/exit_code.h"
#include "runtime/cli/open_runs.h"
#include "runtime/cli/project.h"
#include "runtime/cli/seed.h"
#include "runtime/cli/stored_plans.h"
#include "runtime/cli/terminal.h"
#include "runtime/cli/time_argument.h"
#include "runtime/clock/instant_text.h"
#include "runtime/executor/audiences.h"
#include "runtime/scheduler/lateness.h"
#include "runtime/scheduler/text.h"
#include "runtime/scheduler/tier.h"
#include "runtime/scheduler/timeline.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace sop::runtime::cli {

namespace {

constexpr std::size_t text_cells = 40;

struct Question {
    SubjectKind kind = SubjectKind::group;
    std::string subject;
    std::string name;
    bool known = false;  // the directory has it
    Instant at{};
    std::chrono::milliseconds within{};
};

std::string length_text(std::chrono::milliseconds length) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(length);
    return lang::calendar::to_text({0, 0, seconds});
}

std::string late_text(const lang::Rule& rule) {
    if (rule.guards->late.skip) return "`late skip` allows a minute";
    return fmt::format("its rule allows {}", length_text(rule.late_within));
}

std::string limits_text(const lang::Rule& rule) {
    std::string text;
    for (const lang::PostLimit& limit : rule.guards->limits) {
        text += fmt::format("{}{} in a {}", text.empty() ? "" : " and ", limit.count,
                            limit.period == lang::calendar::EveryNth::Unit::week ? "week" : "day");
    }
    return text;
}

std::string clock_text(std::chrono::seconds time) {
    return lang::calendar::time_of_day_text(time);
}

std::string quiet_text(const lang::Rule& rule) {
    if (!rule.guards->quiet) return "quiet hours";
    return fmt::format("the quiet hours {}..{}", clock_text(rule.guards->quiet->from),
                       clock_text(rule.guards->quiet->until));
}

// Why a message was skipped, as a half sentence.
std::string skip_text(const Delivery& delivery, SubjectKind kind, const lang::Rule* rule) {
    const std::string& reason = delivery.reason;
    if (rule == nullptr) return reason;
    if (reason == "late") {
        return fmt::format(
            "late: the executor got to it {} after it was wanted; {}, and only the "
            "newest of several that were missed {} sent",
            length_text(std::max(std::chrono::milliseconds{0},
                                 delivery.settled_at.value_or(Instant{}) - delivery.wanted_at())),
            late_text(*rule), rule->guards->late.last > 1 ? "are" : "is");
    }
    if (reason == "quiet") return "it fell into " + quiet_text(*rule);
    if (reason == "cap") {
        return fmt::format(
            "cap: {} had its messages, or more urgent ones keep their place (at most {})",
            kind == SubjectKind::group ? "the group" : "the member", limits_text(*rule));
    }
    if (reason == "spacing") {
        return fmt::format(
            "spacing: messages before it were less than {} ago, longer than it "
            "could wait",
            length_text(rule->guards->space));
    }
    if (reason == "budget") {
        return fmt::format(
            "budget: its channel had no place for it within {}, or before its "
            "window closed",
            length_text(rule->deliver_within));
    }
    if (reason == "condition") return "the condition of its step did not hold";
    if (reason == "paused") return "its rule was paused";
    if (reason == "opted out") return "the member has opted out";
    if (reason == "empty") return "there was nothing to say: its holes had no values";
    if (reason == "before admission")
        return "before admission: it lay before its rule was deployed, or before this subject was "
               "in the audience";
    if (reason == "no calendar data")
        return "its calendar has no holidays and workdays of that year yet";
    return reason;
}

std::string asked_about_text(const Delivery& delivery, const std::string& due_at) {
    const std::string so_far =
        *delivery.asks == 0 ? "" : fmt::format(", {} times so far", *delivery.asks);
    const std::string after = delivery.unless_taken ? fmt::format("; if it was not, it is {}",
                                                                  to_text(*delivery.unless_taken))
                                                    : "";
    return fmt::format("it may have arrived: `{}` is asked whether it took it{}, next at {}{} ({})",
                       delivery.channel, so_far, due_at, after, delivery.reason);
}

std::string outcome_text(const DueDelivery& due, const lang::Rule* rule,
                         const lang::calendar::Zone& zone) {
    const Delivery& delivery = due.delivery;
    const auto at = [&](std::optional<Instant> instant) {
        return instant ? local_text(*instant, zone) : std::string("an unknown time");
    };
    switch (delivery.state) {
        case DeliveryState::pending:
            if (delivery.asks) return asked_about_text(delivery, at(delivery.due_at));
            return fmt::format("it waits, and is due at {}{}", at(delivery.due_at),
                               delivery.reason.empty() ? "" : " (" + delivery.reason + ")");
        case DeliveryState::attempting:
            return fmt::format("it is being sent through `{}`", delivery.channel);
        case DeliveryState::sent:
        case DeliveryState::confirmed:
            return fmt::format("{} at {} through `{}`{}", to_text(delivery.state),
                               at(delivery.settled_at), delivery.channel,
                               delivery.reason.empty() ? "" : " (" + delivery.reason + ")");
        case DeliveryState::skipped:
            return "skipped, " + skip_text(delivery, due.subject_kind, rule);
        case DeliveryState::exited:
            return fmt::format("the run ended: {}", delivery.reason);
        case DeliveryState::cancelled:
        case DeliveryState::refused:
        case DeliveryState::failed:
            return fmt::format("{} at {}{}: {}", to_text(delivery.state), at(delivery.settled_at),
                               delivery.attempts > 0
                                   ? fmt::format(" after {} attempt{}", delivery.attempts,
                                                 delivery.attempts == 1 ? "" : "s")
                                   : "",
                               delivery.reason);
        case DeliveryState::unknown:
            return fmt::format("nobody can tell whether it arrived ({}); `sop doubt` settles it",
                               delivery.reason);
    }
    return {};
}

std::string moved_text(const DueDelivery& due, const lang::Rule* rule,
                       const lang::calendar::Zone& zone) {
    if (!due.delivery.moved_to || rule == nullptr) return {};
    if (due.delivery.skipped_as)
        return fmt::format(", skipped as \"{}\" and made up for at {}", *due.delivery.skipped_as,
                           local_text(*due.delivery.moved_to, zone));
    const bool spread_only =
        *due.delivery.moved_to - due.delivery.planned_for < rule->guards->spread;
    return fmt::format(", {} {}", spread_only ? "its share of the spread gave" : "put off to",
                       local_text(*due.delivery.moved_to, zone));
}

// Rules of the plan in force, for when nothing was planned.
struct RuleNote {
    std::string path;
    std::string note;
};

const char* whom_text(SubjectKind kind) {
    switch (kind) {
        case SubjectKind::group:
            return "is for groups";
        case SubjectKind::member:
            return "is for members";
        case SubjectKind::playbook:
            return "is for nobody in particular: its messages say where they go";
    }
    return "";  // not reached: the switch names every kind
}

std::vector<RuleNote> notes_on_rules(const lang::Plan& plan, const Question& question,
                                     const lang::calendar::ZoneDatabase& zones, Store& store) {
    std::vector<RuleNote> notes;
    for (const auto& playbook : playbooks_of(plan)) {
        for (const auto& rule : playbook.rules) {
            const std::string path = lang::rule_path(playbook, rule);
            if (rule.audience->kind != question.kind) {
                notes.push_back({path, whom_text(rule.audience->kind)});
                continue;
            }
            if (rule.audience->of_groups) {
                notes.push_back({path, "is for members of groups, each in its group"});
                continue;
            }
            const auto zone = zones.find(rule.timezone);
            if (!zone) continue;
            if (!Audiences(store).contains(plan, *rule.audience, *zone, question.at,
                                           question.subject)) {
                notes.push_back({path, "is for others, as its `for` says"});
            } else {
                const auto firing = next_firing(rule, *zone, question.at);
                notes.push_back(
                    {path, firing ? "is for it, next at " + local_text(firing->window.start, *zone)
                                  : "is for it, when its event comes"});
            }
        }
    }
    return notes;
}

Question read_question(const WhyOptions& options, const lang::calendar::Zone& zone, Store& store) {
    if (options.group.has_value() == options.member.has_value())
        throw CommandError("say for whom: --group ID or --member ID");
    constexpr std::chrono::hours within_max{24 * 60};
    Question question;
    question.at = parse_instant(options.at, zone, "--at");
    question.within = parse_length(options.within, within_max, "--within");
    if (options.group) {
        question.subject = *options.group;
        if (const auto group = store.find_group(question.subject)) {
            question.known = true;
            question.name = group->name;
        }
    } else {
        question.kind = SubjectKind::member;
        question.subject = *options.member;
        if (const auto member = store.find_member(question.subject)) {
            question.known = true;
            question.name = member->name;
        }
    }
    return question;
}

class Answer {
  public:
    Answer(const Question& question, Store& store, const lang::calendar::ZoneDatabase& zones,
           std::shared_ptr<const lang::calendar::Zone> zone, const lang::Plan& plan)
        : question_(question), plans_(store), zones_(zones), zone_(std::move(zone)) {
        messages_ = store.list_deliveries({.subject_kind = question.kind,
                                           .subject = question.subject,
                                           .from = question.at - question.within,
                                           .to = question.at + question.within,
                                           .limit = every_row});
        std::stable_sort(messages_.begin(), messages_.end(), [](const auto& a, const auto& b) {
            return a.delivery.planned_for < b.delivery.planned_for;
        });
        for (const DueDelivery& due : messages_) {
            if (const auto command = store.find_command(due.delivery.id))
                commands_[due.delivery.id] = command->verb;
        }
        runs_ = list_open_runs(store, plans_, question.kind, question.subject);
        levels_ = store.figures().tier_changes_of(question.kind, question.subject,
                                                  question.at - question.within,
                                                  question.at + question.within);
        if (messages_.empty() && question.known)
            notes_ = notes_on_rules(plan, question, zones, store);
    }

    void print_text() {
        const std::string who = fmt::format("{} {}", kind_word(), question_.subject);
        if (!question_.known) fmt::print("the directory has no {}\n", who);
        if (messages_.empty()) {
            fmt::print("Nothing was planned for {} within {} of {}.\n", who,
                       length_text(question_.within), local_text(question_.at, *zone_));
            for (const RuleNote& note : notes_) fmt::print("  {} {}\n", note.path, note.note);
            print_levels();
            return print_runs();
        }
        fmt::print("{}{}, {} before and after {} ({}):\n", who,
                   question_.name.empty() ? "" : " (" + question_.name + ")",
                   length_text(question_.within), local_text(question_.at, *zone_), zone_->name());
        for (const DueDelivery& due : messages_) {
            const lang::Rule* rule = plans_.rule_of(due);
            const auto zone = zone_of(rule);
            fmt::print("\n{}  {}.{} `{}`{}\n", local_text(due.delivery.planned_for, *zone),
                       due.playbook, due.rule, plans_.step_of(due), moved_text(due, rule, *zone));
            const std::string said = shown_line(due.text, due.form);
            const bool has_text = due.delivery.message != 0 && !said.empty();
            if (has_text)
                fmt::print("  {}{}\n", said_text(due, said),
                           due.delivery.variant.empty() ? "" : ", form " + due.delivery.variant);
            fmt::print("  {}\n", outcome_text(due, rule, *zone));
        }
        print_levels();
        print_runs();
    }

    // A message by what it says, in quotes; "remove member: m1" of what else is asked of a
    // platform.
    std::string said_text(const DueDelivery& due, const std::string& said) const {
        const std::string text = shortened(said, text_cells);
        const auto command = commands_.find(due.delivery.id);
        if (command == commands_.end()) return fmt::format("\"{}\"", text);
        std::string verb = command->second;
        std::replace(verb.begin(), verb.end(), '_', ' ');
        return fmt::format("{}: {}", verb, text);
    }

    void print_json() {
        using nlohmann::json;
        json messages = json::array();
        for (const DueDelivery& due : messages_) {
            const lang::Rule* rule = plans_.rule_of(due);
            const Delivery& delivery = due.delivery;
            json entry{{"message", delivery.id},
                       {"playbook", due.playbook},
                       {"rule", due.rule},
                       {"step", plans_.step_of(due)},
                       {"firing", due.firing.key},
                       {"plan", due.firing.plan},
                       {"planned_for", instant_text(delivery.planned_for)},
                       {"wanted_at", instant_text(delivery.wanted_at())},
                       {"outcome", std::string(to_text(delivery.state))},
                       {"reason", delivery.reason},
                       {"explanation", outcome_text(due, rule, *zone_of(rule))},
                       {"channel", delivery.channel},
                       {"attempts", delivery.attempts},
                       {"text", due.text},
                       {"verb", std::string(to_text(due.form.verb))}};
            if (!delivery.variant.empty()) entry["variant"] = delivery.variant;
            if (const auto command = commands_.find(delivery.id); command != commands_.end())
                entry["command"] = command->second;
            if (const auto said = shown_line(due.text, due.form); said != due.text)
                entry["shown"] = said;
            if (delivery.skipped_as) entry["skipped_as"] = *delivery.skipped_as;
            if (delivery.settled_at) entry["settled_at"] = instant_text(*delivery.settled_at);
            if (delivery.due_at) entry["due_at"] = instant_text(*delivery.due_at);
            messages.push_back(std::move(entry));
        }
        json runs = json::array();
        for (const OpenRun& run : runs_) {
            json entry{{"rule", run.path},
                       {"firing", run.firing},
                       {"step", run.step},
                       {"state", run.state}};
            if (!run.event.empty()) entry["event"] = run.event;
            if (run.due_at) entry["due_at"] = instant_text(*run.due_at);
            runs.push_back(std::move(entry));
        }
        json levels = json::array();
        for (const TierChange& change : levels_)
            levels.push_back({{"at", instant_text(change.at)},
                              {"level", change.level},
                              {"before", change.before},
                              {"why", change.why}});
        json rules = json::array();
        for (const RuleNote& note : notes_)
            rules.push_back({{"rule", note.path}, {"note", note.note}});
        fmt::print("{}\n", json{{"format_version", 1},
                                {kind_word(), question_.subject},
                                {"in_directory", question_.known},
                                {"at", instant_text(question_.at)},
                                {"messages", messages},
                                {"runs", runs},
                                {"levels", levels},
                                {"rules", rules}}
                               .dump());
    }

  private:
    void print_levels() const {
        if (levels_.empty()) return;
        fmt::print("\nLevels:\n");
        for (const TierChange& change : levels_)
            fmt::print("  {}  {}, {}: {}\n", local_text(change.at, *zone_),
                       change.level.empty() ? "none" : change.level,
                       change.before.empty() ? "none before" : "before " + change.before,
                       change.why);
    }

    void print_runs() const {
        if (runs_.empty()) return;
        fmt::print("\nUnder way now:\n");
        for (const OpenRun& run : runs_) fmt::print("  {}\n", describe(run, *zone_));
    }

    std::string kind_word() const {
        return question_.kind == SubjectKind::group ? "group" : "member";
    }

    std::shared_ptr<const lang::calendar::Zone> zone_of(const lang::Rule* rule) const {
        auto zone = rule != nullptr ? zones_.find(rule->timezone) : nullptr;
        return zone ? zone : zone_;
    }

    const Question& question_;
    StoredPlans plans_;
    const lang::calendar::ZoneDatabase& zones_;
    std::shared_ptr<const lang::calendar::Zone> zone_;
    std::vector<DueDelivery> messages_{};
    std::map<DeliveryId, std::string> commands_{};  // what is no message: its verb
    std::vector<OpenRun> runs_{};
    std::vector<TierChange> levels_{};
    std::vector<RuleNote> notes_{};
};

}  // namespace

int why(const WhyOptions& options) {
    const Config config = load_config(options.folder);
    const auto store = open_existing(config, true);
    const lang::calendar::ZoneDatabase zones(zoneinfo_folder(options.zoneinfo));
    // One moment of the store, however the executor goes on meanwhile.
    const auto snapshot = store->begin();
    const lang::Plan plan = plan_in_force(*store, config);
    const auto zone = first_zone(plan, zones);
    const Question question = read_question(options, *zone, *store);
    Answer answer(question, *store, zones, zone, plan);
    if (options.format == OutputFormat::json) {
        answer.print_json();
    } else {
        answer.print_text();
    }
    return exit_fine;
}

}  // namespace sop::runtime::cli
