#include "lang/reader/parameters.h"

#include <algorithm>
#include <array>
#include <utility>

#include "lang/codes.h"
#include "lang/reader/declarations.h"
#include "lang/reader/expressions.h"
#include "lang/reader/literals.h"
#include "lang/reader/playbook.h"
#include "lang/report.h"

namespace sop::lang::reader {

namespace {

using ast::ParameterKind;
using Kind = ast::Expression::Kind;

constexpr std::array<std::pair<std::string_view, ParameterKind>, 12> kinds{{
    {"text", ParameterKind::text},
    {"number", ParameterKind::number},
    {"money", ParameterKind::money},
    {"boolean", ParameterKind::boolean},
    {"date", ParameterKind::date},
    {"time", ParameterKind::time},
    {"weekday", ParameterKind::weekday},
    {"duration", ParameterKind::duration},
    {"content", ParameterKind::content},
    {"tag", ParameterKind::tag},
    {"role", ParameterKind::role},
    {"channel", ParameterKind::channel},
}};

bool is_name(ParameterKind kind) {
    return kind >= ParameterKind::content;
}

std::optional<ParameterKind> find_kind(Cursor& cursor, const ast::TypeName& type) {
    std::vector<std::string> names;
    for (const auto& [name, kind] : kinds) {
        if (name == type.name.text) return kind;
        names.emplace_back(name);
    }
    auto& diagnostic = cursor.report(code::unknown_type, type.name.span,
                                     "there is no type `{}`"_say(type.name.text),
                                     "a parameter is one of {}"_say(list_of(names)));
    suggest(diagnostic, type.name.text, names);
    return std::nullopt;
}

bool is_unit(const Cursor& cursor, std::size_t ahead) {
    return cursor.is(TokenKind::word, ahead) &&
           find_unit(cursor.text(cursor.peek(ahead)), cursor.dialect()).has_value();
}

// What the parameter that stands here is worth, with its place.
ast::Expression take_value(Cursor& cursor, const ast::ParameterValue& parameter) {
    ast::Expression value = parameter.value;
    value.span = cursor.take(TokenRole::name).span;
    for (auto& name : value.names) name.span = value.span;
    for (auto& text : value.texts) text.span = value.span;
    return value;
}

ast::Expression read_argument_value(Cursor& cursor) {
    if (const auto* parameter = cursor.parameter()) return take_value(cursor, *parameter);
    const bool duration =
        cursor.is(TokenKind::measure) || (cursor.is(TokenKind::number) && is_unit(cursor, 1));
    if (!duration) return read_simple_value(cursor);
    const ast::Duration read = read_duration(cursor);
    ast::Expression expression;
    expression.kind = Kind::duration;
    expression.span = read.span;
    expression.duration = read.value;
    return expression;
}

ast::Expression any_value(const ast::TemplateDeclaration::Parameter& parameter) {
    constexpr auto literal = [](Kind kind, const char* text) {
        ast::Expression expression;
        expression.kind = kind;
        expression.literal = text;
        return expression;
    };
    ast::Expression expression;
    switch (*parameter.kind) {
        case ParameterKind::text:
            expression.kind = Kind::text;
            expression.texts.push_back({{std::string("text")}, {}});
            return expression;
        case ParameterKind::number:
            return literal(Kind::number, "1");
        case ParameterKind::money:
            expression = literal(Kind::money, "1 ");
            expression.literal += parameter.type.currency ? parameter.type.currency->text : "CNY";
            return expression;
        case ParameterKind::boolean:
            return literal(Kind::boolean, "yes");
        case ParameterKind::date:
            return literal(Kind::date, "2026-01-01");
        case ParameterKind::time:
            return literal(Kind::time, "11:59:59");
        case ParameterKind::weekday:
            return literal(Kind::weekday, "monday");
        case ParameterKind::duration:
            expression.kind = Kind::duration;
            expression.duration.elapsed = std::chrono::hours(1);
            return expression;
        case ParameterKind::content:
        case ParameterKind::tag:
        case ParameterKind::role:
        case ParameterKind::channel:
            expression.kind = Kind::path;
            expression.names.emplace_back();
            return expression;
    }
    return expression;
}

}  // namespace

std::vector<ast::TemplateDeclaration::Parameter> read_parameters(Cursor& cursor) {
    std::vector<ast::TemplateDeclaration::Parameter> parameters;
    cursor.expect(TokenKind::open_parenthesis, "`(` and the parameters"_say);
    cursor.last_use().role = TokenRole::call;
    while (!cursor.is(TokenKind::close_parenthesis)) {
        auto& parameter = parameters.emplace_back();
        parameter.name = cursor.expect_name("a parameter"_say);
        cursor.expect(TokenKind::colon, "`:` and the parameter's type"_say);
        parameter.type = read_type(cursor);
        parameter.kind = find_kind(cursor, parameter.type);
        if (cursor.take_if(TokenKind::equal)) parameter.default_value = read_argument_value(cursor);
        if (!cursor.take_if(TokenKind::comma)) break;
    }
    cursor.expect(TokenKind::close_parenthesis, "`,` or `)`"_say);
    return parameters;
}

std::vector<ast::Argument> read_arguments(Cursor& cursor) {
    std::vector<ast::Argument> arguments;
    cursor.expect(TokenKind::open_parenthesis, "`(`"_say);
    cursor.last_use().role = TokenRole::call;
    while (!cursor.is(TokenKind::close_parenthesis)) {
        ast::Argument argument;
        argument.name = cursor.expect_name("the name of a parameter"_say);
        cursor.expect(TokenKind::colon, "`:` and its value"_say);
        argument.value = read_argument_value(cursor);
        arguments.push_back(std::move(argument));
        if (!cursor.take_if(TokenKind::comma)) break;
    }
    cursor.expect(TokenKind::close_parenthesis, "`,` or `)`"_say);
    return arguments;
}

ast::Playbook read_template_body(Cursor& cursor, bool& broken) {
    ast::Playbook rules;
    cursor.expect(TokenKind::open_brace, "`{{`"_say);
    while (true) {
        cursor.skip_line_ends();
        if (cursor.is(TokenKind::close_brace) || cursor.is(TokenKind::end_of_file)) break;
        try {
            if (!cursor.at_named_label()) cursor.fail_expecting("a rule"_say);
            ReadRule read = read_rule(cursor);
            if (read.rule) rules.items.emplace_back(std::move(*read.rule));
            if (read.instance) rules.items.emplace_back(std::move(*read.instance));
            broken = broken || (!read.rule && !read.instance);
        } catch (const BrokenItem&) {
            broken = true;
            cursor.skip_item();
        }
    }
    cursor.take();
    return rules;
}

ParameterValues any_values(const std::vector<ast::TemplateDeclaration::Parameter>& parameters) {
    ParameterValues values;
    for (const auto& parameter : parameters) {
        if (!parameter.kind) continue;
        const bool any = !parameter.default_value;
        values.emplace(
            parameter.name.text,
            ast::ParameterValue{*parameter.kind,
                                any ? any_value(parameter) : *parameter.default_value, any});
    }
    return values;
}

ast::Name read_reference(Cursor& cursor, ParameterKind kind, Message what) {
    const SourceSpan span = cursor.peek().span;
    const auto* value = cursor.take_parameter(kind);
    if (!value) return cursor.expect_name(std::move(what));
    const auto& names = value->value.names;
    return {names.empty() ? std::string() : names.front().text, span};
}

std::optional<ast::Expression> read_parameter_value(Cursor& cursor) {
    const auto* parameter = cursor.parameter();
    const bool has_value = parameter && parameter->kind != ParameterKind::duration &&
                           (!is_name(parameter->kind) || parameter->kind == ParameterKind::content);
    if (!has_value || cursor.is_sign(".", 1)) return std::nullopt;
    return take_value(cursor, *parameter);
}

}  // namespace sop::lang::reader
