#include "runtime/analysis/analysis.h"

#include <fmt/format.h>

#include "runtime/analysis/findings.h"

namespace sop::runtime {

using namespace lang::literals;

lang::Message AnalysisView::name_of(const PlannedMessage& message) const {
    return fmt::format("`{}` {}", message.path, message.rule->steps[message.step].name);
}

lang::Diagnostic& AnalysisView::warn(const char* code, const lang::Place& place, lang::Message text,
                                     lang::Message label) const {
    lang::Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.severity = lang::Severity::warning;
    diagnostic.span = place.span;
    diagnostic.message = std::move(text);
    diagnostic.label = std::move(label);
    findings.push_back({place.source, std::move(diagnostic)});
    return findings.back().diagnostic;
}

lang::Diagnostic& AnalysisView::warn(const char* code, const PlannedMessage& message,
                                     lang::Message text, lang::Message label) const {
    return warn(code, place_of(message), std::move(text), std::move(label));
}

void AnalysisView::relate(lang::Diagnostic& diagnostic, const PlannedMessage& from,
                          const PlannedMessage& other, lang::Message label) const {
    const lang::Place here = place_of(from);
    const lang::Place there = place_of(other);
    diagnostic.related.push_back(
        {there.span, std::move(label), there.source == here.source ? nullptr : there.source});
}

std::string local_minute(const PlannedMessage& message, Instant at) {
    return date::format("%F %H:%M", message.zone->to_local(date::floor<std::chrono::seconds>(at)));
}

std::string local_clock(const PlannedMessage& message, Instant at) {
    return date::format("%H:%M", message.zone->to_local(date::floor<std::chrono::seconds>(at)));
}

lang::Pattern per_text(lang::ChannelLimit::Per per) {
    switch (per) {
        case lang::ChannelLimit::Per::second:
            return "second"_say;
        case lang::ChannelLimit::Per::minute:
            return "minute"_say;
        case lang::ChannelLimit::Per::hour:
            return "hour"_say;
        case lang::ChannelLimit::Per::day:
            break;
    }
    return "day"_say;
}

std::vector<Finding> analyse(const AnalysisInput& input) {
    std::vector<Finding> findings;
    if (input.horizon <= date::days{0}) return findings;
    const Forecast coming = forecast(input.plan, input.zones, input.from, input.horizon);
    const SubjectClasses subjects = classify(coming.audiences, input.find);
    const AnalysisView view{input, coming, subjects, findings};
    find_quiet(view);
    find_contacts(view);
    find_capacity(view);
    if (input.find) find_nobody(view);
    return findings;
}

}  // namespace sop::runtime
