#include "runtime/intake/event_reader.h"

#include "lang/suggestion.h"
#include "lang/unicode.h"
#include "lang/value.h"
#include "runtime/clock/instant_text.h"
#include "runtime/intake/effective_message.h"
#include "runtime/store/random_bytes.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace sop::runtime {

namespace {

using nlohmann::json;

// Events that rules make have ids of their own, which nobody else may take.
constexpr std::string_view own_id_prefix = "run:";

std::string meant_or_known(const std::string& word, const std::vector<std::string>& candidates) {
    const std::string meant = lang::did_you_mean(word, candidates);
    if (!meant.empty() || candidates.empty()) return meant;
    return fmt::format("; known are {}", fmt::join(candidates, ", "));
}

// Those that need no declaration.
const std::vector<lang::EventType>& builtin_types() {
    using lang::ValueType;
    static const std::vector<lang::EventType> types{
        {"message",
         {{.name = "text", .type = ValueType::text},
          {.name = "effective", .type = ValueType::boolean, .optional = true}}},
        {"join",
         {{.name = "first", .type = ValueType::boolean, .optional = true},
          {.name = "name", .type = ValueType::text, .optional = true},
          {.name = "invited_by", .type = ValueType::text, .optional = true}}},
        {"leave", {}},
        {"opt_out", {}},
        {"opt_in", {}},
        {"dissolved", {}}};
    return types;
}

// ---- a line as JSON -----------------------------------------------------------------------------

// Builds the value of a line. Decimal numbers of `fields`, and beside it, are also kept as they
// were written: a price has more digits than a double may have.
class LineBuilder {
  public:
    using Decimals = std::map<std::string, std::string>;

    json value{};
    Decimals decimals{};  // in `fields`
    Decimals decimals_beside{};
    // What ended the reading; empty for what is no JSON at all.
    std::optional<EventError> error{};
    std::size_t error_at = 0;

    bool null() { return put(nullptr); }
    bool boolean(bool given) { return put(given); }
    bool number_integer(std::int64_t given) { return put(given); }
    bool number_unsigned(std::uint64_t given) { return put(given); }
    bool number_float(double given, const std::string& written) {
        if (open_.size() == 2 && keys_.front() == "fields") decimals[keys_.back()] = written;
        if (open_.size() == 1) decimals_beside[keys_.back()] = written;
        return put(given);
    }
    bool string(std::string& given) { return put(std::move(given)); }
    bool binary(json::binary_t&) { return false; }
    bool start_object(std::size_t) { return open(json::object()); }
    bool start_array(std::size_t) { return open(json::array()); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool key(std::string& name) {
        if (open_.back()->contains(name)) {
            error.emplace(Rejection::wrong_shape,
                          fmt::format("`{}` stands there twice; keep one of them", name));
            return false;
        }
        keys_.back() = std::move(name);
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) {
        error_at = position;
        return false;
    }

  private:
    json* place(json&& given) {
        if (open_.empty()) return &(value = std::move(given));
        json& around = *open_.back();
        if (around.is_array()) return &around.emplace_back(std::move(given));
        return &(around[keys_.back()] = std::move(given));
    }
    bool put(json&& given) {
        place(std::move(given));
        return true;
    }
    bool open(json&& given) {
        if (open_.size() == static_cast<std::size_t>(event_depth_max)) {
            error.emplace(Rejection::too_deep,
                          fmt::format("lists and objects stand in one another more than {} deep",
                                      event_depth_max));
            return false;
        }
        json* const placed = place(std::move(given));
        open_.push_back(placed);
        keys_.emplace_back();
        return true;
    }
    bool close() {
        open_.pop_back();
        keys_.pop_back();
        return true;
    }

    // What is being read, the outermost first, and the name of the member of each.
    std::vector<json*> open_{};
    std::vector<std::string> keys_{};
};

LineBuilder read_json(std::string_view line) {
    LineBuilder builder;
    if (json::sax_parse(line.begin(), line.end(), &builder)) return builder;
    if (builder.error) throw EventError(*builder.error);
    if (const auto invalid = lang::find_invalid_utf8(line))
        throw EventError(Rejection::not_utf8,
                         fmt::format("the line is not UTF-8, from its byte {} on", *invalid + 1));
    throw EventError(Rejection::not_json,
                     fmt::format("the line is not JSON, from its byte {} on", builder.error_at));
}

// ---- an event of it -----------------------------------------------------------------------------

Instant parse_at(const std::string& text) {
    const auto written = parse_written_time(text);
    if (!written || !written->offset) {
        throw EventError(Rejection::wrong_time,
                         fmt::format("`at` is `{}`; write it as `2026-11-16T00:30:00Z`", text));
    }
    return Instant(written->local.time_since_epoch()) - *written->offset;
}

// Nothing for one that is left out.
std::optional<std::string> take_text(json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end()) return std::nullopt;
    const json value = std::move(*found);
    object.erase(found);
    if (value.is_null()) return std::nullopt;
    if (!value.is_string())
        throw EventError(Rejection::wrong_shape, fmt::format("`{}` is not a text", name));
    return value.get<std::string>();
}

// Takes what is to be in `fields`: an empty object when it is left out.
json take_fields(json& object) {
    const auto found = object.find("fields");
    if (found == object.end()) return json::object();
    json fields = std::move(*found);
    object.erase(found);
    if (fields.is_null()) return json::object();
    if (!fields.is_object()) throw EventError(Rejection::wrong_shape, "`fields` is not an object");
    return fields;
}

std::string field_text(const std::string& name, const json& value,
                       const LineBuilder::Decimals& decimals) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    if (value.is_number_float()) return decimals.at(name);
    if (value.is_number()) return value.dump();
    throw EventError(Rejection::wrong_field,
                     fmt::format("the field `{}` is neither a text nor a number", name));
}

