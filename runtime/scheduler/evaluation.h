// The values of a plan's expressions.
//
// Numbers and amounts are exact: sums, products and quotients lose nothing on the way. What cannot
// be known has no value: a field that is not there, a row that is missing, a division by zero,
// amounts of two currencies. A comparison with it is no, and so is a condition without a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lang/plan.h"
#include "runtime/scheduler/facts.h"

namespace sop::runtime {

// What a hole shows; nothing when its value has none. Numbers, amounts and moments by its format,
// else by the locale of the facts (value_format.h), instants in the zone and to the minute; groups
// and members by their names, or their ids where nobody has them; events by their ids.
std::optional<std::string> hole_text(const lang::Hole& hole, const Facts& facts);

// As events carry it: groups, members and events by their ids.
std::optional<std::string> canonical_text(const lang::Expression& expression, const Facts& facts);

// A number without what is behind its point; nothing beyond whole_number_max.
inline constexpr std::int64_t whole_number_max = 1'000'000'000'000'000;
std::optional<std::int64_t> whole_number(const lang::Expression& expression, const Facts& facts);

// A condition.
bool holds(const lang::Expression& condition, const Facts& facts);
// A condition on an event, whose fields are those it asks for without an owner.
bool holds_of(const lang::Expression& condition, const Event& event, const Facts& facts);

// Counts the event when it is one that the aggregate counts.
void tally_event(Tally& tally, const lang::Expression& aggregate, const Event& event,
                 const Facts& facts);

// What is in an expression that cannot be answered yet; empty when all of it can.
std::string find_unanswerable(const lang::Expression& expression);

}  // namespace sop::runtime
