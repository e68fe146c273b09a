// A plan to JSON and back. What a type consists of is said once, in its `describe`, which the
// writer and the reader both go through: a field that one of them forgets cannot be. A field with
// its usual value is left out, so that a plan that does not use what is new keeps its bytes.
#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "lang/json_names.h"
#include "lang/overload.h"
#include "lang/plan.h"
#include "lang/schedule_json.h"
#include "lang/value.h"

namespace sop::lang {

namespace {

using nlohmann::json;

// ---- names of enumerators ----

const Names<SubjectKind> subject_kinds{{SubjectKind::group, "group"},
                                       {SubjectKind::member, "member"},
                                       {SubjectKind::playbook, "playbook"}};
const Names<FieldReference::Owner> owners{{FieldReference::Owner::group, "group"},
                                          {FieldReference::Owner::member, "member"},
                                          {FieldReference::Owner::event, "event"},
                                          {FieldReference::Owner::start, "start"},
                                          {FieldReference::Owner::end, "end"},
                                          {FieldReference::Owner::run, "run"},
                                          {FieldReference::Owner::join, "join"},
                                          {FieldReference::Owner::draw, "draw"},
                                          {FieldReference::Owner::collected, "collected"},
                                          {FieldReference::Owner::subject, "subject"}};
const Names<StepTime::Anchor> anchors{{StepTime::Anchor::start, "start"},
                                      {StepTime::Anchor::end, "end"},
                                      {StepTime::Anchor::previous, "previous"},
                                      {StepTime::Anchor::date, "date"}};
const Names<StepTime::Next> nexts{{StepTime::Next::none, "none"},
                                  {StepTime::Next::workday, "workday"},
                                  {StepTime::Next::weekday, "weekday"}};
const Names<ValueType> value_types = [] {
    Names<ValueType> names;
    for (int type = 0; type <= static_cast<int>(ValueType::list); ++type)
        names.emplace_back(static_cast<ValueType>(type), to_text(static_cast<ValueType>(type)));
    return names;
}();
const Names<Period::Kind> period_kinds{
    {Period::Kind::last, "last"},       {Period::Kind::last_and_today, "last and today"},
    {Period::Kind::today, "today"},     {Period::Kind::since_start, "since start"},
    {Period::Kind::between, "between"}, {Period::Kind::ever, "ever"}};
const Names<Expression::Kind> expression_kinds{
    {Expression::Kind::literal, "literal"},
    {Expression::Kind::field, "field"},
    {Expression::Kind::row, "row"},
    {Expression::Kind::column, "column"},
    {Expression::Kind::list, "list"},
    {Expression::Kind::metric, "metric"},
    {Expression::Kind::negate, "negate"},
    {Expression::Kind::add, "add"},
    {Expression::Kind::subtract, "subtract"},
    {Expression::Kind::multiply, "multiply"},
    {Expression::Kind::divide, "divide"},
    {Expression::Kind::equal, "equal"},
    {Expression::Kind::not_equal, "not_equal"},
    {Expression::Kind::less, "less"},
    {Expression::Kind::less_or_equal, "less_or_equal"},
    {Expression::Kind::greater, "greater"},
    {Expression::Kind::greater_or_equal, "greater_or_equal"},
    {Expression::Kind::in, "in"},
    {Expression::Kind::and_, "and"},
    {Expression::Kind::or_, "or"},
    {Expression::Kind::not_, "not"},
    {Expression::Kind::exists, "exists"},
    {Expression::Kind::tagged, "tagged"},
    {Expression::Kind::count, "count"},
    {Expression::Kind::sum, "sum"},
    {Expression::Kind::distinct, "distinct"},
    {Expression::Kind::streak, "streak"}};
const Names<Content::Pick> picks{{Content::Pick::first, "first"},
                                 {Content::Pick::rotate, "rotate"},
                                 {Content::Pick::random, "random"}};
const Names<ChannelLimit::Per> limit_periods{{ChannelLimit::Per::second, "second"},
                                             {ChannelLimit::Per::minute, "minute"},
                                             {ChannelLimit::Per::hour, "hour"},
                                             {ChannelLimit::Per::day, "day"}};
const Names<Verb> verbs{{Verb::post, "post"},
                        {Verb::send, "send"},
                        {Verb::reply, "reply"},
                        {Verb::announce, "announce"},
                        {Verb::warn, "warn"}};
const Names<MessageCondition::Kind> message_conditions{
    {MessageCondition::Kind::saying, "saying"},
    {MessageCondition::Kind::containing, "containing"},
    {MessageCondition::Kind::matching, "matching"}};
const Names<calendar::EveryNth::Unit> units{{calendar::EveryNth::Unit::day, "day"},
                                            {calendar::EveryNth::Unit::week, "week"},
                                            {calendar::EveryNth::Unit::month, "month"}};
const Names<Priority> priorities{
    {Priority::high, "high"}, {Priority::normal, "normal"}, {Priority::low, "low"}};
const Names<Concurrency> concurrencies{{Concurrency::skip, "skip"},
                                       {Concurrency::queue, "queue"},
                                       {Concurrency::parallel, "parallel"},
                                       {Concurrency::replace, "replace"}};

const auto& names_of_enum(SubjectKind) {
    return subject_kinds;
}
const auto& names_of_enum(FieldReference::Owner) {
    return owners;
}
const auto& names_of_enum(StepTime::Anchor) {
    return anchors;
}
const auto& names_of_enum(StepTime::Next) {
    return nexts;
}
const auto& names_of_enum(ValueType) {
    return value_types;
}
const auto& names_of_enum(Period::Kind) {
    return period_kinds;
}
const auto& names_of_enum(Expression::Kind) {
    return expression_kinds;
}
const auto& names_of_enum(Content::Pick) {
    return picks;
}
const auto& names_of_enum(ChannelLimit::Per) {
    return limit_periods;
}
const auto& names_of_enum(Verb) {
    return verbs;
}
const auto& names_of_enum(MessageCondition::Kind) {
    return message_conditions;
}
const auto& names_of_enum(calendar::EveryNth::Unit) {
    return units;
}
const auto& names_of_enum(Priority) {
    return priorities;
}
const auto& names_of_enum(Concurrency) {
    return concurrencies;
}

// ---- the archive ----

// `field` is always there; `extra` only where it is not as usual.
class Writer {
  public:
    explicit Writer(const CalendarList& calendars) : calendars_(calendars) {}

