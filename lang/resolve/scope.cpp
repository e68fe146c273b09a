#include "lang/resolve/scope.h"

#include "lang/value.h"

namespace sop::lang {

namespace {

using Owner = FieldReference::Owner;

std::optional<Owner> find_owner(const std::string& word) {
    static const std::map<std::string, Owner> owners{
        {"group", Owner::group}, {"member", Owner::member},
        {"event", Owner::event}, {"start", Owner::start},
        {"end", Owner::end},     {"run", Owner::run},
        {"join", Owner::join},   {"collected", Owner::collected},
        {"draw", Owner::draw}};
    const auto found = owners.find(word);
    if (found == owners.end()) return std::nullopt;
    return found->second;
}

Type type_of(ValueType value) {
    return {value, {}};
}

// Those that any declared event has; of equal names the first.
Fields fields_of_any_event(const Symbols& symbols) {
    Fields fields;
    for (const auto& [name, event] : symbols.events) {
        const Fields of_event = event_fields(name, symbols);
        fields.insert(of_event.begin(), of_event.end());
    }
    const Fields of_message = event_fields("message", symbols);
    fields.insert(of_message.begin(), of_message.end());
    return fields;
}

Fields fields_of_owner(Owner owner, const Scope& scope) {
    switch (owner) {
        case Owner::group:
            return subject_fields(SubjectKind::group);
        case Owner::member:
            return subject_fields(SubjectKind::member);
        case Owner::start:
        case Owner::end:
            return {{"date", type_of(ValueType::date)},
                    {"time", type_of(ValueType::time)},
                    {"weekday", type_of(ValueType::weekday)}};
        case Owner::run:
            return {{"id", type_of(ValueType::text)},
                    {"date", type_of(ValueType::date)},
                    {"time", type_of(ValueType::time)},
                    {"number", type_of(ValueType::number)}};
        case Owner::join:
            return {{"first", type_of(ValueType::boolean)}};
        case Owner::collected:
            return {{"list", type_of(ValueType::text)}, {"left", type_of(ValueType::number)}};
        case Owner::draw:
            return {{"winners", type_of(ValueType::text)}, {"number", type_of(ValueType::number)}};
        case Owner::event:
        case Owner::subject:
            break;
    }
    return scope.event_name.empty() ? fields_of_any_event(*scope.symbols)
                                    : event_fields(scope.event_name, *scope.symbols);
}

bool is_visible(Owner owner, const Scope& scope) {
    switch (owner) {
        case Owner::group:
            return scope.group;
        case Owner::member:
            return scope.member;
        case Owner::event:
            return scope.event;
        case Owner::join:
            return scope.event && (scope.event_name.empty() || scope.event_name == "join");
        case Owner::collected:
            return scope.collected;
        case Owner::draw:
            return scope.draw;
        case Owner::start:
        case Owner::end:
        case Owner::run:
        case Owner::subject:
            return true;
    }
    return false;
}

}  // namespace

Fields event_fields(const std::string& event, const Symbols& symbols) {
    Fields fields{{"id", type_of(ValueType::text)},
                  {"at", type_of(ValueType::instant)},
                  {"group", type_of(ValueType::text)},
                  {"member", type_of(ValueType::text)}};
    if (event == "message") {
        fields.emplace("text", type_of(ValueType::text));
        // More than a sticker or a word that checks in.
        fields.emplace("effective", type_of(ValueType::boolean));
    }
    if (event == "join") fields.emplace("first", type_of(ValueType::boolean));
    const auto found = symbols.events.find(event);
    if (found == symbols.events.end()) return fields;
    for (const auto& field : found->second->fields) {
        const auto type = field.type ? declared_type(*field.type, symbols) : std::nullopt;
        fields.emplace(field.name.text, type.value_or(type_of(ValueType::text)));
    }
    return fields;
}

Fields subject_fields(SubjectKind kind) {
    if (kind == SubjectKind::group) {
        return {{"id", type_of(ValueType::text)},
                {"name", type_of(ValueType::text)},
                {"owner", type_of(ValueType::text)}};
    }
    return {{"id", type_of(ValueType::text)},
            {"name", type_of(ValueType::text)},
            {"points", type_of(ValueType::number)},
            {"invited_by", type_of(ValueType::member)},
            {"joined", type_of(ValueType::date)}};
}

Scope Scope::filtering(Fields fields) const {
    Scope inner = *this;
    inner.filtered = std::move(fields);
    return inner;
}

Scope widest_scope(const Symbols& symbols) {
    Scope scope;
    scope.symbols = &symbols;
    scope.group = scope.member = scope.event = scope.window = true;
    scope.collected = scope.draw = true;
    return scope;
}

ResolvedField resolve_field(const std::vector<std::string>& path, const Scope& scope) {
    ResolvedField resolved;
    const auto owner = find_owner(path.front());
    if (!owner) {
        resolved.problem = FieldProblem::unknown_owner;
        resolved.candidates = {"group", "member", "event", "start", "end"};
        return resolved;
    }
    const bool is_moment = *owner == Owner::start || *owner == Owner::end;
    const bool stands_alone =
        is_moment || *owner == Owner::member || *owner == Owner::group || *owner == Owner::event;
    const Fields fields = fields_of_owner(*owner, scope);
    const bool bare = path.size() == 1;
    const auto field = bare ? fields.end() : fields.find(path[1]);
    if (path.size() > 2 || (bare ? !stands_alone : field == fields.end())) {
        resolved.problem = FieldProblem::unknown_field;
        resolved.candidates = names_of(fields);
        return resolved;
    }
    if (!is_visible(*owner, scope)) {
        resolved.problem = FieldProblem::not_visible;
        return resolved;
    }
    if (*owner == Owner::end && !scope.window) {
        resolved.problem = FieldProblem::no_window;
        return resolved;
    }
    if (bare) {
        const ValueType type = is_moment                 ? ValueType::instant
                               : *owner == Owner::member ? ValueType::member
                               : *owner == Owner::group  ? ValueType::group
                                                         : ValueType::event;
        resolved.reference = FieldReference{
            *owner, {}, type, type == ValueType::event ? scope.event_name : std::string()};
    } else {
        resolved.reference =
            FieldReference{*owner, field->first, field->second.value, field->second.of};
    }
    return resolved;
}

}  // namespace sop::lang