// Takes the text of a field out of an object; nothing where it is not there, or null.
std::optional<std::string> take_field(json& object, const std::string& name,
                                      const LineBuilder::Decimals& decimals) {
    const auto found = object.find(name);
    if (found == object.end()) return std::nullopt;
    const json value = std::move(*found);
    object.erase(found);
    return value.is_null() ? std::nullopt : std::optional(field_text(name, value, decimals));
}

void require_id(const char* what, const std::string& id) {
    if (id.empty() || id.size() > id_bytes_max) {
        throw EventError(Rejection::wrong_id, fmt::format("{} has {} bytes; 1 to {} are allowed",
                                                          what, id.size(), id_bytes_max));
    }
    const bool has_controls = std::any_of(
        id.begin(), id.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (has_controls)
        throw EventError(Rejection::wrong_id, fmt::format("{} has control characters", what));
}

void require_ids(const std::optional<std::string>& id, const Event& event) {
    if (id) require_id("the id", *id);
    if (event.group) require_id("the group's id", *event.group);
    if (event.member) require_id("the member's id", *event.member);
    if (id && id->starts_with(own_id_prefix))
        throw EventError(
            Rejection::wrong_id,
            fmt::format("ids that begin with `{}` are those of sop's own events", own_id_prefix));
}

void require_people(const Event& event) {
    const bool is_presence = event.type == "join" || event.type == "leave";
    const bool is_choice = event.type == "opt_out" || event.type == "opt_in";
    const bool needs_member = is_presence || is_choice || event.type == "message";
    const bool needs_group = is_presence || event.type == "dissolved";
    if ((needs_group && !event.group) || (needs_member && !event.member))
        throw EventError(Rejection::nobody, fmt::format("the event `{}` needs {}", event.type,
                                                        is_presence   ? "a group and a member"
                                                        : needs_group ? "a group"
                                                                      : "a member"));
}

// The canonical text of what is given for a field, else its default; nothing for one that has
// neither and is optional.
std::optional<std::string> field_value(const lang::EventType& type, const lang::EventField& field,
                                       const std::optional<std::string>& given) {
    if (!given) {
        if (!field.default_value && !field.optional) {
            throw EventError(Rejection::wrong_field,
                             fmt::format("the event `{}` needs the field `{}` ({})", type.name,
                                         field.name, lang::to_text(field.type)));
        }
        return field.default_value;
    }
    auto value = lang::canonical_value(field.type, *given);
    if (!value) {
        throw EventError(
            Rejection::wrong_field,
            fmt::format("`{}` is no {} for the field `{}`{}", *given, lang::to_text(field.type),
                        field.name,
                        field.type == lang::ValueType::money ? "; write `9.90 CNY`" : ""));
    }
    return value;
}

// Whoever hands in a message may know better.
void judge_message(Event& event) {
    if (event.type != "message" || event.fields.contains("effective")) return;
    event.fields["effective"] = is_effective_message(event.fields["text"]) ? "yes" : "no";
}

std::vector<std::string> names_of(const std::vector<lang::EventField>& fields) {
    std::vector<std::string> names;
    for (const lang::EventField& field : fields) names.push_back(field.name);
    return names;
}

}  // namespace