    template <typename T>
    void field(const char* name, const T& value) {
        object_[name] = write(value);
    }
    template <typename T>
    void extra(const char* name, const T& value, const T& usual = T{}) {
        if (!(value == usual)) object_[name] = write(value);
    }

    template <typename T>
    json write(const T& value) const;

    json take() { return std::move(object_); }

  private:
    const CalendarList& calendars_;
    json object_ = json::object();
};

class Reader {
  public:
    Reader(const json& object, const CalendarList& calendars)
        : object_(object), calendars_(calendars) {}

    template <typename T>
    void field(const char* name, T& value) {
        read(object_.at(name), value);
    }
    template <typename T>
    void extra(const char* name, T& value, const T& = T{}) {
        if (object_.contains(name)) read(object_.at(name), value);
    }

    template <typename T>
    void read(const json& from, T& value) const;

  private:
    const json& object_;
    const CalendarList& calendars_;
};

// ---- what each type consists of ----

// A value as the writer or the reader takes it.
template <typename Archive, typename T>
using Part = std::conditional_t<std::is_same_v<Archive, Writer>, const T, T>;

template <typename A>
void describe(A& archive, Part<A, Type>& type) {
    archive.field("type", type.value);
    archive.extra("of", type.of);
}
template <typename A>
void describe(A& archive, Part<A, FieldReference>& reference) {
    archive.field("owner", reference.owner);
    archive.field("field", reference.field);
    archive.field("type", reference.type);
    archive.extra("of", reference.of);
}
template <typename A>
void describe(A& archive, Part<A, Period>& period) {
    archive.field("kind", period.kind);
    archive.extra("span", period.span);
    archive.extra("from", period.from);
    archive.extra("until", period.until);
}
template <typename A>
void describe(A& archive, Part<A, Expression>& expression) {
    archive.field("kind", expression.kind);
    archive.field("type", expression.type);
    archive.extra("text", expression.text);
    archive.extra("field_name", expression.field_name);
    archive.extra("field", expression.field);
    archive.extra("period", expression.period);
    archive.extra("operands", expression.operands);
}
template <typename A>
void describe(A& archive, Part<A, Card>& card) {
    archive.field("title", card.title);
    archive.field("text", card.text);
    archive.extra("picture", card.picture);
    archive.field("link", card.link);
    archive.extra("page", card.page);
}
template <typename A>
void describe(A& archive, Part<A, Variant>& variant) {
    archive.extra("name", variant.name);
    archive.extra("weight", variant.weight, 1);
    archive.field("text", variant.text);
    archive.extra("pictures", variant.pictures);
    archive.extra("card", variant.card);
}
template <typename A>
void describe(A& archive, Part<A, Content>& content) {
    archive.field("name", content.name);
    archive.field("text", content.text);
    archive.extra("pick", content.pick);
    archive.extra("variants", content.variants);
}
template <typename A>
void describe(A& archive, Part<A, EventField>& field) {
    archive.field("name", field.name);
    archive.field("type", field.type);
    archive.field("optional", field.optional);
    archive.extra("default", field.default_value);
    archive.extra("of", field.of);
}
template <typename A>
void describe(A& archive, Part<A, EventType>& event) {
    archive.field("name", event.name);
    archive.field("fields", event.fields);
}
template <typename A>
void describe(A& archive, Part<A, ChannelLimit>& limit) {
    archive.field("count", limit.count);
    archive.field("per", limit.per);
}
template <typename A>
void describe(A& archive, Part<A, ChannelDeclaration>& channel) {
    archive.field("name", channel.name);
    archive.field("kind", channel.kind);
    archive.extra("budget", channel.budget);
    archive.extra("quota", channel.quota);
}
template <typename A>
void describe(A& archive, Part<A, WordList>& list) {
    archive.field("name", list.name);
    archive.field("words", list.words);
}
template <typename A>
void describe(A& archive, Part<A, Table::Column>& column) {
    archive.field("name", column.name);
    archive.field("type", column.type);
}
template <typename A>
void describe(A& archive, Part<A, Table>& table) {
    archive.field("name", table.name);
    archive.field("file", table.file);
    archive.field("key", table.key);
    archive.field("columns", table.columns);
    archive.field("rows", table.rows);
}
template <typename A>
void describe(A& archive, Part<A, Audience>& audience) {
    archive.field("kind", audience.kind);
    archive.field("tagged", audience.tagged);
    archive.extra("ids", audience.ids);
    archive.extra("of_groups", audience.of_groups);
    archive.extra("where", audience.where);
}
template <typename A>
void describe(A& archive, Part<A, Metric>& metric) {
    archive.field("name", metric.name);
    archive.field("value", metric.value);
}
template <typename A>
void describe(A& archive, Part<A, Tier::Level>& level) {
    archive.field("tag", level.tag);
    archive.extra("condition", level.condition);
}
template <typename A>
void describe(A& archive, Part<A, Tier>& tier) {
    archive.field("audience", tier.audience);
    archive.field("timezone", tier.timezone);
    archive.field("schedule", tier.schedule);
    archive.field("levels", tier.levels);
}

// ---- actions ----

template <typename A>
void describe(A& archive, Part<A, Deliver>& deliver) {
    archive.field("content", deliver.content);
    archive.field("verb", deliver.verb);
    archive.extra("mention_all", deliver.mention_all);
    archive.extra("at_once", deliver.at_once);
    archive.extra("to", deliver.to);
}
template <typename A>
void describe(A& archive, Part<A, ChangeTag>& change) {
    archive.field("add", change.add);
    archive.field("tag", change.tag);
    archive.extra("person", change.person);
}
template <typename A>
void describe(A& archive, Part<A, ChangePoints>& points) {
    archive.field("amount", points.amount);
    archive.extra("person", points.person);
    archive.extra("reason", points.reason);
    archive.extra("correction", points.correction);
    archive.extra("granted", points.granted);
    archive.extra("refused", points.refused);
}
template <typename A>
void describe(A& archive, Part<A, TakeBack>& take_back) {
    archive.field("event", take_back.event);
}
template <typename A>
void describe(A& archive, Part<A, Task>& task) {
    archive.field("text", task.text);
    archive.field("role", task.role);
    archive.field("within", task.within);
    archive.extra("done", task.done);
    archive.extra("late", task.late);
}
template <typename A>
void describe(A& archive, Part<A, Approve>& approve) {
    archive.field("role", approve.role);
    archive.field("within", approve.within);
    archive.extra("yes", approve.yes);
    archive.extra("no", approve.no);
}
template <typename A>
void describe(A& archive, Part<A, CreateGroup>& create) {
    archive.field("name", create.name);
    archive.field("members", create.members);
    archive.extra("size", create.size);
    archive.extra("keep_filling", create.keep_filling);
}
template <typename A>
void describe(A& archive, Part<A, Invite::Source>& source) {
    archive.field("who", source.who);
    archive.extra("named_by", source.named_by);
}
template <typename A>
void describe(A& archive, Part<A, Invite>& invite) {
    archive.field("sources", invite.sources);
    archive.field("group", invite.group);
    archive.extra("keep_percent", invite.keep_percent);
    archive.extra("keep_tag", invite.keep_tag);
}
template <typename A>
void describe(A&, Part<A, DissolveGroup>&) {}
template <typename A>
void describe(A&, Part<A, RemoveMember>&) {}
template <typename A>
void describe(A& archive, Part<A, NamedValue>& named) {
    archive.field("name", named.name);
    archive.field("value", named.value);
}
template <typename A>
void describe(A& archive, Part<A, Emit>& emit) {
    archive.field("event", emit.event);
    archive.extra("fields", emit.fields);
}
template <typename A>
void describe(A& archive, Part<A, Call>& call) {
    archive.field("channel", call.channel);
    archive.extra("fields", call.fields);
}
template <typename A>
void describe(A& archive, Part<A, StartRule>& start) {
    archive.field("rule", start.rule);
}
template <typename A>
void describe(A& archive, Part<A, MessageCondition>& condition) {
    archive.field("kind", condition.kind);
    archive.field("text", condition.text);
}
template <typename A>
void describe(A& archive, Part<A, EventPattern>& pattern) {
    archive.field("event", pattern.event);
    archive.extra("argument", pattern.argument);
    archive.extra("message", pattern.message);
    archive.extra("tag", pattern.tag);
    archive.extra("where", pattern.where);
}
template <typename A>
void describe(A& archive, Part<A, Collect>& collect) {
    archive.field("event", collect.event);
    archive.extra("field", collect.field);
    archive.extra("limit", collect.limit);
    archive.extra("per_member", collect.per_member);
    archive.extra("back_on", collect.back_on);
    archive.extra("every", collect.every);
    archive.extra("listed", collect.listed);
    archive.extra("refused", collect.refused);
    archive.extra("full", collect.full);
}
template <typename A>
void describe(A& archive, Part<A, Draw>& draw) {
    archive.field("winners", draw.winners);
    archive.field("from", draw.from);
    archive.extra("once_per_member", draw.once_per_member);
    archive.extra("winner", draw.winner);
    archive.extra("all", draw.all);
}
template <typename A>
void describe(A& archive, Part<A, Give>& give) {
    archive.field("pool", give.pool);
}
template <typename A>
void describe(A& archive, Part<A, Wait>& wait) {
    archive.field("event", wait.event);
    archive.field("within", wait.within);
    archive.extra("since_start", wait.since_start);
    archive.extra("yes", wait.yes);
    archive.extra("no", wait.no);
}
template <typename A>
void describe(A& archive, Part<A, If::Branch>& branch) {
    archive.extra("condition", branch.condition);
    archive.field("steps", branch.steps);
}
template <typename A>
void describe(A& archive, Part<A, If>& written) {
    archive.field("branches", written.branches);
}
template <typename A>
void describe(A& archive, Part<A, Split::Branch>& branch) {
    archive.field("name", branch.name);
    archive.field("percent", branch.percent);
    archive.extra("steps", branch.steps);
}
template <typename A>
void describe(A& archive, Part<A, Split>& split) {
    archive.field("branches", split.branches);
}
template <typename A>
void describe(A& archive, Part<A, Stop>& stop) {
    archive.extra("reason", stop.reason);
}

// In the order of Action. An action is written as an object with its name alone.
constexpr std::array<const char*, std::variant_size_v<Action>> action_names{
    "deliver", "tag",          "points", "take_back",      "task",
    "approve", "create_group", "invite", "dissolve_group", "remove_member",
    "emit",    "call",         "run",    "collect",        "draw",
    "give",    "wait",         "if",     "split",          "stop"};

// ---- rules ----

template <typename A>
void describe(A& archive, Part<A, StepTime>& when) {
    archive.field("anchor", when.anchor);
    archive.field("span", when.offset.span);
    archive.field("backwards", when.offset.backwards);
    archive.extra("at", when.offset.at);
    archive.extra("date", when.date);
    archive.extra("next", when.next);
    archive.extra("weekday", when.weekday);
}
template <typename A>
void describe(A& archive, Part<A, Step>& step) {
    archive.field("name", step.name);
    archive.field("when", step.when);
    archive.field("actions", step.actions);
    archive.extra("condition", step.condition);
}
template <typename A>
void describe(A& archive, Part<A, Allowance>& allowance) {
    archive.field("times", allowance.times);
    archive.field("per", allowance.per);
    archive.extra("period", allowance.period);
}
template <typename A>
void describe(A& archive, Part<A, ExitEvent>& exit) {
    archive.field("event", exit.event);
    archive.extra("reason", exit.reason);
}
template <typename A>
void describe(A& archive, Part<A, EventTrigger>& trigger) {
    describe<A>(archive, static_cast<Part<A, EventPattern>&>(trigger));
    archive.extra("allowances", trigger.allowances);
    archive.extra("again_after", trigger.again_after);
    archive.extra("again_from_start", trigger.again_from_start);
}
template <typename A>
void describe(A& archive, Part<A, ConditionTrigger>& trigger) {
    archive.field("condition", trigger.condition);
    archive.extra("including_now", trigger.including_now);
    archive.extra("once", trigger.once);
}
template <typename A>
void describe(A& archive, Part<A, QuietHours>& quiet) {
    archive.field("from", quiet.from);
    archive.field("until", quiet.until);
    archive.extra("skip", quiet.skip);
}
template <typename A>
void describe(A& archive, Part<A, PostLimit>& limit) {
    archive.field("count", limit.count);
    archive.field("per", limit.per);
    archive.field("period", limit.period);
}
template <typename A>
void describe(A& archive, Part<A, LatePolicy>& late) {
    archive.extra("skip", late.skip);
    archive.extra("last", late.last, 1);
    archive.extra("spaced", late.spaced);
}
template <typename A>
void describe(A& archive, Part<A, Guards>& guards) {
    archive.extra("quiet", guards.quiet);
    archive.extra("limits", guards.limits);
    archive.extra("space", guards.space);
    archive.extra("spread", guards.spread);
    archive.extra("late", guards.late);
    archive.extra("deliver_within_written", guards.deliver_within_written);
    archive.extra("priority", guards.priority, Priority::normal);
    archive.extra("concurrent", guards.concurrent);
    archive.extra("exit_when_outside", guards.exit_when_outside);
    archive.extra("locale", guards.locale);
}
template <typename A>
void describe(A& archive, Part<A, Rule>& rule) {
    archive.field("name", rule.name);
    archive.field("title", rule.title);
    archive.field("timezone", rule.timezone);
    archive.extra("timezone_of_member", rule.timezone_of_member);
    archive.field("audience", rule.audience);
    archive.field("via", rule.via);
    archive.field("trigger", rule.trigger);
    archive.field("steps", rule.steps);
    archive.extra("exits", rule.exits);
    archive.extra("guards", rule.guards);
    archive.field("late_within", rule.late_within);
    archive.field("deliver_within", rule.deliver_within);
}
template <typename A>
void describe(A& archive, Part<A, Playbook>& playbook) {
    archive.field("name", playbook.name);
    archive.field("title", playbook.title);
    archive.field("rules", playbook.rules);
}
// But for its calendars, which what follows them is read with.
template <typename A>
void describe(A& archive, Part<A, Plan>& plan) {
    archive.field("edition", plan.edition);
    archive.field("zone_release", plan.zone_release);
    archive.field("tags", plan.tags);
    archive.field("events", plan.events);
    archive.field("channels", plan.channels);
    archive.field("contents", plan.contents);
    archive.extra("words", plan.words);
    archive.extra("tables", plan.tables);
    archive.extra("metrics", plan.metrics);
    archive.extra("tiers", plan.tiers);
    archive.extra("roles", plan.roles);
    archive.extra("pools", plan.pools);
    archive.field("playbooks", plan.playbooks);
}

// ---- writing ----

// All of them are named here, so that each finds the others whatever their order.
template <typename T>
json write_value(const T& value, const CalendarList& calendars);
template <typename T>
json write_value(const std::optional<T>& value, const CalendarList& calendars);
template <typename T>
json write_value(const std::vector<T>& values, const CalendarList& calendars);
json write_value(const std::chrono::seconds& value, const CalendarList&);
json write_value(const date::local_days& value, const CalendarList&);
json write_value(const calendar::Span& value, const CalendarList&);
json write_value(const calendar::Schedule& value, const CalendarList& calendars);
json write_value(const TextTemplate& text, const CalendarList& calendars);
json write_value(const Action& action, const CalendarList& calendars);
json write_value(const Trigger& trigger, const CalendarList& calendars);

template <typename T>
json write_value(const T& value, const CalendarList& calendars) {
    if constexpr (std::is_enum_v<T>) {
        return name_of(names_of_enum(value), value);
    } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
        return value;
    } else {
        Writer writer(calendars);
        describe<Writer>(writer, value);
        return writer.take();
    }
}

json write_value(const std::chrono::seconds& value, const CalendarList&) {
    return value.count();
}
json write_value(const date::local_days& value, const CalendarList&) {
    return calendar::date_text(value);
}
json write_value(const calendar::Span& value, const CalendarList&) {
    return write_span(value);
}
json write_value(const calendar::Schedule& value, const CalendarList& calendars) {
    return write_schedule(value, calendars);
}

template <typename T>
json write_value(const std::optional<T>& value, const CalendarList& calendars) {
    return value ? write_value(*value, calendars) : json();
}

template <typename T>
json write_value(const std::vector<T>& values, const CalendarList& calendars) {
    json list = json::array();
    for (const auto& value : values) list.push_back(write_value(value, calendars));
    return list;
}

// A hole that is a field and nothing more is written as the field.
json write_value(const Hole& hole, const CalendarList& calendars) {
    const bool plain = hole.value.kind == Expression::Kind::field && hole.value.field &&
                       hole.format.empty() && !hole.tracked_link;
    if (plain) return write_value(*hole.value.field, calendars);
    json object{{"value", write_value(hole.value, calendars)}};
    if (!hole.format.empty()) object["format"] = hole.format;
    if (hole.tracked_link) object["tracked_link"] = true;
    return object;
}

json write_value(const TextTemplate& text, const CalendarList& calendars) {
    json list = json::array();
    for (const auto& part : text.parts) {
        list.push_back(
            std::visit(Overload{[](const std::string& plain) { return json(plain); },
                                [&](const Hole& hole) { return write_value(hole, calendars); }},
                       part));
    }
    return list;
}

json write_value(const Action& action, const CalendarList& calendars) {
    return std::visit(
        [&](const auto& value) {
            return json{{action_names[action.index()], write_value(value, calendars)}};
        },
        action);
}

json write_value(const Trigger& trigger, const CalendarList& calendars) {
    if (const auto* calendar = std::get_if<CalendarTrigger>(&trigger))
        return write_schedule(calendar->schedule, calendars);
    if (const auto* event = std::get_if<EventTrigger>(&trigger))
        return write_value(*event, calendars);
    return write_value(std::get<ConditionTrigger>(trigger), calendars);
}

template <typename T>
json Writer::write(const T& value) const {
    return write_value(value, calendars_);
}

json write_plan(const Plan& plan) {
    Writer writer(plan.calendars);
    describe<Writer>(writer, plan);
    json object = writer.take();
    object["format"] = plan_format_version;
    json calendars = json::array();
    for (const auto& used : plan.calendars) calendars.push_back(write_calendar(*used));
    object["calendars"] = std::move(calendars);
    return object;
}

// ---- reading ----

template <typename T>
void read_value(const json& from, T& value, const CalendarList& calendars);
template <typename T>
void read_value(const json& from, std::optional<T>& value, const CalendarList& calendars);
template <typename T>
void read_value(const json& from, std::vector<T>& values, const CalendarList& calendars);
void read_value(const json& from, std::chrono::seconds& value, const CalendarList&);
void read_value(const json& from, date::local_days& value, const CalendarList&);
void read_value(const json& from, calendar::Span& value, const CalendarList&);
void read_value(const json& from, calendar::Schedule& value, const CalendarList& calendars);
void read_value(const json& from, TextTemplate& text, const CalendarList& calendars);
void read_value(const json& from, Action& action, const CalendarList& calendars);
void read_value(const json& from, Trigger& trigger, const CalendarList& calendars);

template <typename T>
void read_value(const json& from, T& value, const CalendarList& calendars) {
    if constexpr (std::is_enum_v<T>) {
        value = value_of(names_of_enum(value), from.get<std::string>());
    } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
        value = from.get<T>();
    } else {
        Reader reader(from, calendars);
        describe<Reader>(reader, value);
    }
}

