#include "runtime/scheduler/step.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/scheduler/draw.h"
#include "runtime/scheduler/evaluation.h"
#include "runtime/scheduler/event_match.h"
#include "runtime/scheduler/guards.h"
#include "runtime/scheduler/lateness.h"
#include "runtime/scheduler/stable_hash.h"
#include "runtime/scheduler/text.h"

namespace sop::runtime {

namespace {

// Where the run goes on behind an action, at `at`: with the next one, else with the step after it,
// else behind the branch it stands in.
AfterStep go_on_after(const StepContext& context, Position position, Instant at) {
    const StepPlace place = place_of(context.rule, position.step);
    if (position.action + 1 < place.step->actions.size())
        return GoOn{{position.step, position.action + 1}, at};
    if (place.next) {
        const PreviousStep previous{at, context.now};
        return GoOn{
            {*place.next, 0},
            planned_time(context.rule, *place.next, context.window, previous, context.zone)};
    }
    if (!place.inside || is_run_of_its_own(context.rule, *place.inside)) return RunOver{};
    return go_on_after(context, *place.inside, at);
}

std::string text_of(const lang::Plan& plan, const lang::Deliver& deliver, const Facts& facts) {
    return render_text(plan.contents.at(deliver.content).text, facts);
}

// At the end of the step's actions.
AfterStep pass_over(const StepContext& context, std::size_t step, Instant at) {
    const std::size_t last = step_at(context.rule, step).actions.size();
    return go_on_after(context, {step, last}, at);
}

// Into the branch, or past it when nothing is in it.
AfterStep enter(const StepContext& context, Position position, const Block& block, Instant at) {
    const auto first = first_of(context.rule, position, block);
    if (!first) return go_on_after(context, position, at);
    const PreviousStep previous{at, context.now};
    return GoOn{{*first, 0},
                planned_time(context.rule, *first, context.window, previous, context.zone)};
}

// Why a whole step is passed over.
std::optional<Withhold> find_obstacle(const StepContext& context, const lang::Step& step,
                                      Position position, Instant planned_for, const Facts& facts) {
    if (context.no_calendar_data) return Withhold{DeliveryState::skipped, "no calendar data"};
    if (planned_for < context.admitted_at)
        return Withhold{DeliveryState::skipped, "before admission"};
    // Judged when the step begins.
    if (step.condition && position.action == 0 && !holds(*step.condition, facts))
        return Withhold{DeliveryState::skipped, "condition"};
    return std::nullopt;
}

// Those from the position on.
std::vector<StepEffect> withhold_messages(const lang::Step& step, Position position,
                                          const Withhold& why) {
    std::vector<StepEffect> effects;
    for (std::size_t i = position.action; i < step.actions.size(); ++i) {
        if (std::holds_alternative<lang::Deliver>(step.actions[i])) effects.push_back({i, why});
    }
    return effects;
}

class StepPerformance {
  public:
    StepPerformance(const StepContext& context, Position position, Instant planned_for, int newer,
                    const Facts& facts)
        : context_(context),
          step_(step_at(context.rule, position.step)),
          position_(position),
          planned_for_(planned_for),
          newer_(newer),
          facts_(facts) {}

    StepDecision run() {
        for (; position_.action < step_.actions.size(); ++position_.action) {
            const lang::Action& action = step_.actions[position_.action];
            if (const auto next =
                    std::visit([this](const auto& one) { return perform(one); }, action))
                return {std::move(effects_), *next, answered_by_};
        }
        return {std::move(effects_), pass_over(context_, position_.step, planned_for_), {}};
    }

  private:
    // Each is done and gives nothing, or says where the run goes on.
    using Leave = std::optional<AfterStep>;

    Leave perform(const lang::Deliver& deliver) {
        // It is to tell the points and codes that are given above it.
        if (changes_points() || gives_codes()) return GoOn{position_, planned_for_};
        effects_.push_back({position_.action, decide(deliver)});
        return std::nullopt;
    }

