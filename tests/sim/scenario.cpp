#include "tests/sim/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "tests/sim/enrichment.h"
#include "tests/support/draft.h"

namespace sop::sim {

const std::vector<std::string> zone_names{
    "Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe",
    "Asia/Kolkata",  "America/St_Johns", "Pacific/Apia",  "America/Santiago",
    "Asia/Tokyo",    "Pacific/Chatham"};

namespace {

namespace calendar = lang::calendar;
using namespace std::chrono_literals;
using std::chrono::minutes;
using std::chrono::seconds;

// Moments around which clocks change, and some where they do not.
const std::vector<std::string> beginnings{
    "2026-03-04 00:00", "2026-03-25 00:00", "2026-04-01 00:00", "2026-09-01 00:00",
    "2026-09-24 00:00", "2026-10-01 00:00", "2026-10-22 00:00", "2026-10-29 00:00",
    "2026-07-01 00:00", "2026-12-28 00:00"};

const std::vector<seconds> late_lengths{1min, 5min, 5min, 30min, 3h, 12h};

class PlanMaker {
  public:
    PlanMaker(Dice& dice, const Scenario& scenario, bool is_mass, bool is_plain)
        : dice_(dice), scenario_(scenario), is_mass_(is_mass), is_plain_(is_plain) {}

    lang::Plan make(std::size_t rules) {
        lang::Plan plan;
        plan.zone_release = tests::zones().release();
        plan.tags = {"member", "reader", "vip"};
        for (const auto& type : scenario_.event_types) plan.events.push_back({type, {}});
        for (const auto& channel : scenario_.channels)
            plan.channels.push_back(make_channel(channel));
        plan.playbooks = {{"alpha", "", {}}, {"beta", "", {}}};
        if (!is_plain_) {
            enrichment_.declare(plan);
            for (lang::Playbook& playbook : plan.playbooks)
                playbook.rules.push_back(make_rule(leaf_rule));
        }
        for (std::size_t i = 0; i < rules; ++i) {
            plan.playbooks[dice_.below(2)].rules.push_back(make_rule(fmt::format("r{}", i)));
        }
        return plan;
    }

    // The next version: some rules changed, some gone, perhaps one more.
    lang::Plan change(lang::Plan plan) {
        for (lang::ChannelDeclaration& channel : plan.channels) {
            if (dice_.chance(25)) channel = make_channel(channel.name);
        }
        for (lang::Playbook& playbook : plan.playbooks) {
            std::vector<lang::Rule> kept;
            for (lang::Rule& rule : playbook.rules) {
                if (dice_.chance(10)) continue;
                if (dice_.chance(15)) {
                    const std::string name = rule.name;
                    rule = make_rule(name);
                } else if (dice_.chance(25)) {
                    lengthen(rule);
                }
                kept.push_back(std::move(rule));
            }
            if (dice_.chance(30)) kept.push_back(make_rule(fmt::format("n{}", ++new_rules_)));
            playbook.rules = std::move(kept);
        }
        return plan;
    }

  private:
    lang::ChannelDeclaration make_channel(const std::string& name) {
        using Per = lang::ChannelLimit::Per;
        lang::ChannelDeclaration channel{name, "webhook"};
        if (is_mass_) return channel;
        if (dice_.chance(35)) {
            const auto per =
                dice_.pick(std::vector{Per::second, Per::minute, Per::minute, Per::hour, Per::day});
            channel.budget = lang::ChannelLimit{static_cast<int>(dice_.between(1, 20)), per};
            if (per == Per::day) channel.budget->count += 20;
        }
        if (dice_.chance(30)) {
            const auto per = dice_.pick(std::vector{Per::minute, Per::hour, Per::day, Per::day});
            channel.quota = lang::ChannelLimit{static_cast<int>(dice_.between(1, 4)), per};
        }
        return channel;
    }

    // Runs of the rule before can be moved to it.
    void lengthen(lang::Rule& rule) {
        rule.steps.push_back({fmt::format("more{}", ++new_steps_),
                              tests::after(minutes{dice_.between(1, 300)}),
                              make_actions(rule, true)});
        rule.late_within = dice_.pick(late_lengths);
    }

    lang::Rule make_rule(const std::string& name) {
        lang::Rule rule = make_plain_rule(name);
        if (name == leaf_rule)
            enrichment_.make_leaf(rule);
        else if (!is_plain_)
            enrichment_.enrich(rule);
        return rule;
    }

