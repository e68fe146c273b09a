// The syntax tree: what was written, with its place and its comments. Plain values; nothing is
// resolved yet.
//
// A node that could not be read whole is left out or has its part empty (`std::optional`,
// `std::monostate`): it was reported where it stands, and later stages stay silent about what is
// missing.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lang/calendar/schedule.h"
#include "lang/calendar/span.h"
#include "lang/keywords.h"
#include "lang/plan.h"
#include "lang/source.h"

namespace sop::lang::ast {

struct Comment {
    SourceSpan span;
    std::string text;  // with its `#`
    bool blank_line_before = false;
};

// What stands round an item and is no part of it.
struct Trivia {
    std::vector<Comment> leading;
    std::optional<Comment> trailing;  // on the line the item ends on
    bool blank_line_before = false;
};

// Comments of a block that belong to no item.
struct BlockTrivia {
    std::optional<Comment> after_open;  // on the line of the opening brace
    std::vector<Comment> before_close;
};

struct Name {
    std::string text;  // NFC
    SourceSpan span;
};

struct Hole {
    std::vector<Name> path;  // `start.date` is two names
    SourceSpan span;         // with its braces
    bool broken = false;     // reported by the reader
};

struct Text {
    std::vector<std::variant<std::string, Hole>>
        parts;                // the common indent of a text over lines is removed
    bool over_lines = false;  // written between triple quotes
    SourceSpan span;
};

// Without its holes; empty when there is no text.
inline std::string plain_text(const std::optional<Text>& text) {
    std::string result;
    if (!text) return result;
    for (const auto& part : text->parts) {
        if (const auto* plain = std::get_if<std::string>(&part)) result += *plain;
    }
    return result;
}

struct Duration {
    calendar::Span value;
    SourceSpan span;
};

struct TimeOfDay {
    std::chrono::seconds value{0};
    SourceSpan span;
};

// ---- declarations
// ---------------------------------------------------------------------------------------------------

struct Edition {
    int number = 1;
    SourceSpan span;
    Trivia trivia;
};

// `language zh-CN`
struct LanguageStatement {
    Dialect dialect = Dialect::en;
    SourceSpan span;
    Trivia trivia;
};

struct ChannelDeclaration {
    Name name;
    std::optional<Name> kind;
    bool broken = false;  // a setting could not be read
    SourceSpan span;
    Trivia trivia;
    BlockTrivia block;
};

struct TagDeclaration {
    struct Tag {
        Name name;
        std::optional<Text> title;
    };
    std::vector<Tag> tags;
    Trivia trivia;
};

struct EventDeclaration {
    struct Field {
        Name name;
        std::optional<Name> type;
        bool optional = false;
        struct Default {
            std::string text;
            bool quoted = false;
            SourceSpan span;
        };
        std::optional<Default> default_value;
    };
    Name name;
    std::vector<Field> fields;
    Trivia trivia;
};

struct ContentDeclaration {
    Name name;
    std::optional<Text> text;
    bool broken = false;  // a setting could not be read
    SourceSpan span;
    Trivia trivia;
    BlockTrivia block;
};

// `holiday NAME on DATES` and `day NAME every year on 10-01`.
struct NamedDays {
    Name name;
    std::optional<Text> title;
    bool holiday = false;
    calendar::Days days;
    SourceSpan span;
    Trivia trivia;
};

struct CalendarDeclaration {
    struct Weekend {
        calendar::WeekdaySet weekdays;
        SourceSpan span;
        Trivia trivia;
    };
    struct Years {
        int first = 0;
        int last = 0;
        SourceSpan span;
        Trivia trivia;
    };
    struct Workdays {
        calendar::Dates dates;
        SourceSpan span;
        Trivia trivia;
    };
    struct Timezone {
        Name zone;
        SourceSpan span;
        Trivia trivia;
    };
    using Item = std::variant<Weekend, Years, Workdays, Timezone, NamedDays>;

