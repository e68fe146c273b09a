// Schedules and calendars in the JSON of plans.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "lang/calendar/schedule.h"

namespace sop::lang {

// Schedules name the calendars they use by their place in this list.
using CalendarList = std::vector<std::shared_ptr<const calendar::Calendar>>;

// The place of one that is in the list.
std::size_t calendar_index(const std::shared_ptr<const calendar::Calendar>& calendar,
                           const CalendarList& calendars);

nlohmann::json write_calendar(const calendar::Calendar& calendar);
nlohmann::json write_schedule(const calendar::Schedule& schedule, const CalendarList& calendars);
nlohmann::json write_span(const calendar::Span& span);

// Throw nlohmann::json::exception or PlanFormatError for what the functions above did not write, in
// this or an earlier format.
calendar::Calendar read_calendar(const nlohmann::json& value);
calendar::Schedule read_schedule(const nlohmann::json& value, const CalendarList& calendars);
calendar::Span read_span(const nlohmann::json& value);
date::local_days read_date(const nlohmann::json& value);

}  // namespace sop::lang
