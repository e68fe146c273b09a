#include "runtime/executor/guardian.h"

#include <utility>

#include "runtime/executor/clocks.h"
#include "runtime/scheduler/lateness.h"

namespace sop::runtime {

namespace {

// Longer than any period of a cap; older contacts count for nothing.
constexpr date::days kept_for{40};

// A start is wrong by so much at most about how long nobody was there.
constexpr std::chrono::seconds presence_recorded_each{1};

// Less than that is no absence but a busy machine.
constexpr std::chrono::seconds absence_min{1};
constexpr std::size_t absences_kept = 32;

Window window_of(const DueDelivery& due) {
    return {due.firing.start_at, due.firing.end_at};
}

bool may_have_reached(DeliveryState state) {
    return state == DeliveryState::sent || state == DeliveryState::confirmed ||
           state == DeliveryState::unknown;
}

bool counts_contacts(const lang::Rule& rule) {
    return !rule.guards->limits.empty() || rule.guards->space > std::chrono::seconds{0} ||
           rule.guards->late.spaced > std::chrono::seconds{0};
}

bool counts_contacts(const LoadedPlan& loaded) {
    return std::any_of(loaded.rules.begin(), loaded.rules.end(),
                       [](const LoadedRule& rule) { return counts_contacts(*rule.rule); });
}

}  // namespace

Contact contact_of(const DueDelivery& due) {
    return {.subject_kind = due.subject_kind,
            .subject = due.subject,
            .delivery = due.delivery.id,
            .rule = due.firing.rule,
            .priority = due.delivery.priority};
}

Instant give_up_at(const DueDelivery& due, const lang::Rule& rule) {
    const Instant wanted_at = due.delivery.wanted_at();
    if (due.delivery.skipped_as) return give_up_at(rule, Window{}, wanted_at, wanted_at);
    return give_up_at(rule, window_of(due), due.delivery.planned_for, wanted_at);
}

bool has_expired(const DueDelivery& due, const lang::Rule& rule, Instant wanted_at, Instant now) {
    if (due.delivery.skipped_as) return has_expired(rule, Window{}, wanted_at, wanted_at, now);
    return has_expired(rule, window_of(due), due.delivery.planned_for, wanted_at, now);
}

// As one rule's message for one subject sees them.
class Guardian::SubjectContacts : public Contacts {
  public:
    SubjectContacts(Guardian& guardian, SubjectKind kind, const std::string& subject)
        : guardian_(guardian), kind_(kind), subject_(subject) {}

    std::int64_t made(const Period& period) override {
        return guardian_.store_.count_contacts_made(kind_, subject_, period.from, period.to);
    }

    std::int64_t reserved(const Period& period, lang::Priority priority, Instant now) override {
        std::int64_t messages = guardian_.store_.count_contacts_waiting(
            kind_, subject_, period.from, period.to, priority);
        if (guardian_.in_force_ == nullptr) return messages;
        for (const LoadedRule& rule : guardian_.in_force_->rules) {
            if (rule.rule->guards->priority >= priority || !rule.is_calendar_rule()) continue;
            if (rule.trouble) continue;
            messages += still_to_plan(rule, nullptr, *rule.rule->audience, period, now);
            for (const lang::Audience* to : rule.other_audiences)
                messages += still_to_plan(rule, to, *to, period, now);
        }
        return messages;
    }

    std::optional<Instant> latest() override {
        return guardian_.store_.latest_contact(kind_, subject_);
    }

  private:
    // Of the rule's messages to the audience.
    std::int64_t still_to_plan(const LoadedRule& rule, const lang::Audience* to,
                               const lang::Audience& audience, const Period& period, Instant now) {
        if (audience.kind != kind_) return 0;
        const std::int64_t to_come = guardian_.to_come(rule, to, now, period.to);
        if (to_come == 0) return 0;
        const auto is_for = [&](const std::string& subject) {
            return guardian_.audiences_.contains(guardian_.in_force_->plan, audience, *rule.zone,
                                                 now, subject);
        };
        if (!audience.of_groups) return is_for(subject_) ? to_come : 0;
        const auto member = guardian_.store_.find_member(subject_);
        if (!member) return 0;
        // A run for each of its groups; a message of another rule once.
        const auto times = std::count_if(
            member->groups.begin(), member->groups.end(),
            [&](const std::string& group) { return is_for(to_subject({subject_, group})); });
        return to_come * (to == nullptr ? times : std::min<std::int64_t>(times, 1));
    }

