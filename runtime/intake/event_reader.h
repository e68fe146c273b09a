// Events from the outside, checked against the plan that is in force before they are stored.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "lang/plan.h"
#include "runtime/error.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// An event that does not fit the plan: what, and how to mend it.
class EventError : public Error {
  public:
    using Error::Error;
};

// The event with its values in canonical form and defaults filled in. Throws EventError for an
// undeclared event or field, a value of the wrong type, and a field that is neither given, optional
// nor with a default.
Event checked_event(const lang::Plan& plan, Event event);

// One line of NDJSON: {"type", "at", "id"?, "group"?, "member"?, "fields"?: {name: text or
// number}}; `at` is RFC 3339 with "Z" or an offset. An event without an id is given
// `id_if_missing`. Throws EventError.
Event parse_event(const std::string& line, const std::string& id_if_missing);

// A new unique id (UUID version 7, RFC 9562).
std::string make_event_id(Instant now);

}  // namespace sop::runtime
