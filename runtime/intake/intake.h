// The one way into the inbox, for all sources: what is right is kept, what is wrong is recorded
// with its reason and counted, and stops nothing behind it.
#pragma once

#include <date/date.h>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/intake/event_reader.h"
#include "runtime/store/store.h"

namespace sop::runtime {

struct IntakeRules {
    // An event that is to happen later waits until then; further ahead than this it is refused.
    std::chrono::milliseconds future_max = std::chrono::hours{24};
    // One that happened longer ago is refused; nothing: however old. As long as ids of events are
    // remembered a second one of the same id is told.
    std::optional<date::days> past_max{400};
    std::size_t line_max = std::size_t{64} * 1024;  // bytes
};

// A line of what came in. One that is too long comes with no more than its beginning.
struct IncomingLine {
    std::string text{};
    std::int64_t number = 0;  // from 1; 0 where there are no lines
    bool is_too_long = false;
};

// What became of an event.
struct Taken {
    IntakeOutcome outcome = IntakeOutcome::accepted;
    std::string id{};  // where it is known
    std::int64_t line = 0;
    std::optional<Rejection> reason{};  // of one that was rejected
    std::string message{};              // what is wrong with it, and how to mend it
};

// There is no plan to check events by.
class IntakeError : public Error {
  public:
    using Error::Error;
};

// Not for use by several threads (intake_queue.h is). StoreError passes through: nothing of that
// call was kept.
class Intake {
  public:
    Intake(Store& store, const IntakeRules& rules) : store_(store), rules_(rules) {}

    enum class WhenWrong { go_on, stop };
    // In one transaction: what it returns is on the disk. `source` is what the records call it.
    // With `stop`, nothing behind the first wrong line is looked at, and that line is the last of
    // what is returned. Throws IntakeError.
    std::vector<Taken> take(const std::vector<IncomingLine>& lines, const std::string& source,
                            Instant received_at, WhenWrong when_wrong = WhenWrong::go_on);
    // One that was written field by field (EventSchema::check). Throws IntakeError.
    Taken take(const Event& written, const std::string& source);

  private:
    // An event, or why there is none.
    struct Looked {
        Event event{};
        std::optional<EventError> error{};
    };
    Looked look(const IncomingLine& line, Instant received_at) const;
    void require_time(const Event& event) const;
    bool is_plan_known();
    void learn_plan();
    Taken keep(Looked& looked, std::int64_t line);
    void record(const std::vector<Taken>& taken, const std::vector<IncomingLine>& lines,
                const std::string& source, Instant received_at);

    Store& store_;
    IntakeRules rules_;
    PlanVersion version_ = 0;
    std::optional<EventSchema> schema_{};
};

// The beginning of what came, as text that can be shown in one line.
std::string excerpt_of(std::string_view text);

}  // namespace sop::runtime
