// The Plan: everything the runtime needs to know of the playbooks, and nothing about how they were
// written.
//
// Immutable once made; a run interprets the plan it began with. Its canonical JSON has sorted keys
// and no layout, so equal playbooks have equal bytes and equal hashes whatever their formatting and
// comments.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "lang/calendar/schedule.h"
#include "lang/calendar/span.h"
#include "lang/expression.h"
#include "lang/rare.h"
#include "lang/shared.h"

namespace sop::lang {

inline constexpr int plan_format_version = 3;
inline constexpr int edition_current = 1;

// Whom a run is for; `playbook` is one run for nobody in particular.
enum class SubjectKind { group, member, playbook };

// `{start.date}`, `{items[start.date].price}`, `{link article_1}`.
struct Hole {
    Shared<Expression> value;
    std::string format{};       // "MM-dd", "0.00"; empty for the usual one
    bool tracked_link = false;  // a link whose opening is told as an event

    Hole(FieldReference reference) : value(Expression(std::move(reference))) {}
    Hole(Expression the_value, std::string the_format = {}, bool is_link = false)
        : value(std::move(the_value)), format(std::move(the_format)), tracked_link(is_link) {}

    bool operator==(const Hole&) const = default;
};

// Text with holes; neighbouring texts are joined.
struct TextTemplate {
    std::vector<std::variant<std::string, Hole>> parts;

    bool operator==(const TextTemplate&) const = default;
};

struct Card {
    TextTemplate title;
    TextTemplate text;
    std::string picture{};  // a path beside the playbook
    TextTemplate link;
    std::string page{};  // of a mini-program; `link` is then its app

    bool operator==(const Card&) const = default;
};

// One of several forms of a content.
struct Variant {
    std::string name{};  // of an A/B test; else empty
    int weight = 1;
    TextTemplate text;
    std::vector<std::string> pictures;
    Rare<Card> card;

    bool operator==(const Variant&) const = default;
};

// `text` alone where there is one form of text only.
struct Content {
    enum class Pick { first, rotate, random };
    std::string name;  // empty for a text written in place
    TextTemplate text;
    Pick pick = Pick::first;
    std::vector<Variant> variants{};

    bool operator==(const Content&) const = default;
};

struct EventField {
    std::string name;
    ValueType type;
    bool optional = false;
    std::optional<std::string> default_value{};  // canonical text of the type
    std::string of{};                            // as in Type

    bool operator==(const EventField&) const = default;
};

// Every event also has `id`, `at`, `group` and `member`.
struct EventType {
    std::string name;
    std::vector<EventField> fields;

    bool operator==(const EventType&) const = default;
};

// How much a channel takes.
struct ChannelLimit {
    enum class Per { second, minute, hour, day };
    int count = 0;
    Per per = Per::minute;

    bool operator==(const ChannelLimit&) const = default;
};

struct ChannelDeclaration {
    std::string name;
    std::string kind;                      // "log", "webhook", …
    std::optional<ChannelLimit> budget{};  // per key or account: sends wait
    std::optional<ChannelLimit> quota{};   // per target: sends beyond are refused

    bool operator==(const ChannelDeclaration&) const = default;
};

struct WordList {
    std::string name;
    std::vector<std::string> words;

    bool operator==(const WordList&) const = default;
};

struct Table {
    struct Column {
        std::string name;
        Type type;

        bool operator==(const Column&) const = default;
    };
    std::string name;
    std::string file;  // as written
    std::string key;
    std::vector<Column> columns;
    std::vector<std::vector<std::string>> rows;  // canonical values, sorted by key

    bool operator==(const Table&) const = default;
};

// Who a rule is for: subjects of one kind that carry, for each clause, at least one of its tags,
// and are as the condition says.
struct Audience {
    SubjectKind kind = SubjectKind::group;
    std::vector<std::vector<std::string>> tagged{};  // all clauses, any tag of each
    std::vector<std::string> ids{};                  // these alone; empty for all
    bool of_groups = false;  // members as members of the groups that `tagged` describes
    Rare<Expression> where{};

    bool operator==(const Audience&) const = default;
};

struct Metric {
    std::string name;
    Expression value;

