#include "runtime/intake/event_reader.h"

#include "lang/suggestion.h"
#include "lang/value.h"
#include "runtime/clock/instant_text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <sys/random.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace sop::runtime {

namespace {

using nlohmann::json;

constexpr std::size_t event_id_bytes_max = 200;

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates) {
    if (const auto near = lang::closest(word, candidates))
        return fmt::format("; did you mean `{}`?", *near);
    if (candidates.empty()) return "";
    return fmt::format("; known are {}", fmt::join(candidates, ", "));
}

// Those that need no declaration.
const std::vector<lang::EventType>& builtin_types() {
    using lang::ValueType;
    static const std::vector<lang::EventType> types{
        {"message",
         {{.name = "text", .type = ValueType::text},
          {.name = "effective", .type = ValueType::boolean, .default_value = "yes"}}},
        {"join", {}},
        {"leave", {}},
        {"opt_out", {}},
        {"opt_in", {}},
        {"dissolved", {}}};
    return types;
}

const lang::EventType& find_type(const lang::Plan& plan, const std::string& name) {
    std::vector<std::string> names;
    // A playbook may give those of the directory fields of their own.
    for (const auto& type : plan.events) {
        if (type.name == name) return type;
    }
    for (const auto& type : builtin_types()) {
        if (type.name == name) return type;
        names.push_back(type.name);
    }
    for (const auto& type : plan.events) names.push_back(type.name);
    throw EventError(
        fmt::format("no playbook declares the event `{}`{}", name, did_you_mean(name, names)));
}

Instant parse_at(const std::string& text) {
    const auto written = parse_written_time(text);
    if (!written || !written->offset) {
        throw EventError(fmt::format("`at` is `{}`; write it as `2026-11-16T00:30:00Z`", text));
    }
    return Instant(written->local.time_since_epoch()) - *written->offset;
}

void require_people(const Event& event) {
    const bool is_presence = event.type == "join" || event.type == "leave";
    const bool is_choice = event.type == "opt_out" || event.type == "opt_in";
    const bool needs_member = is_presence || is_choice || event.type == "message";
    const bool needs_group = is_presence || event.type == "dissolved";
    if ((needs_group && !event.group) || (needs_member && !event.member)) {
        throw EventError(fmt::format("the event `{}` needs {}", event.type,
                                     is_presence   ? "a group and a member"
                                     : needs_group ? "a group"
                                                   : "a member"));
    }
    for (const auto& id : {event.group, event.member}) {
        if (id && !is_usable_id(*id))
            throw EventError("an id of a group or member is empty or has a control character");
    }
}

std::string text_member(const json& object, const char* name) {
    const json& value = object.at(name);
    if (!value.is_string()) throw EventError(fmt::format("`{}` is not a text", name));
    return value.get<std::string>();
}

}  // namespace

Event checked_event(const lang::Plan& plan, Event event) {
    const lang::EventType& type = find_type(plan, event.type);
    if (event.id.empty() || event.id.size() > event_id_bytes_max) {
        throw EventError(fmt::format("the id has {} bytes; 1 to {} are allowed", event.id.size(),
                                     event_id_bytes_max));
    }
    require_people(event);
    std::map<std::string, std::string> fields;
    std::vector<std::string> names;
    for (const auto& field : type.fields) {
        names.push_back(field.name);
        const auto given = event.fields.find(field.name);
        if (given == event.fields.end()) {
            if (field.default_value) fields[field.name] = *field.default_value;
            if (!field.default_value && !field.optional) {
                throw EventError(fmt::format("the event `{}` needs the field `{}` ({})", type.name,
                                             field.name, lang::to_text(field.type)));
            }
            continue;
        }
        const auto value = lang::canonical_value(field.type, given->second);
        if (!value) {
            throw EventError(fmt::format(
                "`{}` is no {} for the field `{}`{}", given->second, lang::to_text(field.type),
                field.name, field.type == lang::ValueType::money ? "; write `9.90 CNY`" : ""));
        }
        fields[field.name] = *value;
    }
    for (const auto& [name, value] : event.fields) {
        if (std::find(names.begin(), names.end(), name) != names.end()) continue;
        throw EventError(fmt::format("the event `{}` has no field `{}`{}", type.name, name,
                                     did_you_mean(name, names)));
    }
    event.fields = std::move(fields);
    return event;
}

Event parse_event(const std::string& line, const std::string& id_if_missing) {
    json object;
    try {
        object = json::parse(line);
    } catch (const json::exception&) {
        throw EventError("the line is not JSON");
    }
    if (!object.is_object()) throw EventError("the line is not a JSON object");
    for (const char* name : {"type", "at"}) {
        if (!object.contains(name)) throw EventError(fmt::format("`{}` is missing", name));
    }
    Event event;
    event.type = text_member(object, "type");
    event.at = parse_at(text_member(object, "at"));
    event.id = object.contains("id") ? text_member(object, "id") : id_if_missing;
    if (object.contains("group")) event.group = text_member(object, "group");
    if (object.contains("member")) event.member = text_member(object, "member");
    if (object.contains("fields")) {
        if (!object["fields"].is_object()) throw EventError("`fields` is not an object");
        for (const auto& [name, value] : object["fields"].items()) {
            if (!value.is_string() && !value.is_number()) {
                throw EventError(
                    fmt::format("the field `{}` is neither a text nor a number", name));
            }
            event.fields[name] = value.is_string() ? value.get<std::string>() : value.dump();
        }
    }
    return event;
}

std::string make_event_id(Instant now) {
    std::array<unsigned char, 16> bytes{};
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        throw EventError(fmt::format("the system gives no random bytes: {}", std::strerror(errno)));
    }
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
