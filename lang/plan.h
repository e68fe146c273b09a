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

namespace sop::lang {

inline constexpr int plan_format_version = 2;
inline constexpr int edition_current = 1;

enum class SubjectKind { group, member };

enum class ValueType { text, number, money, content, instant, date, time };

// `{start.date}`: a field of something the step can see.
struct FieldReference {
    enum class Owner { group, member, event, start, end };
    Owner owner;
    std::string field;  // empty for `{start}` and `{end}` themselves
    ValueType type;

    bool operator==(const FieldReference&) const = default;
};

// Text with holes; neighbouring texts are joined.
struct TextTemplate {
    std::vector<std::variant<std::string, FieldReference>> parts;

    bool operator==(const TextTemplate&) const = default;
};

struct Content {
    std::string name;  // empty for a text written in place
    TextTemplate text;

    bool operator==(const Content&) const = default;
};

struct EventField {
    std::string name;
    ValueType type;
    bool optional = false;
    std::optional<std::string> default_value;  // canonical text of the type

    bool operator==(const EventField&) const = default;
};

// Every event also has `id`, `at`, `group` and `member`.
struct EventType {
    std::string name;
    std::vector<EventField> fields;

    bool operator==(const EventType&) const = default;
};

struct ChannelDeclaration {
    std::string name;
    std::string kind;  // "log" or "webhook"

    bool operator==(const ChannelDeclaration&) const = default;
};

// Who a rule is for: subjects of one kind that carry, for each clause, at least one of its tags.
struct Audience {
    SubjectKind kind = SubjectKind::group;
    std::vector<std::vector<std::string>> tagged;  // all clauses, any tag of each

    bool operator==(const Audience&) const = default;
};

// `post` and `send`: a message for the run's subject.
struct Deliver {
    std::size_t content;  // index into Plan::contents

    bool operator==(const Deliver&) const = default;
};

struct ChangeTag {
    bool add;  // or remove
    std::string tag;

    bool operator==(const ChangeTag&) const = default;
};

using Action = std::variant<Deliver, ChangeTag>;

// When a step is due. `start` and `end` are those of the run's window (for an event rule `start` is
// the event's time); `previous` is the moment the step before it was done.
struct StepTime {
    enum class Anchor { start, end, previous };
    Anchor anchor = Anchor::start;
    calendar::Offset offset;

    bool operator==(const StepTime&) const = default;
};

struct Step {
    std::string name;  // canonical text of its label ("start - 10m"), with " (2)" from the second
                       // equal one on
    StepTime when;
    std::vector<Action> actions;

    bool operator==(const Step&) const = default;
};

struct CalendarTrigger {
    calendar::Schedule schedule;  // complete; without a window `end` is `start`

    bool operator==(const CalendarTrigger&) const = default;
};

struct EventTrigger {
    std::string event;
    std::optional<std::string>
        argument;  // `opened(article_1)`: the value of the event's first field

    bool operator==(const EventTrigger&) const = default;
};

// Identity across edits is (playbook name, rule name).
struct Rule {
    std::string name;
    std::string title;  // may be empty
    std::string timezone;
    Audience audience;
    std::vector<std::string> via;  // channel names, the first that can reach the subject is taken
    std::variant<CalendarTrigger, EventTrigger> trigger;
    std::vector<Step> steps;  // in the order of time; at least one
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
    std::vector<Playbook> playbooks;

    bool operator==(const Plan& other) const;
};

// "members.flash_sale"
std::string rule_path(const Playbook& playbook, const Rule& rule);

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