    bool operator==(const Metric&) const = default;
};

// Tags by conditions, the first that holds; looked at anew on a schedule.
struct Tier {
    struct Level {
        std::string tag;
        Rare<Expression> condition;  // nothing: `else`

        bool operator==(const Level&) const = default;
    };
    Audience audience;
    std::string timezone;
    calendar::Schedule schedule;
    std::vector<Level> levels;

    bool operator==(const Tier&) const = default;
};

// Points that are not spent so long after they were given are gone.
struct PointsExpiry {
    calendar::Span after{};
    std::string timezone;  // whose days they are

    bool operator==(const PointsExpiry&) const = default;
};

// ---- actions ----

struct Step;

enum class Verb { post, send, reply, announce, warn };

// A message for the run's subject, or for those of `to`.
struct Deliver {
    std::size_t content = 0;  // index into Plan::contents
    Verb verb = Verb::post;
    bool mention_all = false;
    bool at_once = false;  // not held back by quiet hours
    Rare<Audience> to{};

    bool operator==(const Deliver&) const = default;
};

struct ChangeTag {
    bool add = true;  // or remove
    std::string tag;
    Rare<Expression> person{};  // nothing: the run's subject

    bool operator==(const ChangeTag&) const = default;
};

struct ChangePoints {
    Shared<Expression> amount;
    Rare<Expression> person{};
    std::string reason{};
    bool correction = false;  // may go below zero
    RareList<Step> granted;
    RareList<Step> refused;  // for want of a balance

    bool operator==(const ChangePoints&) const = default;
};

// Undoes what an event gave, once.
struct TakeBack {
    Shared<Expression> event;

    bool operator==(const TakeBack&) const = default;
};

struct Task {
    TextTemplate text;
    std::string role;
    calendar::Span within{};
    RareList<Step> done;
    RareList<Step> late;

    bool operator==(const Task&) const = default;
};

struct Approve {
    std::string role;
    calendar::Span within{};
    RareList<Step> yes;
    RareList<Step> no;

    bool operator==(const Approve&) const = default;
};

struct CreateGroup {
    TextTemplate name;
    Audience members;
    int size = 0;  // 0: as many as the platform takes
    bool keep_filling = false;

    bool operator==(const CreateGroup&) const = default;
};

struct Invite {
    struct Source {
        Audience who;
        bool named_by = false;  // those whom `who` tagged as potential: "potential by tagged"

        bool operator==(const Source&) const = default;
    };
    std::vector<Source> sources;
    TextTemplate group;
    int keep_percent = 0;
    std::string keep_tag{};

    bool operator==(const Invite&) const = default;
};

struct DissolveGroup {
    bool operator==(const DissolveGroup&) const = default;
};
struct RemoveMember {
    bool operator==(const RemoveMember&) const = default;
};

struct NamedValue {
    std::string name;
    Expression value;

    bool operator==(const NamedValue&) const = default;
};

struct Emit {
    std::string event;
    std::vector<NamedValue> fields{};

    bool operator==(const Emit&) const = default;
};

struct Call {
    std::string channel;
    std::vector<NamedValue> fields{};

    bool operator==(const Call&) const = default;
};

struct StartRule {
    std::string rule;  // of the same playbook

    bool operator==(const StartRule&) const = default;
};

// ---- events as rules and waits ask for them ----

struct MessageCondition {
    enum class Kind { saying, containing, matching };
    Kind kind = Kind::saying;
    std::string text{};  // the text, or the name of a word list

    bool operator==(const MessageCondition&) const = default;
};

struct EventPattern {
    std::string event;
    Rare<std::string> argument{};  // `opened(article_1)`: the value of its first field
    Rare<MessageCondition> message{};
    Rare<std::string> tag{};  // of `tagged` and `untagged`
    Rare<Expression> where{};

    bool operator==(const EventPattern&) const = default;
};

struct Collect {
    EventPattern event;
    std::string field{};
    int limit = 0;  // 0: none
    int per_member = 0;
    Rare<EventPattern> back_on{};
    std::chrono::seconds every{0};
    RareList<Step> listed;  // done every so often
    RareList<Step> refused;
    RareList<Step> full;

