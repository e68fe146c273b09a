// What groups or members did after they were given one of several forms of a content.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lang/plan.h"
#include "runtime/figures/shares.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// The event that counts as an answer, and how long after the message was sent it still does.
struct Answering {
    std::string event{};
    std::optional<std::string> field{};  // that has to say `value`
    std::string value{};
    std::chrono::milliseconds within{};
};

struct VariantResult {
    std::string content{};
    std::string variant{};  // its name, or its place from 1 where it has none
    lang::SubjectKind kind = lang::SubjectKind::member;
    std::int64_t sent = 0;  // messages
    // Of the different groups or members that got it and whose time to answer is over.
    Share answered{};
    std::int64_t open = 0;  // groups or members whose time is not over, answered or not
};

// The plan of a version; nullptr when the store has it no more.
using FindPlan = std::function<const lang::Plan*(PlanVersion)>;

// Of messages planned for [from, to) that were sent, by content and form; contents without a name
// and those of one form are left out. Reads all deliveries, and the events of each whom they were
// for.
std::vector<VariantResult> variant_results(Store& store, const FindPlan& find_plan, Instant from,
                                           Instant to, const Answering& answering, Instant now);

}  // namespace sop::runtime
