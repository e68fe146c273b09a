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

const Fields& fields_of_every_event() {
    static const Fields fields{{"id", type_of(ValueType::text)},
                               {"at", type_of(ValueType::instant)},
                               {"group", type_of(ValueType::text)},
                               {"member", type_of(ValueType::text)}};
    return fields;
}

// Of the events that need no declaration, besides those of every event.
const Fields& fields_of_builtin_event(const std::string& event) {
    // Effective: more than a sticker or a word that checks in.
    static const Fields of_message{{"text", type_of(ValueType::text)},
                                   {"effective", type_of(ValueType::boolean)}};
    static const Fields of_join{{"first", type_of(ValueType::boolean)}};
    static const Fields none;
    return event == "message" ? of_message : event == "join" ? of_join : none;
}

std::optional<Type> find_field(const Fields& fields, const std::string& name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::nullopt : std::optional(found->second);
}

Type type_of_field(const ast::EventDeclaration::Field& field, const Symbols& symbols) {
    const auto type = field.type ? declared_type(*field.type, symbols) : std::nullopt;
    return type.value_or(type_of(ValueType::text));
}

std::optional<Type> find_event_field(const std::string& event, const std::string& name,
                                     const Symbols& symbols) {
    if (auto type = find_field(fields_of_every_event(), name)) return type;
    if (auto type = find_field(fields_of_builtin_event(event), name)) return type;
    const auto declared = symbols.events.find(event);
    if (declared == symbols.events.end()) return std::nullopt;
    for (const auto& field : declared->second->fields) {
        if (field.name.text == name) return type_of_field(field, symbols);
    }
    return std::nullopt;
}

// Of equal names of several events the first one's.
std::optional<Type> find_field_of_any_event(const std::string& name, const Symbols& symbols) {
    for (const auto& [event, declaration] : symbols.events) {
        if (auto type = find_event_field(event, name, symbols)) return type;
    }
    return find_event_field("message", name, symbols);
}

std::vector<std::string> names_of_any_event(const Symbols& symbols) {
    Fields fields = event_fields("message", symbols);
    for (const auto& [event, declaration] : symbols.events)
        fields.merge(event_fields(event, symbols));
    return names_of(fields);
}

// Of what has the same fields everywhere.
const Fields& fields_of_owner(Owner owner) {
    static const Fields of_moment{{"date", type_of(ValueType::date)},
                                  {"time", type_of(ValueType::time)},
                                  {"weekday", type_of(ValueType::weekday)}};
    static const Fields of_run{{"id", type_of(ValueType::text)},
                               {"date", type_of(ValueType::date)},
                               {"time", type_of(ValueType::time)},
                               {"number", type_of(ValueType::number)}};
    static const Fields of_join{{"first", type_of(ValueType::boolean)}};
    static const Fields of_collected{{"list", type_of(ValueType::text)},
                                     {"left", type_of(ValueType::number)}};
    static const Fields of_draw{{"winners", type_of(ValueType::text)},
                                {"number", type_of(ValueType::number)}};
    switch (owner) {
        case Owner::group:
            return subject_fields(SubjectKind::group);
        case Owner::member:
            return subject_fields(SubjectKind::member);
        case Owner::start:
        case Owner::end:
            return of_moment;
        case Owner::run:
            return of_run;
        case Owner::join:
            return of_join;
        case Owner::collected:
            return of_collected;
        case Owner::draw:
            return of_draw;
        case Owner::event:
        case Owner::subject:
            break;
    }
    return fields_of_every_event();
}

std::optional<Type> find_field(Owner owner, const std::string& name, const Scope& scope) {
    if (owner != Owner::event) return find_field(fields_of_owner(owner), name);
    return scope.event_name.empty() ? find_field_of_any_event(name, *scope.symbols)
                                    : find_event_field(scope.event_name, name, *scope.symbols);
}

std::vector<std::string> field_names(Owner owner, const Scope& scope) {
    if (owner != Owner::event) return names_of(fields_of_owner(owner));
    return scope.event_name.empty() ? names_of_any_event(*scope.symbols)
                                    : names_of(event_fields(scope.event_name, *scope.symbols));
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
    Fields fields = fields_of_every_event();
    const Fields& builtin = fields_of_builtin_event(event);
    fields.insert(builtin.begin(), builtin.end());
    const auto found = symbols.events.find(event);
    if (found == symbols.events.end()) return fields;
    for (const auto& field : found->second->fields)
        fields.emplace(field.name.text, type_of_field(field, symbols));
    return fields;
}

const Fields& subject_fields(SubjectKind kind) {
    static const Fields of_group{{"id", type_of(ValueType::text)},
                                 {"name", type_of(ValueType::text)},
                                 {"owner", type_of(ValueType::text)}};
    static const Fields of_member{{"id", type_of(ValueType::text)},
                                  {"name", type_of(ValueType::text)},
                                  {"points", type_of(ValueType::number)},
                                  {"invited_by", type_of(ValueType::member)},
                                  {"joined", type_of(ValueType::date)}};
    return kind == SubjectKind::group ? of_group : of_member;
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
    const bool bare = path.size() == 1;
    const auto type = bare ? std::nullopt : find_field(*owner, path[1], scope);
    if (path.size() > 2 || (bare ? !stands_alone : !type)) {
        resolved.problem = FieldProblem::unknown_field;
        resolved.candidates = field_names(*owner, scope);
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
        const ValueType itself = is_moment                 ? ValueType::instant
                                 : *owner == Owner::member ? ValueType::member
                                 : *owner == Owner::group  ? ValueType::group
                                                           : ValueType::event;
        resolved.reference = FieldReference{
            *owner, {}, itself, itself == ValueType::event ? scope.event_name : std::string()};
    } else {
        resolved.reference = FieldReference{*owner, path[1], type->value, type->of};
    }
    return resolved;
}

}  // namespace sop::lang