void read_value(const json& from, std::chrono::seconds& value, const CalendarList&) {
    value = std::chrono::seconds(from.get<std::int64_t>());
}

void read_value(const json& from, date::local_days& value, const CalendarList&) {
    value = read_date(from);
}

void read_value(const json& from, calendar::Span& value, const CalendarList&) {
    value = read_span(from);
}

void read_value(const json& from, calendar::Schedule& value, const CalendarList& calendars) {
    value = read_schedule(from, calendars);
}

template <typename T>
T read_new(const json& from, const CalendarList& calendars) {
    T value{};
    read_value(from, value, calendars);
    return value;
}

template <typename T>
void read_value(const json& from, std::optional<T>& value, const CalendarList& calendars) {
    value = read_new<T>(from, calendars);
}

template <typename T>
void read_value(const json& from, std::vector<T>& values, const CalendarList& calendars) {
    values.clear();
    for (const json& item : from) values.push_back(read_new<T>(item, calendars));
}

Hole read_hole(const json& from, const CalendarList& calendars) {
    if (from.contains("owner")) return Hole(read_new<FieldReference>(from, calendars));
    return Hole(read_new<Expression>(from.at("value"), calendars), from.value("format", ""),
                from.value("tracked_link", false));
}

void read_value(const json& from, TextTemplate& text, const CalendarList& calendars) {
    for (const json& part : from) {
        if (part.is_string()) {
            text.parts.emplace_back(part.get<std::string>());
        } else {
            text.parts.emplace_back(read_hole(part, calendars));
        }
    }
}

