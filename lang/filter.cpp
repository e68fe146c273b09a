#include "lang/filter.h"

#include <deque>

#include "lang/compile.h"
#include "lang/keyword_runs.h"
#include "lang/named_files.h"
#include "lang/parse.h"
#include "lang/reader/expressions.h"
#include "lang/resolve/expressions.h"
#include "lang/value.h"

namespace sop::lang {

namespace {

// As they are declared where the plan came from, as far as a condition asks for them.
ast::EventDeclaration declaration_of(const EventType& event) {
    ast::EventDeclaration declaration;
    declaration.name.text = event.name;
    for (const EventField& field : event.fields) {
        ast::EventDeclaration::Field written;
        written.name.text = field.name;
        const bool is_event = field.type == ValueType::event;
        written.type.emplace();
        written.type->name.text = is_event ? field.of : std::string(to_text(field.type));
        if (field.type == ValueType::money && !field.of.empty()) {
            written.type->currency.emplace();
            written.type->currency->text = field.of;
        }
        written.optional = field.optional;
        declaration.fields.push_back(std::move(written));
    }
    return declaration;
}

// Nothing when it cannot be read, which is then reported.
std::optional<ast::Expression> read_filter(const Source& source,
                                           std::vector<Diagnostic>& diagnostics) {
    // Its words are those of the dialect and English.
    constexpr Dialect dialect = Dialect::zh_cn;
    TokenList tokens = split_keyword_runs(tokenize(source), source, dialect);
    diagnostics = tokens.diagnostics;
    if (has_errors(diagnostics)) return std::nullopt;
    try {
        reader::Cursor cursor(source, tokens, diagnostics, dialect);
        ast::Expression condition = reader::read_expression(cursor);
        cursor.skip_line_ends();
        if (!cursor.is(TokenKind::end_of_file))
            cursor.fail_expecting("`and`, `or` or the end of the condition"_say);
        return condition;
    } catch (const reader::BrokenItem&) {
        return std::nullopt;
    }
}

// Every tag that a condition names, for where nothing declares tags.
void declare_tags(const ast::Expression& condition, const ProjectFile& file, Symbols& symbols) {
    if (condition.kind == ast::Expression::Kind::tagged)
        symbols.tags.emplace(condition.names.front().text, DeclaredAt{&file, {}});
    for (const ast::Expression& operand : condition.operands) declare_tags(operand, file, symbols);
}

}  // namespace

Checked<Expression> compile_filter(const Source& source, const FilterNames& names,
                                   const calendar::ZoneDatabase& zones) {
    Checked<Expression> checked;
    const auto written = read_filter(source, checked.diagnostics);
    if (written && !has_errors(checked.diagnostics)) {
        ProjectFile file{&source, nullptr, {}, nullptr, true};
        Symbols symbols;
        std::deque<ast::EventDeclaration> events;
        if (names.plan == nullptr) declare_tags(*written, file, symbols);
        if (names.plan != nullptr) {
            for (const std::string& tag : names.plan->tags)
                symbols.tags.emplace(tag, DeclaredAt{&file, {}});
            for (const EventType& event : names.plan->events) {
                events.push_back(declaration_of(event));
                symbols.events.emplace(event.name, Declared<ast::EventDeclaration>{
                                                       &events.back(), DeclaredAt{&file, {}}});
            }
        }
        Scope scope;
        scope.symbols = &symbols;
        scope.group = names.kind == SubjectKind::group;
        scope.member = names.kind == SubjectKind::member;
        Fields fields = subject_fields(names.kind);
        for (const auto& [name, type] : names.attributes) fields.emplace(name, Type{type, {}});
        const CompileOptions options{zones};
        NamedFiles named_files({});
        PlanDraft plan;
        std::vector<TestCase> tests;
        checked.value = resolve_condition(
            *written, scope.filtering(std::move(fields)),
            {file, symbols, options, named_files, plan, tests, checked.diagnostics});
    }
    if (has_errors(checked.diagnostics)) checked.value.reset();
    sort_and_deduplicate(checked.diagnostics);
    return checked;
}

}  // namespace sop::lang
