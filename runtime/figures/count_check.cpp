#include "runtime/figures/count_check.h"

#include <map>
#include <memory>
#include <utility>

#include "runtime/scheduler/evaluation.h"
#include "runtime/scheduler/measure.h"

namespace sop::runtime {

namespace {

constexpr std::size_t page_rows = 1000;
constexpr date::local_days all_days{date::days{-1'000'000}};

struct Recount {
    Measure measure;
    MeasureId stored = 0;
    std::shared_ptr<const lang::calendar::Zone> zone;
    std::map<std::pair<std::string, date::local_days>, Tally> days{};

    void add(const lang::Plan& plan, const Event& event) {
        const bool of_member = measure.kind == SubjectKind::member;
        if (event.type != measure.aggregate.text || (of_member && !event.member)) return;
        const Window window{event.at, event.at};
        const Subject nobody;
        const date::local_days day =
            date::floor<date::days>(zone->to_local(date::floor<std::chrono::seconds>(event.at)));
        const std::string subject = of_member ? *event.member : event.group.value_or("");
        tally_event(days[{subject, day}], measure.aggregate, event,
                    {plan, *zone, window, nobody, nullptr, event.at, nullptr});
    }
};

std::vector<Recount> recounts_of(Store& store, const lang::Plan& plan,
                                 const lang::calendar::ZoneDatabase& zones) {
    std::vector<Recount> recounts;
    for (Measure& measure : measures_of(plan)) {
        const auto stored = store.figures().find_measure(measure.key);
        auto zone = zones.find(measure.timezone);
        if (!stored || !stored->complete || !zone) continue;
        recounts.push_back({std::move(measure), stored->id, std::move(zone)});
    }
    return recounts;
}

}  // namespace

CountCheck check_counts(Store& store, const lang::Plan& plan,
                        const lang::calendar::ZoneDatabase& zones,
                        std::optional<date::local_days> since) {
    auto recounts = recounts_of(store, plan, zones);
    CountCheck check;
    std::string after;
    for (bool is_last = false; !is_last;) {
        const auto events = store.events_by_id(after, page_rows);
        is_last = events.size() < page_rows;
        for (const Event& event : events) {
            after = event.id;
            if (!event.processed) continue;
            ++check.events;
            for (Recount& recount : recounts) recount.add(plan, event);
        }
    }
    const date::local_days from = since.value_or(all_days);
    constexpr date::local_days to{date::days{1'000'000}};
    for (Recount& recount : recounts) {
        std::map<std::pair<std::string, date::local_days>, std::pair<DayCount, DayCount>> both;
        for (const auto& [key, tally] : recount.days) {
            if (key.second >= from && tally.count > 0) both[key].second = to_stored(tally);
        }
        for (SubjectDay& day : store.figures().days_of_all(recount.stored, from, to))
            both[{day.subject, day.day}].first = std::move(day.count);
        check.days += static_cast<std::int64_t>(both.size());
        for (const auto& [key, counts] : both) {
            if (counts.first != counts.second)
                check.differences.push_back(
                    {recount.measure.key, key.first, key.second, counts.first, counts.second});
        }
    }
    return check;
}

}  // namespace sop::runtime