// Formats 1 and 2 had `{"deliver": 3}`, `{"tag": "x"}` and `{"untag": "x"}`.
std::optional<Action> read_old_action(const json& from) {
    if (from.contains("deliver") && from.at("deliver").is_number())
        return Deliver{from.at("deliver").get<std::size_t>()};
    if (from.contains("untag")) return ChangeTag{false, from.at("untag").get<std::string>()};
    if (from.contains("tag") && from.at("tag").is_string())
        return ChangeTag{true, from.at("tag").get<std::string>()};
    return std::nullopt;
}

template <std::size_t Index = 0>
Action read_action_of(std::string_view name, const json& from, const CalendarList& calendars) {
    if constexpr (Index < std::variant_size_v<Action>) {
        if (name != action_names[Index]) return read_action_of<Index + 1>(name, from, calendars);
        return read_new<std::variant_alternative_t<Index, Action>>(from, calendars);
    } else {
        throw PlanFormatError(
            fmt::format("the plan says `{}`, which this version does not know", name));
    }
}

void read_value(const json& from, Action& action, const CalendarList& calendars) {
    if (auto old = read_old_action(from)) {
        action = std::move(*old);
        return;
    }
    const auto written = from.items().begin();
    if (written == from.items().end()) throw PlanFormatError("the stored plan is damaged");
    action = read_action_of(written.key(), written.value(), calendars);
}

