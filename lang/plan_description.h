// What each type of a plan consists of in JSON, and the names of its enumerators: told once, and
// gone through by who writes plans, who reads them (plan_json.cpp) and who describes them to others
// (plan_schema.cpp), so that a field that one of them forgets cannot be.
//
// An archive is told of a `field` that is always there, and of an `extra` that is left out where it
// has its usual value: a plan that does not use what is new keeps its bytes.
#pragma once

#include <array>
#include <type_traits>
#include <variant>

#include "lang/json_names.h"
#include "lang/plan.h"
#include "lang/schedule_names.h"
#include "lang/value.h"

namespace sop::lang {

// ---- names of enumerators ----

inline const Names<SubjectKind>& names_of_enum(SubjectKind) {
    static const Names<SubjectKind> names{{SubjectKind::group, "group"},
                                          {SubjectKind::member, "member"},
                                          {SubjectKind::playbook, "playbook"}};
    return names;
}
inline const Names<FieldReference::Owner>& names_of_enum(FieldReference::Owner) {
    static const Names<FieldReference::Owner> names{{FieldReference::Owner::group, "group"},
                                                    {FieldReference::Owner::member, "member"},
                                                    {FieldReference::Owner::event, "event"},
                                                    {FieldReference::Owner::start, "start"},
                                                    {FieldReference::Owner::end, "end"},
                                                    {FieldReference::Owner::run, "run"},
                                                    {FieldReference::Owner::join, "join"},
                                                    {FieldReference::Owner::draw, "draw"},
                                                    {FieldReference::Owner::collected, "collected"},
                                                    {FieldReference::Owner::given, "given"},
                                                    {FieldReference::Owner::subject, "subject"}};
    return names;
}
inline const Names<StepTime::Anchor>& names_of_enum(StepTime::Anchor) {
    static const Names<StepTime::Anchor> names{{StepTime::Anchor::start, "start"},
                                               {StepTime::Anchor::end, "end"},
                                               {StepTime::Anchor::previous, "previous"},
                                               {StepTime::Anchor::date, "date"}};
    return names;
}
inline const Names<StepTime::Next>& names_of_enum(StepTime::Next) {
    static const Names<StepTime::Next> names{{StepTime::Next::none, "none"},
                                             {StepTime::Next::workday, "workday"},
                                             {StepTime::Next::weekday, "weekday"}};
    return names;
}
inline const Names<ValueType>& names_of_enum(ValueType) {
    static const Names<ValueType> names = [] {
        Names<ValueType> all;
        for (int type = 0; type <= static_cast<int>(ValueType::list); ++type)
            all.emplace_back(static_cast<ValueType>(type), to_text(static_cast<ValueType>(type)));
        return all;
    }();
    return names;
}
inline const Names<Period::Kind>& names_of_enum(Period::Kind) {
    static const Names<Period::Kind> names{
        {Period::Kind::last, "last"},       {Period::Kind::last_and_today, "last and today"},
        {Period::Kind::today, "today"},     {Period::Kind::since_start, "since start"},
        {Period::Kind::between, "between"}, {Period::Kind::ever, "ever"}};
    return names;
}
inline const Names<Expression::Kind>& names_of_enum(Expression::Kind) {
    static const Names<Expression::Kind> names{
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
    return names;
}
inline const Names<Expression::Among>& names_of_enum(Expression::Among) {
    static const Names<Expression::Among> names{{Expression::Among::all, "all"},
                                                {Expression::Among::at_start, "at_start"},
                                                {Expression::Among::throughout, "throughout"},
                                                {Expression::Among::repeated, "repeated"}};
    return names;
}
inline const Names<Content::Pick>& names_of_enum(Content::Pick) {
    static const Names<Content::Pick> names{{Content::Pick::first, "first"},
                                            {Content::Pick::rotate, "rotate"},
                                            {Content::Pick::random, "random"}};
    return names;
}
inline const Names<ChannelLimit::Per>& names_of_enum(ChannelLimit::Per) {
    static const Names<ChannelLimit::Per> names{{ChannelLimit::Per::second, "second"},
                                                {ChannelLimit::Per::minute, "minute"},
                                                {ChannelLimit::Per::hour, "hour"},
                                                {ChannelLimit::Per::day, "day"}};
    return names;
}
inline const Names<Verb>& names_of_enum(Verb) {
    static const Names<Verb> names{{Verb::post, "post"},
                                   {Verb::send, "send"},
                                   {Verb::reply, "reply"},
                                   {Verb::announce, "announce"},
                                   {Verb::warn, "warn"}};
    return names;
}
inline const Names<MessageCondition::Kind>& names_of_enum(MessageCondition::Kind) {
    static const Names<MessageCondition::Kind> names{
        {MessageCondition::Kind::saying, "saying"},
        {MessageCondition::Kind::containing, "containing"},
        {MessageCondition::Kind::matching, "matching"}};
    return names;
}
inline const Names<Priority>& names_of_enum(Priority) {
    static const Names<Priority> names{
        {Priority::high, "high"}, {Priority::normal, "normal"}, {Priority::low, "low"}};
    return names;
}
inline const Names<Concurrency>& names_of_enum(Concurrency) {
    static const Names<Concurrency> names{{Concurrency::skip, "skip"},
                                          {Concurrency::queue, "queue"},
                                          {Concurrency::parallel, "parallel"},
                                          {Concurrency::replace, "replace"}};
    return names;
}

// ---- what each type consists of ----

// A value as an archive takes it: only who reads fills it.
template <typename Archive, typename T>
using Part = std::conditional_t<Archive::fills, T, const T>;

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
    archive.extra("among", expression.among);
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
    archive.extra("given", give.given);
    archive.extra("refused", give.refused);
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
inline constexpr std::array<const char*, std::variant_size_v<Action>> action_names{
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

}  // namespace sop::lang