    Leave perform(const lang::ChangeTag& change) {
        if (context_.skips_paused) return std::nullopt;
        TagChange effect{context_.rule.audience.kind, std::string(subject_id(facts_.subject)),
                         change.tag, change.add};
        if (change.person) {
            const auto person = canonical_text(*change.person, facts_);
            if (!person) return std::nullopt;
            effect.kind = SubjectKind::member;
            effect.subject = *person;
        }
        effects_.push_back({position_.action, std::move(effect)});
        return std::nullopt;
    }

    Leave perform(const lang::ChangePoints& change) {
        if (changes_points()) return GoOn{position_, planned_for_};
        if (context_.skips_paused) return std::nullopt;
        const auto effect = decide(change);
        effects_.push_back({position_.action, effect});
        return take(std::holds_alternative<PointChange>(effect) ? change.granted : change.refused);
    }

    Leave perform(const lang::TakeBack& action) {
        if (context_.skips_paused) return std::nullopt;
        if (auto event = canonical_text(action.event, facts_))
            effects_.push_back({position_.action, PointsTakenBack{std::move(*event)}});
        return std::nullopt;
    }

    // Whom the run's own event named, and the subject.
    template <typename Effect>
    Effect inheriting(Effect effect) const {
        if (facts_.event != nullptr) {
            effect.group = facts_.event->group;
            effect.member = facts_.event->member;
        }
        const bool for_group = context_.rule.audience.kind == SubjectKind::group;
        (for_group ? effect.group : effect.member) = std::string(subject_id(facts_.subject));
        return effect;
    }

    Leave perform(const lang::StartRule& action) {
        if (!context_.skips_paused)
            effects_.push_back({position_.action, inheriting(StartedRule{action.rule})});
        return std::nullopt;
    }

    Leave perform(const lang::Emit& action) {
        if (context_.skips_paused) return std::nullopt;
        if (gives_codes()) return GoOn{position_, planned_for_};
        EmittedEvent event = inheriting(EmittedEvent{action.event});
        for (const lang::NamedValue& field : action.fields) {
            if (auto value = canonical_text(field.value, facts_))
                event.fields.emplace(field.name, std::move(*value));
        }
        effects_.push_back({position_.action, std::move(event)});
        return std::nullopt;
    }

    Leave perform(const lang::If& choice) {
        // What it asks is to see the tags and points that change above it.
        if (changes_tags() || changes_points() || gives_codes())
            return GoOn{position_, planned_for_};
        for (const auto& branch : choice.branches) {
            if (!branch.condition || holds(*branch.condition, facts_)) return take(branch.steps);
        }
        return std::nullopt;
    }

    // A subject takes the same way each time.
    Leave perform(const lang::Split& split) {
        constexpr std::uint64_t whole = 100;
        const auto share = static_cast<int>(
            stable_hash({context_.rule.name, "/", step_path(context_.rule, position_.step), "/",
                         subject_id(facts_.subject)}) %
            whole);
        int through = 0;
        for (const auto& branch : split.branches) {
            through += branch.percent;
            if (share < through) return take(branch.steps);
        }
        return std::nullopt;
    }

    Leave perform(const lang::Collect&) {
        if (context_.skips_paused || planned_for_ >= context_.window.end) return std::nullopt;
        effects_.push_back(
            {position_.action, OpenedCollection{planned_for_, context_.window.end}});
        return std::nullopt;
    }

    Leave perform(const lang::Draw& draw) {
        if (context_.skips_paused || facts_.records == nullptr) return std::nullopt;
        auto events = facts_.records->events_of(
            context_.rule.audience.kind, std::string(subject_id(facts_.subject)), draw.from.event,
            context_.window.start, std::min(planned_for_, context_.window.end));
        std::erase_if(events, [&](const Event& event) {
            return !event.processed || !matches(draw.from, event, facts_);
        });
        const std::string name = step_path(context_.rule, position_.step);
        const auto& sealed = facts_.proceeds == nullptr ? std::nullopt : facts_.proceeds->draw;
        const std::string seed = sealed ? sealed->seed : std::string{};
        effects_.push_back(
            {position_.action, HeldDraw{seed, name, hold_draw(draw, seed, name, events)}});
        return std::nullopt;
    }

