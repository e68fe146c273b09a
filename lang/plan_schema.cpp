// The schema is made from what plan_description.h says of each type, so that it has the fields and
// enumerators that plans have. Only what is written by hand there (schedules, actions, texts,
// triggers) is described by hand here.
#include "lang/plan_schema.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "lang/calendar/lunar.h"
#include "lang/plan_definitions.h"
#include "lang/plan_description.h"

namespace sop::lang {

namespace {

// Fields in the order in which they are told, the title first.
using json = nlohmann::ordered_json;

template <typename T>
struct Element;
template <typename T>
struct Element<std::vector<T>> {
    using type = T;
};
template <typename T>
struct Element<std::optional<T>> {
    using type = T;
};
template <typename T>
struct Element<Rare<T>> {
    using type = T;
};
template <typename T>
struct Element<RareList<T>> {
    using type = T;
};
template <typename T>
struct Element<Shared<T>> {
    using type = T;
};

template <typename T>
constexpr bool is_vector = false;
template <typename T>
constexpr bool is_vector<std::vector<T>> = true;
template <typename T>
constexpr bool is_vector<RareList<T>> = true;
template <typename T>
constexpr bool is_optional = false;
template <typename T>
constexpr bool is_optional<std::optional<T>> = true;
template <typename T>
constexpr bool is_optional<Rare<T>> = true;
template <typename T>
constexpr bool is_shared = false;
template <typename T>
constexpr bool is_shared<Shared<T>> = true;

json integer(std::int64_t minimum, std::int64_t maximum) {
    return {{"type", "integer"}, {"minimum", minimum}, {"maximum", maximum}};
}
json index() {
    return {{"type", "integer"}, {"minimum", 0}};
}
json weekday() {
    return integer(0, calendar::days_per_week - 1);
}
json boolean() {
    return {{"type", "boolean"}};
}
json text() {
    return {{"type", "string"}};
}
json list_of(json items) {
    return {{"type", "array"}, {"items", std::move(items)}};
}
json tuple_of(const std::vector<json>& items) {
    return {
        {"type", "array"}, {"prefixItems", items}, {"items", false}, {"minItems", items.size()}};
}

// An object that has these fields, the first ones always, and no others.
json object(json required, const json& extra = json::object()) {
    json names = json::array();
    for (const auto& [name, schema] : required.items()) names.push_back(name);
    json properties = std::move(required);
    if (properties.is_null()) properties = json::object();
    for (const auto& [name, schema] : extra.items()) properties[name] = schema;
    json result{{"type", "object"}};
    if (!names.empty()) result["required"] = std::move(names);
    result["properties"] = std::move(properties);
    result["additionalProperties"] = false;
    return result;
}

class Schema {
  public:
    json whole() {
        const json plan = of<Plan>();
        json definitions = json::object();
        for (auto& [name, definition] : definitions_) definitions[name] = std::move(definition);
        return {
            {"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"title", fmt::format("Plan of sop, format {}", plan_format_version)},
            {"description", "What playbooks compile to. A field with its usual value is left out."},
            {"$ref", plan.at("$ref")},
            {"$defs", std::move(definitions)}};
    }

    template <typename T>
    json of() {
        if constexpr (std::is_same_v<T, bool>) {
            return boolean();
        } else if constexpr (std::is_unsigned_v<T>) {
            return index();
        } else if constexpr (std::is_integral_v<T>) {
            return {{"type", "integer"}};
        } else if constexpr (std::is_same_v<T, std::string>) {
            return text();
        } else if constexpr (is_vector<T>) {
            return list_of(of<typename Element<T>::type>());
        } else if constexpr (is_optional<T> || is_shared<T>) {
            return of<typename Element<T>::type>();
        } else {
            return reference<T>();
        }
    }

  private:
    // Types contain each other: a definition has its place before it is made.
    template <typename T>
    json reference() {
        const Definition known = definition(Of<T>{});
        if (definitions_.try_emplace(known.name).second) {
            json made{{"title", known.title}, {"description", known.description}};
            made.update(define(Of<T>{}));
            definitions_[known.name] = std::move(made);
        }
        return {{"$ref", fmt::format("#/$defs/{}", known.name)}};
    }

    template <typename... T>
    json one_of() {
        return {{"oneOf", {of<T>()...}}};
    }

    template <typename T>
    json define(Of<T>);
    json define(Of<Plan>);
    json define(Of<Hole>);
    json define(Of<TextTemplate>);
    json define(Of<Action>);
    json define(Of<Trigger>) {
        return one_of<calendar::Schedule, EventTrigger, ConditionTrigger>();
    }

    json define(Of<std::chrono::seconds>) { return {{"type", "integer"}}; }
    json define(Of<date::local_days>) {
        return {{"type", "string"}, {"pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}};
    }
    json define(Of<calendar::Span>) {
        return object({{"months", index()}, {"days", index()}, {"seconds", index()}});
    }
    json define(Of<calendar::OpenUntil>) { return object({{"until", of<std::chrono::seconds>()}}); }
    json define(Of<calendar::WindowLength>) {
        return one_of<calendar::Span, calendar::OpenUntil>();
    }
    json define(Of<calendar::DailyInterval>) {
        const json seconds = of<std::chrono::seconds>();
        return object({{"step", seconds}, {"from", seconds}, {"to", seconds}});
    }
    json define(Of<calendar::ElapsedInterval>) {
        const json seconds = of<std::chrono::seconds>();
        return object({{"step", seconds}, {"at", seconds}});
    }
    json define(Of<calendar::Schedule>);
    json define(Of<WorkdayCalendar>) {
        return object({{"calendar", index()}}, {{"unknown_as_weekdays", boolean()}});
    }

    // ---- sets of dates ----

    template <std::size_t... Index>
    json any_days(std::index_sequence<Index...>) {
        return one_of<std::variant_alternative_t<Index, calendar::Days>...>();
    }
    json define(Of<calendar::Days>) {
        return any_days(std::make_index_sequence<std::variant_size_v<calendar::Days>>{});
    }
    static json kind(const char* name) { return {{"const", name}}; }

    json define(Of<calendar::WeekdaySet>) {
        json set = list_of(weekday());
        set["uniqueItems"] = true;
        return set;
    }
    json define(Of<calendar::EveryDay>) { return object({{"kind", kind("every_day")}}); }
    json define(Of<calendar::Workdays>) { return object({{"kind", kind("workdays")}}); }
    json define(Of<calendar::Weekend>) { return object({{"kind", kind("weekend")}}); }
    json define(Of<calendar::Weekdays>) {
        return object({{"kind", kind("weekdays")}, {"weekdays", of<calendar::WeekdaySet>()}});
    }
    json define(Of<calendar::MonthDay>);
    json define(Of<calendar::MonthDays>) {
        return object(
            {{"kind", kind("month_days")}, {"month_days", of<std::vector<calendar::MonthDay>>()}});
    }
    json define(Of<calendar::YearDays>) {
        return object({{"kind", kind("year_days")},
                       {"year_days", list_of(tuple_of({integer(1, 12), integer(1, 31)}))}});
    }
    json define(Of<calendar::DateRange>) {
        const json date = of<date::local_days>();
        return {{"oneOf", {date, tuple_of({date, date})}}};
    }
    json define(Of<calendar::Dates>) {
        return object({{"kind", kind("dates")}, {"dates", of<std::vector<calendar::DateRange>>()}});
    }
    json define(Of<calendar::LunarDays>) {
        return object({{"kind", kind("lunar_days")},
                       {"lunar_days", list_of(tuple_of({integer(1, 12), integer(0, 30)}))}});
    }
    json define(Of<calendar::SolarTerms>) {
        const auto terms = static_cast<std::int64_t>(calendar::solar_term_names().size());
        return object({{"kind", kind("solar_terms")}, {"terms", list_of(integer(0, terms - 1))}});
    }
    json define(Of<calendar::CalendarDays>) {
        return object({{"kind", kind("calendar_days")}, {"calendar", index()}, {"name", text()}});
    }
    json define(Of<calendar::WorkdayBeside>) {
        return object({{"kind", {{"enum", {"first_workday_after", "last_workday_before"}}}},
                       {"calendar", index()},
                       {"name", text()}});
    }
    json define(Of<calendar::EveryNth>) {
        return object({{"kind", kind("every_nth")},
                       {"count", integer_from_one()},
                       {"unit", of<calendar::EveryNth::Unit>()}},
                      {{"weekdays", of<calendar::WeekdaySet>()},
                       {"month_days", of<std::vector<calendar::MonthDay>>()}});
    }
    json define(Of<calendar::Calendar::NamedDays>) {
        return object({{"name", text()},
                       {"title", text()},
                       {"holiday", boolean()},
                       {"days", of<calendar::Days>()}});
    }
    json define(Of<calendar::Calendar>) {
        const json year{{"type", "integer"}};
        return object({{"name", text()},
                       {"title", text()},
                       {"timezone", text()},
                       {"weekend", of<calendar::WeekdaySet>()},
                       {"workdays", of<std::vector<calendar::DateRange>>()},
                       {"named", of<std::vector<calendar::Calendar::NamedDays>>()}},
                      {{"years", tuple_of({year, year})}});
    }

    static json integer_from_one() { return {{"type", "integer"}, {"minimum", 1}}; }

    std::map<std::string, json> definitions_{};
};

// An archive that keeps what it is told of, and no values.
class Fields {
  public:
    static constexpr bool fills = false;

    explicit Fields(Schema& schema) : schema_(schema) {}

    template <typename T>
    void field(const char* name, const T&) {
        required_[name] = schema_.of<T>();
    }
    template <typename T, typename... Usual>
    void extra(const char* name, const T&, const Usual&...) {
        extra_[name] = schema_.of<T>();
    }

    void set_field(const char* name, json schema) { required_[name] = std::move(schema); }
    json take() { return object(std::move(required_), extra_); }

  private:
    Schema& schema_;
    json required_ = json::object();
    json extra_ = json::object();
};

template <typename T>
json Schema::define(Of<T>) {
    if constexpr (std::is_enum_v<T>) {
        json names = json::array();
        for (const auto& [value, name] : names_of_enum(T{})) names.push_back(name);
        return {{"enum", std::move(names)}};
    } else {
        Fields fields(*this);
        describe<Fields>(fields, T{});
        return fields.take();
    }
}

json Schema::define(Of<Plan>) {
    Fields fields(*this);
    fields.set_field("format", {{"const", plan_format_version}});
    fields.set_field("calendars", of<std::vector<calendar::Calendar>>());
    describe<Fields>(fields, Plan{});
    return fields.take();
}

json Schema::define(Of<Hole>) {
    return {{"oneOf",
             {of<FieldReference>(), object({{"value", of<Expression>()}},
                                           {{"format", text()}, {"tracked_link", boolean()}})}}};
}

json Schema::define(Of<TextTemplate>) {
    return list_of({{"oneOf", {text(), of<Hole>()}}});
}

template <std::size_t... Index>
json actions_by_name(Schema& schema, std::index_sequence<Index...>) {
    json actions = json::object();
    ((actions[action_names[Index]] = schema.of<std::variant_alternative_t<Index, Action>>()), ...);
    return actions;
}

json Schema::define(Of<Action>) {
    json action =
        object(json::object(),
               actions_by_name(*this, std::make_index_sequence<std::variant_size_v<Action>>{}));
    action["minProperties"] = 1;
    action["maxProperties"] = 1;
    return action;
}

json Schema::define(Of<calendar::MonthDay>) {
    return {{"oneOf",
             {integer(1, 31),
              object({{"kind", of<calendar::MonthDay::Kind>()}, {"number", integer_from_one()}},
                     {{"weekday", weekday()}})}}};
}

json Schema::define(Of<calendar::Schedule>) {
    using Dates = std::vector<calendar::Days>;
    const json date = of<date::local_days>();
    json schedule = object({{"days", of<calendar::Days>()}},
                           {{"times", list_of(of<std::chrono::seconds>())},
                            {"daily_interval", of<calendar::DailyInterval>()},
                            {"elapsed_interval", of<calendar::ElapsedInterval>()},
                            {"months", integer(1, calendar::every_month)},
                            {"from", date},
                            {"until", date},
                            {"starting", date},
                            {"week_start", weekday()},
                            {"only", of<Dates>()},
                            {"except", of<Dates>()},
                            {"also", of<Dates>()},
                            {"count", integer_from_one()},
                            {"window", of<calendar::WindowLength>()},
                            {"gap", of<calendar::GapPolicy>()},
                            {"overlap", of<calendar::OverlapPolicy>()},
                            {"calendar", index()},
                            {"unknown_as_weekdays", boolean()}});
    const auto having = [](const char* name) { return json{{"required", {name}}}; };
    schedule["oneOf"] = {having("times"), having("daily_interval"), having("elapsed_interval")};
    return schedule;
}

}  // namespace

std::string plan_schema() {
    return Schema().whole().dump(2) + "\n";
}

}  // namespace sop::lang