std::string_view to_text(Rejection reason) {
    switch (reason) {
        case Rejection::too_long:
            return "too long";
        case Rejection::not_utf8:
            return "not UTF-8";
        case Rejection::not_json:
            return "not JSON";
        case Rejection::too_deep:
            return "too deep";
        case Rejection::wrong_shape:
            return "wrong shape";
        case Rejection::unknown_event:
            return "unknown event";
        case Rejection::wrong_field:
            return "wrong field";
        case Rejection::wrong_id:
            return "wrong id";
        case Rejection::nobody:
            return "nobody";
        case Rejection::wrong_time:
            return "wrong time";
        case Rejection::future:
            return "future";
        case Rejection::past:
            return "past";
        case Rejection::different_content:
            return "different content";
    }
    return "";  // not reached: the switch names every reason
}

EventSchema::EventSchema(const lang::Plan& plan) {
    // A playbook may give those of the directory fields of their own.
    for (const auto& type : plan.events) types_.emplace(type.name, type);
    for (const auto& type : builtin_types()) types_.emplace(type.name, type);
}

const lang::EventType& EventSchema::find(const std::string& name) const {
    const auto found = types_.find(name);
    if (found != types_.end()) return found->second;
    std::vector<std::string> names;
    for (const auto& [known, type] : types_) names.push_back(known);
    std::sort(names.begin(), names.end());
    throw EventError(Rejection::unknown_event, fmt::format("no playbook declares the event `{}`{}",
                                                           name, meant_or_known(name, names)));
}

Event EventSchema::check(Event event) const {
    const lang::EventType& type = find(event.type);
    require_ids(event.id, event);
    require_people(event);
    std::map<std::string, std::string> fields;
    for (const auto& field : type.fields) {
        const auto given = event.fields.find(field.name);
        auto value = field_value(
            type, field, given == event.fields.end() ? std::nullopt : std::optional(given->second));
        if (value) fields.emplace(field.name, *std::move(value));
    }
    const auto names = names_of(type.fields);
    for (const auto& [name, value] : event.fields) {
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        throw EventError(Rejection::wrong_field,
                         fmt::format("the event `{}` has no field `{}`{}", type.name, name,
                                     meant_or_known(name, names)));
    }
    event.fields = std::move(fields);
    judge_message(event);
    return event;
}

Event EventSchema::read(std::string_view line, std::optional<Instant> received_at) const {
    LineBuilder built = read_json(line);
    json& object = built.value;
    if (!object.is_object())
        throw EventError(Rejection::wrong_shape, "the line is not a JSON object");
    auto type_name = take_text(object, "type");
    if (!type_name) throw EventError(Rejection::wrong_shape, "`type` is missing");
    const auto at = take_text(object, "at");
    if (!at && !received_at) throw EventError(Rejection::wrong_shape, "`at` is missing");

    Event event;
    event.type = *std::move(type_name);
    event.at = at ? parse_at(*at) : *received_at;
    event.received_at = received_at.value_or(event.at);
    const auto id = take_text(object, "id");
    event.group = take_text(object, "group");
    event.member = take_text(object, "member");
    require_ids(id, event);
    event.id = id.value_or("");

    const lang::EventType& type = find(event.type);
    require_people(event);
    json fields = take_fields(object);
    for (const auto& field : type.fields) {
        // Many write them beside the rest.
        auto given = take_field(fields, field.name, built.decimals);
        if (!given) given = take_field(object, field.name, built.decimals_beside);
        auto value = field_value(type, field, given);
        if (value) event.fields.emplace(field.name, *std::move(value));
    }
    judge_message(event);
    if (!fields.empty()) object["fields"] = std::move(fields);
    if (!object.empty()) event.extra = object.dump();
    return event;
}

bool has_same_content(const Event& first, const Event& second) {
    const auto said_when = [](const Event& event) { return event.at != event.received_at; };
    const bool same_time = first.at == second.at || !said_when(first) || !said_when(second);
    return same_time && first.type == second.type && first.group == second.group &&
           first.member == second.member && first.fields == second.fields &&
           first.extra == second.extra;
}

std::string make_event_id(Instant now) {
    auto bytes = random_bytes();
    const auto milliseconds = static_cast<std::uint64_t>(now.time_since_epoch().count());
    for (std::size_t i = 0; i < 6; ++i)
        bytes[i] = static_cast<unsigned char>(milliseconds >> (8 * (5 - i)));
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x70);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += fmt::format("{:02x}", bytes[i]);
    }
    return text;
}

}  // namespace sop::runtime
