#include "lang/resolve/scope.h"

#include <array>

#include "lang/keywords.h"
#include "lang/value.h"

namespace sop::lang {

namespace {

using Owner = FieldReference::Owner;

// Of what expressions begin with.
struct OwnerWord {
    Owner owner;
    Field word;
};
constexpr std::array owner_words{
    OwnerWord{Owner::group, Field::group}, OwnerWord{Owner::member, Field::member},
    OwnerWord{Owner::event, Field::event}, OwnerWord{Owner::start, Field::start},
    OwnerWord{Owner::end, Field::end},     OwnerWord{Owner::run, Field::run},
    OwnerWord{Owner::join, Field::join},   OwnerWord{Owner::collected, Field::collected},
    OwnerWord{Owner::draw, Field::draw},   OwnerWord{Owner::given, Field::given}};

std::optional<Owner> find_owner(std::string_view text) {
    for (const auto& [owner, word] : owner_words) {
        if (text == spelling(word)) return owner;
    }
    return std::nullopt;
}

Type type_of(ValueType value) {
    return {value, {}};
}

ValueType type_of(Field field) {
    switch (field) {
        case Field::at:
            return ValueType::instant;
        case Field::date:
        case Field::joined:
            return ValueType::date;
        case Field::time:
            return ValueType::time;
        case Field::weekday:
            return ValueType::weekday;
        case Field::points:
        case Field::number:
        case Field::left:
        case Field::entries:
            return ValueType::number;
        case Field::group:
            return ValueType::group;
        case Field::member:
        case Field::invited_by:
            return ValueType::member;
        case Field::first:
            return ValueType::boolean;
        default:
            return ValueType::text;
    }
}

Fields typed_fields(Field owner) {
    Fields fields;
    for (const Field field : fields_of(owner))
        fields.emplace(spelling(field), type_of(type_of(field)));
    return fields;
}

const Fields& fields_of_owner(Owner owner) {
    static const auto typed = [] {
        std::map<Owner, Fields> made;
        for (const auto& [each, word] : owner_words) made.emplace(each, typed_fields(word));
        return made;
    }();
    return typed.at(owner);
}

// Of the events that need no declaration, besides those of every event.
const Fields& fields_of_builtin_event(const std::string& event) {
    // Effective: more than a sticker or a word that checks in.
    static const Fields of_message{{"text", type_of(ValueType::text)},
                                   {"effective", type_of(ValueType::boolean)}};
    static const Fields none;
    return event == "message" ? of_message : event == "join" ? fields_of_owner(Owner::join) : none;
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
    if (auto type = find_field(fields_of_owner(Owner::event), name)) return type;
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

bool is_visible(Owner owner, std::string_view field, const Scope& scope) {
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
            return scope.draw || (scope.draws && field == spelling(Field::seal));
        case Owner::given:
            return scope.gives;
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
    Fields fields = fields_of_owner(Owner::event);
    const Fields& builtin = fields_of_builtin_event(event);
    fields.insert(builtin.begin(), builtin.end());
    const auto found = symbols.events.find(event);
    if (found == symbols.events.end()) return fields;
    for (const auto& field : found->second->fields)
        fields.emplace(field.name.text, type_of_field(field, symbols));
    return fields;
}

const Fields& subject_fields(SubjectKind kind) {
    return fields_of_owner(kind == SubjectKind::group ? Owner::group : Owner::member);
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
    scope.collected = scope.draw = scope.gives = true;
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
    if (!is_visible(*owner, bare ? std::string_view{} : path[1], scope)) {
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
