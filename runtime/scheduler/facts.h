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
#include "runtime/scheduler/tally.h"
#include "runtime/scheduler/timeline.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// Whom a run of a rule without `for` is for.
struct Nobody {
    bool operator==(const Nobody&) const = default;
};
// Whom a run is for, as the directory has it now; monostate when it is no longer there.
// In a rule for members of groups: the member as one of the group.
struct MemberOfGroup {
    Member member;
    Group group;
    std::optional<Instant> joined_at;
};
using Subject = std::variant<std::monostate, Group, Member, MemberOfGroup, Nobody>;

// The group or member; the member of one that is for it as one of a group. Empty for nobody, and
// for one that is no longer there.
std::string_view subject_id(const Subject& subject);
// What its runs and events are known by: the pair of both for a member as one of a group.
std::string subject_key(const Subject& subject);
// nullptr when it is none, and has none to do with it.
const Group* group_of(const Subject& subject);
const Member* member_of(const Subject& subject);

// What came before, as far as it is kept. The same question has the same answer within one
// decision.
class Records {
  public:
    virtual ~Records() = default;
    // Of a type, about a subject (a group, a member, or a member in a group; about anybody for
    // SubjectKind::playbook), with `at` in [from, to), in the order (at, id).
    virtual std::vector<Event> events_of(SubjectKind kind, const std::string& subject,
                                         const std::string& type, Instant from, Instant to) = 0;
    // Whether a group or member carries the tag now. No for one that is not there.
    virtual bool has_tag(SubjectKind kind, const std::string& subject, const std::string& tag) = 0;
    // A member's points now; 0 for one that is not there.
    virtual std::int64_t points_of(const std::string& member) = 0;
    // As they are now; nothing for one that is not there.
    virtual std::optional<Group> find_group(const std::string& /*id*/) { return std::nullopt; }
    virtual std::optional<Member> find_member(const std::string& /*id*/) { return std::nullopt; }
    virtual std::optional<Joined> find_membership(const Membership& /*membership*/) {
        return std::nullopt;
    }
    // The code of a pool that is given next; nothing when none is left.
    virtual std::optional<std::string> next_code(const std::string& /*pool*/) {
        return std::nullopt;
    }
    // What was counted of a measure (measure.h) on the dates [from, to) that have something, in
    // their order; nothing when it is not counted by the day.
    virtual std::optional<std::vector<DayTally>> days_of(const std::string& /*measure*/,
                                                         const std::string& /*subject*/,
                                                         date::local_days /*from*/,
                                                         date::local_days /*to*/) {
        return std::nullopt;
    }
    // Who was in a group when, staff left out; in the order of members.
    virtual std::vector<Stay> stays_in(const std::string& /*group*/) { return {}; }
    // Of a group or member; nothing for one that is not there.
    virtual std::optional<std::string> name_of(SubjectKind /*kind*/,
                                               const std::string& /*subject*/) {
        return std::nullopt;
    }
    // How many messages of a content that takes its forms in turn the target was given.
    virtual std::int64_t turns_of(const std::string& /*content*/, const Target& /*target*/) {
        return 0;
    }
    // Who has a role in a group now, in the order of ids.
    virtual std::vector<std::string> staff_of(const std::string& /*group*/,
                                              const std::string& /*role*/) {
        return {};
    }
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
    // How values are written in texts (value_format.h); empty for the plain way.
    std::string_view locale{};
    const Proceeds* proceeds = nullptr;
    const Event* collected = nullptr;  // that was taken, and may be given back
    // Which of the groups that an action creates its name is for, `{n}`.
    std::optional<std::int64_t> group_number{};
};

}  // namespace sop::runtime
