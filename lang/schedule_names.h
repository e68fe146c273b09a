// The enumerators of schedules by their names in the JSON of plans.
#pragma once

#include "lang/calendar/schedule.h"
#include "lang/json_names.h"

namespace sop::lang {

inline const Names<calendar::MonthDay::Kind>& names_of_enum(calendar::MonthDay::Kind) {
    using Kind = calendar::MonthDay::Kind;
    static const Names<Kind> names{{Kind::day, "day"},
                                   {Kind::day_or_last, "day_or_last"},
                                   {Kind::day_from_end, "day_from_end"},
                                   {Kind::weekday, "weekday"},
                                   {Kind::weekday_from_end, "weekday_from_end"},
                                   {Kind::workday, "workday"},
                                   {Kind::workday_from_end, "workday_from_end"}};
    return names;
}
inline const Names<calendar::EveryNth::Unit>& names_of_enum(calendar::EveryNth::Unit) {
    using Unit = calendar::EveryNth::Unit;
    static const Names<Unit> names{
        {Unit::day, "day"}, {Unit::week, "week"}, {Unit::month, "month"}};
    return names;
}
inline const Names<calendar::GapPolicy>& names_of_enum(calendar::GapPolicy) {
    using calendar::GapPolicy;
    static const Names<GapPolicy> names{{GapPolicy::shift, "shift"},
                                        {GapPolicy::next, "next"},
                                        {GapPolicy::skip, "skip"},
                                        {GapPolicy::reject, "reject"}};
    return names;
}
inline const Names<calendar::OverlapPolicy>& names_of_enum(calendar::OverlapPolicy) {
    using calendar::OverlapPolicy;
    static const Names<OverlapPolicy> names{{OverlapPolicy::first, "first"},
                                            {OverlapPolicy::second, "second"},
                                            {OverlapPolicy::both, "both"},
                                            {OverlapPolicy::reject, "reject"}};
    return names;
}

}  // namespace sop::lang