    bool operator==(const Collect&) const = default;
};

struct Draw {
    int winners = 1;
    EventPattern from;
    bool once_per_member = false;
    RareList<Step> winner;  // for each
    RareList<Step> all;

    bool operator==(const Draw&) const = default;
};

struct Give {
    std::string pool;
    RareList<Step> given;
    RareList<Step> refused;  // none was left

    bool operator==(const Give&) const = default;
};

struct Wait {
    EventPattern event;
    calendar::Span within{};
    bool since_start = false;  // an event that came after the run's start counts too
    RareList<Step> yes;
    RareList<Step> no;

    bool operator==(const Wait&) const = default;
};

struct If {
    struct Branch {
        Rare<Expression> condition;  // nothing: `else`
        std::vector<Step> steps;

        bool operator==(const Branch&) const = default;
    };
    std::vector<Branch> branches;

    bool operator==(const If&) const = default;
};

// Stable for each subject.
struct Split {
    struct Branch {
        std::string name;  // "nothing" holds out
        int percent = 0;
        std::vector<Step> steps;

        bool operator==(const Branch&) const = default;
    };
    std::vector<Branch> branches;

    bool operator==(const Split&) const = default;
};

struct Stop {
    std::string reason;

    bool operator==(const Stop&) const = default;
};

using Action = std::variant<Deliver, ChangeTag, ChangePoints, TakeBack, Task, Approve, CreateGroup,
                            Invite, DissolveGroup, RemoveMember, Emit, Call, StartRule, Collect,
                            Draw, Give, Wait, If, Split, Stop>;

// When a step is due. `start` and `end` are those of the run's window (for an event rule `start` is
// the event's time); `previous` is the moment the step before it was done.
struct StepTime {
    enum class Anchor { start, end, previous, date };
    // What is counted from the date on which the step before was done: `next workday`.
    enum class Next { none, workday, weekday };
    Anchor anchor = Anchor::start;
    calendar::Offset offset{};
    std::optional<date::local_days> date{};  // of Anchor::date; its time is the offset's
    Next next = Next::none;
    int weekday = 0;  // 0 for Monday, of Next::weekday

    bool operator==(const StepTime&) const = default;
};

struct Step {
    std::string name;  // canonical text of its label ("start - 10m"), with " (2)" from the second
                       // equal one on
    StepTime when;
    std::vector<Action> actions;
    Rare<Expression> condition{};

    bool operator==(const Step&) const = default;
};

// ---- rules ----

struct CalendarTrigger {
    calendar::Schedule schedule;  // complete; without a window `end` is `start`

    bool operator==(const CalendarTrigger&) const = default;
};

// How often one subject, or one member, may start a rule.
struct Allowance {
    int times = 1;
    SubjectKind per = SubjectKind::member;
    std::optional<calendar::EveryNth::Unit> period{};  // nothing: for ever

    bool operator==(const Allowance&) const = default;
};

struct ExitEvent {
    EventPattern event;
    std::string reason{};

    bool operator==(const ExitEvent&) const = default;
};

struct EventTrigger : EventPattern {
    RareList<Allowance> allowances{};  // `once per member`, `at most 3 per member per day`
    std::optional<calendar::Span> again_after{};
    bool again_from_start = false;  // counted from the run's beginning, not its end

    bool operator==(const EventTrigger&) const = default;
};

// Fires for a subject when the condition becomes true.
struct ConditionTrigger {
    Expression condition;
    bool including_now = false;
    bool once = false;

    bool operator==(const ConditionTrigger&) const = default;
};

using Trigger = std::variant<CalendarTrigger, EventTrigger, ConditionTrigger>;

struct QuietHours {
    std::chrono::seconds from{0};  // of the day; `until` may lie on the next
    std::chrono::seconds until{0};
    bool skip = false;  // or defer to their end

    bool operator==(const QuietHours&) const = default;
};

struct PostLimit {
    int count = 0;
    SubjectKind per = SubjectKind::group;
    calendar::EveryNth::Unit period = calendar::EveryNth::Unit::day;

