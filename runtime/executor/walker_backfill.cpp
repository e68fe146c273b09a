// The part of the walker that makes up for messages that were skipped.
#include <fmt/core.h>

#include "runtime/executor/walker.h"

namespace sop::runtime {

// Looks at a page of the period. The event that asks for it is taken when the last was looked at.
Walker::BackfillPage Walker::backfill(const Event& event, Instant now, std::size_t room) {
    const auto request = read_backfill(event);
    if (!request) {
        reports_.trouble(
            fmt::format("event {}: it does not say what is to be made up for", event.id));
        return {1, true};
    }
    // A new start begins anew: what was made up for is skipped no longer.
    if (backfilling_.event != event.id) backfilling_ = {event.id, request->from};
    const auto page =
        store_.skipped_between({backfilling_.planned_for, backfilling_.through}, request->to, room);
    for (const DueDelivery& due : page) {
        if (!is_asked_for(*request, due)) continue;
        const bool sends = try_backfill(due, now);
        reports_.backfilled(due.playbook, due.rule, sends);
    }
    if (page.size() < room) {
        backfilling_ = {};
        return {page.size() + 1, true};
    }
    backfilling_.planned_for = page.back().delivery.planned_for;
    backfilling_.through = page.back().delivery.id;
    return {page.size(), false};
}

// False when it stays skipped: whoever it was for is gone or outside, or its run ended for a
// reason.
bool Walker::try_backfill(const DueDelivery& due, Instant now) {
    try {
        const LoadedRule& rule = plans_.rule(due.firing.plan, due.firing.rule);
        // Staff and platforms are not asked late what they were to be asked then.
        const Position place{due.delivery.step, due.delivery.action};
        if (!is_message(action_of(*rule.rule, place))) return false;
        const auto run = store_.find_run(due.delivery.run);
        const Subject subject = find_subject(store_, due.firing.subject_kind, due.run_subject);
        const Subject target =
            due.delivery.target ? find_subject(store_, due.subject_kind, due.subject) : subject;
        const Member* member = member_of(target);
        const bool is_gone = !why_gone(subject, due.run_subject).empty() ||
                             !why_gone(target, due.subject).empty() ||
                             (member != nullptr && member->opted_out_at.has_value() &&
                              due.form.verb == lang::Verb::send);
        if (!run || is_gone || !channels_.contains(due.delivery.channel)) return false;
        const bool ended_early = run->state == RunState::done && !run->reason.empty();
        std::optional<Event> own;
        if (due.firing.event) own = store_.find_event(*due.firing.event);
        const Event* own_event = own ? &*own : nullptr;
        const StepContext context = context_of(rule, due.firing, now);
        if (ended_early || !find_exit(context, *run, own_event).empty()) return false;
        return make_pending(due, context, {subject, own_event, {}, proceeds_of(rule, *run)}, now);
    } catch (const StoreError&) {
        throw;
    } catch (const std::exception& error) {
        reports_.trouble(
            fmt::format("message {} cannot be made up for: {}", due.delivery.id, error.what()));
        return false;
    }
}

bool Walker::make_pending(const DueDelivery& due, const StepContext& context, const RunFacts& facts,
                          Instant now) {
    const Delivery& delivery = due.delivery;
    const Position position{delivery.step, delivery.action};
    if (delivery.message != 0) {
        store_.backfill(delivery.id, delivery.message, "", now);
    } else {
        const Composition composed =
            compose_message(context, position, delivery.planned_for, facts, delivery.target);
        if (says_nothing(composed.content)) return false;
        if (!composed.rotated.empty())
            store_.add_turn(composed.rotated, {due.subject_kind, due.subject});
        store_.backfill(delivery.id, store_.intern_message(composed.content), composed.variant,
                        now);
    }
    if (!is_guarded(context.rule, position)) return true;
    Contact contact = contact_of(due);
    contact.at = now;
    guardian_.expect(contact);
    return true;
}

}  // namespace sop::runtime
