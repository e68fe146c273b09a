// The part of the walker that follows the directory: who comes, goes, opts out and is changed by an
// import, and whose runs that ends, whatever they wait for.
#include <algorithm>

#include "runtime/executor/settlement.h"
#include "runtime/executor/walker.h"
#include "runtime/scheduler/event_match.h"
#include "runtime/store/directory_change.h"

namespace sop::runtime {

namespace {

constexpr const char* dissolved = "dissolved";
constexpr const char* gone = "gone";
constexpr const char* left = "left";
constexpr const char* opted_out = "opted out";

bool has_begun(const Run& run) {
    return run.state != RunState::queued && run.state != RunState::arrived;
}

}  // namespace

// How much had to be done besides.
std::size_t Walker::note_directory(const Event& event, Instant now) {
    if (event.type == message_event && event.group) store_.note_talk(*event.group, event.at);
    if (event.type == join_event && event.group && event.member) {
        store_.join({*event.member, *event.group}, event.at);
        const auto inviter = event.fields.find(join_invited_by);
        if (inviter != event.fields.end()) store_.note_inviter(*event.member, inviter->second);
        const auto name = event.fields.find(join_name);
        if (name != event.fields.end() && !name->second.empty())
            store_.rename_member(*event.member, name->second);
    }
    if (event.type == leave_event && event.group && event.member) return leave(event, now);
    if (event.type == opt_out_event && event.member && store_.opt_out(*event.member, event.at))
        return end_runs_of(SubjectKind::member, *event.member, opted_out, event.at, now);
    if (event.type == opt_in_event && event.member) store_.opt_in(*event.member);
    if (event.type == dissolved_event && event.group && store_.dissolve(*event.group, event.at)) {
        touch_members_of(*event.group, event.at);
        return end_runs_of(SubjectKind::group, *event.group, dissolved, event.at, now);
    }
    if (event.type == imported_event) return take_change(event, now);
    return 0;
}

// Runs of the member in that group end, and those whose audience has the member no more; one that
// merely lost a tag stays in its runs.
std::size_t Walker::leave(const Event& event, Instant now) {
    const auto is_in_audience = [&](const Run& run) {
        const Firing& firing = firing_of(run);
        const LoadedRule& rule = plans_.rule(firing.plan, run.rule);
        const lang::Audience& audience = *rule.rule->audience;
        return audience.where.has_value() &&
               audiences_.contains(plans_.plan(firing.plan).plan, audience, *rule.zone, event.at,
                                   run.subject);
    };
    std::vector<Run> inside;
    for (const Run& run : store_.unfinished_runs_of(SubjectKind::member, *event.member)) {
        on_run(run, now, [&] {
            if (is_in_audience(run)) inside.push_back(run);
        });
    }
    store_.figures().end_stay(*event.group, *event.member, event.at);
    if (!store_.leave({*event.member, *event.group})) return 0;
    std::erase_if(inside, is_in_audience);
    const std::size_t ended = end_runs(std::move(inside), left, event.at, now);
    return ended + end_runs_of(SubjectKind::member, to_subject({*event.member, *event.group}), left,
                               event.at, now);
}

std::size_t Walker::take_change(const Event& event, Instant now) {
    const auto change = read_directory_change(event);
    if (!change) return 0;
    std::size_t done = change->ids.size();
    for (const std::string& id : change->ids) {
        touch(change->kind, id, event.at);
        if (change->kind != SubjectKind::member) continue;
        if (const auto member = store_.find_member(id)) look_after_zone(member->zone, event.at);
    }
    const std::string why = change->kind == SubjectKind::group ? dissolved : gone;
    for (const std::string& id : change->gone)
        done += end_runs_of(change->kind, id, why, event.at, now);
    for (const std::string& id : change->opted_out)
        done += end_runs_of(SubjectKind::member, id, opted_out, event.at, now);
    for (const Membership& membership : change->left)
        done += end_runs_of(SubjectKind::member, to_subject(membership), left, event.at, now);
    return done;
}

// A member's are also those as one of its groups, a group's those of its members as such; and their
// messages that wait, whether the run that planned them is over or not.
std::size_t Walker::end_runs_of(SubjectKind kind, const std::string& subject,
                                const std::string& reason, Instant at, Instant now) {
    auto runs = store_.unfinished_runs_of(kind, subject);
    const bool is_membership = membership_from(subject).has_value();
    const auto member =
        kind == SubjectKind::member && !is_membership ? store_.find_member(subject) : std::nullopt;
    for (const std::string& group : member ? member->groups : std::vector<std::string>{}) {
        auto in_group = store_.unfinished_runs_of(kind, to_subject({subject, group}));
        std::move(in_group.begin(), in_group.end(), std::back_inserter(runs));
    }
    const std::size_t ended = end_runs(std::move(runs), reason, at, now);
    const auto membership = membership_from(subject);
    for (const DueDelivery& due :
         store_.unsettled_of(kind, {membership ? membership->member : subject})) {
        if (membership && due.in_group != membership->group) continue;
        settle(store_, plans_, guardian_, reports_, due, {DeliveryState::exited, reason}, now);
    }
    return ended;
}

std::size_t Walker::end_runs(std::vector<Run> runs, const std::string& reason, Instant at,
                             Instant now) {
    // Whoever waits for its turn must not get it by the end of the one before.
    std::stable_partition(runs.begin(), runs.end(), [](const Run& run) { return !has_begun(run); });
    for (Run& run : runs) {
        on_run(run, now, [&] {
            if (has_begun(run)) return exit_run(run, reason, at, now);
            run.state = RunState::skipped;
            run.due_at = std::nullopt;
            run.reason = reason;
            store_.update_run(run);
        });
    }
    return runs.size();
}

// Their conditions may ask for their groups.
void Walker::touch_members_of(const std::string& group, Instant at) {
    if (in_force_ == nullptr || in_force_->conditions.empty()) return;
    constexpr std::size_t page_size = 500;
    const lang::Audience members{.kind = SubjectKind::member, .ids = {group}, .of_groups = true};
    std::string through;
    for (;;) {
        const auto page = store_.audience_page(members, through, page_size);
        for (const std::string& subject : page)
            touch(SubjectKind::member, membership_from(subject)->member, at);
        if (page.size() < page_size) return;
        through = page.back();
    }
}

}  // namespace sop::runtime
