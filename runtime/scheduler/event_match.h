// Which rules an event starts, which waits it answers, which runs it ends, and for whom.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "lang/plan.h"
#include "runtime/scheduler/facts.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// The canonical text of a declared field: what the event carries, else the declared default;
// nothing when it has neither.
std::optional<std::string> event_field(const lang::Plan& plan, const Event& event,
                                       const std::string& field);

// An event of sop's own, which no playbook can declare: the rule that its field `rule` names,
// "members.sale", fires at its time, for all the rule is for or for the group or member it is
// about.
inline constexpr const char* run_now_event = "sop.run";
inline constexpr const char* run_now_rule = "rule";

// Events that need no declaration (lang/, std.events). `message` has the fields `text` and
// `effective`; `join` may say who invited the member; `tagged` and `untagged`, which the executor
// adds itself, name the tag in `tag`.
inline constexpr const char* message_event = "message";
inline constexpr const char* message_text = "text";
inline constexpr const char* join_event = "join";
inline constexpr const char* first_join = "first";  // whether it is the first time
inline constexpr const char* join_invited_by = "invited_by";
inline constexpr const char* join_name = "name";
inline constexpr const char* leave_event = "leave";
// Whoever opts out gets no `send` until it opts in. A dissolved group is addressed no more; a
// platform may tell it as well.
inline constexpr const char* opt_out_event = "opt_out";
inline constexpr const char* opt_in_event = "opt_in";
inline constexpr const char* dissolved_event = "dissolved";
inline constexpr const char* tagged_event = "tagged";
inline constexpr const char* untagged_event = "untagged";
inline constexpr const char* changed_tag = "tag";

// The name of the event is the pattern's, its first field the pattern's argument when it has one,
// its tag the pattern's, its text what the pattern looks for (whatever case and width it is in),
// and the pattern's condition holds. `facts` are those of the run that asks.
bool matches(const lang::EventPattern& pattern, const Event& event, const Facts& facts);
// Whether it can match as far as that is known without the facts of a run.
bool may_match(const lang::Plan& plan, const lang::EventPattern& pattern, const Event& event);

// Tags whose coming or going starts the rule, ends its runs or answers their waits.
std::set<std::string> watched_tags(const lang::Rule& rule);

// Types of events that end the rule's runs or answer their waits.
std::set<std::string> awaited_events(const lang::Rule& rule);

// The subject of the kind the rule is for; nothing when the event names none, and of a rule for
// nobody in particular.
std::optional<std::string> event_subject(const lang::Rule& rule, const Event& event);

}  // namespace sop::runtime
