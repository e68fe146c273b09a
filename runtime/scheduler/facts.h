// What expressions and texts of a run may ask: values, and a few questions about its past.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/scheduler/timeline.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// Whom a run is for, as the directory has it now; monostate when it is no longer there.
using Subject = std::variant<std::monostate, Group, Member>;

// Empty for one that is no longer there.
std::string_view subject_id(const Subject& subject);

// What came before, as far as it is kept. The same question has the same answer within one
// decision.
class Records {
  public:
    virtual ~Records() = default;
    // Of a type, about a subject, with `at` in [from, to), in the order (at, id).
    virtual std::vector<Event> events_of(SubjectKind kind, const std::string& subject,
                                         const std::string& type, Instant from, Instant to) = 0;
    // Whether a group or member carries the tag now. No for one that is not there.
    virtual bool has_tag(SubjectKind kind, const std::string& subject, const std::string& tag) = 0;
    // A member's points now; 0 for one that is not there.
    virtual std::int64_t points_of(const std::string& member) = 0;
    // The code of a pool that is given next; nothing when none is left.
    virtual std::optional<std::string> next_code(const std::string& pool) = 0;
};

// What a run's own actions brought it: the list it is a part of, the draw, the codes.
struct Proceeds {
    struct List {
        std::string text;
        std::optional<std::int64_t> left{};  // nothing without a limit
    };
    struct Draw {
        std::string seal;
        // Of a draw that was held.
        std::string seed{};
        std::string winners{};
        std::optional<std::int64_t> place{};  // of the winner whom it is about, else how many won
        std::optional<std::int64_t> entries{};
    };
    std::optional<List> list{};
    std::optional<Draw> draw{};
    std::optional<std::string> code{};  // the last that was given
};

struct Facts {
    const lang::Plan& plan;
    const lang::calendar::Zone& zone;  // the rule's: days and wall times are those of it
    const Window& window;
    const Subject& subject;
    const Event* event = nullptr;  // that started the run; nullptr for a calendar rule
    // The moment that is judged: a step's planned time, so that a late executor counts what one on
    // time would have counted.
    Instant at{};
    Records* records = nullptr;  // nullptr: there are none
    const Proceeds* proceeds = nullptr;
    const Event* collected = nullptr;  // that was taken, and may be given back
};

}  // namespace sop::runtime
