#include "lang/scope.h"

#include "lang/value.h"

#include <map>

namespace sop::lang {

namespace {

using Owner = FieldReference::Owner;
using Fields = std::map<std::string, ValueType>;

std::optional<Owner> find_owner(const std::string& word) {
    static const std::map<std::string, Owner> owners{{"group", Owner::group},
                                                     {"member", Owner::member},
                                                     {"event", Owner::event},
                                                     {"start", Owner::start},
                                                     {"end", Owner::end}};
    const auto found = owners.find(word);
    if (found == owners.end()) return std::nullopt;
    return found->second;
}

void add_declared_fields(Fields& fields, const ast::EventDeclaration& event) {
    for (const auto& field : event.fields) {
        const auto type = field.type ? find_value_type(field.type->text) : std::nullopt;
        fields.emplace(field.name.text, type.value_or(ValueType::text));
    }
}

Fields fields_of(Owner owner, const Scope& scope) {
    switch (owner) {
        case Owner::group:
            return {{"id", ValueType::text}, {"name", ValueType::text}, {"owner", ValueType::text}};
        case Owner::member:
            return {{"id", ValueType::text}, {"name", ValueType::text}};
        case Owner::start:
        case Owner::end:
            return {{"date", ValueType::date}, {"time", ValueType::time}};
        case Owner::event:
            break;
    }
    Fields fields{{"id", ValueType::text},
                  {"at", ValueType::instant},
                  {"group", ValueType::text},
                  {"member", ValueType::text}};
    if (scope.event_type) {
        add_declared_fields(fields, *scope.event_type);
    } else {
        for (const auto& [name, event] : scope.symbols->events) add_declared_fields(fields, *event);
    }
    return fields;
}

bool is_visible(Owner owner, const Scope& scope) {
    switch (owner) {
        case Owner::group:
            return scope.group;
        case Owner::member:
            return scope.member;
        case Owner::event:
            return scope.event;
        case Owner::start:
        case Owner::end:
            return true;
    }
    return false;
}

}  // namespace

Scope widest_scope(const Symbols& symbols) {
    return {&symbols, true, true, true, nullptr, true};
}

ResolvedHole resolve_hole(const ast::Hole& hole, const Scope& scope) {
    ResolvedHole resolved;
    const auto owner = find_owner(hole.path.front().text);
    if (!owner) {
        resolved.problem = HoleProblem::unknown_owner;
        resolved.candidates = {"group", "member", "event", "start", "end"};
        return resolved;
    }
    const bool is_moment = *owner == Owner::start || *owner == Owner::end;
    const Fields fields = fields_of(*owner, scope);
    const bool bare = hole.path.size() == 1;
    const auto field = bare ? fields.end() : fields.find(hole.path[1].text);
    if (hole.path.size() > 2 || (bare ? !is_moment : field == fields.end())) {
        resolved.problem = HoleProblem::unknown_field;
        resolved.candidates = names_of(fields);
        return resolved;
    }
    if (!is_visible(*owner, scope)) {
        resolved.problem = HoleProblem::not_visible;
        return resolved;
    }
    if (*owner == Owner::end && !scope.window) {
        resolved.problem = HoleProblem::no_window;
        return resolved;
    }
    resolved.reference = FieldReference{*owner, bare ? std::string() : field->first,
                                        bare ? ValueType::instant : field->second};
    return resolved;
}

}  // namespace sop::lang