    Leave perform(const lang::Give& give) {
        if (gives_codes()) return GoOn{position_, planned_for_};
        if (context_.skips_paused) return std::nullopt;
        const auto effect = decide(give);
        effects_.push_back({position_.action, effect});
        return take(std::holds_alternative<GivenCode>(effect) ? give.given : give.refused);
    }

    bool gives_codes() const {
        return std::any_of(effects_.begin(), effects_.end(), [](const StepEffect& effect) {
            return std::holds_alternative<GivenCode>(effect.what);
        });
    }

    bool changes_tags() const {
        return std::any_of(effects_.begin(), effects_.end(), [](const StepEffect& effect) {
            return std::holds_alternative<TagChange>(effect.what);
        });
    }

    bool changes_points() const {
        return std::any_of(effects_.begin(), effects_.end(), [](const StepEffect& effect) {
            return std::holds_alternative<PointChange>(effect.what) ||
                   std::holds_alternative<PointsTakenBack>(effect.what);
        });
    }

    Leave take(const Block& branch) const {
        if (branch.empty()) return std::nullopt;
        return enter(context_, position_, branch, planned_for_);
    }

    Leave perform(const lang::Wait& wait) {
        if (const auto answer = find_answer(wait)) {
            answered_by_ = answer->id;
            return end_wait(context_, position_, true, std::max(planned_for_, answer->at));
        }
        WaitForEvent waiting{position_, planned_for_, wait_end(wait, context_.now, context_.zone)};
        const bool follows_message = !effects_.empty() &&
                                     effects_.back().action + 1 == position_.action &&
                                     std::holds_alternative<SendText>(effects_.back().what);
        if (follows_message) waiting.until.reset();
        return waiting;
    }

    Leave perform(const lang::Stop& stop) { return RunOver{stop.reason}; }

    // What has others is not deployed (unsupported.h).
    template <typename Other>
    Leave perform(const Other&) {
        return std::nullopt;
    }

    // An event that answers it and is not to come any more: after the run's start where
    // the wait asks for that, else after its own beginning when that is past, as after a pause.
    std::optional<Event> find_answer(const lang::Wait& wait) const {
        if (facts_.records == nullptr) return std::nullopt;
        const Instant since = wait.since_start ? context_.window.start : planned_for_;
        const auto events = facts_.records->events_of(
            context_.rule.audience.kind, std::string(subject_id(facts_.subject)), wait.event.event,
            since, context_.now + std::chrono::milliseconds{1});
        const auto answer = std::find_if(events.begin(), events.end(), [&](const Event& event) {
            const bool is_own = facts_.event != nullptr && facts_.event->id == event.id;
            return event.processed && !is_own && matches(wait.event, event, facts_);
        });
        return answer == events.end() ? std::nullopt : std::optional(*answer);
    }

    decltype(StepEffect::what) decide(const lang::ChangePoints& change) const {
        const auto amount = whole_number(change.amount, facts_);
        const auto person =
            change.person ? canonical_text(*change.person, facts_) : member_concerned();
        if (!amount || !person) return Withhold{DeliveryState::refused, "no value"};
        const std::int64_t balance =
            facts_.records == nullptr ? 0 : facts_.records->points_of(*person);
        if (*amount < 0 && balance + *amount < 0 && !change.correction)
            return Withhold{DeliveryState::refused, "balance"};
        return PointChange{*person, *amount, change.reason};
    }

    decltype(StepEffect::what) decide(const lang::Give& give) const {
        const auto person = member_concerned();
        if (!person || facts_.records == nullptr)
            return Withhold{DeliveryState::refused, "no value"};
        auto code = facts_.records->next_code(give.pool);
        if (!code) return Withhold{DeliveryState::refused, "pool empty"};
        return GivenCode{give.pool, std::move(*code), *person};
    }

