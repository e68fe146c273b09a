// A plan to JSON and back, by what plan_description.h says of each type.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "lang/overload.h"
#include "lang/plan.h"
#include "lang/plan_description.h"
#include "lang/schedule_json.h"

namespace sop::lang {

namespace {

using nlohmann::json;

// ---- the archive ----

class Writer {
  public:
    static constexpr bool fills = false;

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
    static constexpr bool fills = true;

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

// ---- writing ----

// All of them are named here, so that each finds the others whatever their order.
template <typename T>
json write_value(const T& value, const CalendarList& calendars);
template <typename T>
json write_value(const std::optional<T>& value, const CalendarList& calendars);
template <typename T>
json write_value(const Rare<T>& value, const CalendarList& calendars);
template <typename T>
json write_value(const Shared<T>& value, const CalendarList& calendars);
template <typename T>
json write_value(const std::vector<T>& values, const CalendarList& calendars);
template <typename T>
json write_value(const RareList<T>& values, const CalendarList& calendars);
json write_value(const std::chrono::seconds& value, const CalendarList&);
json write_value(const date::local_days& value, const CalendarList&);
json write_value(const calendar::Span& value, const CalendarList&);
json write_value(const calendar::Schedule& value, const CalendarList& calendars);
json write_value(const WorkdayCalendar& value, const CalendarList& calendars);
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
json write_value(const WorkdayCalendar& value, const CalendarList& calendars) {
    json result = json::object();
    if (value.calendar) result["calendar"] = calendar_index(value.calendar, calendars);
    if (value.unknown_as_weekdays) result["unknown_as_weekdays"] = true;
    return result;
}

template <typename T>
json write_value(const std::optional<T>& value, const CalendarList& calendars) {
    return value ? write_value(*value, calendars) : json();
}
template <typename T>
json write_value(const Rare<T>& value, const CalendarList& calendars) {
    return value ? write_value(*value, calendars) : json();
}
template <typename T>
json write_value(const Shared<T>& value, const CalendarList& calendars) {
    return write_value(*value, calendars);
}

template <typename T>
json write_value(const std::vector<T>& values, const CalendarList& calendars) {
    json list = json::array();
    for (const auto& value : values) list.push_back(write_value(value, calendars));
    return list;
}
template <typename T>
json write_value(const RareList<T>& values, const CalendarList& calendars) {
    return write_value<T>(static_cast<const std::vector<T>&>(values), calendars);
}

// A hole that is a field and nothing more is written as the field.
json write_value(const Hole& hole, const CalendarList& calendars) {
    const bool plain = hole.value->kind == Expression::Kind::field && hole.value->field &&
                       hole.format.empty() && !hole.tracked_link;
    if (plain) return write_value(*hole.value->field, calendars);
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
void read_value(const json& from, Rare<T>& value, const CalendarList& calendars);
template <typename T>
void read_value(const json& from, Shared<T>& value, const CalendarList& calendars);
template <typename T>
void read_value(const json& from, std::vector<T>& values, const CalendarList& calendars);
template <typename T>
void read_value(const json& from, RareList<T>& values, const CalendarList& calendars);
void read_value(const json& from, std::vector<Rule>& rules, const CalendarList& calendars);
void read_value(const json& from, std::chrono::seconds& value, const CalendarList&);
void read_value(const json& from, date::local_days& value, const CalendarList&);
void read_value(const json& from, calendar::Span& value, const CalendarList&);
void read_value(const json& from, calendar::Schedule& value, const CalendarList& calendars);
void read_value(const json& from, WorkdayCalendar& value, const CalendarList& calendars);
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

void read_value(const json& from, WorkdayCalendar& value, const CalendarList& calendars) {
    value.calendar = calendars.at(from.at("calendar").get<std::size_t>());
    value.unknown_as_weekdays = from.value("unknown_as_weekdays", false);
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
void read_value(const json& from, Rare<T>& value, const CalendarList& calendars) {
    value = read_new<T>(from, calendars);
}
template <typename T>
void read_value(const json& from, Shared<T>& value, const CalendarList& calendars) {
    value = read_new<T>(from, calendars);
}

template <typename T>
void read_value(const json& from, std::vector<T>& values, const CalendarList& calendars) {
    values.clear();
    values.reserve(from.size());
    for (const json& item : from) values.push_back(read_new<T>(item, calendars));
}
template <typename T>
void read_value(const json& from, RareList<T>& values, const CalendarList& calendars) {
    values = read_new<std::vector<T>>(from, calendars);
}

// What a rule has as the one above it has is kept once.
void read_value(const json& from, std::vector<Rule>& rules, const CalendarList& calendars) {
    rules.clear();
    rules.reserve(from.size());
    for (const json& item : from) {
        auto rule = read_new<Rule>(item, calendars);
        if (!rules.empty()) {
            rule.audience.share(rules.back().audience);
            rule.via.share(rules.back().via);
            rule.guards.share(rules.back().guards);
        }
        rules.push_back(std::move(rule));
    }
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
            if (rule.audience->kind != SubjectKind::member) continue;
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