    Guardian& guardian_;
    SubjectKind kind_;
    const std::string& subject_;
};

void Guardian::use(const LoadedPlan* in_force, Instant now) {
    in_force_ = in_force;
    limits_.use(in_force == nullptr ? nullptr : &in_force->plan);
    to_come_.clear();
    const bool kept = store_.has_contacts();
    keeps_ = kept || (in_force_ != nullptr && counts_contacts(*in_force_));
    if (keeps_ && !kept) store_.rebuild_contacts(now - kept_for);
}

void Guardian::come_back_after_stop(Instant now) {
    // A time still to come is from before the clock was set back: nobody can tell then since when
    // there was nobody, and what is late by its own time is late.
    const auto until = store_.present_until();
    absences_ = {{until && *until <= now ? *until : Instant::min(), now}};
    present_until_ = now;
}

std::optional<Instant> Guardian::come_back(Instant now) {
    const Instant since = std::exchange(present_until_, now);
    if (since == Instant::min() || now - since <= absence_min) return std::nullopt;
    remember(absences_, {since, now});
    return since;
}

void Guardian::was_held(RuleId rule, Instant since, Instant now) {
    remember(held_[rule], {since, now});
}

void Guardian::remember(std::vector<Absence>& absences, const Absence& absence) {
    if (absences.size() == absences_kept) absences.erase(absences.begin());
    absences.push_back(absence);
}

void Guardian::record_presence(Instant now) {
    const bool stepped_back = now < presence_recorded_;
    if (!stepped_back && now < presence_recorded_ + presence_recorded_each) return;
    store_.set_present_until(now);
    presence_recorded_ = now;
}

bool Guardian::was_waiting(const DueDelivery& due) const {
    const Absence* last = absences_.empty() ? nullptr : &absences_.back();
    const auto held = held_.find(due.firing.rule);
    if (held != held_.end() && (last == nullptr || held->second.back().to >= last->to))
        last = &held->second.back();
    return last != nullptr && due.delivery.wanted_at() <= last->from;
}

bool Guardian::is_missed(const DueDelivery& due, const lang::Rule& rule) const {
    const Instant wanted_at = due.delivery.wanted_at();
    const auto misses = [&](const Absence& absence) {
        return is_too_late(rule, std::max(wanted_at, absence.from), absence.to);
    };
    const auto held = held_.find(due.firing.rule);
    return std::any_of(absences_.begin(), absences_.end(), misses) ||
           (held != held_.end() && std::any_of(held->second.begin(), held->second.end(), misses));
}

void Guardian::expect(const Contact& contact) {
    if (keeps_) store_.add_contact(contact);
}

Instant Guardian::spaced(const lang::Rule& rule, RuleId id, const Target& target, Instant now) {
    if (!keeps_) return now;
    const auto latest = store_.latest_contact_of(id, target.kind, target.id);
    return latest ? std::max(now, *latest + rule.guards->late.spaced) : now;
}

std::optional<PauseMode> Guardian::pause_of(RuleId rule) const {
    const auto found = paused_.find(rule);
    return found == paused_.end() ? std::nullopt : std::optional(found->second);
}

Guardian::Turn Guardian::turn_of(const DueDelivery& due, const LoadedRule& loaded, PlanBook& plans,
                                 Instant now) {
    if (const auto paused = pause_of(loaded.id)) {
        if (*paused == PauseMode::hold) return {Turn::Kind::wait, parked};
        return {Turn::Kind::end, {}, DeliveryState::skipped, "paused"};
    }
    const Turn turn = guarded_turn_of(due, loaded, plans, now);
    // An order is not for its subject.
    if (!is_message(action_of(*loaded.rule, {due.delivery.step, due.delivery.action}))) return turn;
    if (turn.kind == Turn::Kind::go &&
        limits_.is_over_quota(due, zone_of(store_, plans, loaded, due.firing), now))
        return {Turn::Kind::end, {}, DeliveryState::refused, "quota"};
    return turn;
}

Guardian::Turn Guardian::guarded_turn_of(const DueDelivery& due, const LoadedRule& loaded,
                                         PlanBook& plans, Instant now) {
    const lang::Rule& rule = *loaded.rule;
    const Delivery& delivery = due.delivery;
    if (!is_guarded(rule, {delivery.step, delivery.action})) return {};
    const auto& action = step_at(rule, delivery.step).actions.at(delivery.action);
    const bool at_once = std::get<lang::Deliver>(action).at_once;
    const lang::calendar::Zone& zone = zone_of(store_, plans, loaded, due.firing);
    // It may have waited into them.
    if (rule.guards->quiet && !at_once) {
        if (const auto end = quiet_end(*rule.guards->quiet, zone, now)) {
            if (rule.guards->quiet->skip || has_expired(due, rule, *end, *end))
                return {Turn::Kind::end, {}, DeliveryState::skipped, "quiet"};
            return {Turn::Kind::move, *end};
        }
    }
    SubjectContacts contacts(*this, due.subject_kind, due.subject);
    // The days of a cap are the subject's own.
    const lang::calendar::Zone& days =
        rule.guards->limits.empty()
            ? zone
            : zone_of_subject(store_, plans, due.subject_kind, due.subject, zone);
    const Admission admission = admit(rule, due.subject_kind, days, contacts, now);
    switch (admission.kind) {
        case Admission::Kind::go:
            break;
        case Admission::Kind::wait:
            if (has_expired(due, rule, delivery.wanted_at(), admission.until))
                return {Turn::Kind::end, {}, DeliveryState::skipped, "spacing"};
            return {Turn::Kind::wait, admission.until};
        case Admission::Kind::capped:
            return {Turn::Kind::end, {}, DeliveryState::skipped, "cap"};
    }
    return {};
}

std::int64_t Guardian::to_come(const LoadedRule& rule, const lang::Audience* to, Instant now,
                               Instant before) {
    if (to_come_at_ != now) to_come_.clear();
    to_come_at_ = now;
    const auto key = std::tuple{rule.id, to, before};
    auto known = to_come_.find(key);
    if (known == to_come_.end())
        known =
            to_come_.emplace(key, messages_to_come(*rule.rule, *rule.zone, now, before, to)).first;
    return known->second;
}

void Guardian::attempted(const Contact& contact, Instant now) {
    if (!keeps_) return;
    Contact made = contact;
    made.at = now;
    made.made = true;
    store_.change_contact(made);
    store_.forget_contacts_before(contact.subject_kind, contact.subject, now - kept_for);
}

void Guardian::waits(const Contact& contact, Instant until) {
    if (!keeps_) return;
    Contact waiting = contact;
    waiting.at = until;
    waiting.made = false;
    store_.change_contact(waiting);
}

void Guardian::settled(const Contact& contact, DeliveryState state) {
    if (keeps_ && !may_have_reached(state)) store_.remove_contact(contact);
}

}  // namespace sop::runtime