void read_value(const json& from, Trigger& trigger, const CalendarList& calendars) {
    if (from.contains("event")) {
        trigger = read_new<EventTrigger>(from, calendars);
    } else if (from.contains("condition")) {
        trigger = read_new<ConditionTrigger>(from, calendars);
    } else {
        trigger = CalendarTrigger{read_schedule(from, calendars)};
    }
}

template <typename T>
void Reader::read(const json& from, T& value) const {
    read_value(from, value, calendars_);
}

// Formats 1 and 2 left unsaid what follows from the audience.
void tell_verbs(Plan& plan) {
    for (auto& playbook : plan.playbooks) {
        for (auto& rule : playbook.rules) {
            if (rule.audience.kind != SubjectKind::member) continue;
            for (auto& step : rule.steps) {
                for (auto& action : step.actions) {
                    if (auto* deliver = std::get_if<Deliver>(&action)) deliver->verb = Verb::send;
                }
            }
        }
    }
}

Plan read_plan(const json& value) {
    const int format = value.at("format").get<int>();
    if (format < 1 || format > plan_format_version) {
        throw PlanFormatError(fmt::format("the plan has format {}, and this version reads 1 to {}",
                                          format, plan_format_version));
    }
    Plan plan;
    // Format 1 had no calendars.
    if (value.contains("calendars")) {
        for (const json& used : value.at("calendars"))
            plan.calendars.push_back(
                std::make_shared<const calendar::Calendar>(read_calendar(used)));
    }
    const CalendarList calendars = plan.calendars;
    Reader reader(value, calendars);
    describe<Reader>(reader, plan);
    if (format < 3) tell_verbs(plan);
    return plan;
}

}  // namespace

std::string to_json(const Plan& plan) {
    return write_plan(plan).dump();
}

std::string to_readable_json(const Plan& plan) {
    return write_plan(plan).dump(2) + "\n";
}

Plan plan_from_json(std::string_view text) {
    try {
        return read_plan(json::parse(text));
    } catch (const json::exception& error) {
        throw PlanFormatError(fmt::format("the stored plan is damaged: {}", error.what()));
    } catch (const std::out_of_range&) {
        throw PlanFormatError("the stored plan is damaged: it names a calendar it does not have");
    }
}

}  // namespace sop::lang
