// The part of the walker that looks at tiers and at points that expire: changes that come with
// time, to people who need no run for it.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "runtime/executor/run_state.h"
#include "runtime/executor/walker.h"
#include "runtime/scheduler/event_match.h"
#include "runtime/scheduler/tier.h"

namespace sop::runtime {

namespace {

constexpr const char* expired = "expired";

}  // namespace

std::size_t Walker::expand_tier(const LoadedRule& rule, const Firing& firing, Instant now,
                                std::size_t room) {
    const LoadedPlan& loaded = plans_.plan(firing.plan);
    const auto page = audiences_.page(loaded.plan, rule.tier->audience, *rule.zone, firing.start_at,
                                      firing.expanded_through, room);
    for (const std::string& subject : page.subjects)
        sort_into_tier(loaded, rule, firing, subject, now);
    store_.set_expanded(firing.id, page.through, page.is_last);
    return page.is_last ? page.subjects.size() + 1 : room;
}

void Walker::sort_into_tier(const LoadedPlan& loaded, const LoadedRule& rule, const Firing& firing,
                            const std::string& id, Instant now) {
    const SubjectKind kind = rule.tier->audience.kind;
    const Subject subject = find_subject(store_, kind, id);
    const auto* group = std::get_if<Group>(&subject);
    const auto* member = std::get_if<Member>(&subject);
    if (group == nullptr && member == nullptr) return;
    const std::vector<std::string>& tags = group != nullptr ? group->tags : member->tags;
    const Window window = window_of(firing);
    const TierDecision decision = decide_tier(*rule.tier, {loaded.plan, *rule.zone, window, subject,
                                                           nullptr, firing.start_at, &records_});
    const std::string level =
        decision.level ? rule.tier->levels[*decision.level].tag : std::string{};
    std::string before;
    for (const lang::Tier::Level& each : rule.tier->levels) {
        if (std::find(tags.begin(), tags.end(), each.tag) == tags.end()) continue;
        if (before.empty()) before = each.tag;
        if (each.tag != level) change_tier_tag(rule, firing, kind, id, each.tag, false, now);
    }
    if (!level.empty()) change_tier_tag(rule, firing, kind, id, level, true, now);
    if (level == before) return;
    store_.figures().add_tier_change({.rule = rule.id,
                                      .kind = kind,
                                      .subject = id,
                                      .at = firing.start_at,
                                      .before = before,
                                      .level = level,
                                      .why = decision.why});
}

// At the tier's own time, so that it comes before what is planned later.
void Walker::change_tier_tag(const LoadedRule& rule, const Firing& firing, SubjectKind kind,
                             const std::string& subject, const std::string& tag, bool add,
                             Instant now) {
    const bool changed =
        add ? store_.add_tag(kind, subject, tag) : store_.remove_tag(kind, subject, tag);
    if (!changed) return;
    touch(kind, subject, firing.start_at);
    if (!plans_.watches(tag)) return;
    Event event{
        .id = fmt::format("tier:{}/{}/{}/{}{}", rule.id, firing.key, subject, add ? "+" : "-", tag),
        .type = add ? tagged_event : untagged_event,
        .at = firing.start_at,
        .received_at = now,
        .fields = {{changed_tag, tag}}};
    (kind == SubjectKind::group ? event.group : event.member) = subject;
    store_.add_event(event);
}

// ---- points that expire -------------------------------------------------------------------------

// When the oldest points that are not spent do; nothing when none ever do.
std::optional<Instant> Walker::next_expiry() {
    if (in_force_ == nullptr || !in_force_->points_zone) return std::nullopt;
    const auto oldest = store_.unspent_points(1);
    if (oldest.empty()) return std::nullopt;
    return span_after(in_force_->plan.points_expiry->after, oldest.front().at,
                      *in_force_->points_zone);
}

std::size_t Walker::expire_points(Instant until, std::size_t room) {
    std::size_t rows = 0;
    for (const UnspentPoints& unspent : store_.unspent_points(room)) {
        const Instant at =
            span_after(in_force_->plan.points_expiry->after, unspent.at, *in_force_->points_zone);
        if (at > until) break;
        store_.expire_points(unspent, expired, at);
        touch(SubjectKind::member, unspent.member, at);
        ++rows;
    }
    return rows;
}

}  // namespace sop::runtime
