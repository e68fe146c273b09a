#include "runtime/scheduler/step.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/scheduler/draw.h"
#include "runtime/scheduler/evaluation.h"
#include "runtime/scheduler/event_match.h"
#include "runtime/scheduler/guards.h"
#include "runtime/scheduler/lateness.h"
#include "runtime/scheduler/stable_hash.h"
#include "runtime/scheduler/staff.h"
#include "runtime/scheduler/target.h"
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
    if (context.no_calendar_data ||
        lacks_calendar_data(context.rule, position.step, planned_for, context.zone))
        return Withhold{DeliveryState::skipped, "no calendar data"};
    if (planned_for < context.admitted_at)
        return Withhold{DeliveryState::skipped, "before admission"};
    // Judged when the step begins.
    if (step.condition && position.action == 0 && !holds(*step.condition, facts))
        return Withhold{DeliveryState::skipped, "condition"};
    return std::nullopt;
}

// Those from the position on.
std::vector<StepEffect> withhold_messages(const lang::Rule& rule, Position position,
                                          const Withhold& why) {
    const lang::Step& step = step_at(rule, position.step);
    std::vector<StepEffect> effects;
    for (std::size_t i = position.action; i < step.actions.size(); ++i) {
        const auto* deliver = std::get_if<lang::Deliver>(&step.actions[i]);
        if (deliver != nullptr && is_to_many(rule, *deliver)) {
            effects.push_back({i, SendToMany{why}});
        } else if (makes_deliveries(step.actions[i])) {
            effects.push_back({i, why});
        }
    }
    return effects;
}

// One message for one target, its own or one of many.
class MessageDecision {
  public:
    MessageDecision(const StepContext& context, Position position, Instant planned_for, int newer,
                    const Facts& facts)
        : context_(context),
          position_(position),
          deliver_(deliver_at(context.rule, position)),
          planned_for_(planned_for),
          newer_(newer),
          facts_(facts) {}

    std::variant<SendText, Withhold> to_its_target() const {
        const Address address = address_of(context_.rule, deliver_, facts_);
        if (!context_.skips_paused && !address.problem.empty())
            return Withhold{DeliveryState::refused, address.problem, address.target};
        return decide(address);
    }

    std::variant<SendText, Withhold> to(const Target& target) const {
        Address address = address_of(context_.rule, deliver_, facts_);
        address.problem.clear();
        address.target = target;
        if (target == subject_of(context_.rule, facts_)) address.target.reset();
        return decide(address);
    }

    Composition compose(const Address& address) const {
        // Only chance asks for it.
        const bool by_chance =
            context_.plan.contents.at(deliver_.content).pick == lang::Content::Pick::random;
        const std::string step =
            by_chance ? step_path(context_.rule, position_.step) : std::string();
        const Target target = address.target.value_or(subject_of(context_.rule, facts_));
        return runtime::compose(deliver_, address, {context_.firing_key, step, target}, facts_);
    }

    static const lang::Deliver& deliver_at(const lang::Rule& rule, Position position) {
        return std::get<lang::Deliver>(step_at(rule, position.step).actions.at(position.action));
    }

  private:
    std::variant<SendText, Withhold> decide(const Address& address) const {
        const auto withhold = [&](DeliveryState state, std::string reason) {
            return Withhold{state, std::move(reason), address.target};
        };
        if (context_.skips_paused) return withhold(DeliveryState::skipped, "paused");
        if (deliver_.verb == lang::Verb::send && has_opted_out(address))
            return withhold(DeliveryState::skipped, "opted out");
        const bool guarded = is_guarded(context_.rule, position_) && !deliver_.at_once;
        const std::string_view whom =
            address.target ? std::string_view(address.target->id) : subject_id(facts_.subject);
        const auto wanted_at =
            place(context_.rule, context_.zone, context_.window, planned_for_, whom, guarded);
        if (!wanted_at) return withhold(DeliveryState::skipped, "quiet");
        const bool missed = context_.now > *wanted_at;
        const bool overtaken = missed && newer_ >= newer_needed(context_.rule);
        if (overtaken || is_too_late(context_.rule, *wanted_at, context_.now))
            return withhold(DeliveryState::skipped, "late");
        if (!context_.channel) {
            return withhold(DeliveryState::failed,
                            fmt::format("no channel of `via {}` is set up",
                                        fmt::join(*context_.rule.via, " else ")));
        }
        Composition composed = compose(address);
        if (says_nothing(composed.content)) return withhold(DeliveryState::skipped, "empty");
        return SendText{std::move(composed.content.text), *wanted_at,
                        std::move(composed.content.form), address.target,
                        std::move(composed.variant),      std::move(composed.rotated)};
    }

