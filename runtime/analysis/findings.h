// The parts of the analysis, and what they have in common: a kind of finding each, from the same
// forecast.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/analysis/analysis.h"
#include "runtime/analysis/forecast.h"

namespace sop::runtime {

struct AnalysisView {
    const AnalysisInput& input;
    const Forecast& forecast;
    const SubjectClasses& subjects;
    std::vector<Finding>& findings;

    const PlannedMessage& message_of(const Promise& promise) const {
        return forecast.messages[promise.message];
    }
    lang::Place place_of(const PlannedMessage& message) const {
        return input.places.of_action(message.path, message.step, message.action);
    }
    // "`members.flash_sale` end - 10m"
    lang::Message name_of(const PlannedMessage& message) const;

    // A warning at the message, to be added to.
    lang::Diagnostic& warn(const char* code, const PlannedMessage& message, lang::Message text,
                           lang::Message label = {}) const;
    lang::Diagnostic& warn(const char* code, const lang::Place& place, lang::Message text,
                           lang::Message label = {}) const;
    // Points to another message.
    void relate(lang::Diagnostic& diagnostic, const PlannedMessage& from,
                const PlannedMessage& other, lang::Message label) const;
};

// "2026-11-19 20:00", as the message's zone has it.
std::string local_minute(const PlannedMessage& message, Instant at);
// "minute"
lang::Pattern per_text(lang::ChannelLimit::Per per);
// "20:00"
std::string local_clock(const PlannedMessage& message, Instant at);

// Messages that quiet hours put off or drop.
void find_quiet(const AnalysisView& view);
// What one group or member gets: several at once, too many, over limits and quotas.
void find_contacts(const AnalysisView& view);
// More than a channel takes in time.
void find_capacity(const AnalysisView& view);
// Rules for nobody whom the directory has.
void find_nobody(const AnalysisView& view);

}  // namespace sop::runtime
