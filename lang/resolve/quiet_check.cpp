#include "lang/resolve/quiet_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "lang/calendar/schedule.h"
#include "lang/calendar/span.h"
#include "lang/codes.h"
#include "lang/quiet_hours.h"

namespace sop::lang {

namespace {

using calendar::AnchorSide;

constexpr std::size_t occurrences_tried = 60;

// From the beginning of a run to its end.
struct Moments {
    date::sys_seconds start{};
    date::sys_seconds end{};
};

std::chrono::seconds time_of_day(const calendar::Zone& zone, date::sys_seconds at) {
    const date::local_seconds local = zone.to_local(at);
    return local - date::floor<date::days>(local);
}

class QuietCheck {
  public:
    QuietCheck(const Rule& rule, const calendar::Zone& zone, const ResolveContext& context)
        : quiet_(*rule.guards->quiet), zone_(zone), context_(context) {}

    void try_on(const calendar::Schedule& schedule, date::sys_seconds from) {
        policy_ = schedule.policy();
        for (const auto& occurrence : calendar::OccurrenceRange(schedule, zone_, from)) {
            runs_.push_back(
                {occurrence.instant, calendar::window_end(schedule, occurrence, zone_)});
            if (runs_.size() == occurrences_tried) break;
        }
    }

    void check(const ast::Steps& steps) const {
        for (const auto& step : steps) {
            if (!step.label_broken && is_always_quiet(step)) report_messages(step);
        }
    }

  private:
    bool is_always_quiet(const ast::Step& step) const {
        const StepTime when = step.label ? step.label->when : StepTime{};
        if (when.offset.at) return is_quiet(quiet_, *when.offset.at);
        const bool is_of_run =
            when.anchor == StepTime::Anchor::start || when.anchor == StepTime::Anchor::end;
        return is_of_run && !runs_.empty() &&
               std::all_of(runs_.begin(), runs_.end(), [&](const Moments& run) {
                   return is_quiet(quiet_, time_of_day(zone_, planned(when, run)));
               });
    }

    date::sys_seconds planned(const StepTime& when, const Moments& run) const {
        const bool at_end = when.anchor == StepTime::Anchor::end;
        return calendar::apply(when.offset, at_end ? run.end : run.start,
                               at_end ? AnchorSide::end : AnchorSide::start, zone_, policy_);
    }

    void report_messages(const ast::Step& step) const {
        for (const auto& action : step.actions) {
            const auto* message = std::get_if<ast::DeliverAction>(&action.node);
            if (message == nullptr || message->at_once) continue;
            if (message->verb == Verb::reply || message->verb == Verb::warn) continue;
            auto& diagnostic = context_.report(code::always_quiet, message->verb_span,
                                               "the quiet hours drop this message every time"_say);
            diagnostic.severity = Severity::warning;
            diagnostic.notes.push_back("they last {}..{} here, `then skip`"_say(
                calendar::time_of_day_text(quiet_.from), calendar::time_of_day_text(quiet_.until)));
            diagnostic.notes.push_back(
                "plan it for another time, write `at once` behind it, or `then defer`"_say);
        }
    }

    const QuietHours& quiet_;
    const calendar::Zone& zone_;
    const ResolveContext& context_;
    calendar::LocalPolicy policy_{};
    std::vector<Moments> runs_;  // the coming ones of a rule of the calendar
};

}  // namespace

void check_quiet_hours(const ast::Rule& rule, const Rule& resolved, const calendar::Zone& zone,
                       date::sys_seconds from, const ResolveContext& context) {
    const Guards& guards = *resolved.guards;
    if (!guards.quiet || !guards.quiet->skip || guards.spread.count() > 0) return;
    QuietCheck check(resolved, zone, context);
    if (const auto* calendar = std::get_if<CalendarTrigger>(&resolved.trigger))
        check.try_on(calendar->schedule, from);
    check.check(rule.steps);
}

}  // namespace sop::lang
