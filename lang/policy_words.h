// The words of the policies for times the clock skips or repeats.
#pragma once

#include <array>
#include <utility>

#include "lang/calendar/zone.h"
#include "lang/keywords.h"

namespace sop::lang {

inline constexpr std::array<std::pair<calendar::GapPolicy, Keyword>, 4> gap_words{{
    {calendar::GapPolicy::shift, Keyword::shift},
    {calendar::GapPolicy::next, Keyword::next},
    {calendar::GapPolicy::skip, Keyword::skip},
    {calendar::GapPolicy::reject, Keyword::reject},
}};
inline constexpr std::array<std::pair<calendar::OverlapPolicy, Keyword>, 4> overlap_words{{
    {calendar::OverlapPolicy::first, Keyword::first},
    {calendar::OverlapPolicy::second, Keyword::second},
    {calendar::OverlapPolicy::both, Keyword::both},
    {calendar::OverlapPolicy::reject, Keyword::reject},
}};

}  // namespace sop::lang
