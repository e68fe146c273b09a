// The syntax tree: what was written, with its place. Plain values; nothing is resolved yet.
//
// A node that could not be read whole is left out or has its part empty (`std::optional`,
// `std::monostate`): it was reported where it stands, and later stages stay silent about what is
// missing. Layout and comments are not here: the formatter has the tokens (layout.h).
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

struct Name {
    std::string text;  // NFC
    SourceSpan span;
};

struct Text;

// What stands behind `last`, `since`, `from` in `count(order, last 3 days)`.
struct Period {
    lang::Period value;
    SourceSpan span;
};

struct Expression {
    enum class Kind {
        text,       // texts[0]
        number,     // literal: as written
        money,      // literal: "9.90 CNY"
        date,       // literal: ISO
        time,       // literal: HH:MM[:SS]
        weekday,    // literal: in English
        boolean,    // literal: "yes" or "no"
        duration,   // `duration`; of a parameter only
        path,       // names: `event.amount`
        row,        // names[0][operands[0]]
        column,     // operands[0].names[0]
        list,       // operands
        unary,      // `keyword_or_sign` operands[0]
        binary,     // operands[0] `keyword_or_sign` operands[1]
        exists,     // operands[0] exists
        tagged,     // operands[0] tagged names[0]
        aggregate,  // literal: count, sum, distinct, streak; names: event[.field]; operands[0]:
                    // where
        call,       // names[0](period): a metric
    };
    Kind kind = Kind::number;
    SourceSpan span;
    std::string literal{};
    lang::Expression::Kind operation{};  // of unary and binary
    SourceSpan operation_span{};
    std::vector<Name> names{};
    std::vector<Expression> operands{};
    std::vector<Text> texts;
    lang::Expression::Among among{};  // of an aggregate
    SourceSpan among_span{};
    std::optional<Period> period{};
    calendar::Span duration{};
};

struct Hole {
    std::optional<Expression> value;  // nothing when it could not be read
    std::optional<Name> format;
    bool tracked_link = false;
    SourceSpan span;  // with its braces
};