    Name name;
    std::optional<Text> title;
    std::vector<Item> items;
    bool broken = false;  // an item could not be read
    SourceSpan span;
    Trivia trivia;
    BlockTrivia block;
};

// `import std.calendar.cn`
struct Import {
    std::string name;  // with its dots
    SourceSpan span;
    Trivia trivia;
};

// ---- playbooks
// ------------------------------------------------------------------------------------------------------

struct TimezoneClause {
    Name zone;
    SourceSpan span;
};

struct AudienceClause {
    SubjectKind kind = SubjectKind::group;
    std::vector<std::vector<Name>> tagged;  // `tagged a, b tagged c`
    SourceSpan span;
};

struct ViaClause {
    std::vector<Name> channels;
    SourceSpan span;
};

// `calendar cn unknown weekdays`
struct CalendarClause {
    Name calendar;
    bool unknown_as_weekdays = false;
    SourceSpan span;
};

struct GapClause {
    calendar::GapPolicy policy = calendar::GapPolicy::shift;
    SourceSpan span;
};

struct OverlapClause {
    calendar::OverlapPolicy policy = calendar::OverlapPolicy::first;
    SourceSpan span;
};

// In the order in which they are printed.
using Clause = std::variant<TimezoneClause, CalendarClause, AudienceClause, ViaClause, GapClause,
                            OverlapClause>;

struct Setting {
    Clause clause;
    Trivia trivia;
};

// A name for days of a calendar where it was written: `cn.holidays`.
struct CalendarDaysUse {
    Name calendar;
    Name days;
};

// A day that not every month or year has.
struct ScarceDay {
    enum class In { month, year };
    In in;
    int day;
    SourceSpan span;
};

// What a schedule was written with, for what is said of it.
struct SchedulePlaces {
    SourceSpan days;   // `every 2 weeks on tuesday`
    SourceSpan times;  // of the first time of day, or the interval
    std::optional<SourceSpan> from;
    std::optional<SourceSpan> until;
    std::optional<SourceSpan> starting;
    std::optional<SourceSpan> count;
    std::optional<SourceSpan> at;     // of the times of day, or of the beginning of an interval
    std::optional<SourceSpan> range;  // `from 09:00 to 18:00`
    std::optional<SourceSpan> until_time;
    std::optional<SourceSpan> week_start;
    std::optional<SourceSpan> workday;  // the first place that depends on a calendar of workdays
    std::vector<CalendarDaysUse> calendar_days;
    std::vector<ScarceDay> scarce_days;
};

// The schedule as written: names of calendars are not resolved, and what the settings of the rule
// say is not in it.
struct CalendarHead {
    calendar::Schedule schedule;
    SchedulePlaces places;
    SourceSpan span;
};

struct EventHead {
    Name event;
    std::optional<Name> argument;
    SourceSpan span;
};

struct DeliverAction {
    bool to_members = false;  // `send`; `post` goes to groups
    std::variant<Name, Text> message;
    SourceSpan verb_span;
    Trivia trivia;
};

struct TagAction {
    bool add = true;
    Name tag;
    Trivia trivia;
};

using Action = std::variant<DeliverAction, TagAction>;

struct StepLabel {
    StepTime when;
    bool next_day = false;  // written `next day` for `after 1 day`
    SourceSpan span;
};

// The actions of a label, or those before the first label.
struct Step {
    std::optional<StepLabel> label;  // nothing: the rule's own moment
    bool label_broken = false;
    std::vector<Action> actions;
    Trivia trivia;
};

struct Rule {
    Name name;
    std::optional<Text> title;
    std::variant<std::monostate, CalendarHead, EventHead> trigger;
    std::vector<Clause> clauses;
    std::vector<Step> steps;
    bool broken_steps = false;  // some step or action could not be read
    Trivia trivia;
    BlockTrivia block;
};

struct Playbook {
    Name name;
    std::optional<Text> title;
    std::vector<std::variant<Setting, Rule>> items;
    bool broken_settings =
        false;  // a setting could not be read, so one that seems missing may be it
    Trivia trivia;
    BlockTrivia block;
};

using Item = std::variant<Edition, LanguageStatement, Import, ChannelDeclaration, TagDeclaration,
                          EventDeclaration, ContentDeclaration, CalendarDeclaration, Playbook>;

}  // namespace sop::lang::ast

namespace sop::lang {

struct Document {
    std::vector<ast::Item> items;
    std::vector<ast::Comment> end_comments;
    std::vector<std::string> broken_names;  // the words of items that could not be read: one of
                                            // them may be declared there
};

}  // namespace sop::lang
