#include "runtime/scheduler/backfill.h"

#include <algorithm>
#include <charconv>

namespace sop::runtime {

namespace {

constexpr const char* of_field = "of";
constexpr const char* from_field = "from";
constexpr const char* to_field = "to";
constexpr const char* reasons_field = "reasons";
constexpr char separator = ',';

std::string join(const std::set<std::string>& reasons) {
    std::string text;
    for (const std::string& reason : reasons) {
        if (!text.empty()) text += separator;
        text += reason;
    }
    return text;
}

std::set<std::string> split(const std::string& text) {
    std::set<std::string> reasons;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const auto end = std::min(text.find(separator, begin), text.size());
        reasons.insert(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return reasons;
}

// In milliseconds, as the store has it.
std::string write_instant(Instant instant) {
    return std::to_string(instant.time_since_epoch().count());
}

std::optional<Instant> read_instant(const std::string& text) {
    std::int64_t count = 0;
    const char* end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc{} || read != end) return std::nullopt;
    return Instant{std::chrono::milliseconds{count}};
}

bool can_be_backfilled(const std::string& reason) {
    return std::find(backfilled_reasons.begin(), backfilled_reasons.end(), reason) !=
           backfilled_reasons.end();
}

}  // namespace

void write_backfill(const BackfillRequest& request, Event& event) {
    event.type = backfill_event;
    event.group = request.group;
    event.member = request.member;
    event.fields = {
        {of_field, request.rule.empty() ? request.playbook : request.playbook + "." + request.rule},
        {from_field, write_instant(request.from)},
        {to_field, write_instant(request.to)},
        {reasons_field, join(request.reasons)}};
}

std::optional<BackfillRequest> read_backfill(const Event& event) {
    const auto field = [&event](const char* name) {
        const auto found = event.fields.find(name);
        return found == event.fields.end() ? std::string{} : found->second;
    };
    const auto from = read_instant(field(from_field));
    const auto to = read_instant(field(to_field));
    const std::string of = field(of_field);
    BackfillRequest request;
    request.reasons = split(field(reasons_field));
    if (!from || !to || of.empty() || request.reasons.empty()) return std::nullopt;
    if (!std::all_of(request.reasons.begin(), request.reasons.end(), can_be_backfilled))
        return std::nullopt;
    const auto dot = of.find('.');
    request.playbook = of.substr(0, dot);
    if (dot != std::string::npos) request.rule = of.substr(dot + 1);
    request.from = *from;
    request.to = *to;
    request.group = event.group;
    request.member = event.member;
    return request;
}

bool is_asked_for(const BackfillRequest& request, const DueDelivery& due) {
    const bool of_group = due.subject_kind == SubjectKind::group;
    const bool is_all = !request.group && !request.member;
    const auto& subject = of_group ? request.group : request.member;
    return due.playbook == request.playbook && (request.rule.empty() || due.rule == request.rule) &&
           due.delivery.planned_for >= request.from && due.delivery.planned_for < request.to &&
           (is_all || subject == due.subject) && request.reasons.contains(due.delivery.reason);
}

}  // namespace sop::runtime
