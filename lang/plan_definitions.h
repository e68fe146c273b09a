// What the schema of plans (plan_schema.cpp) calls the types of a plan, and what it says of them.
// A type that has no entry here does not compile there.
#pragma once

#include "lang/calendar/schedule.h"
#include "lang/plan.h"

namespace sop::lang {

struct Definition {
    const char* name;         // as the type is named
    const char* title;        // what it is, in a few words
    const char* description;  // what a reader of plans has to know of it
};

template <typename T>
struct Of {};

// ---- values and expressions ----

inline Definition definition(Of<ValueType>) {
    return {"ValueType", "Type of a value",
            "Every value is kept as the canonical text of its type."};
}
inline Definition definition(Of<Type>) {
    return {"Type", "Type with its parameter",
            "`of` is the currency of money (none: known only when it is there), the name of the "
            "event or of the table of a row, or the type of a list's elements."};
}
inline Definition definition(Of<FieldReference::Owner>) {
    return {"FieldReference.Owner", "Whose field it is",
            "`subject` is what a `where` looks at: the event, the member or the group."};
}
inline Definition definition(Of<FieldReference>) {
    return {"FieldReference", "Field of something a step can see",
            "An empty `field` means the thing itself: `{start}`."};
}
inline Definition definition(Of<Period::Kind>) {
    return {"Period.Kind", "Kind of a period",
            "`last` goes back from now by the stopwatch or, in calendar units, over whole dates "
            "before today; `between` is from a date through another one."};
}
inline Definition definition(Of<Period>) {
    return {"Period", "Events an aggregate looks at",
            "By their time; half open. `span` is of the `last` ones, `from` and `until` of "
            "`between`."};
}
inline Definition definition(Of<Expression::Kind>) {
    return {
        "Expression.Kind", "Kind of an expression",
        "A literal, something named, an operator with its operands, or an aggregate of events."};
}
inline Definition definition(Of<Expression::Among>) {
    return {"Expression.Among", "What an aggregate counts",
            "Of members, `all` are those present at the end of the period, `at_start` those when "
            "it began, `throughout` those all the time, in one stay; `repeated` are values that "
            "come at least twice."};
}
inline Definition definition(Of<Expression>) {
    return {
        "Expression", "Expression",
        "A typed tree, pure and without loops. `text` is the literal, or the name of the table, "
        "column, metric, tag or event; `field_name` the field of `sum` and `distinct`."};
}

// ---- texts and contents ----

inline Definition definition(Of<Hole>) {
    return {"Hole", "Hole of a text",
            "A field and nothing more is written as the field; else a value with the format it is "
            "written in. A tracked link tells of its opening as an event."};
}
inline Definition definition(Of<TextTemplate>) {
    return {"TextTemplate", "Text with holes",
            "Plain texts and holes, in the order they are read."};
}
inline Definition definition(Of<Card>) {
    return {
        "Card", "Card",
        "`picture` is a path beside the playbook. With a `page` of a mini-program, `link` is its "
        "app."};
}
inline Definition definition(Of<Variant>) {
    return {"Variant", "One of several forms of a content",
            "Named where it is one of an A/B test; `weight` is 1 unless written."};
}
inline Definition definition(Of<Content::Pick>) {
    return {"Content.Pick", "How a form is picked",
            "The first, each in turn, or one by chance (stable for each subject)."};
}
inline Definition definition(Of<Content>) {
    return {
        "Content", "What is posted or sent",
        "`text` alone where there is one form of text only; the name is empty for a text written "
        "in place."};
}

// ---- declarations ----

inline Definition definition(Of<EventField>) {
    return {"EventField", "Field of an event",
            "`of` is as in Type; `default` is a canonical text."};
}
inline Definition definition(Of<EventType>) {
    return {"EventType", "Declared event",
            "Every event also has `id`, `at`, `group` and `member`, which are not listed."};
}
inline Definition definition(Of<ChannelLimit::Per>) {
    return {"ChannelLimit.Per", "What a channel's limit counts by", "A length of time, elapsed."};
}
inline Definition definition(Of<ChannelLimit>) {
    return {"ChannelLimit", "How much a channel takes", "So many messages in so long."};
}
inline Definition definition(Of<ChannelDeclaration>) {
    return {
        "ChannelDeclaration", "Way out",
        "`budget` is per key or account, beyond which messages wait; `quota` per target, beyond "
        "which they are refused."};
}
inline Definition definition(Of<WordList>) {
    return {"WordList", "List of words", "What `matching` looks for in messages."};
}
inline Definition definition(Of<Table::Column>) {
    return {"Table.Column", "Column of a table", "Its name and the type of its values."};
}
inline Definition definition(Of<Table>) {
    return {"Table", "Table of values",
            "Rows have a canonical text for each column and are sorted by the key. `file` is as "
            "written."};
}
inline Definition definition(Of<SubjectKind>) {
    return {"SubjectKind", "Whom a run is for", "`playbook` is one run for nobody in particular."};
}
inline Definition definition(Of<Audience>) {
    return {
        "Audience", "Whom a rule is for",
        "Subjects of one kind that carry, for each clause of `tagged`, at least one of its tags, "
        "and are as `where` says. `ids`: these alone. With `of_groups`, members of the groups "
        "so described."};
}
inline Definition definition(Of<Metric>) {
    return {"Metric", "Named figure", "An aggregate whose period is given where it is used."};
}
inline Definition definition(Of<Tier::Level>) {
    return {"Tier.Level", "Level of a tier", "Without a condition it is for all that are left."};
}
inline Definition definition(Of<Tier>) {
    return {"Tier", "Tags by conditions",
            "The first level whose condition holds gives its tag; looked at anew on a schedule."};
}

// ---- actions ----

inline Definition definition(Of<Action>) {
    return {"Action", "Action of a step", "An object with one field, which names the action."};
}
inline Definition definition(Of<Verb>) {
    return {"Verb", "How a message is delivered", "As the playbook says it."};
}
inline Definition definition(Of<Deliver>) {
    return {"Deliver", "Deliver a message",
            "`content` is a place in the plan's contents; `to` are others than the run's subject; "
            "`at_once` is not held back by quiet hours."};
}
inline Definition definition(Of<ChangeTag>) {
    return {"ChangeTag", "Add or remove a tag", "Of the run's subject where there is no `person`."};
}
inline Definition definition(Of<ChangePoints>) {
    return {"ChangePoints", "Change a balance of points",
            "A correction may go below zero; what else does is refused."};
}
inline Definition definition(Of<TakeBack>) {
    return {"TakeBack", "Take back what an event gave", "Once for each event."};
}
inline Definition definition(Of<Task>) {
    return {"Task", "Task for a person",
            "For who has the role, within a time; steps for when it is done and when it is late."};
}
inline Definition definition(Of<Approve>) {
    return {"Approve", "Ask for approval",
            "Of who has the role, within a time; `no` is also for no answer."};
}
inline Definition definition(Of<CreateGroup>) {
    return {"CreateGroup", "Create a group", "Without a size, as large as the platform has them."};
}
inline Definition definition(Of<Invite::Source>) {
    return {"Invite.Source", "Who is invited", "Members, or those whom these named."};
}
inline Definition definition(Of<Invite>) {
    return {"Invite", "Invite to a group",
            "`keep_percent` of those with `keep_tag` stay behind, chosen stably."};
}
inline Definition definition(Of<DissolveGroup>) {
    return {"DissolveGroup", "Dissolve the group", "The run's own."};
}
inline Definition definition(Of<RemoveMember>) {
    return {"RemoveMember", "Remove the member", "The run's own, from the group."};
}
inline Definition definition(Of<NamedValue>) {
    return {"NamedValue", "Value of a field", "By name, as an expression."};
}
inline Definition definition(Of<Emit>) {
    return {"Emit", "Let an event happen", "With these fields."};
}
inline Definition definition(Of<Call>) {
    return {"Call", "Call a channel", "With these fields and no text."};
}
inline Definition definition(Of<StartRule>) {
    return {"StartRule", "Start another rule", "Of the same playbook, for the same subject."};
}
inline Definition definition(Of<MessageCondition::Kind>) {
    return {"MessageCondition.Kind", "How a message is compared",
            "Equal to the text, with the text in it, or with a word of the list in it."};
}
inline Definition definition(Of<MessageCondition>) {
    return {"MessageCondition", "What a message says",
            "`text` is the text, or the name of a list."};
}
inline Definition definition(Of<EventPattern>) {
    return {"EventPattern", "Events that are meant",
            "By name; `argument` is the value of the first field, `tag` that of `tagged` and "
            "`untagged`."};
}
inline Definition definition(Of<Collect>) {
    return {"Collect", "Collect from events",
            "What members send while the window is open, up to limits (0: none); `listed` is done "
            "every so often."};
}
inline Definition definition(Of<Draw>) {
    return {"Draw", "Draw winners",
            "From those whom such events came from while the window was open."};
}
inline Definition definition(Of<Give>) {
    return {"Give", "Give from a pool", "The next code of the pool, which nobody else is given; `refused` when none is left."};
}
inline Definition definition(Of<Wait>) {
    return {
        "Wait", "Wait for an event",
        "Steps for when it comes in time and when it does not; with `since_start` one that came "
        "after the run's start counts."};
}
inline Definition definition(Of<If::Branch>) {
    return {"If.Branch", "Branch of a condition", "Without a condition it is `else`."};
}
inline Definition definition(Of<If>) {
    return {"If", "Steps by condition", "The first branch whose condition holds."};
}
inline Definition definition(Of<Split::Branch>) {
    return {"Split.Branch", "Branch of a split", "`nothing` holds out its share."};
}
inline Definition definition(Of<Split>) {
    return {"Split", "Steps by chance", "Stable for each subject; the shares make 100 percent."};
}
inline Definition definition(Of<Stop>) {
    return {"Stop", "End the run", "With a reason for the record."};
}

// ---- rules ----

inline Definition definition(Of<StepTime::Anchor>) {
    return {"StepTime.Anchor", "What a step's time counts from",
            "The start or end of the window (of an event rule `start` is the event's time), the "
            "moment the step before was done, or a date."};
}
inline Definition definition(Of<StepTime::Next>) {
    return {"StepTime.Next", "Which day comes next", "Counted from the date of the step before."};
}
inline Definition definition(Of<StepTime>) {
    return {"StepTime", "When a step is due",
            "`span` from the anchor, or `backwards` before it; `at` is the time of day on the date "
            "reached, in seconds. `weekday` is 0 for Monday."};
}
inline Definition definition(Of<Step>) {
    return {"Step", "Step of a rule",
            "Its name is the canonical text of its label and stays its identity across edits."};
}
inline Definition definition(Of<Trigger>) {
    return {"Trigger", "What starts a rule",
            "A schedule (with `days`), an event (with `event`) or a condition (with `condition`)."};
}
inline Definition definition(Of<calendar::EveryNth::Unit>) {
    return {"EveryNth.Unit", "Unit of the calendar", "What is counted."};
}
inline Definition definition(Of<Allowance>) {
    return {"Allowance", "How often a rule starts", "For one of its kind; without a period, ever."};
}
inline Definition definition(Of<ExitEvent>) {
    return {"ExitEvent", "Event that ends a run", "With a reason for the record."};
}
inline Definition definition(Of<EventTrigger>) {
    return {"EventTrigger", "Start on an event",
            "`again_after` counts from the end of the run before, or from its start."};
}
inline Definition definition(Of<ConditionTrigger>) {
    return {"ConditionTrigger", "Start when a condition becomes true",
            "For each subject; `including_now` where it is true already, `once` and never again."};
}
inline Definition definition(Of<QuietHours>) {
    return {
        "QuietHours", "Quiet hours",
        "Times of day in seconds, `until` on the next day where it is earlier. Messages wait for "
        "their end, or with `skip` are not sent."};
}
inline Definition definition(Of<PostLimit>) {
    return {"PostLimit", "Limit of messages", "So many for each of a kind in a period."};
}
inline Definition definition(Of<LatePolicy>) {
    return {"LatePolicy", "What becomes of late messages",
            "Of several missed by one rule and subject the newest `last` (1 unless written) are "
            "sent, `spaced` apart; or none."};
}
inline Definition definition(Of<Priority>) {
    return {"Priority", "Priority", "Who goes first where a channel has a budget."};
}
inline Definition definition(Of<Concurrency>) {
    return {"Concurrency", "Several runs of a rule",
            "What becomes of a start for a subject whose run still goes on."};
}
inline Definition definition(Of<Guards>) {
    return {"Guards", "What holds a rule back",
            "Each is left out where it is as usual; `space` and `spread` are in seconds."};
}
inline Definition definition(Of<Rule>) {
    return {"Rule", "Rule",
            "Known across edits by the playbook's name and its own. A step got to later than "
            "`late_within` and a delivery that waits longer than `deliver_within` are skipped."};
}
inline Definition definition(Of<Playbook>) {
    return {"Playbook", "Playbook", "Its rules, in the order in which they are written."};
}
inline Definition definition(Of<Plan>) {
    return {
        "Plan", "Plan",
        "Everything the executor needs to know of the playbooks of a folder. `zone_release` is "
        "the zone data it was checked with and no part of its hash. Schedules name calendars by "
        "their place in `calendars`."};
}

// ---- schedules ----

inline Definition definition(Of<std::chrono::seconds>) {
    return {"Seconds", "Seconds", "A length of time, or a time of day since midnight."};
}
inline Definition definition(Of<date::local_days>) {
    return {"Date", "Date", "YYYY-MM-DD, of the calendar on the wall."};
}
inline Definition definition(Of<calendar::Span>) {
    return {"Span", "Length of time",
            "Months and days of the calendar, or elapsed seconds; never both."};
}
inline Definition definition(Of<calendar::OpenUntil>) {
    return {"OpenUntil", "Window to a time of day",
            "In seconds since midnight; on the next date where it is not later than the start."};
}
inline Definition definition(Of<calendar::WindowLength>) {
    return {"WindowLength", "Length of a window", "A span, or the time of day it is open to."};
}
inline Definition definition(Of<calendar::GapPolicy>) {
    return {"GapPolicy", "Times the clock skips",
            "Moved by the gap, to the first instant after it, left out, or an error."};
}
inline Definition definition(Of<calendar::OverlapPolicy>) {
    return {"OverlapPolicy", "Times the clock repeats",
            "The first reading, the second, both, or an error."};
}
inline Definition definition(Of<calendar::DailyInterval>) {
    return {"DailyInterval", "Every so often on each date",
            "From one time of day to another, in seconds, both included."};
}
inline Definition definition(Of<calendar::ElapsedInterval>) {
    return {"ElapsedInterval", "Every so often by the stopwatch",
            "From `at` on the date the schedule starts, whatever the clock does."};
}
inline Definition definition(Of<calendar::Schedule>) {
    return {
        "Schedule", "Schedule",
        "Dates and times of day, read in the rule's time zone: the dates of `days` in one of "
        "`months` (bit 0 is January) from `starting` and `from` through `until`, that belong to "
        "`only` and not to `except`; and those of `also`. `week_start` is 0 for Monday."};
}
inline Definition definition(Of<calendar::Days>) {
    return {"Days", "Set of dates", "Which kind it is says its `kind`."};
}
inline Definition definition(Of<calendar::WeekdaySet>) {
    return {"WeekdaySet", "Days of the week", "0 for Monday to 6 for Sunday, ascending."};
}
inline Definition definition(Of<calendar::EveryDay>) {
    return {"EveryDay", "Every date", "Without exception."};
}
inline Definition definition(Of<calendar::Weekdays>) {
    return {"Weekdays", "Days of the week", "Each week."};
}
inline Definition definition(Of<calendar::Workdays>) {
    return {"Workdays", "Working days",
            "By the schedule's calendar; without one, Monday to Friday."};
}
inline Definition definition(Of<calendar::Weekend>) {
    return {"Weekend", "Weekend",
            "Days off of each week that the schedule's calendar does not make working days."};
}
inline Definition definition(Of<calendar::MonthDay::Kind>) {
    return {"MonthDay.Kind", "How a day of the month is counted",
            "`day_or_last` is the last day of a shorter month; the others have none there."};
}
inline Definition definition(Of<calendar::MonthDay>) {
    return {"MonthDay", "Day of a month",
            "A number alone is that day. `weekday`, 0 for Monday, is of the kinds that count one."};
}
inline Definition definition(Of<calendar::MonthDays>) {
    return {"MonthDays", "Days of each month", "Ascending, each once."};
}
inline Definition definition(Of<calendar::YearDays>) {
    return {"YearDays", "Days of each year", "Month and day."};
}
inline Definition definition(Of<calendar::DateRange>) {
    return {"DateRange", "Date or stretch of dates", "Both ends belong to it."};
}
inline Definition definition(Of<calendar::Dates>) {
    return {"Dates", "Single dates", "Ascending, apart."};
}
inline Definition definition(Of<calendar::LunarDays>) {
    return {"LunarDays", "Days of the lunar year",
            "Month and day of the Chinese calendar; day 0 is the last one of the month."};
}
inline Definition definition(Of<calendar::SolarTerms>) {
    return {"SolarTerms", "Solar terms", "By number, from 0 to 23."};
}
inline Definition definition(Of<calendar::CalendarDays>) {
    return {"CalendarDays", "Days a calendar names",
            "`calendar` is a place in the plan's calendars."};
}
inline Definition definition(Of<calendar::WorkdayBeside>) {
    return {"WorkdayBeside", "Working day beside days a calendar names",
            "The first after, or the last before, each stretch of them."};
}
inline Definition definition(Of<calendar::EveryNth>) {
    return {
        "EveryNth", "Every so many days, weeks or months",
        "Counted from the date the schedule starts on; without days of the week or month, those "
        "of that date."};
}
inline Definition definition(Of<calendar::Calendar::NamedDays>) {
    return {"Calendar.NamedDays", "Days of a calendar by name", "Holidays, or other days."};
}
inline Definition definition(Of<calendar::Calendar>) {
    return {
        "Calendar", "Calendar of working days and holidays",
        "`workdays` are working days although in the weekend; `years` are the first and the last "
        "one it knows."};
}

}  // namespace sop::lang
