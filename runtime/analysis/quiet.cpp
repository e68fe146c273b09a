#include "lang/codes.h"
#include "runtime/analysis/findings.h"

#include <fmt/format.h>

#include "lang/calendar/schedule.h"

namespace sop::runtime {

using namespace lang::literals;

namespace {

std::string hours_text(const lang::QuietHours& quiet) {
    return fmt::format("{}..{}", lang::calendar::time_of_day_text(quiet.from),
                       lang::calendar::time_of_day_text(quiet.until));
}

struct QuietTimes {
    const Promise* first = nullptr;
    std::size_t times = 0;
    std::size_t of = 0;
};

void report(const AnalysisView& view, const PlannedMessage& message, const QuietTimes& put_off,
            const QuietTimes& dropped) {
    const lang::QuietHours& quiet = *message.rule->guards->quiet;
    const QuietTimes& found = put_off.times > 0 ? put_off : dropped;
    const std::string planned = local_minute(message, found.first->planned_for);
    // What is dropped each time is told without a look at the calendar.
    if (put_off.times == 0 && quiet.skip && dropped.times == dropped.of) return;
    auto& diagnostic =
        put_off.times > 0
            ? view.warn(lang::code::in_quiet_hours, message, "quiet hours put this message off"_say,
                        "planned for {}, goes out at {}"_say(
                            local_clock(message, put_off.first->planned_for),
                            local_clock(message, *put_off.first->wanted_at)))
            : view.warn(lang::code::in_quiet_hours, message,
                        quiet.skip ? "quiet hours drop this message"_say
                                   : "quiet hours keep this message longer than it may wait"_say,
                        "planned for {}, is not sent"_say(
                            local_clock(message, dropped.first->planned_for)));
    diagnostic.notes.push_back("on {} of {} coming times, first on {}; they last {}"_say(
        found.times, found.of, planned, hours_text(quiet)));
    if (put_off.times > 0 && dropped.times > 0)
        diagnostic.notes.push_back(
            "on {} more it would wait too long, and is not sent"_say(dropped.times));
    diagnostic.notes.push_back("plan it for another time, or write `at once` behind it"_say);
}

}  // namespace

void find_quiet(const AnalysisView& view) {
    std::vector<QuietTimes> put_off(view.forecast.messages.size());
    std::vector<QuietTimes> dropped(view.forecast.messages.size());
    for (const Promise& promise : view.forecast.promises) {
        ++put_off[promise.message].of;
        ++dropped[promise.message].of;
        if (promise.wanted_at == promise.planned_for) continue;
        QuietTimes& times = (promise.wanted_at ? put_off : dropped)[promise.message];
        if (times.times++ == 0) times.first = &promise;
    }
    for (std::size_t at = 0; at < view.forecast.messages.size(); ++at) {
        if (put_off[at].times + dropped[at].times > 0)
            report(view, view.forecast.messages[at], put_off[at], dropped[at]);
    }
}

}  // namespace sop::runtime