struct Text {
    std::vector<std::variant<std::string, Hole>>
        parts;  // the common indent of a text over lines is removed
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

struct Number {
    int value = 0;
    SourceSpan span;
};

// ---- schedules ----

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

// ---- settings ----

struct TimezoneClause {
    bool of_member = false;  // `timezone of member else Asia/Shanghai`
    Name zone;
    SourceSpan span;
};

// `members tagged reader where points >= 50`, or the name of an audience.
struct AudienceText {
    SubjectKind kind = SubjectKind::group;
    bool of_groups = false;                   // `members of groups …`
    std::vector<std::vector<Name>> tagged{};  // `tagged a, b tagged c`
    std::vector<Text> ids{};
    std::optional<Expression> where{};
    std::optional<Name> named{};
    SourceSpan span;
};

struct AudienceClause {
    AudienceText audience;
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

struct QuietClause {
    QuietHours hours;
    SourceSpan span;
};

// Each kind of limit may stand once.
struct LimitClause {
    PostLimit limit;
    SourceSpan span;
};

struct SpaceClause {
    std::chrono::seconds length{0};
    SourceSpan span;
};

struct SpreadClause {
    std::chrono::seconds length{0};
    SourceSpan span;
};

struct LateClause {
    LatePolicy policy;
    std::chrono::seconds within{0};
    SourceSpan span;
};

struct DeliverClause {
    std::chrono::seconds within{0};
    SourceSpan span;
};

struct PriorityClause {
    Priority priority = Priority::normal;
    SourceSpan span;
};

struct ConcurrentClause {
    Concurrency concurrency = Concurrency::skip;
    SourceSpan span;
};

struct LocaleClause {
    std::string locale;
    SourceSpan span;
};

// `exit when outside`
struct OutsideClause {
    SourceSpan span;
};

// In the order in which they are printed.
using Clause =
    std::variant<TimezoneClause, LocaleClause, CalendarClause, AudienceClause, ViaClause,
                 QuietClause, LimitClause, SpaceClause, SpreadClause, LateClause, DeliverClause,
                 GapClause, OverlapClause, PriorityClause, ConcurrentClause, OutsideClause>;

struct Setting {
    Clause clause;
};

// ---- events ----

// `opened(article_1) where …`, `message saying "…"`, `tagged X`.
struct EventPattern {
    enum class Kind { declared, message, join, leave, tagged, untagged };
    Kind kind = Kind::declared;
    Name event;
    std::optional<Expression> argument{};  // a name or a literal
    MessageCondition::Kind condition{};
    std::optional<Text> text{};   // of `saying` and `containing`
    std::optional<Name> words{};  // of `matching`
    std::optional<Name> tag{};
    std::optional<Expression> where{};
    SourceSpan span;
};

struct AllowanceClause {
    Allowance allowance;
    SourceSpan span;
};

struct ExitClause {
    EventPattern event;
    std::optional<Text> reason;
    SourceSpan span;
};

struct EventHead {
    EventPattern event;
    std::vector<AllowanceClause> allowances{};
    std::optional<Duration> again_after{};
    bool again_from_start = false;
    SourceSpan span;
};

// `when member.points >= 100`
struct ConditionHead {
    Expression condition;
    bool including_now = false;
    bool once = false;
    SourceSpan span;
};

// ---- steps ----

struct Step;
using Steps = std::vector<Step>;

// `name: …` or `name: { … }` inside an action.
struct Branch {
    Name label;
    Steps steps;
    SourceSpan span;
};

struct DeliverAction {
    Verb verb = Verb::post;
    std::variant<Name, Text> message;
    bool mention_all = false;
    bool at_once = false;
    std::optional<AudienceText> to{};
    SourceSpan verb_span;
};

struct TagAction {
    bool add = true;
    Name tag;
    std::optional<Expression> person{};
};

struct PointsAction {
    Expression amount;
    std::optional<Expression> person{};
    std::optional<Text> reason{};
    bool correction = false;
    std::vector<Branch> branches;  // yes, no
    SourceSpan span;
};

struct TakeBackAction {
    Expression event;
};

struct TaskAction {
    Text text;
    Name role;
    Duration within;
    std::vector<Branch> branches;  // done, late
};

struct ApproveAction {
    Name role;
    Duration within;
    std::vector<Branch> branches;  // yes, no
};

struct CreateGroupAction {
    Text name;
    AudienceText members;
    std::optional<Number> size{};
    bool keep_filling = false;
};

struct InviteAction {
    struct Source {
        AudienceText who;
        bool named_by = false;
    };
    std::vector<Source> sources;
    Text group;
    std::optional<Number> keep_percent{};
    std::optional<Name> keep_tag{};
};

struct DissolveAction {};
struct RemoveAction {};

struct Argument {
    Name name;
    Expression value;
};

struct EmitAction {
    Name event;
    std::vector<Argument> fields{};
};

struct CallAction {
    Name channel;
    std::vector<Argument> fields{};
};

struct RunAction {
    Name rule;
};

struct CollectAction {
    EventPattern event;  // its event and, behind the dot, its field
    std::optional<Name> field{};
    std::optional<Number> limit{};
    std::optional<Number> per_member{};
    std::optional<EventPattern> back_on{};
    std::optional<Duration> every{};
    Steps listed;
    std::vector<Branch> branches;  // refused, full
};

struct DrawAction {
    Number winners;
    EventPattern from;
    bool once_per_member = false;
    std::vector<Branch> branches;  // winner, all
};

struct GiveAction {
    Name pool;
    std::vector<Branch> branches;  // yes, no
};

struct WaitAction {
    EventPattern event;
    Duration within;
    bool since_start = false;
    std::vector<Branch> branches;  // yes, no
};

struct IfAction {
    struct Case {
        std::optional<Expression> condition;  // nothing: `else`
        Steps steps;
    };
    std::vector<Case> cases;
};

struct SplitAction {
    struct Case {
        Name name;
        Number percent;
        Steps steps;
    };
    std::vector<Case> cases;
};

struct StopAction {
    std::optional<Text> reason{};
};

using ActionNode =
    std::variant<DeliverAction, TagAction, PointsAction, TakeBackAction, TaskAction, ApproveAction,
                 CreateGroupAction, InviteAction, DissolveAction, RemoveAction, EmitAction,
                 CallAction, RunAction, CollectAction, DrawAction, GiveAction, WaitAction, IfAction,
                 SplitAction, StopAction>;

struct Action {
    ActionNode node;
    SourceSpan span;
};

struct StepLabel {
    StepTime when;
    bool next_day = false;  // written `next day` for `after 1 day`
    std::optional<Expression> condition{};
    SourceSpan span;
};

// The actions of a label, or those before the first label.
struct Step {
    std::optional<StepLabel> label;  // nothing: the rule's own moment
    bool label_broken = false;
    std::vector<Action> actions;
};

struct Rule {
    Name name;
    std::optional<Text> title;
    std::variant<std::monostate, CalendarHead, EventHead, ConditionHead> trigger;
    std::vector<Clause> clauses;
    std::vector<ExitClause> exits;
    Steps steps;
    bool broken_steps = false;  // some step or action could not be read
};

// `sale: countdown(what: sale_card)`
struct Instance {
    Name name;
    Name of;
    std::vector<Argument> arguments;
    SourceSpan span;
};

struct Playbook {
    Name name;
    std::optional<Text> title;
    std::vector<std::variant<Setting, Rule, Instance>> items;
    bool broken_settings =
        false;  // a setting could not be read, so one that seems missing may be it
};

// ---- declarations ----

struct Edition {
    int number = 1;
    SourceSpan span;
};

// `language zh-CN`
struct LanguageStatement {
    Dialect dialect = Dialect::en;
    SourceSpan span;
};

// `import std.calendar.cn`, `import "brand.sop"`
struct Import {
    std::string name;  // with its dots
    bool is_file = false;
    SourceSpan span;
};

struct ChannelDeclaration {
    struct Limit {
        ChannelLimit limit;
        SourceSpan span;
    };
    Name name;
    std::optional<Name> kind;  // with its dot
    std::optional<Limit> budget{};
    std::optional<Limit> quota{};
    bool broken = false;  // a setting could not be read
    SourceSpan span;
};

struct TagDeclaration {
    struct Tag {
        Name name;
        std::optional<Text> title;
    };
    std::vector<Tag> tags;
};

struct TypeName {
    Name name;
    std::optional<Name> currency{};
};

struct EventDeclaration {
    struct Field {
        Name name;
        std::optional<TypeName> type;
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
};

struct CardText {
    std::optional<Text> title{};
    std::optional<Text> text{};
    std::optional<Text> picture{};
    std::optional<Text> link{};
    std::optional<Text> page{};
    SourceSpan span;
};

struct ContentDeclaration {
    struct Part {
        std::optional<Name> variant{};
        std::optional<Number> weight{};
        std::optional<Text> text{};
        std::vector<Text> pictures{};
        std::optional<CardText> card{};
        SourceSpan span;
    };
    Name name;
    std::optional<Content::Pick> pick{};
    std::vector<Part> parts;
    bool broken = false;  // a setting could not be read
    SourceSpan span;
};

struct WordsDeclaration {
    Name name;
    std::vector<Text> words;
};

struct TableDeclaration {
    struct Column {
        Name name;
        TypeName type;
    };
    Name name;
    Text file;
    Name key;
    std::vector<Column> columns;
};

struct ValueDeclaration {
    Name name;
    Expression value;
};

struct RoleDeclaration {
    std::vector<Name> names;
};

struct PoolDeclaration {
    std::vector<Name> names;
};

struct AudienceDeclaration {
    Name name;
    AudienceText audience;
};

struct MetricDeclaration {
    Name name;
    Expression value;
};

struct TierDeclaration {
    struct Level {
        Name tag;
        std::optional<Expression> condition;  // nothing: `else`
    };
    AudienceText audience;
    std::optional<CalendarHead> schedule;
    std::vector<Clause> clauses;
    std::vector<Level> levels;
    SourceSpan span;
};

// What a parameter of a template can be: a value, or the name of a thing of that kind.
enum class ParameterKind {
    text,
    number,
    money,
    boolean,
    date,
    time,
    weekday,
    duration,
    content,
    tag,
    role,
    channel,
};

// What stands for a parameter while the rules of its template are read.
struct ParameterValue {
    ParameterKind kind{};
    Expression value;
    bool any = false;  // stands for every value there is: nobody gave one
};

struct TemplateDeclaration {
    struct Parameter {
        Name name;
        TypeName type;
        std::optional<ParameterKind> kind;  // nothing: there is no such type, which is reported
        std::optional<Expression> default_value;
    };
    Name name;
    std::vector<Parameter> parameters;
    std::size_t body = 0;  // the token of its `{`
    Playbook rules;        // as they read with any values
    bool broken = false;   // something in it could not be read
};

// `2026-11-26 20:05`, on the clock of the test.
struct LocalMoment {
    date::local_seconds value{};
    SourceSpan span{};
};

// What happens in a test, and what is expected of it.
struct TestDeclaration {
    struct Start {
        LocalMoment moment;
        Name zone;
    };
    struct Group {
        Name name;
        std::vector<Name> tags{};
    };
    struct Member {
        Name name;
        std::vector<Name> tags{};
        std::vector<Name> groups{};
    };
    // `pool coupons "A1", "A2"`
    struct Pool {
        Name name;
        std::vector<Text> codes;
    };
    struct Event {
        LocalMoment at;
        Name event;
        std::vector<Argument> fields{};  // `group` and `member` among them
        SourceSpan span{};
    };
    // `expect 8 posts in g1 until …`, `expect nothing in g1 from … until …`
    struct Expectation {
        std::optional<Number> count{};  // nothing: at least one
        bool nothing = false;
        Name subject;  // of a group, or of a member with `to`
        bool to_member = false;
        std::optional<LocalMoment> at{};
        std::optional<LocalMoment> from{};
        std::optional<LocalMoment> until{};
        std::optional<Text> containing{};
        SourceSpan span{};
    };
    Text title;
    std::optional<Start> start{};
    std::vector<Group> groups{};
    std::vector<Member> members{};
    std::vector<Pool> pools;
    std::vector<Event> events{};
    std::vector<Expectation> expectations{};
    bool broken = false;  // an item could not be read
    SourceSpan span{};
};

// `holiday NAME on DATES` and `day NAME every year on 10-01`.
struct NamedDays {
    Name name;
    std::optional<Text> title;
    bool holiday = false;
    calendar::Days days;
    SourceSpan span;
};

struct CalendarDeclaration {
    struct Weekend {
        calendar::WeekdaySet weekdays;
        SourceSpan span;
    };
    struct Years {
        int first = 0;
        int last = 0;
        SourceSpan span;
    };
    struct Workdays {
        calendar::Dates dates;
        SourceSpan span;
    };
    struct Timezone {
        Name zone;
        SourceSpan span;
    };
    using Item = std::variant<Weekend, Years, Workdays, Timezone, NamedDays>;

    Name name;
    std::optional<Text> title;
    std::vector<Item> items;
    bool broken = false;  // an item could not be read
    SourceSpan span;
};

using Item = std::variant<Edition, LanguageStatement, Import, ChannelDeclaration, TagDeclaration,
                          EventDeclaration, ContentDeclaration, WordsDeclaration, TableDeclaration,
                          ValueDeclaration, RoleDeclaration, PoolDeclaration, AudienceDeclaration,
                          MetricDeclaration, TierDeclaration, TemplateDeclaration,
                          CalendarDeclaration, TestDeclaration, Setting, Playbook>;

}  // namespace sop::lang::ast

namespace sop::lang {

struct Document {
    std::vector<ast::Item> items;
    std::vector<std::string> broken_names;  // the words of items that could not be read: one of
                                            // them may be declared there
};

}  // namespace sop::lang
