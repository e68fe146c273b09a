#include "lang/resolve/templates.h"

#include <algorithm>
#include <map>

#include "lang/codes.h"
#include "lang/reader/parameters.h"
#include "lang/report.h"

namespace sop::lang {

namespace {

using ast::ParameterKind;
using Kind = ast::Expression::Kind;
using Parameter = ast::TemplateDeclaration::Parameter;
using reader::ParameterValues;

Kind literal_kind(ParameterKind kind) {
    switch (kind) {
        case ParameterKind::text:
            return Kind::text;
        case ParameterKind::number:
            return Kind::number;
        case ParameterKind::money:
            return Kind::money;
        case ParameterKind::boolean:
            return Kind::boolean;
        case ParameterKind::date:
            return Kind::date;
        case ParameterKind::time:
            return Kind::time;
        case ParameterKind::weekday:
            return Kind::weekday;
        case ParameterKind::duration:
            return Kind::duration;
        case ParameterKind::content:
        case ParameterKind::tag:
        case ParameterKind::role:
        case ParameterKind::channel:
            return Kind::path;
    }
    return Kind::path;
}

// What parameters are given, checked.
class ArgumentBinder {
  public:
    ArgumentBinder(const ast::Instance& instance, const ast::TemplateDeclaration& of,
                   const ResolveContext& context)
        : instance_(instance), template_(of), context_(context) {}

    // Nothing when something is wrong, which is then reported.
    std::optional<ParameterValues> bind() {
        ParameterValues values = reader::any_values(template_.parameters);
        std::map<std::string, SourceSpan> given;
        for (const auto& argument : instance_.arguments) {
            const auto [first, added] = given.emplace(argument.name.text, argument.name.span);
            if (!added) {
                report(argument.name.span,
                       "the parameter `{}` is given twice"_say(argument.name.text))
                    .related.push_back({first->second, "first here"_say});
                continue;
            }
            if (const Parameter* parameter = find(argument.name))
                take(argument, *parameter, values);
        }
        for (const auto& parameter : template_.parameters) {
            if (parameter.default_value || given.contains(parameter.name.text)) continue;
            report(instance_.of.span,
                   "`{}` needs a value for `{}`"_say(template_.name.text, parameter.name.text),
                   "write `{}: …` between its parentheses"_say(parameter.name.text));
        }
        return wrong_ ? std::nullopt : std::optional(std::move(values));
    }

  private:
    Diagnostic& report(SourceSpan span, Message message, Message label = {}) {
        wrong_ = true;
        return context_.report(code::wrong_argument, span, std::move(message), std::move(label));
    }

    const Parameter* find(const ast::Name& name) {
        std::vector<std::string> known;
        for (const auto& parameter : template_.parameters) {
            if (parameter.name.text == name.text) return &parameter;
            known.push_back(parameter.name.text);
        }
        auto& diagnostic = report(name.span, "the template `{}` has no parameter `{}`"_say(
                                                 template_.name.text, name.text));
        if (!suggest(diagnostic, name.text, known) && !known.empty())
            diagnostic.notes.push_back("known are {}"_say(list_of(known)));
        return nullptr;
    }

    void take(const ast::Argument& argument, const Parameter& parameter, ParameterValues& values) {
        if (!parameter.kind) return;
        const ast::Expression& value = argument.value;
        if (!fits(value, parameter)) {
            report(value.span, "`{}` is a {}, and this is none"_say(parameter.name.text,
                                                                    parameter.type.name.text));
            return;
        }
        if (value.kind == Kind::text && has_holes(value)) {
            report(value.span, "a text given to a template has no holes"_say,
                   "a `content` has them, and is given by its name"_say);
            return;
        }
        ast::ParameterValue& bound = values.at(parameter.name.text);
        bound.value = value;
        bound.any = false;
        if (value.kind == Kind::path && !is_declared(*parameter.kind, value.names.front()))
            bound.value.names.front().text.clear();
    }

    static bool has_holes(const ast::Expression& value) {
        const auto& parts = value.texts.front().parts;
        return std::any_of(parts.begin(), parts.end(), [](const auto& part) {
            return std::holds_alternative<ast::Hole>(part);
        });
    }

    static bool fits(const ast::Expression& value, const Parameter& parameter) {
        if (value.kind != literal_kind(*parameter.kind)) return false;
        if (value.kind == Kind::path) return value.names.size() == 1;
        if (value.kind == Kind::money && parameter.type.currency)
            return value.literal.ends_with(" " + parameter.type.currency->text);
        if (value.kind != Kind::duration) return true;
        const bool calendar =
            parameter.default_value && parameter.default_value->duration.is_calendar();
        return value.duration.is_calendar() == calendar;
    }