    lang::Rule make_plain_rule(const std::string& name) {
        lang::Rule rule;
        rule.name = name;
        rule.timezone = dice_.pick(zone_names);
        rule.audience.edit().kind =
            dice_.chance(60) ? lang::SubjectKind::group : lang::SubjectKind::member;
        rule.audience.edit().tagged = {{"member"}};
        if (dice_.chance(25)) rule.audience.edit().tagged.push_back({"reader", "vip"});
        rule.via = std::vector<std::string>{dice_.pick(scenario_.channels)};
        if (dice_.chance(70)) {
            rule.trigger = make_calendar();
        } else {
            rule.trigger = tests::on_event(dice_.pick(scenario_.event_types));
        }
        rule.steps = make_steps(rule);
        if (!is_mass_ && dice_.chance(15))
            rule.exits.push_back({{dice_.pick(scenario_.event_types)}, "left"});
        rule.guards = make_guards(rule);
        rule.late_within = dice_.pick(late_lengths);
        rule.deliver_within = dice_.pick(std::vector<seconds>{10min, 2h, 2h, 6h});
        return rule;
    }

    seconds time_of_day() { return minutes{dice_.between(0, 24 * 60 - 1)}; }

    lang::CalendarTrigger make_calendar() {
        lang::CalendarTrigger trigger;
        calendar::Schedule& schedule = trigger.schedule;
        const auto kind = is_mass_ ? 9 : dice_.below(10);
        if (kind == 0) {
            schedule.times = calendar::ElapsedInterval{minutes{dice_.between(25, 400)}, 9h};
            schedule.starting = date::local_days{date::year{2026} / 1 / 1};
        } else if (kind <= 2) {
            const seconds from = minutes{dice_.between(0, 12 * 60)};
            schedule.times = calendar::DailyInterval{minutes{dice_.between(20, 200)}, from,
                                                     from + minutes{dice_.between(60, 11 * 60)}};
        } else {
            std::vector<seconds> times;
            for (auto i = is_mass_ ? 1 : dice_.between(1, 3); i > 0; --i)
                times.push_back(time_of_day());
            std::sort(times.begin(), times.end());
            times.erase(std::unique(times.begin(), times.end()), times.end());
            schedule.times = calendar::TimesOfDay{times};
            if (dice_.chance(30)) {
                calendar::WeekdaySet days;
                for (unsigned day = 0; day < calendar::days_per_week; ++day) {
                    if (dice_.chance(50)) days.add(day);
                }
                if (!days.empty()) schedule.days = calendar::Weekdays{days};
            }
        }
        if (dice_.chance(40)) {
            schedule.window = calendar::Span{0, 0, minutes{dice_.between(20, 180)}};
        }
        if (dice_.chance(20)) schedule.overlap = calendar::OverlapPolicy::both;
        if (dice_.chance(20)) schedule.gap = calendar::GapPolicy::next;
        return trigger;
    }

    std::vector<lang::Step> make_steps(const lang::Rule& rule) {
        const bool by_calendar = std::holds_alternative<lang::CalendarTrigger>(rule.trigger);
        std::vector<lang::Step> steps;
        const auto count = dice_.between(1, 4);
        seconds offset{0};
        bool counts_from_above = false;
        for (std::int64_t i = 0; i < count; ++i) {
            lang::Step step;
            step.name = fmt::format("s{}", i);
            if (i == 0) {
                if (by_calendar && dice_.chance(20)) offset = -minutes{dice_.between(1, 30)};
                step.when = tests::at_start(offset);
            } else if (!counts_from_above && dice_.chance(60)) {
                offset += minutes{dice_.between(1, 120)};
                step.when = tests::at_start(offset);
            } else {
                counts_from_above = true;
                step.when = dice_.chance(70) ? tests::after(minutes{dice_.between(1, 600)})
                                             : tests::next_day(time_of_day());
            }
            step.actions = make_actions(rule, i == 0);
            if (!is_mass_ && dice_.chance(30)) step.actions.push_back(make_branches(rule, 0));
            steps.push_back(std::move(step));
        }
        return steps;
    }

