#include "runtime/executor/counters.h"

#include <algorithm>
#include <optional>
#include <set>

#include "runtime/scheduler/evaluation.h"

namespace sop::runtime {

namespace {

constexpr std::size_t page_rows = 500;

}  // namespace

void Counters::use(const LoadedPlan* in_force) {
    by_event_.clear();
    if (in_force == nullptr) return;
    add_measures(*in_force);
    if (in_force->version > 1) {
        try {
            add_measures(plans_.plan(in_force->version - 1));
        } catch (const PlanError&) {
            // Retention keeps the last two; what cannot be read asks for nothing.
        }
    }
    std::set<MeasureId> asked_for;
    for (const auto& [event, counted] : by_event_) {
        for (const Counted& each : counted) asked_for.insert(each.stored.id);
    }
    for (const StoredMeasure& stored : store_.figures().list_measures()) {
        if (!asked_for.contains(stored.id)) store_.figures().remove_measure(stored.id);
    }
}

void Counters::add_measures(const LoadedPlan& loaded) {
    std::optional<bool> has_past;
    for (Measure& measure : measures_of(loaded.plan)) {
        auto& of_event = by_event_[measure.aggregate.text];
        const bool is_known = std::any_of(
            of_event.begin(), of_event.end(),
            [&measure](const Counted& counted) { return counted.measure.key == measure.key; });
        if (is_known) continue;
        Counted counted{
            .measure = std::move(measure), .plan = &loaded.plan, .zone = {}, .stored = {}};
        try {
            counted.zone = plans_.zones().find(counted.measure.timezone);
        } catch (const lang::calendar::ZoneDataError&) {
            // Whatever goes by that clock says so.
        }
        if (!counted.zone) continue;
        auto stored = store_.figures().find_measure(counted.measure.key);
        if (!stored) {
            if (!has_past) has_past = store_.has_processed_events();
            stored = store_.figures().find_or_add_measure(counted.measure.key, !*has_past);
        }
        counted.stored = std::move(*stored);
        of_event.push_back(std::move(counted));
    }
}

void Counters::count(const Event& event) {
    const auto of_event = by_event_.find(event.type);
    if (of_event == by_event_.end()) return;
    for (const Counted& counted : of_event->second) {
        // Else it is met on the way through the events.
        if (counted.stored.complete || event.id <= counted.stored.counted_through)
            count(counted, event);
    }
}

void Counters::count(const Counted& counted, const Event& event) {
    const bool of_member = counted.measure.kind == SubjectKind::member;
    if (of_member && !event.member) return;
    const std::string subject = of_member ? *event.member : event.group.value_or("");
    const Window window{event.at, event.at};
    const Subject nobody;
    const Facts facts{*counted.plan, *counted.zone, window, nobody, nullptr, event.at, nullptr};
    const date::local_days day = date::floor<date::days>(
        counted.zone->to_local(date::floor<std::chrono::seconds>(event.at)));
    const auto stored = store_.figures().find_day(counted.stored.id, subject, day);
    Tally tally = stored ? tally_of(*stored) : Tally{};
    const std::int64_t before = tally.count;
    tally_event(tally, counted.measure.aggregate, event, facts);
    if (tally.count != before)
        store_.figures().put_day(counted.stored.id, {subject, day, to_stored(tally)});
}

bool Counters::is_behind() const {
    return std::any_of(by_event_.begin(), by_event_.end(), [](const auto& entry) {
        return std::any_of(entry.second.begin(), entry.second.end(),
                           [](const Counted& counted) { return !counted.stored.complete; });
    });
}

void Counters::catch_up() {
    std::optional<std::string> through;
    for (const auto& [event, counted] : by_event_) {
        for (const Counted& each : counted) {
            if (each.stored.complete) continue;
            through = through ? std::min(*through, each.stored.counted_through)
                              : each.stored.counted_through;
        }
    }
    if (!through) return;
    const auto events = store_.events_by_id(*through, page_rows);
    const bool is_last = events.size() < page_rows;
    const std::string reached = events.empty() ? *through : events.back().id;
    for (auto& [type, counted] : by_event_) {
        for (Counted& each : counted) {
            if (each.stored.complete || each.stored.counted_through != *through) continue;
            for (const Event& event : events) {
                if (event.processed && event.type == type) count(each, event);
            }
            each.stored.counted_through = reached;
            each.stored.complete = is_last;
            store_.figures().set_counted_through(each.stored.id, reached, is_last);
        }
    }
}

}  // namespace sop::runtime
