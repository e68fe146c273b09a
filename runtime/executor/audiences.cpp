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
    if (kind == SubjectKind::group) {
        if (auto group = store.find_group(id)) return std::move(*group);
    } else if (kind == SubjectKind::member) {
        if (auto member = store.find_member(id)) return std::move(*member);
    } else {
        return Nobody{};
    }
    return std::monostate{};
}

AudiencePage Audiences::page(const lang::Plan& plan, const lang::Audience& audience,
                             const lang::calendar::Zone& zone, Instant at, const std::string& after,
                             std::size_t limit) {
    AudiencePage page;
    if (audience.kind == SubjectKind::playbook) return {.subjects = {""}, .is_last = true};
    if (audience.ids.empty()) {
        page.subjects = store_.audience_page(audience, after, limit);
        page.is_last = page.subjects.size() < limit;
        page.through = page.subjects.empty() ? after : page.subjects.back();
    } else {
        page = page_of_ids(audience.ids, after, limit);
        std::erase_if(page.subjects, [&](const std::string& subject) {
            return !store_.is_in_audience(audience, subject);
        });
    }
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
    const bool is_named =
        audience.ids.empty() ||
        std::find(audience.ids.begin(), audience.ids.end(), subject) != audience.ids.end();
    return is_named && store_.is_in_audience(audience, subject) &&
           (!audience.where || meets(plan, audience, zone, at, subject));
}

bool Audiences::meets(const lang::Plan& plan, const lang::Audience& audience,
                      const lang::calendar::Zone& zone, Instant at, const std::string& subject) {
    const Window window{at, at};
    const Subject whom = find_subject(store_, audience.kind, subject);
    return holds(*audience.where, {plan, zone, window, whom, nullptr, at, &records_});
}

}  // namespace sop::runtime