    // The content is filled in once the version is known.
    std::vector<lang::Action> make_actions(const lang::Rule& rule, bool is_first) {
        lang::Deliver deliver;
        deliver.verb =
            rule.audience->kind == lang::SubjectKind::group ? lang::Verb::post : lang::Verb::send;
        deliver.at_once = dice_.chance(10);
        std::vector<lang::Action> actions;
        if (is_first || dice_.chance(85)) actions.push_back(deliver);
        if (actions.empty() || dice_.chance(20)) {
            actions.push_back(
                lang::ChangeTag{dice_.chance(60), dice_.chance(50) ? "reader" : "vip"});
        }
        return actions;
    }

    lang::Action make_branches(const lang::Rule& rule, int depth) {
        const auto block = [&] { return make_block(rule, depth); };
        const auto kind = dice_.below(4);
        if (kind == 0) {
            const auto share = static_cast<int>(dice_.between(10, 90));
            return lang::Split{{{"a", share, block()}, {"b", 100 - share, block()}}};
        }
        if (kind == 1) {
            using Kind = lang::Expression::Kind;
            const lang::Type boolean{lang::ValueType::boolean, {}};
            lang::Expression count{
                Kind::count, {lang::ValueType::number, {}}, dice_.pick(scenario_.event_types)};
            count.period = lang::Period{lang::Period::Kind::today};
            const lang::Expression none{Kind::literal, {lang::ValueType::number, {}}, "0"};
            return lang::If{{{lang::Expression{Kind::greater, boolean, {}, {count, none}}, block()},
                             {std::nullopt, block()}}};
        }
        lang::Wait wait;
        wait.event.event = dice_.pick(scenario_.event_types);
        wait.within.elapsed = minutes{dice_.between(1, 600)};
        wait.since_start = dice_.chance(20);
        wait.yes = block();
        wait.no = block();
        return wait;
    }

    // Of one step at once, perhaps with branches of its own, and perhaps one some time later.
    std::vector<lang::Step> make_block(const lang::Rule& rule, int depth) {
        std::vector<lang::Step> block;
        if (dice_.chance(20)) return block;
        lang::Step step{"start", tests::after(0s), make_actions(rule, true)};
        if (dice_.chance(10))
            step.actions.push_back(lang::Stop{"enough"});
        else if (depth < 2 && dice_.chance(25))
            step.actions.push_back(make_branches(rule, depth + 1));
        block.push_back(std::move(step));
        if (dice_.chance(30)) {
            block.push_back(
                {"later", tests::after(minutes{dice_.between(1, 300)}), make_actions(rule, true)});
        }
        return block;
    }

    // Often soon after a time of the rule, so that what waits runs into them.
    lang::QuietHours make_quiet(const lang::Rule& rule) {
        lang::QuietHours quiet;
        quiet.from = dice_.chance(50) ? seconds{22h} : time_of_day();
        const auto* trigger = std::get_if<lang::CalendarTrigger>(&rule.trigger);
        const auto* times = trigger == nullptr
                                ? nullptr
                                : std::get_if<calendar::TimesOfDay>(&trigger->schedule.times);
        if (times != nullptr && dice_.chance(60))
            quiet.from = (times->times.back() + minutes{dice_.between(1, 20)}) % 24h;
        quiet.until = (quiet.from + minutes{dice_.between(30, 600)}) % 24h;
        quiet.skip = dice_.chance(30);
        return quiet;
    }

    lang::Guards make_guards(const lang::Rule& rule) {
        lang::Guards guards;
        if (dice_.chance(30)) guards.quiet = make_quiet(rule);
        if (!is_mass_ && dice_.chance(25)) {
            const auto period =
                dice_.pick(std::vector{calendar::EveryNth::Unit::day, calendar::EveryNth::Unit::day,
                                       calendar::EveryNth::Unit::week});
            for (const auto per : {lang::SubjectKind::group, lang::SubjectKind::member}) {
                guards.limits.push_back({static_cast<int>(dice_.between(1, 3)), per, period});
            }
        }
        if (!is_mass_ && dice_.chance(15)) guards.space = minutes{dice_.between(10, 180)};
        if (dice_.chance(15)) guards.spread = minutes{dice_.between(5, 60)};
        guards.late.skip = dice_.chance(10);
        guards.late.last = static_cast<int>(dice_.between(1, 3));
        if (!is_mass_ && dice_.chance(10)) guards.late.spaced = minutes{dice_.between(1, 10)};
        guards.deliver_within_written = dice_.chance(20);
        guards.priority = dice_.pick(std::vector{lang::Priority::high, lang::Priority::normal,
                                                 lang::Priority::normal, lang::Priority::low});
        using lang::Concurrency;
        if (std::holds_alternative<lang::EventTrigger>(rule.trigger) && dice_.chance(40)) {
            guards.concurrent = dice_.pick(
                std::vector{Concurrency::queue, Concurrency::parallel, Concurrency::replace});
        }
        return guards;
    }

