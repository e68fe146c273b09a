// Events from the outside, checked against the plan that is in force before they are stored.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "lang/plan.h"
#include "runtime/error.h"
#include "runtime/store/store.h"

namespace sop::runtime {

// The closed list of why an event is not taken. Its words are what `sop status` and the metrics
// count by.
enum class Rejection {
    too_long,
    not_utf8,
    not_json,
    too_deep,
    wrong_shape,        // not an object, a member of it missing, given twice or of the wrong type
    unknown_event,      // no playbook declares it
    wrong_field,        // a declared one that is missing or has a value of another type
    wrong_id,           // of the event, a group or a member
    nobody,             // it needs a group or a member, and names none
    wrong_time,         // `at` cannot be read
    future,             // further ahead than is waited for
    past,               // so old that a second one of the same id might not be known any more
    different_content,  // there is one of this id, which says otherwise
};
std::string_view to_text(Rejection reason);

// An event that does not fit the plan: what, and how to mend it.
class EventError : public Error {
  public:
    EventError(Rejection reason, std::string what) : Error(std::move(what)), reason_(reason) {}
    Rejection reason() const { return reason_; }

  private:
    Rejection reason_;
};

// Levels of lists and objects in a line, the event itself among them.
inline constexpr int event_depth_max = 32;

// What events may say by one plan.
class EventSchema {
  public:
    explicit EventSchema(const lang::Plan& plan);

    // One line of NDJSON:
    //   {"type", "at"?, "id"?, "group"?, "member"?, "fields"?: {name: text, number or boolean}}
    // `at` is RFC 3339 with "Z" or an offset, and `received_at` when it is left out; without that
    // it is required. The id is empty when it is left out. `null` is as good as left out. The
    // values of declared fields are in canonical form, defaults filled in; whatever else the line
    // says is kept in `extra`. Throws EventError.
    Event read(std::string_view line, std::optional<Instant> received_at) const;

    // The same for one that people write field by field, as texts: there a field that is not
    // declared is a mistake. Throws EventError.
    Event check(Event event) const;

  private:
    const lang::EventType& find(const std::string& name) const;

    std::unordered_map<std::string, lang::EventType> types_;
};

// Whether two events of one id say the same, as far as their senders said it: one that was sent
// without `at` has the time when it came.
bool has_same_content(const Event& first, const Event& second);

// A new unique id (UUID version 7, RFC 9562).
std::string make_event_id(Instant now);

}  // namespace sop::runtime
