// The part of the walker that creates, fills and dissolves groups, and removes members: who that
// is, and the orders to the platform. The directory changes when they are carried out (orders.h).
#include <fmt/format.h>

#include <algorithm>

#include "runtime/delivery/delivery_key.h"
#include "runtime/executor/orders.h"
#include "runtime/executor/run_state.h"
#include "runtime/executor/walker.h"
#include "runtime/scheduler/event_match.h"
#include "runtime/scheduler/group_making.h"

namespace sop::runtime {

namespace {

constexpr const char* nobody = "nobody";
constexpr const char* no_such_group = "no such group";
constexpr const char* no_value = "no value";
constexpr std::size_t id_digits = 12;

}  // namespace

void Walker::record(const StepRecord& step, const GroupOrders&) {
    const auto& [context, rule, run, delivery] = step;
    const Firing firing = firing_of(run);
    const auto event = firing.event ? store_.find_event(*firing.event) : std::nullopt;
    const Subject subject = find_subject(store_, context.rule.audience->kind, run.subject);
    const GroupScene scene{step, {subject, event ? &*event : nullptr}};
    if (!context.channel) {
        return record(step,
                      Withhold{DeliveryState::failed,
                               fmt::format("no channel of `via {}` is set up", delivery.channel)});
    }
    const lang::Action& action = action_of(context.rule, {delivery.step, delivery.action});
    if (const auto* create = std::get_if<lang::CreateGroup>(&action)) return order(scene, *create);
    if (const auto* invite = std::get_if<lang::Invite>(&action)) return order(scene, *invite);
    if (const auto* dissolve = std::get_if<lang::DissolveGroup>(&action))
        return order(scene, *dissolve);
    order(scene, std::get<lang::RemoveMember>(action));
}

// One order for each group; none has its group in the directory before it is carried out.
void Walker::order(const GroupScene& scene, const lang::CreateGroup& action) {
    const StepRecord& step = scene.step;
    const auto members = members_in_order(step, action.members);
    const auto groups = groups_of_size(members, static_cast<std::size_t>(action.size));
    if (groups.empty()) return record(step, Withhold{DeliveryState::skipped, nobody});
    const Position position{step.delivery.step, step.delivery.action};
    for (std::size_t nth = 0; nth < groups.size(); ++nth) {
        const std::string id = made_group_id(step, nth + 1);
        const std::string name =
            render_group_name(step.context, position, step.delivery.planned_for, scene.facts,
                              static_cast<std::int64_t>(nth + 1));
        store_.add_run_group(step.run.id, id);
        add_order(nth_of(step, nth), {.command = {.verb = create_command,
                                                  .fields = {{group_field, id}, {name_field, name}},
                                                  .members = groups[nth]},
                                      .text = name});
    }
}

// Whoever is in the group or was invited to it before is not invited.
void Walker::order(const GroupScene& scene, const lang::Invite& action) {
    const StepRecord& step = scene.step;
    const Position position{step.delivery.step, step.delivery.action};
    const std::string name =
        render_group_name(step.context, position, step.delivery.planned_for, scene.facts, 0);
    const auto group = find_group_called(name);
    if (!group) return record(step, Withhold{DeliveryState::refused, no_such_group});

    const auto has_tag = [&](const std::string& member) {
        return action.keep_percent > 0 &&
               records_.has_tag(SubjectKind::member, member, action.keep_tag);
    };
    GroupComposition composition{.keep_percent = action.keep_percent};
    const auto invited = store_.invited_to(*group);
    for (const std::string& member : invited)
        ++(has_tag(member) ? composition.invited_with : composition.invited_without);

    std::set<std::string> seen(invited.begin(), invited.end());
    std::set<std::string> named;
    std::vector<Invitee> candidates;
    for (const lang::Invite::Source& source : action.sources) {
        const auto people =
            source.named_by ? brought_by(named) : members_in_order(step, source.who);
        for (const std::string& member : people) {
            named.insert(member);
            if (!seen.insert(member).second) continue;
            const auto known = store_.find_member(member);
            const bool is_in_group =
                known && std::binary_search(known->groups.begin(), known->groups.end(), *group);
            if (known && !is_in_group) candidates.push_back({member, has_tag(member)});
        }
    }
    auto chosen = choose_invited(candidates, composition);
    if (chosen.empty()) return record(step, Withhold{DeliveryState::skipped, nobody});
    const DeliveryId id =
        add_order(step, {.command = {.verb = invite_command,
                                     .fields = {{group_field, *group}, {name_field, name}},
                                     .members = chosen},
                         .text = fmt::format("{} to {}", chosen.size(), name)});
    for (const std::string& member : chosen) store_.add_invitation(*group, member, id);
}

// The run's own group, else those it made.
void Walker::order(const GroupScene& scene, const lang::DissolveGroup&) {
    const StepRecord& step = scene.step;
    std::vector<std::string> groups;
    if (step.context.rule.audience->kind == SubjectKind::group) {
        groups.push_back(step.run.subject);
    } else {
        groups = store_.groups_of_run(step.run.id);
    }
    if (groups.empty()) return record(step, Withhold{DeliveryState::refused, no_value});
    for (std::size_t nth = 0; nth < groups.size(); ++nth) {
        const auto known = store_.find_group(groups[nth]);
        add_order(nth_of(step, nth),
                  {.command = {.verb = dissolve_command, .fields = {{group_field, groups[nth]}}},
                   .text = known ? known->name : groups[nth]});
    }
}

void Walker::order(const GroupScene& scene, const lang::RemoveMember&) {
    const StepRecord& step = scene.step;
    const bool is_of_group = step.context.rule.audience->kind == SubjectKind::group;
    const Event* event = scene.facts.event;
    std::optional<std::string> group;
    std::optional<std::string> member;
    if (event != nullptr) {
        group = event->group;
        member = event->member;
    }
    (is_of_group ? group : member) = addressee_of(step.run.subject);
    if (const auto membership = membership_from(step.run.subject)) group = membership->group;
    if (!group || !member) return record(step, Withhold{DeliveryState::refused, no_value});
    add_order(step, {.command = {.verb = remove_command,
                                 .fields = {{group_field, *group}},
                                 .members = {*member}},
                     .text = *member});
}

// ---- who ----------------------------------------------------------------------------------------

Walker::StepRecord Walker::nth_of(const StepRecord& step, std::size_t nth) const {
    StepRecord result = step;
    result.delivery.action =
        delivery_number(step_at(step.context.rule, step.delivery.step), step.delivery.action, nth);
    return result;
}

std::vector<std::string> Walker::members_in_order(const StepRecord& step,
                                                  const lang::Audience& audience) {
    std::vector<Joiner> joiners;
    std::set<std::string> seen;
    std::string after;
    for (;;) {
        const auto page = audiences_.page(step.context.plan, audience, step.context.zone,
                                          step.delivery.planned_for, after, page_rows_);
        for (const std::string& subject : page.subjects) {
            // Whoever is in several of the groups is taken once.
            const auto member = store_.find_member(addressee_of(subject));
            if (member && seen.insert(member->id).second)
                joiners.push_back({member->id, member->joined_at});
        }
        if (page.is_last) break;
        after = page.through;
    }
    return in_order_of_joining(std::move(joiners));
}

// Those who joined at the invitation of one of them.
std::vector<std::string> Walker::brought_by(const std::set<std::string>& inviters) {
    std::vector<Joiner> joiners;
    const lang::Audience everybody{.kind = SubjectKind::member};
    std::string after;
    for (;;) {
        const auto page = store_.audience_page(everybody, after, page_rows_);
        for (const std::string& id : page) {
            const auto member = store_.find_member(id);
            if (member && member->invited_by && inviters.contains(*member->invited_by))
                joiners.push_back({id, member->joined_at});
        }
        if (page.size() < page_rows_) break;
        after = page.back();
    }
    return in_order_of_joining(std::move(joiners));
}

// By its id, else by its name: the first of that name.
std::optional<std::string> Walker::find_group_called(const std::string& name) {
    if (const auto group = store_.find_group(name)) {
        if (!group->dissolved_at) return name;
    }
    const lang::Audience every_group{.kind = SubjectKind::group};
    std::string after;
    for (;;) {
        const auto page = store_.audience_page(every_group, after, page_rows_);
        for (const std::string& id : page) {
            const auto group = store_.find_group(id);
            if (group && group->name == name) return id;
        }
        if (page.size() < page_rows_) return std::nullopt;
        after = page.back();
    }
}

// As stable as the key of a delivery, so that a group is one however often its run is replayed.
std::string Walker::made_group_id(const StepRecord& step, std::size_t number) {
    const std::string key = delivery_key(
        {step.rule.playbook->name, step.rule.rule->name, firing_of(step.run).key, step.run.subject,
         step_path(step.context.rule, step.delivery.step), nth_of(step, number).delivery.action});
    return "new-" + key.substr(0, id_digits);
}

}  // namespace sop::runtime
