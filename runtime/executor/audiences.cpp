#include "runtime/executor/audiences.h"

#include <algorithm>

#include "runtime/scheduler/evaluation.h"

namespace sop::runtime {

namespace {

// Named ones after `after`.
AudiencePage page_of_ids(const std::vector<std::string>& ids, const std::string& after,
                         std::size_t limit) {
    AudiencePage page{.through = after};
    std::vector<std::string> left;
    std::copy_if(ids.begin(), ids.end(), std::back_inserter(left),
                 [&after](const std::string& id) { return id > after; });
    std::sort(left.begin(), left.end());
    page.is_last = left.size() <= limit;
    left.resize(std::min(left.size(), limit));
    if (!left.empty()) page.through = left.back();
    page.subjects = std::move(left);
    return page;
}

}  // namespace

Subject find_subject(Store& store, SubjectKind kind, const std::string& id) {
    if (const auto membership = membership_from(id)) {
        const auto joined = store.find_membership(*membership);
        auto group = store.find_group(membership->group);
        auto member = store.find_member(membership->member);
        if (joined && group && member)
            return MemberOfGroup{std::move(*member), std::move(*group), joined->at};
    } else if (kind == SubjectKind::group) {
        if (auto group = store.find_group(id)) return std::move(*group);
    } else if (kind == SubjectKind::member) {
        if (auto member = store.find_member(id)) return std::move(*member);
    } else {
        return Nobody{};
    }
    return std::monostate{};
}

std::string why_gone(const Subject& subject, const std::string& id) {
    if (std::holds_alternative<std::monostate>(subject))
        return membership_from(id) ? "left" : "gone";
    const Group* group = group_of(subject);
    if (group != nullptr && group->dissolved_at) return "dissolved";
    const Member* member = member_of(subject);
    return member != nullptr && member->gone_at ? "gone" : "";
}

AudiencePage Audiences::candidates(const lang::Audience& audience, const std::string& after,
                                   std::size_t limit,
                                   const std::optional<std::string>& members_of) {
    const auto page_of = [&](std::vector<std::string> ids) {
        AudiencePage page;
        page.is_last = ids.size() < limit;
        page.through = ids.empty() ? after : ids.back();
        page.subjects = std::move(ids);
        return page;
    };
    const auto keep_if = [](AudiencePage page, const auto& holds) {
        std::erase_if(page.subjects, [&](const std::string& id) { return !holds(id); });
        return page;
    };
    const auto is_in = [&](const std::string& id) { return store_.is_in_audience(audience, id); };
    const auto is_there = [&](const std::string& id) { return is_in_zone(id, *members_of); };
    const bool by_ids = !audience.of_groups && !audience.ids.empty();
    // Few have a zone of their own: these are looked for by it, all others by what they carry.
    if (members_of && !members_of->empty() && !audience.of_groups && !by_ids)
        return keep_if(page_of(store_.members_in_zone(*members_of, after, limit)), is_in);
    AudiencePage page = by_ids ? keep_if(page_of_ids(audience.ids, after, limit), is_in)
                               : page_of(store_.audience_page(audience, after, limit));
    return members_of ? keep_if(std::move(page), is_there) : page;
}

AudiencePage Audiences::page(const lang::Plan& plan, const lang::Audience& audience,
                             const lang::calendar::Zone& zone, Instant at, const std::string& after,
                             std::size_t limit, const std::optional<std::string>& members_of) {
    if (audience.kind == SubjectKind::playbook) return {.subjects = {""}, .is_last = true};
    AudiencePage page = candidates(audience, after, limit, members_of);
    if (audience.where) {
        std::erase_if(page.subjects, [&](const std::string& subject) {
            return !meets(plan, audience, zone, at, subject);
        });
    }
    return page;
}

bool Audiences::contains(const lang::Plan& plan, const lang::Audience& audience,
                         const lang::calendar::Zone& zone, Instant at, const std::string& subject) {
    if (audience.kind == SubjectKind::playbook) return subject.empty();
    // Members of groups are named by their groups.
    const auto membership = membership_from(subject);
    const std::string& name = membership ? membership->group : subject;
    const bool is_named =
        audience.ids.empty() ||
        std::find(audience.ids.begin(), audience.ids.end(), name) != audience.ids.end();
    return is_named && store_.is_in_audience(audience, subject) &&
           (!audience.where || meets(plan, audience, zone, at, subject));
}

bool Audiences::is_in_zone(const std::string& subject, const std::string& zone) {
    const auto membership = membership_from(subject);
    const auto member = store_.find_member(membership ? membership->member : subject);
    return member && member->zone == zone;
}

bool Audiences::meets(const lang::Plan& plan, const lang::Audience& audience,
                      const lang::calendar::Zone& zone, Instant at, const std::string& subject) {
    const Window window{at, at};
    const Subject whom = find_subject(store_, audience.kind, subject);
    return holds(*audience.where, {plan, zone, window, whom, nullptr, at, &records_});
}

}  // namespace sop::runtime
