#include "runtime/analysis/subject_classes.h"

#include <algorithm>
#include <map>

#include "runtime/store/store.h"

namespace sop::runtime {

namespace {

// Whether whoever carries one of these tags carries one of those.
bool implies(const std::vector<std::string>& tags, const std::vector<std::string>& others) {
    return std::all_of(tags.begin(), tags.end(), [&](const std::string& tag) {
        return std::find(others.begin(), others.end(), tag) != others.end();
    });
}

// Whether all of the audience are surely in the other too.
bool is_within(const lang::Audience& audience, const lang::Audience& other) {
    if (audience == other) return true;
    if (audience.kind != other.kind || audience.of_groups != other.of_groups) return false;
    if (other.where && !(audience.where == other.where)) return false;
    if (!other.ids.empty() && (audience.ids.empty() || !implies(audience.ids, other.ids)))
        return false;
    return std::all_of(other.tagged.begin(), other.tagged.end(), [&](const auto& clause) {
        return std::any_of(audience.tagged.begin(), audience.tagged.end(),
                           [&](const auto& own) { return implies(own, clause); });
    });
}

SubjectClasses classify_by_text(const std::vector<lang::Audience>& audiences) {
    SubjectClasses result;
    for (const lang::Audience& audience : audiences) {
        SubjectClass subjects{audience.kind, std::vector<bool>(audiences.size()), {}, {}};
        for (std::size_t other = 0; other < audiences.size(); ++other)
            subjects.is_in[other] = is_within(audience, audiences[other]);
        result.classes.push_back(std::move(subjects));
        const bool by_ids = !audience.ids.empty() && !audience.where && audience.tagged.empty() &&
                            !audience.of_groups;
        result.sizes.push_back(
            by_ids ? std::optional(static_cast<std::int64_t>(audience.ids.size())) : std::nullopt);
    }
    return result;
}

}  // namespace

SubjectClasses classify(const std::vector<lang::Audience>& audiences, const FindSubjects& find) {
    if (!find) return classify_by_text(audiences);
    SubjectClasses result;
    std::map<std::pair<lang::SubjectKind, std::string>, std::vector<bool>> memberships;
    for (std::size_t at = 0; at < audiences.size(); ++at) {
        const auto subjects = find(audiences[at]);
        result.sizes.emplace_back(static_cast<std::int64_t>(subjects.size()));
        for (const std::string& subject : subjects) {
            auto& is_in = memberships[{audiences[at].kind, addressee_of(subject)}];
            is_in.resize(audiences.size());
            is_in[at] = true;
        }
    }
    std::map<std::pair<lang::SubjectKind, std::vector<bool>>, std::size_t> known;
    for (const auto& [subject, is_in] : memberships) {
        const auto [found, added] =
            known.emplace(std::pair(subject.first, is_in), result.classes.size());
        if (added) result.classes.push_back({subject.first, is_in, 0, subject.second});
        ++*result.classes[found->second].count;
    }
    return result;
}

}  // namespace sop::runtime