    Dice& dice_;
    const Scenario& scenario_;
    bool is_mass_;
    bool is_plain_;
    Enrichment enrichment_{dice_};
    int new_rules_ = 0;
    int new_steps_ = 0;
};

// One text for each version, step and kind of trigger; the rule is named by the attempt itself.
void write_texts(lang::Plan& plan, std::size_t version) {
    plan.contents.clear();
    for (lang::Playbook& playbook : plan.playbooks) {
        for (lang::Rule& rule : playbook.rules) {
            const auto steps = numbered_steps(rule);
            for (std::size_t i = 0; i < steps.size(); ++i) {
                lang::TextTemplate text = tests::plain(fmt::format("v{} i{} e", version, i));
                if (std::holds_alternative<lang::EventTrigger>(rule.trigger)) {
                    text.parts.push_back(
                        lang::Hole{tests::field(lang::FieldReference::Owner::event, "id")});
                } else {
                    text.parts.push_back(std::string{"-"});
                }
                auto& actions = steps[i].step->actions;
                for (std::size_t at = 0; at < actions.size(); ++at) {
                    if (auto* deliver = std::get_if<lang::Deliver>(&actions[at])) {
                        deliver->content = plan.contents.size();
                        plan.contents.push_back({"", text});
                    }
                    if (auto* task = std::get_if<lang::Task>(&actions[at])) task->text = text;
                    if (auto* points = std::get_if<lang::ChangePoints>(&actions[at]))
                        points->reason = fmt::format("v{} i{} a{}", version, i, at);
                }
            }
        }
    }
}

std::vector<std::string> some_tags(Dice& dice, bool is_permanent) {
    std::vector<std::string> tags;
    if (is_permanent || dice.chance(70)) tags.push_back("member");
    if (dice.chance(40)) tags.push_back("reader");
    if (dice.chance(20)) tags.push_back("vip");
    return tags;
}

}  // namespace

namespace {

// What is said of the steps in a branch by the event that began the run, or answered its wait.
enum class Moment { later, as_above, at_event };

struct Block {
    std::string label;
    std::vector<lang::Step>* steps;
    Moment moment;
};

struct BlocksOf {
    std::vector<Block> operator()(lang::Wait& wait) const {
        return {{"yes", &wait.yes.edit(), Moment::at_event},
                {"no", &wait.no.edit(), Moment::later}};
    }
    std::vector<Block> operator()(lang::If& choice) const {
        std::vector<Block> blocks;
        for (auto& branch : choice.branches)
            blocks.push_back({branch.condition ? "if" : "else", &branch.steps, Moment::as_above});
        return blocks;
    }
    std::vector<Block> operator()(lang::Split& split) const {
        std::vector<Block> blocks;
        for (auto& branch : split.branches)
            blocks.push_back({branch.name, &branch.steps, Moment::as_above});
        return blocks;
    }
    std::vector<Block> operator()(lang::ChangePoints& points) const {
        return {{"yes", &points.granted.edit(), Moment::as_above},
                {"no", &points.refused.edit(), Moment::as_above}};
    }
    std::vector<Block> operator()(lang::Give& give) const {
        return {{"yes", &give.given.edit(), Moment::as_above},
                {"no", &give.refused.edit(), Moment::as_above}};
    }
    std::vector<Block> operator()(lang::Task& task) const {
        return {{"done", &task.done.edit(), Moment::later},
                {"late", &task.late.edit(), Moment::later}};
    }
    std::vector<Block> operator()(lang::Approve& approve) const {
        return {{"yes", &approve.yes.edit(), Moment::later},
                {"no", &approve.no.edit(), Moment::later}};
    }
    std::vector<Block> operator()(lang::Collect& collect) const {
        return {{"every", &collect.listed.edit(), Moment::later},
                {"refused", &collect.refused.edit(), Moment::at_event},
                {"full", &collect.full.edit(), Moment::later}};
    }
    std::vector<Block> operator()(lang::Draw& draw) const {
        return {{"winner", &draw.winner.edit(), Moment::later},
                {"all", &draw.all.edit(), Moment::later}};
    }
    template <typename Other>
    std::vector<Block> operator()(Other&) const {
        return {};
    }
};

// What stands in the branches of a step comes right after it.
void number(std::vector<lang::Step>& block, const std::string& path, bool at_answer,
            std::vector<NumberedStep>& steps) {
    for (lang::Step& step : block) {
        const bool is_first = &step == &block.front();
        const bool is_branch = !path.empty();
        const bool is_answer =
            at_answer && is_first && (is_branch || step.when == lang::StepTime{});
        std::string name = step.name;
        if (is_branch) name = is_first ? path : path + " / " + step.name;
        steps.push_back({&step, name, is_answer});
        std::map<std::string, int> labels;
        bool has_waited = false;
        for (lang::Action& action : step.actions) {
            for (const Block& branch : std::visit(BlocksOf{}, action)) {
                const int nth = ++labels[branch.label];
                const std::string label =
                    nth == 1 ? branch.label : fmt::format("{} ({})", branch.label, nth);
                const bool as_above = branch.moment == Moment::as_above && is_answer && !has_waited;
                number(*branch.steps, name + " / " + label,
                       as_above || branch.moment == Moment::at_event, steps);
            }
            has_waited = has_waited || stands_still(action);
        }
    }
}

}  // namespace

std::vector<std::vector<lang::Step>*> branches_of(lang::Action& action) {
    std::vector<std::vector<lang::Step>*> branches;
    for (const Block& block : std::visit(BlocksOf{}, action)) branches.push_back(block.steps);
    return branches;
}

bool stands_still(const lang::Action& action) {
    if (const auto* task = std::get_if<lang::Task>(&action))
        return !task->done.empty() || !task->late.empty();
    return std::holds_alternative<lang::Wait>(action) ||
           std::holds_alternative<lang::Approve>(action);
}

std::vector<NumberedStep> numbered_steps(lang::Rule& rule) {
    std::vector<NumberedStep> steps;
    number(rule.steps, {}, std::holds_alternative<lang::EventTrigger>(rule.trigger), steps);
    return steps;
}

const lang::Action& action_of(const lang::Step& step, std::size_t delivery) {
    return step.actions.at(delivery % step.actions.size());
}

Scenario make_scenario(Dice& dice, const ScenarioOptions& options) {
    Scenario scenario;
    scenario.start = tests::instant(dice.pick(beginnings), "UTC") + minutes{dice.between(0, 1439)};
    scenario.length =
        date::days{options.days != 0 ? options.days : static_cast<int>(dice.between(2, 9))};
    scenario.channels = {"chat", "hook", "mail"};
    scenario.event_types = {"joined", "ordered"};
    const bool is_mass = options.rules > 100;
    const auto subjects = is_mass ? 1 : dice.between(2, 8);
    for (std::int64_t i = 0; i < subjects; ++i) {
        const bool is_permanent = i == 0 || i == subjects - 1;
        const auto group = fmt::format("g{}", i);
        const auto member = fmt::format("m{}", i);
        scenario.groups.push_back({group, "Group " + group, "", some_tags(dice, is_permanent)});
        scenario.members.push_back(
            {member, "Member " + member, {group}, some_tags(dice, is_permanent)});
        if (is_permanent) scenario.permanent.insert({group, member});
    }
    const std::size_t rules =
        options.rules != 0 ? options.rules : static_cast<std::size_t>(dice.between(3, 14));
    const bool is_plain = options.plain || is_mass;
    if (!is_plain) {
        scenario.has_games = true;
        for (runtime::Group& group : scenario.groups) {
            if (dice.chance(60)) group.owner = dice.pick(scenario.members).id;
        }
    }
    PlanMaker maker(dice, scenario, is_mass, is_plain);
    scenario.plans.push_back(maker.make(rules));
    for (auto i = options.calm ? 0 : dice.between(0, 5); i > 0; --i) {
        scenario.plans.push_back(maker.change(scenario.plans.back()));
    }
    for (std::size_t i = 0; i < scenario.plans.size(); ++i) write_texts(scenario.plans[i], i);
    if (dice.chance(60)) scenario.reconciling.insert(dice.pick(scenario.channels));
    return scenario;
}

}  // namespace sop::sim
