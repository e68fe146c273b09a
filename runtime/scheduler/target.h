// Whom a message goes to.
//
// `post` and `announce` go to the run's group, `send` to its member, in a rule for groups to the
// member of its event. `reply` and `warn` go to where the event happened: its group, else its
// member. What answers a message names it; what answers anything else in a group mentions the
// member, and a warning always does.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lang/plan.h"
#include "runtime/scheduler/facts.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// The run's subject as a target.
Target subject_of(const lang::Rule& rule, const Facts& facts);

struct Address {
    std::optional<Target> target{};       // nothing: the run's subject
    std::vector<std::string> mentions{};  // ids of members
    std::string reply_to{};               // id of the message that is answered
    // Why it goes to nobody: "no value" when nothing names one, "gone" for one that is not in the
    // directory; else empty.
    std::string problem{};

    bool operator==(const Address&) const = default;
};
// Whether it goes to several: to those of its `to`, or to the groups that a run of a rule without
// `for` creates.
bool is_to_many(const lang::Rule& rule, const lang::Deliver& deliver);

// Not in the directory, or there as one that is no more.
bool is_gone(const Target& target, const Facts& facts);

// Of a message to one.
Address address_of(const lang::Rule& rule, const lang::Deliver& deliver, const Facts& facts);

}  // namespace sop::runtime
