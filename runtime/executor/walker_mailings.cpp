// The part of the walker that looks up the audience of a message to many, page by page.
//
// The message is decided once, with its step; whom it goes to is looked up right after, before any
// other event or step, so that all pages see the directory of that moment. How far it has come is
// in the store: a kill between two pages goes on behind the last target that has its delivery.
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "runtime/executor/walker.h"

namespace sop::runtime {

std::optional<Mailing> Walker::next_mailing() {
    if (!has_mailings_) return std::nullopt;
    auto mailing = store_.next_mailing();
    has_mailings_ = mailing.has_value();
    return mailing;
}

void Walker::record(const StepRecord& step, const SendToMany& message) {
    const Delivery& delivery = step.delivery;
    Mailing mailing{.run = delivery.run,
                    .step = delivery.step,
                    .action = delivery.action,
                    .planned_for = delivery.planned_for,
                    .decided_at = step.context.now};
    if (message.withheld) {
        mailing.withheld = message.withheld->state;
        mailing.reason = message.withheld->reason;
    } else {
        mailing.newer = count_newer(step.context, step.run.rule, {delivery.step, delivery.action},
                                    delivery.planned_for, step.run.subject);
    }
    store_.add_mailing(mailing);
    has_mailings_ = true;
}

// The edge around one message: whatever is wrong with it ends it and no other.
std::size_t Walker::mail(const Mailing& mailing, std::size_t room) {
    try {
        return mail_page(mailing, room);
    } catch (const StoreError&) {
        throw;
    } catch (const std::exception& error) {
        reports_.trouble(fmt::format("a message of run {} reaches nobody behind \"{}\": {}",
                                     mailing.run, mailing.through, error.what()));
        store_.remove_mailing(mailing.id);
        return 1;
    }
}

// Those that are there; the platform may not have made them all.
AudiencePage Walker::groups_made_by(const Run& run, const std::string& after, std::size_t limit) {
    std::vector<std::string> groups = store_.groups_of_run(run.id);
    std::sort(groups.begin(), groups.end());
    AudiencePage page;
    for (const std::string& group : groups) {
        if (group <= after) continue;
        const auto known = store_.find_group(group);
        if (!known || known->dissolved_at) continue;
        if (page.subjects.size() == limit) return page;
        page.subjects.push_back(group);
        page.through = group;
    }
    page.is_last = true;
    return page;
}

std::size_t Walker::mail_page(const Mailing& mailing, std::size_t room) {
    const auto run = store_.find_run(mailing.run);
    if (!run) throw PlanError(fmt::format("its run {} is not in the store", mailing.run));
    const Firing firing = firing_of(*run);
    const LoadedRule& rule = plans_.rule(firing.plan, run->rule);
    // As the step saw it, so that each page decides alike.
    const StepContext context = context_of(rule, firing, mailing.decided_at);
    const Position position{mailing.step, mailing.action};
    const auto& action = step_at(context.rule, position.step).actions.at(position.action);
    const auto& to = std::get<lang::Deliver>(action).to;
    const AudiencePage page = to ? audiences_.page(context.plan, *to, context.zone,
                                                   mailing.planned_for, mailing.through, room)
                                 : groups_made_by(*run, mailing.through, room);
    std::optional<Event> event;
    if (firing.event) event = store_.find_event(*firing.event);
    const Subject subject = find_subject(store_, firing.subject_kind, run->subject);
    const RunFacts facts{subject, event ? &*event : nullptr, {}, proceeds_of(rule, *run)};
    StepRecord record_of_each = record_of(context, rule, *run, position.step, mailing.planned_for);
    record_of_each.delivery.action = position.action;
    if (!to && page.subjects.empty() && mailing.through.empty())
        record(record_of_each, Withhold{DeliveryState::refused, "no value"});
    for (const std::string& id : page.subjects) {
        const Target target{to ? to->kind : SubjectKind::group, addressee_of(id)};
        const bool is_own = target == Target{firing.subject_kind, addressee_of(run->subject)};
        // Members of groups come once for each of their groups, and get it once.
        if (to && to->of_groups &&
            store_.has_delivery({run->id, mailing.step, mailing.action}, is_own ? "" : target.id))
            continue;
        if (mailing.withheld) {
            record(record_of_each, Withhold{*mailing.withheld, mailing.reason,
                                            is_own ? std::nullopt : std::optional(target)});
            continue;
        }
        const auto decided =
            decide_message(context, position, mailing.planned_for, mailing.newer, facts, target);
        std::visit([&](const auto& what) { record(record_of_each, what); }, decided);
    }
    if (page.is_last) {
        store_.remove_mailing(mailing.id);
    } else {
        store_.set_mailed_through(mailing.id, page.through);
    }
    return page.is_last ? page.subjects.size() + 1 : room;
}

}  // namespace sop::runtime