    // Whose points change without a name: the run's, else that of its event.
    std::optional<std::string> member_concerned() const {
        if (context_.rule.audience.kind == SubjectKind::member)
            return std::string(subject_id(facts_.subject));
        return facts_.event == nullptr ? std::nullopt : facts_.event->member;
    }

    decltype(StepEffect::what) decide(const lang::Deliver& deliver) const {
        if (context_.skips_paused) return Withhold{DeliveryState::skipped, "paused"};
        const bool guarded = is_guarded(context_.rule, position_) && !deliver.at_once;
        const auto wanted_at = place(context_.rule, context_.zone, context_.window, planned_for_,
                                     subject_id(facts_.subject), guarded);
        if (!wanted_at) return Withhold{DeliveryState::skipped, "quiet"};
        const bool missed = context_.now > *wanted_at;
        const bool overtaken = missed && newer_ >= newer_needed(context_.rule);
        if (overtaken || is_too_late(context_.rule, *wanted_at, context_.now)) {
            return Withhold{DeliveryState::skipped, "late"};
        }
        if (!context_.channel) {
            return Withhold{DeliveryState::failed,
                            fmt::format("no channel of `via {}` is set up",
                                        fmt::join(context_.rule.via, " else "))};
        }
        return SendText{text_of(context_.plan, deliver, facts_), *wanted_at};
    }

    const StepContext& context_;
    const lang::Step& step_;
    Position position_;
    Instant planned_for_;
    int newer_;
    const Facts& facts_;
    std::vector<StepEffect> effects_{};
    std::optional<std::string> answered_by_{};
};

Facts facts_of(const StepContext& context, Instant planned_for, const RunFacts& run) {
    return {context.plan, context.zone, context.window, run.subject,
            run.event,    planned_for,  context.records, &run.proceeds};
}

std::string find_exit(const RunFacts& run) {
    return std::holds_alternative<std::monostate>(run.subject) ? "gone" : run.exit_reason;
}

}  // namespace

StepDecision decide_step(const StepContext& context, Position position, Instant planned_for,
                         int newer, const RunFacts& run) {
    const lang::Step& step = step_at(context.rule, position.step);
    if (const std::string reason = find_exit(run); !reason.empty()) {
        return {withhold_messages(step, position, {DeliveryState::exited, reason}),
                RunOver{reason}};
    }
    const Facts facts = facts_of(context, planned_for, run);
    if (const auto obstacle = find_obstacle(context, step, position, planned_for, facts)) {
        return {withhold_messages(step, position, *obstacle),
                pass_over(context, position.step, planned_for)};
    }
    return StepPerformance(context, position, planned_for, newer, facts).run();
}

AfterStep end_wait(const StepContext& context, Position position, bool answered, Instant at) {
    const lang::Wait* wait = wait_at(context.rule, position);
    if (wait == nullptr) return go_on_after(context, position, at);
    return enter(context, position, answered ? wait->yes : wait->no, at);
}

std::string render_message(const StepContext& context, Position position, Instant planned_for,
                           const RunFacts& run) {
    const auto& action = step_at(context.rule, position.step).actions.at(position.action);
    return text_of(context.plan, std::get<lang::Deliver>(action),
                   facts_of(context, planned_for, run));
}

const lang::Wait* wait_at(const lang::Rule& rule, Position position) {
    const auto& actions = step_at(rule, position.step).actions;
    if (position.action >= actions.size()) return nullptr;
    return std::get_if<lang::Wait>(&actions[position.action]);
}

StepDecision fail_step(const lang::Rule& rule, Position position, const std::string& reason) {
    if (!has_step(rule, position.step)) return {{}, RunOver{reason}};
    return {
        withhold_messages(step_at(rule, position.step), position, {DeliveryState::failed, reason}),
        RunOver{reason}};
}

}  // namespace sop::runtime