    bool has_opted_out(const Address& address) const {
        if (!address.target) {
            const Member* member = member_of(facts_.subject);
            return member != nullptr && member->opted_out_at.has_value();
        }
        if (address.target->kind != SubjectKind::member || facts_.records == nullptr) return false;
        const auto member = facts_.records->find_member(address.target->id);
        return member && member->opted_out_at.has_value();
    }

    const StepContext& context_;
    Position position_;
    const lang::Deliver& deliver_;
    Instant planned_for_;
    int newer_;
    const Facts& facts_;
};

template <typename Decided>
decltype(StepEffect::what) as_effect(Decided decided) {
    return std::visit([](auto& what) -> decltype(StepEffect::what) { return std::move(what); },
                      decided);
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
        if (changes_points() || gives_codes() || has_rotated(deliver))
            return GoOn{position_, planned_for_};
        if (is_to_many(context_.rule, deliver)) return send_to_many();
        const MessageDecision message(context_, position_, planned_for_, newer_, facts_);
        effects_.push_back({position_.action, as_effect(message.to_its_target())});
        return std::nullopt;
    }

    // The audience is looked up with the tags that change above it, and before what comes below.
    Leave send_to_many() {
        if (changes_tags()) return GoOn{position_, planned_for_};
        effects_.push_back({position_.action, SendToMany{}});
        return GoOn{{position_.step, position_.action + 1}, planned_for_};
    }

    Leave perform(const lang::ChangeTag& change) {
        const bool is_for_nobody =
            !change.person && context_.rule.audience->kind == SubjectKind::playbook;
        if (context_.skips_paused || is_for_nobody) return std::nullopt;
        TagChange effect{context_.rule.audience->kind, std::string(subject_id(facts_.subject)),
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
        if (auto event = canonical_text(*action.event, facts_))
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
        const SubjectKind kind = context_.rule.audience->kind;
        if (kind == SubjectKind::playbook) return effect;
        (kind == SubjectKind::group ? effect.group : effect.member) =
            std::string(subject_id(facts_.subject));
        if (const auto* one = std::get_if<MemberOfGroup>(&facts_.subject))
            effect.group = one->group.id;
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
            auto value = canonical_text(field.value, facts_);
            const bool names_whom = field.name == "group" || field.name == "member";
            // About nobody it would be about somebody else.
            if (!value && names_whom) return std::nullopt;
            if (!value) continue;
            if (field.name == "group") {
                event.group = std::move(*value);
            } else if (field.name == "member") {
                event.member = std::move(*value);
            } else {
                event.fields.emplace(field.name, std::move(*value));
            }
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
                         subject_key(facts_.subject)}) %
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
        effects_.push_back({position_.action, OpenedCollection{planned_for_, context_.window.end}});
        return std::nullopt;
    }

    Leave perform(const lang::Draw& draw) {
        if (context_.skips_paused || facts_.records == nullptr) return std::nullopt;
        auto events = facts_.records->events_of(
            context_.rule.audience->kind, subject_key(facts_.subject), draw.from.event,
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

    // The same content goes out above it, and its next form is to be seen.
    bool has_rotated(const lang::Deliver& deliver) const {
        const std::string& content = context_.plan.contents.at(deliver.content).name;
        return std::any_of(effects_.begin(), effects_.end(), [&](const StepEffect& effect) {
            const auto* message = std::get_if<SendText>(&effect.what);
            return message != nullptr && !message->rotated.empty() && message->rotated == content;
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
            const Instant at = std::max(planned_for_, answer->at);
            const AfterStep next = end_wait(context_, position_, true, at);
            // It ends in its turn: what comes before the answer meets the run.
            if (std::holds_alternative<RunOver>(next) && at > planned_for_)
                return GoOn{{position_.step, position_.action + 1}, at};
            return next;
        }
        WaitForEvent waiting{position_, planned_for_, wait_end(wait, context_.now, context_.zone)};
        const bool follows_message = !effects_.empty() &&
                                     effects_.back().action + 1 == position_.action &&
                                     std::holds_alternative<SendText>(effects_.back().what);
        if (follows_message) waiting.until.reset();
        return waiting;
    }

    Leave perform(const lang::Task&) { return ask_staff(); }
    Leave perform(const lang::Approve&) { return ask_staff(); }

    Leave ask_staff() {
        // Of the action itself: branches are known by where they stand.
        const StaffRequest request = staff_request(step_.actions[position_.action]).value();
        if (context_.skips_paused) {
            effects_.push_back({position_.action, Withhold{DeliveryState::skipped, "paused"}});
            return take(*request.unanswered);
        }
        // Its text is to tell the points that are given above it.
        if (changes_points()) return GoOn{position_, planned_for_};
        AskedStaff asked =
            inheriting(AskedStaff{.is_approval = request.is_approval, .text = {}, .role = {}});
        asked.text = request.is_approval ? text_to_approve(*request.answered)
                                         : render_text(*request.text, facts_);
        asked.role = *request.role;
        asked.due_at = span_after(*request.within, context_.now, context_.zone);
        asked.staff = find_staff(asked);
        const Instant due_at = asked.due_at;
        effects_.push_back({position_.action, std::move(asked)});
        if (!request.is_waited_for()) return std::nullopt;
        return WaitForEvent{position_, planned_for_, due_at};
    }

    // What is to be approved: the first message that a yes leads to, else the rule.
    std::string text_to_approve(const Block& answered) const {
        const std::string& title =
            context_.rule.title.empty() ? context_.rule.name : context_.rule.title;
        for (const lang::Step& step : answered) {
            for (const lang::Action& action : step.actions) {
                if (const auto* message = std::get_if<lang::Deliver>(&action))
                    return title + ": " + text_of(*message);
            }
        }
        return title;
    }

    std::string text_of(const lang::Deliver& message) const {
        const std::string step = step_path(context_.rule, position_.step);
        const Address address = address_of(context_.rule, message, facts_);
        const Target target = address.target.value_or(subject_of(context_.rule, facts_));
        return compose(message, address, {context_.firing_key, step, target}, facts_).content.text;
    }

    // Of the group it is about; else of the first of the member's groups where somebody has the
    // role.
    std::vector<std::string> find_staff(const AskedStaff& asked) const {
        if (facts_.records == nullptr) return {};
        if (asked.group) return facts_.records->staff_of(*asked.group, asked.role);
        const Member* member = member_of(facts_.subject);
        if (member == nullptr) return {};
        for (const std::string& group : member->groups) {
            auto staff = facts_.records->staff_of(group, asked.role);
            if (!staff.empty()) return staff;
        }
        return {};
    }

    Leave perform(const lang::Call& call) {
        Order order{.command = {.verb = call_command}, .channel = call.channel};
        order.text = "call " + call.channel;
        for (const lang::NamedValue& field : call.fields) {
            if (auto value = canonical_text(field.value, facts_))
                order.command.fields.emplace(field.name, std::move(*value));
        }
        return give(std::move(order));
    }

    Leave perform(const lang::CreateGroup&) { return give(GroupOrders{}); }
    Leave perform(const lang::Invite&) { return give(GroupOrders{}); }
    Leave perform(const lang::DissolveGroup&) { return give(GroupOrders{}); }
    Leave perform(const lang::RemoveMember&) { return give(GroupOrders{}); }

    template <typename Given>
    Leave give(Given order) {
        if (context_.skips_paused) {
            effects_.push_back({position_.action, Withhold{DeliveryState::skipped, "paused"}});
            return std::nullopt;
        }
        // It is to see the points and tags that change above it.
        if (changes_points() || changes_tags()) return GoOn{position_, planned_for_};
        effects_.push_back({position_.action, std::move(order)});
        return std::nullopt;
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
            context_.rule.audience->kind, subject_key(facts_.subject), wait.event.event, since,
            context_.now + std::chrono::milliseconds{1});
        const auto answer = std::find_if(events.begin(), events.end(), [&](const Event& event) {
            const bool is_own = facts_.event != nullptr && facts_.event->id == event.id;
            return event.processed && !is_own && matches(wait.event, event, facts_);
        });
        return answer == events.end() ? std::nullopt : std::optional(*answer);
    }

    decltype(StepEffect::what) decide(const lang::ChangePoints& change) const {
        const auto amount = whole_number(*change.amount, facts_);
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
        if (is_gone({SubjectKind::member, *person}, facts_))
            return Withhold{DeliveryState::refused, "gone"};
        auto code = facts_.records->next_code(give.pool);
        if (!code) return Withhold{DeliveryState::refused, "pool empty"};
        return GivenCode{give.pool, std::move(*code), *person};
    }

    // Whose points change without a name: the run's, else that of its event.
    std::optional<std::string> member_concerned() const {
        if (context_.rule.audience->kind == SubjectKind::member)
            return std::string(subject_id(facts_.subject));
        return facts_.event == nullptr ? std::nullopt : facts_.event->member;
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
    return {context.plan, context.zone, context.window,  run.subject,
            run.event,    planned_for,  context.records, context.rule.guards->locale,
            &run.proceeds};
}

std::string find_exit(const RunFacts& run) {
    const bool is_gone = std::holds_alternative<std::monostate>(run.subject);
    return is_gone && run.exit_reason.empty() ? "gone" : run.exit_reason;
}

}  // namespace

StepDecision decide_step(const StepContext& context, Position position, Instant planned_for,
                         int newer, const RunFacts& run) {
    const lang::Step& step = step_at(context.rule, position.step);
    if (const std::string reason = find_exit(run); !reason.empty()) {
        return {withhold_messages(context.rule, position, {DeliveryState::exited, reason}),
                RunOver{reason}};
    }
    const Facts facts = facts_of(context, planned_for, run);
    if (const auto obstacle = find_obstacle(context, step, position, planned_for, facts)) {
        return {withhold_messages(context.rule, position, *obstacle),
                pass_over(context, position.step, planned_for)};
    }
    return StepPerformance(context, position, planned_for, newer, facts).run();
}

AfterStep end_wait(const StepContext& context, Position position, bool answered, Instant at) {
    const lang::Action* action = action_at(context.rule, position);
    if (action == nullptr) return go_on_after(context, position, at);
    if (const auto* wait = std::get_if<lang::Wait>(action))
        return enter(context, position, answered ? wait->yes : wait->no, at);
    if (const auto request = staff_request(*action))
        return enter(context, position, answered ? *request->answered : *request->unanswered, at);
    return go_on_after(context, position, at);
}

std::variant<SendText, Withhold> decide_message(const StepContext& context, Position position,
                                                Instant planned_for, int newer, const RunFacts& run,
                                                const Target& target) {
    const Facts facts = facts_of(context, planned_for, run);
    return MessageDecision(context, position, planned_for, newer, facts).to(target);
}

Composition compose_message(const StepContext& context, Position position, Instant planned_for,
                            const RunFacts& run, const std::optional<Target>& target) {
    const Facts facts = facts_of(context, planned_for, run);
    Address address =
        address_of(context.rule, MessageDecision::deliver_at(context.rule, position), facts);
    address.target = target;
    return MessageDecision(context, position, planned_for, 0, facts).compose(address);
}

std::string render_group_name(const StepContext& context, Position position, Instant planned_for,
                              const RunFacts& run, std::int64_t number) {
    Facts facts = facts_of(context, planned_for, run);
    facts.group_number = number;
    const lang::Action& action = action_of(context.rule, position);
    const auto* create = std::get_if<lang::CreateGroup>(&action);
    return render_text(create != nullptr ? create->name : std::get<lang::Invite>(action).group,
                       facts);
}

const lang::Action* action_at(const lang::Rule& rule, Position position) {
    const auto& actions = step_at(rule, position.step).actions;
    return position.action < actions.size() ? &actions[position.action] : nullptr;
}

const lang::Wait* wait_at(const lang::Rule& rule, Position position) {
    const lang::Action* action = action_at(rule, position);
    return action == nullptr ? nullptr : std::get_if<lang::Wait>(action);
}

StepDecision fail_step(const lang::Rule& rule, Position position, const std::string& reason) {
    if (!has_step(rule, position.step)) return {{}, RunOver{reason}};
    return {withhold_messages(rule, position, {DeliveryState::failed, reason}), RunOver{reason}};
}

}  // namespace sop::runtime