    bool operator==(const PostLimit&) const = default;
};

// Of several misses of one rule and subject the newest `last` are sent, `spaced` apart.
struct LatePolicy {
    bool skip = false;
    int last = 1;
    std::chrono::seconds spaced{0};

    bool operator==(const LatePolicy&) const = default;
};

enum class Priority { high, normal, low };
enum class Concurrency { skip, queue, parallel, replace };

// What holds a rule back.
struct Guards {
    std::optional<QuietHours> quiet{};
    std::vector<PostLimit> limits{};
    std::chrono::seconds space{0};
    std::chrono::seconds spread{0};
    LatePolicy late{};
    bool deliver_within_written = false;  // then not cut at the window's end
    Priority priority = Priority::normal;
    Concurrency concurrent = Concurrency::skip;
    bool exit_when_outside = false;
    std::string locale{};

    bool operator==(const Guards&) const = default;
};

// What `next workday` goes by: Monday to Friday without a calendar.
struct WorkdayCalendar {
    std::shared_ptr<const calendar::Calendar> calendar{};
    bool unknown_as_weekdays = false;  // in years the calendar has no data for

    bool operator==(const WorkdayCalendar& other) const {
        return calendar::is_same(calendar, other.calendar) &&
               unknown_as_weekdays == other.unknown_as_weekdays;
    }
};

// Identity across edits is (playbook name, rule name).
struct Rule {
    std::string name;
    std::string title;  // may be empty
    std::string timezone;
    bool timezone_of_member = false;  // the member's own where it is known, else `timezone`
    Shared<Audience> audience;
    Shared<std::vector<std::string>>
        via;  // channel names, the first that can reach the subject is taken
    Trigger trigger;
    std::vector<Step> steps;  // in the order of time; at least one
    RareList<ExitEvent> exits{};
    Shared<Guards> guards{};
    WorkdayCalendar workdays{};  // of its steps `next workday`
    std::chrono::seconds late_within{
        std::chrono::minutes{5}};  // a step got to later than this is skipped
    std::chrono::seconds deliver_within{
        std::chrono::hours{2}};  // a delivery still waiting then is skipped

    bool operator==(const Rule&) const = default;
};

struct Playbook {
    std::string name;
    std::string title;
    std::vector<Rule> rules;

    bool operator==(const Playbook&) const = default;
};

struct Plan {
    int edition = edition_current;
    std::string zone_release;  // the zone data it was checked with; not part of the hash
    std::vector<std::string> tags;
    std::vector<EventType> events;
    std::vector<ChannelDeclaration> channels;
    std::vector<std::shared_ptr<const calendar::Calendar>> calendars;  // those the rules use
    std::vector<Content> contents;
    std::vector<WordList> words{};
    std::vector<Table> tables{};
    std::vector<Metric> metrics{};
    std::vector<Tier> tiers{};
    std::optional<PointsExpiry> points_expiry{};
    std::vector<std::string> roles{};
    std::vector<std::string> pools{};
    std::vector<Playbook> playbooks;

    bool operator==(const Plan& other) const;
};

// "members.flash_sale"
std::string rule_path(const Playbook& playbook, const Rule& rule);
// nullptr when there is none.
const Rule* find_rule(const Plan& plan, const std::string& playbook, const std::string& name);

// Those of a rule and of the texts it sends, each whole, in no particular order.
std::vector<const Expression*> expressions_of(const Plan& plan, const Rule& rule);

// Canonical JSON: keys sorted, no white space, `format` is plan_format_version.
std::string to_json(const Plan& plan);
// `to_json` pretty-printed for people.
std::string to_readable_json(const Plan& plan);
// Throws PlanFormatError for anything `to_json` of this or an earlier format version did not write.
Plan plan_from_json(std::string_view json);

class PlanFormatError : public std::exception {
  public:
    explicit PlanFormatError(std::string what) : what_(std::move(what)) {}
    const char* what() const noexcept override { return what_.c_str(); }

  private:
    std::string what_;
};

// Lower-case hex SHA-256 of the canonical JSON without `zone_release`.
std::string content_hash(const Plan& plan);

}  // namespace sop::lang
