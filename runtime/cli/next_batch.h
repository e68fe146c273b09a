// `sop next -`: questions about schedules, a JSON object a line, answered in order.
#pragma once

#include <istream>
#include <ostream>

#include "lang/calendar/zone.h"
#include "lang/diagnostic.h"

namespace sop::runtime::cli {

// {"id", "schedule", "zone", "after", "count"} to {"id", "next": ["…Z"]}, or to {"id", "error":
// {"code", "message"}}, the message in `language`. `id` is any JSON value and may be left out;
// `after` is an instant in UTC, exclusive; `count` is 1 unless given, at most 10,000. Memory does
// not grow with the number of lines.
void answer_questions(std::istream& in, std::FILE* out, const lang::calendar::ZoneDatabase& zones,
                      lang::Language language);

}  // namespace sop::runtime::cli
