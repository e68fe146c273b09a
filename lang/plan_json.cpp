#include "lang/plan.h"

#include "lang/json_names.h"
#include "lang/overload.h"
#include "lang/schedule_json.h"
#include "lang/value.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sop::lang {

namespace {

using nlohmann::json;

// ---- names of enumerators
// -------------------------------------------------------------------------------------------

const Names<SubjectKind> subject_kinds{{SubjectKind::group, "group"},
                                       {SubjectKind::member, "member"}};
const Names<FieldReference::Owner> owners{{FieldReference::Owner::group, "group"},
                                          {FieldReference::Owner::member, "member"},
                                          {FieldReference::Owner::event, "event"},
                                          {FieldReference::Owner::start, "start"},
                                          {FieldReference::Owner::end, "end"}};
const Names<StepTime::Anchor> anchors{{StepTime::Anchor::start, "start"},
                                      {StepTime::Anchor::end, "end"},
                                      {StepTime::Anchor::previous, "previous"}};
const Names<ValueType> value_types = [] {
    Names<ValueType> names;
    for (const ValueType type :
         {ValueType::text, ValueType::number, ValueType::money, ValueType::content,
          ValueType::instant, ValueType::date, ValueType::time}) {
        names.emplace_back(type, to_text(type));
    }
    return names;
}();

// ---- writing
// --------------------------------------------------------------------------------------------------------

template <typename T, typename Write>
json write_list(const std::vector<T>& values, Write write) {
    json list = json::array();
    for (const auto& value : values) list.push_back(write(value));
    return list;
}

json write_trigger(const std::variant<CalendarTrigger, EventTrigger>& trigger,
                   const CalendarList& calendars) {
    if (const auto* event = std::get_if<EventTrigger>(&trigger)) {
        json result{{"event", event->event}};
        if (event->argument) result["argument"] = *event->argument;
        return result;
    }
    return write_schedule(std::get<CalendarTrigger>(trigger).schedule, calendars);
}

json write_action(const Action& action) {
    return std::visit(
        Overload{[](const Deliver& deliver) { return json{{"deliver", deliver.content}}; },
                 [](const ChangeTag& change) {
                     return json{{change.add ? "tag" : "untag", change.tag}};
                 }},
        action);
}

json write_step(const Step& step) {
    json when{{"anchor", name_of(anchors, step.when.anchor)},
              {"span", write_span(step.when.offset.span)},
              {"backwards", step.when.offset.backwards}};
    if (step.when.offset.at) when["at"] = step.when.offset.at->count();
    return {
        {"name", step.name}, {"when", when}, {"actions", write_list(step.actions, write_action)}};
}

json write_rule(const Rule& rule, const CalendarList& calendars) {
    return {
        {"name", rule.name},
        {"title", rule.title},
        {"timezone", rule.timezone},
        {"audience",
         {{"kind", name_of(subject_kinds, rule.audience.kind)}, {"tagged", rule.audience.tagged}}},
        {"via", rule.via},
        {"trigger", write_trigger(rule.trigger, calendars)},
        {"steps", write_list(rule.steps, write_step)},
        {"late_within", rule.late_within.count()},
        {"deliver_within", rule.deliver_within.count()}};
}

json write_text(const TextTemplate& text) {
    return write_list(text.parts, [](const auto& part) {
        return std::visit(Overload{[](const std::string& plain) { return json(plain); },
                                   [](const FieldReference& reference) {
                                       return json{{"owner", name_of(owners, reference.owner)},
                                                   {"field", reference.field},
                                                   {"type", name_of(value_types, reference.type)}};
                                   }},
                          part);
    });
}

json write_field(const EventField& field) {
    json result{{"name", field.name},
                {"type", name_of(value_types, field.type)},
                {"optional", field.optional}};
    if (field.default_value) result["default"] = *field.default_value;
    return result;
}

json write_plan(const Plan& plan) {
    return {{"format", plan_format_version},
            {"edition", plan.edition},
            {"zone_release", plan.zone_release},
            {"tags", plan.tags},
            {"events", write_list(plan.events,
                                  [](const EventType& event) {
                                      return json{
                                          {"name", event.name},
                                          {"fields", write_list(event.fields, write_field)}};
                                  })},
            {"channels", write_list(plan.channels,
                                    [](const ChannelDeclaration& channel) {
                                        return json{{"name", channel.name}, {"kind", channel.kind}};
                                    })},
            {"contents", write_list(plan.contents,
                                    [](const Content& content) {
                                        return json{{"name", content.name},
                                                    {"text", write_text(content.text)}};
                                    })},
            {"calendars",
             write_list(plan.calendars, [](const auto& used) { return write_calendar(*used); })},
            {"playbooks", write_list(plan.playbooks, [&](const Playbook& playbook) {
                 return json{{"name", playbook.name},
                             {"title", playbook.title},
                             {"rules", write_list(playbook.rules, [&](const Rule& rule) {
                                  return write_rule(rule, plan.calendars);
                              })}};
             })}};
}

// ---- reading
// --------------------------------------------------------------------------------------------------------

template <typename Read>
auto read_list(const json& list, Read read) {
    std::vector<decltype(read(list))> values;
    for (const json& value : list) values.push_back(read(value));
    return values;
}

std::variant<CalendarTrigger, EventTrigger> read_trigger(const json& value,
                                                         const CalendarList& calendars) {
    if (value.contains("event")) {
        EventTrigger trigger{value.at("event").get<std::string>(), std::nullopt};
        if (value.contains("argument")) trigger.argument = value.at("argument").get<std::string>();
        return trigger;
    }
    return CalendarTrigger{read_schedule(value, calendars)};
}

Action read_action(const json& value) {
    if (value.contains("deliver")) return Deliver{value.at("deliver").get<std::size_t>()};
    if (value.contains("tag")) return ChangeTag{true, value.at("tag").get<std::string>()};
    return ChangeTag{false, value.at("untag").get<std::string>()};
}

Step read_step(const json& value) {
    Step step;
    step.name = value.at("name").get<std::string>();
    const json& when = value.at("when");
    step.when.anchor = value_of(anchors, when.at("anchor"));
    step.when.offset.span = read_span(when.at("span"));
    step.when.offset.backwards = when.at("backwards").get<bool>();
    if (when.contains("at"))
        step.when.offset.at = std::chrono::seconds(when.at("at").get<std::int64_t>());
    step.actions = read_list(value.at("actions"), read_action);
    return step;
}

Rule read_rule(const json& value, const CalendarList& calendars) {
    Rule rule;
    rule.name = value.at("name").get<std::string>();
    rule.title = value.at("title").get<std::string>();
    rule.timezone = value.at("timezone").get<std::string>();
    rule.audience.kind = value_of(subject_kinds, value.at("audience").at("kind"));
    rule.audience.tagged =
        value.at("audience").at("tagged").get<std::vector<std::vector<std::string>>>();
    rule.via = value.at("via").get<std::vector<std::string>>();
    rule.trigger = read_trigger(value.at("trigger"), calendars);
    rule.steps = read_list(value.at("steps"), read_step);
    rule.late_within = std::chrono::seconds(value.at("late_within").get<std::int64_t>());
    rule.deliver_within = std::chrono::seconds(value.at("deliver_within").get<std::int64_t>());
    return rule;
}

TextTemplate read_text(const json& value) {
    TextTemplate text;
    for (const json& part : value) {
        if (part.is_string()) {
            text.parts.emplace_back(part.get<std::string>());
        } else {
            text.parts.emplace_back(FieldReference{value_of(owners, part.at("owner")),
                                                   part.at("field").get<std::string>(),
                                                   value_of(value_types, part.at("type"))});
        }
    }
    return text;
}

EventField read_field(const json& value) {
    EventField field{value.at("name").get<std::string>(), value_of(value_types, value.at("type")),
                     value.at("optional").get<bool>(), std::nullopt};
    if (value.contains("default")) field.default_value = value.at("default").get<std::string>();
    return field;
}

Plan read_plan(const json& value) {
    const int format = value.at("format").get<int>();
    if (format < 1 || format > plan_format_version) {
        throw PlanFormatError(fmt::format("the plan has format {}, and this version reads 1 to {}",
                                          format, plan_format_version));
    }
    Plan plan;
    plan.edition = value.at("edition").get<int>();
    plan.zone_release = value.at("zone_release").get<std::string>();
    plan.tags = value.at("tags").get<std::vector<std::string>>();
    plan.events = read_list(value.at("events"), [](const json& event) {
        return EventType{event.at("name").get<std::string>(),
                         read_list(event.at("fields"), read_field)};
    });
    plan.channels = read_list(value.at("channels"), [](const json& channel) {
        return ChannelDeclaration{channel.at("name").get<std::string>(),
                                  channel.at("kind").get<std::string>()};
    });
    plan.contents = read_list(value.at("contents"), [](const json& content) {
        return Content{content.at("name").get<std::string>(), read_text(content.at("text"))};
    });
    // Format 1 had no calendars.
    if (value.contains("calendars")) {
        plan.calendars = read_list(value.at("calendars"), [](const json& used) {
            return std::make_shared<const calendar::Calendar>(read_calendar(used));
        });
    }
    plan.playbooks = read_list(value.at("playbooks"), [&](const json& playbook) {
        return Playbook{
            playbook.at("name").get<std::string>(), playbook.at("title").get<std::string>(),
            read_list(playbook.at("rules"),
                      [&](const json& rule) { return read_rule(rule, plan.calendars); })};
    });
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