    // One that is not is reported. An empty name stands for every one.
    bool is_declared(ParameterKind kind, const ast::Name& name) {
        const Symbols& symbols = context_.symbols;
        if (name.text.empty()) return true;
        const auto require = [&](const auto& declared, const char* code, Pattern message,
                                 Pattern declaration) {
            if (declared.contains(name.text)) return true;
            context_.report_unknown(code, name, message, names_of(declared), declaration);
            return false;
        };
        switch (kind) {
            case ParameterKind::content:
                return require(symbols.contents, code::unknown_content,
                               "there is no content `{}`"_say, "content {} {{ text \"…\" }}"_say);
            case ParameterKind::tag:
                return require(symbols.tags, code::unknown_tag, "there is no tag `{}`"_say,
                               "tag {}"_say);
            case ParameterKind::role:
                return require(symbols.roles, code::unknown_role, "there is no role `{}`"_say,
                               "role {}"_say);
            case ParameterKind::channel:
                return name.text == builtin_channel ||
                       require(symbols.channels, code::unknown_channel,
                               "there is no channel `{}`"_say, "channel {} {{ kind webhook }}"_say);
            default:
                return true;
        }
    }

    const ast::Instance& instance_;
    const ast::TemplateDeclaration& template_;
    const ResolveContext& context_;
    bool wrong_ = false;
};

class Expansion {
  public:
    Expansion(const ast::Instance& root, const ResolveContext& context)
        : root_(root), context_(context) {}

    void add(const ast::Instance& instance, const std::string& prefix,
             const ResolveContext& context) {
        const auto found = context.symbols.templates.find(instance.of.text);
        if (found == context.symbols.templates.end()) {
            context.report_unknown(
                code::unknown_template, instance.of, "there is no template `{}`"_say,
                names_of(context.symbols.templates), "template {}(…) {{ … }}"_say);
            return;
        }
        const auto& of = found->second;
        if (std::find(under_way_.begin(), under_way_.end(), of.node) != under_way_.end()) {
            context.report(
                code::template_in_itself, instance.of.span,
                "the template `{}` would stand in itself without end"_say(instance.of.text));
            return;
        }
        const auto values = ArgumentBinder(instance, *of, context).bind();
        if (!values) return;
        under_way_.push_back(of.node);
        add_rules(of, *values, prefix + instance.name.text + ".");
        under_way_.pop_back();
    }

    std::vector<ExpandedRule> take() { return std::move(rules_); }

  private:
    void add_rules(const Declared<ast::TemplateDeclaration>& of, const ParameterValues& values,
                   const std::string& prefix) {
        std::vector<Diagnostic> found;
        const ParsedDocument& parsed = *of.at.file->parsed;
        reader::Cursor cursor(*of.at.source(), parsed.tokens, found, parsed.dialect, of->body);
        cursor.bind(&values);
        bool broken = false;
        ast::Playbook body = reader::read_template_body(cursor, broken);
        const ResolveContext inside = context_.reporting_to(found);
        for (auto& item : body.items) {
            if (const auto* inner = std::get_if<ast::Instance>(&item)) {
                add(*inner, prefix, inside);
                continue;
            }
            auto* rule = std::get_if<ast::Rule>(&item);
            if (!rule) continue;
            if (rules_.size() == expanded_rules_max) {
                too_many();
                break;
            }
            rule->name.text = prefix + rule->name.text;
            rules_.push_back({std::move(*rule), prefix, of});
        }
        report_inside(root_, of, found, context_);
    }

    void too_many() {
        if (too_many_reported_) return;
        too_many_reported_ = true;
        context_.report(code::too_many_rules, root_.span,
                        "templates bring more than {} rules here"_say(expanded_rules_max));
    }

    const ast::Instance& root_;
    const ResolveContext& context_;
    std::vector<const ast::TemplateDeclaration*> under_way_{};
    std::vector<ExpandedRule> rules_{};
    bool too_many_reported_ = false;
};

}  // namespace

std::vector<ExpandedRule> expand(const ast::Instance& instance, const ResolveContext& context) {
    Expansion expansion(instance, context);
    expansion.add(instance, {}, context);
    return expansion.take();
}

void report_inside(const ast::Instance& instance, const Declared<ast::TemplateDeclaration>& of,
                   const std::vector<Diagnostic>& found, const ResolveContext& context) {
    const Source* source = of.at.source();
    const bool same_file = of.at.file == &context.file;
    for (const Diagnostic& problem : found) {
        const auto& said = of.at.file->diagnostics;
        const bool wrong_anyway =
            std::any_of(said.begin(), said.end(), [&](const Diagnostic& other) {
                return other.code == problem.code && other.span == problem.span;
            });
        if (wrong_anyway) continue;
        Diagnostic diagnostic;
        diagnostic.code = problem.code;
        diagnostic.severity = problem.severity;
        diagnostic.span = instance.span;
        diagnostic.message = problem.message;
        diagnostic.related.push_back(
            {problem.span,
             problem.label.empty() ? "in the template `{}`"_say(of->name.text) : problem.label,
             source});
        // Those without a file may be of the playbook's or of the template's.
        for (const RelatedPlace& place : problem.related) {
            if (place.source || same_file) diagnostic.related.push_back(place);
        }
        diagnostic.notes = problem.notes;
        context.diagnostics.push_back(std::move(diagnostic));
    }
}

}  // namespace sop::lang
