// Times as local text, "2026-11-19 20:00", and plans written by hand.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/plan.h"
#include "runtime/clock/clock.h"

namespace sop::tests {

using namespace std::chrono_literals;
using runtime::Instant;

// The zones of this machine, read once.
const lang::calendar::ZoneDatabase& zones();
const lang::calendar::Zone& zone(const std::string& name);
// "2026-11-19 20:00", "… 20:00:30" or "… 20:00:30.250" on the wall of a zone.
Instant instant(const std::string& local, const std::string& zone_name = "Asia/Shanghai");
// The same back; seconds and milliseconds only where there are some.
std::string local_text(Instant instant, const std::string& zone_name = "Asia/Shanghai");

// ---- plans by hand ------------------------------------------------------------------------------

lang::CalendarTrigger daily(std::vector<std::chrono::seconds> times,
                            std::optional<std::chrono::seconds> window = std::nullopt);
// Day 0 is Monday.
lang::CalendarTrigger weekly(std::size_t day, std::chrono::seconds time,
                             std::optional<std::chrono::seconds> window = std::nullopt);
lang::EventTrigger on_event(std::string event, std::optional<std::string> argument = std::nullopt);

lang::StepTime at_start(std::chrono::seconds offset = 0s);
lang::StepTime at_end(std::chrono::seconds offset = 0s);
lang::StepTime days_from_start(int days, std::chrono::seconds at);
lang::StepTime after(std::chrono::seconds elapsed);
lang::StepTime next_day(std::chrono::seconds at);

lang::TextTemplate plain(std::string text);
lang::FieldReference field(lang::FieldReference::Owner owner, std::string name,
                           lang::ValueType type = lang::ValueType::text);

// A plan with one playbook, `members`. Rules are for groups (members) tagged `member` and go out
// via `hook`.
class Draft {
  public:
    explicit Draft(std::string zone_name = "Asia/Shanghai");
    // The reference is good until 64 rules are made.
    lang::Rule& rule(std::string name, lang::Trigger trigger,
                     lang::SubjectKind kind = lang::SubjectKind::group);
    lang::Action post(lang::TextTemplate text);
    lang::Action post(std::string text) { return post(plain(std::move(text))); }

    lang::Plan plan;

  private:
    std::string zone_;
};

}  // namespace sop::tests
