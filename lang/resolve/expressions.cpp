#include "lang/resolve/expressions.h"

#include <fmt/format.h>

#include <algorithm>

#include "lang/codes.h"
#include "lang/hole_format.h"
#include "lang/value.h"

namespace sop::lang {

namespace {

using Kind = Expression::Kind;
using Written = ast::Expression::Kind;

bool is(const Expression& expression, ValueType type) {
    return expression.type.value == type;
}

bool is_number_or_money(const Expression& expression) {
    return is(expression, ValueType::number) || is(expression, ValueType::money);
}

// Money of a currency that is known only when it is there meets every currency.
bool currencies_meet(const Type& a, const Type& b) {
    return a.of.empty() || b.of.empty() || a.of == b.of;
}

bool comparable(const Type& a, const Type& b) {
    const auto names_one = [](const Type& type) {
        return type.value == ValueType::event || type.value == ValueType::member ||
               type.value == ValueType::group || type.value == ValueType::content;
    };
    // People, groups and events are known by ids, which are texts.
    if (names_one(a) && b.value == ValueType::text) return true;
    if (names_one(b) && a.value == ValueType::text) return true;
    if (a.value != b.value) return false;
    if (a.value == ValueType::money) return currencies_meet(a, b);
    return a.value != ValueType::row && a.value != ValueType::list;
}

std::string list_of_names(const std::vector<std::string>& names) {
    return fmt::format("{}", fmt::join(names, ", "));
}

bool is_ordered(ValueType type) {
    return type == ValueType::number || type == ValueType::money || type == ValueType::date ||
           type == ValueType::time || type == ValueType::instant;
}

class Resolver {
  public:
    Resolver(const Scope& scope, const ResolveContext& context)
        : scope_(scope), context_(context) {}

    std::optional<Expression> resolve(const ast::Expression& written) {
        switch (written.kind) {
            case Written::text:
                return resolve_literal_text(written);
            case Written::number:
                return literal(ValueType::number, written);
            case Written::money:
                return literal(ValueType::money, written);
            case Written::date:
                return literal(ValueType::date, written);
            case Written::time:
                return literal(ValueType::time, written);
            case Written::weekday:
                return literal(ValueType::weekday, written);
            case Written::boolean:
                return literal(ValueType::boolean, written);
            case Written::duration:
                break;
            case Written::path:
                return resolve_path(written);
            case Written::row:
                return resolve_row(written);
            case Written::column:
                return resolve_column(written);
            case Written::list:
                return resolve_list(written);
            case Written::unary:
                return resolve_unary(written);
            case Written::binary:
                return resolve_binary(written);
            case Written::exists:
                return resolve_exists(written);
            case Written::tagged:
                return resolve_tagged(written);
            case Written::aggregate:
                return resolve_aggregate(written);
            case Written::call:
                return resolve_metric(written);
        }
        return std::nullopt;
    }

  private:
    // ---- literals ----

    std::optional<Expression> literal(ValueType type, const ast::Expression& written) {
        const auto value = canonical_value(type, written.literal);
        if (!value) {
            context_.report(code::wrong_type, written.span,
                            "`{}` is no {}"_say(written.literal, to_text(type)));
            return std::nullopt;
        }
        const std::string currency =
            type == ValueType::money ? value->substr(value->find(' ') + 1) : std::string();
        return Expression{Kind::literal, {type, currency}, *value};
    }

    std::optional<Expression> resolve_literal_text(const ast::Expression& written) {
        for (const auto& part : written.texts.front().parts) {
            if (const auto* hole = std::get_if<ast::Hole>(&part)) {
                context_.report(code::wrong_type, hole->span,
                                "a text in an expression has no holes"_say);
                return std::nullopt;
            }
        }
        return Expression{
            Kind::literal, {ValueType::text, {}}, ast::plain_text(written.texts.front())};
    }

    // ---- names ----

    std::optional<Expression> resolve_path(const ast::Expression& written) {
        const std::string& root = written.names.front().text;
        // A parameter that stands for any content.
        if (root.empty()) return Expression{Kind::literal, {ValueType::content, {}}};
        if (scope_.filtered && written.names.size() == 1) {
            const auto found = scope_.filtered->find(root);
            if (found != scope_.filtered->end()) {
                return Expression{FieldReference{FieldReference::Owner::subject, root,
                                                 found->second.value, found->second.of}};
            }
        }
        if (const auto value = context_.symbols.values.find(root);
            value != context_.symbols.values.end() && written.names.size() == 1)
            return resolve_named_value(*value->second);
        if (written.names.size() == 1 && context_.symbols.contents.contains(root))
            return Expression{Kind::literal, {ValueType::content, {}}, root};
        if (scope_.collected && !scope_.collected_event.empty() && root == scope_.collected_event &&
            written.names.size() == 2)
            return resolve_collected(written);
        return resolve_owned(written);
    }

    // A value's expression stands for its name; one that names itself was reported where it is
    // declared.
    std::optional<Expression> resolve_named_value(const ast::ValueDeclaration& declaration) {
        constexpr int values_deep_max = 16;
        if (depth_ >= values_deep_max) return std::nullopt;
        ++depth_;
        Scope outside;
        outside.symbols = scope_.symbols;
        std::vector<Diagnostic> reported_where_declared;
        const ResolveContext quiet = context_.reporting_to(reported_where_declared);
        Resolver inner(outside, quiet);
        inner.depth_ = depth_;
        auto value = inner.resolve(declaration.value);
        --depth_;
        return value;
    }

    std::optional<Expression> resolve_collected(const ast::Expression& written) {
        const Fields fields = event_fields(scope_.collected_event, context_.symbols);
        const ast::Name& name = written.names.back();
        const auto found = fields.find(name.text);
        if (found != fields.end()) {
            return Expression{FieldReference{FieldReference::Owner::collected, name.text,
                                             found->second.value, found->second.of}};
        }
        report_field(name, "the event has no field `{}`"_say(name.text), names_of(fields));
        return std::nullopt;
    }

    void report_field(const ast::Name& name, Message message,
                      const std::vector<std::string>& candidates) {
        if (context_.symbols.may_declare(name.text)) return;
        auto& diagnostic = context_.report(code::unknown_field, name.span, std::move(message));
        if (suggest(diagnostic, name.text, candidates)) return;
        diagnostic.notes.push_back("known are {}"_say(list_of_names(candidates)));
    }

    std::optional<Expression> resolve_owned(const ast::Expression& written) {
        std::vector<std::string> path;
        for (const auto& name : written.names) path.push_back(name.text);
        // What fields an unknown event would have nobody knows.
        if (path.front() == "event" && !scope_.event_name.empty() && !is_event(scope_.event_name))
            return std::nullopt;
        ResolvedField resolved = resolve_field(path, scope_);
        const ast::Name& root = written.names.front();
        switch (resolved.problem) {
            case FieldProblem::none:
                return Expression{*resolved.reference};
            case FieldProblem::unknown_owner:
                if (scope_.filtered)
                    for (const auto& name : names_of(*scope_.filtered))
                        resolved.candidates.push_back(name);
                for (const auto& name : names_of(context_.symbols.values))
                    resolved.candidates.push_back(name);
                report_field(root,
                             scope_.filtered
                                 ? "there is no field `{}` here"_say(root.text)
                                 : "there is no `{}` to fill a hole with"_say(root.text),
                             resolved.candidates);
                break;
            case FieldProblem::unknown_field:
                report_unknown_field(written, resolved.candidates);
                break;
            case FieldProblem::not_visible:
            case FieldProblem::no_window:
                report_not_visible(written.span, root.text);
                break;
        }
        return std::nullopt;
    }

    bool is_event(const std::string& name) const {
        return name == "message" || name == "join" || name == "leave" || name == "tagged" ||
               name == "untagged" || context_.symbols.events.contains(name);
    }

    void report_unknown_field(const ast::Expression& written,
                              const std::vector<std::string>& candidates) {
        const auto& names = written.names;
        if (names.size() > 2) {
            context_.report(code::unknown_field, names[2].span,
                            "`{}.{}` has no fields of its own"_say(names[0].text, names[1].text));
        } else if (names.size() == 1) {
            report_field(names.back(), "`{}` needs a field"_say(names[0].text), candidates);
        } else {
            report_field(names.back(), "`{}` has no field `{}`"_say(names[0].text, names[1].text),
                         candidates);
        }
    }

    void report_not_visible(SourceSpan span, const std::string& owner) {
        auto& diagnostic =
            context_.report(code::not_visible_here, span, "there is no `{}` here"_say(owner),
                            why_not_visible(owner));
        if (owner == "member" && scope_.event)
            diagnostic.notes.push_back("`event.member` is the id of whom the event is about"_say);
    }

    Message why_not_visible(const std::string& owner) const {
        if (owner == "end") return "the rule has no window"_say;
        if (owner == "event" || owner == "join") return "the rule is on the calendar"_say;
        if (owner == "collected") return "the rule has no `collect`"_say;
        if (owner == "draw") return "only inside `draw`"_say;
        if (owner == "given") return "the rule gives nothing from a pool"_say;
        return owner == "member" ? "the rule is for groups"_say : "the rule is for members"_say;
    }

    // ---- tables ----

    const ast::TableDeclaration* find_table(const ast::Name& name) {
        const auto found = context_.symbols.tables.find(name.text);
        if (found != context_.symbols.tables.end()) return found->second.node;
        context_.report_unknown(code::unknown_table, name, "there is no table `{}`"_say,
                                names_of(context_.symbols.tables),
                                "table {} from \"….csv\" key … {{ … }}"_say);
        return nullptr;
    }

    std::optional<Expression> resolve_row(const ast::Expression& written) {
        const auto* table = find_table(written.names.front());
        if (!table) return std::nullopt;
        std::optional<Type> key;
        for (const auto& column : table->columns) {
            if (column.name.text == table->key.text)
                key = declared_type(column.type, context_.symbols);
        }
        if (!key) return std::nullopt;
        auto value = resolve_typed(written.operands.front(), *key);
        if (!value) return std::nullopt;
        check_rows(written, *value, std::nullopt);
        return Expression{
            Kind::row, {ValueType::row, table->name.text}, table->name.text, {std::move(*value)}};
    }

    std::optional<Expression> resolve_column(const ast::Expression& written) {
        auto row = resolve(written.operands.front());
        if (!row) return std::nullopt;
        const ast::Name& name = written.names.front();
        const auto& table = *context_.symbols.tables.at(row->text);
        std::vector<std::string> candidates;
        for (const auto& column : table.columns) {
            candidates.push_back(column.name.text);
            if (column.name.text != name.text) continue;
            const auto type = declared_type(column.type, context_.symbols);
            if (!type) return std::nullopt;
            check_rows(written.operands.front(), row->operands.front(), name.text);
            return Expression{Kind::column, *type, name.text, {std::move(*row)}};
        }
        report_field(name, "the table `{}` has no column `{}`"_say(row->text, name.text),
                     candidates);
        return std::nullopt;
    }

    // The keys that are known before anything runs: what is written, and the coming dates of the
    // rule.
    std::vector<std::string> coming_keys(const Expression& key) const {
        if (key.kind == Kind::literal) return {key.text};
        const bool of_run = key.field && key.field->field == "date" &&
                            (key.field->owner == FieldReference::Owner::start ||
                             key.field->owner == FieldReference::Owner::run);
        std::vector<std::string> keys;
        if (!of_run || !scope_.coming_dates) return keys;
        for (const auto date : *scope_.coming_dates) keys.push_back(calendar::date_text(date));
        return keys;
    }

    // A row that is looked up is to be there, and to have a value in the column, if one is named.
    void check_rows(const ast::Expression& written, const Expression& key,
                    const std::optional<std::string>& column) {
        const auto& tables = context_.plan.tables;
        const auto table = std::find_if(tables.begin(), tables.end(), [&](const Table& one) {
            return one.name == written.names.front().text;
        });
        // One without rows was reported where it is declared.
        if (table == tables.end() || table->rows.empty()) return;
        const auto column_of = [&](const std::string& name) {
            const auto found = std::find_if(table->columns.begin(), table->columns.end(),
                                            [&](const auto& one) { return one.name == name; });
            return static_cast<std::size_t>(found - table->columns.begin());
        };
        const std::size_t key_column = column_of(table->key);
        std::vector<std::string> missing;
        for (const std::string& coming : coming_keys(key)) {
            const auto row = std::find_if(
                table->rows.begin(), table->rows.end(),
                [&](const std::vector<std::string>& one) { return one[key_column] == coming; });
            const bool has_row = row != table->rows.end();
            if (column ? has_row && (*row)[column_of(*column)].empty() : !has_row)
                missing.push_back(coming);
        }
        if (!missing.empty()) report_missing(written.span, *table, missing, column);
    }

    void report_missing(SourceSpan span, const Table& table, std::vector<std::string> missing,
                        const std::optional<std::string>& column) {
        constexpr std::size_t named_max = 5;
        auto& diagnostic = context_.report(
            code::table_row_missing, span,
            column ? "`{}` has no `{}` for `{}`"_say(table.name, *column, missing.front())
                   : "`{}` has no row for `{}`"_say(table.name, missing.front()));
        diagnostic.severity = Severity::warning;
        const std::size_t count = missing.size();
        if (count > 1) {
            missing.resize(std::min(count, named_max));
            diagnostic.notes.push_back(
                count > named_max
                    ? "missing for {} coming dates: {}, …"_say(count, list_of(missing))
                    : "missing for {} coming dates: {}"_say(count, list_of(missing)));
        }
        diagnostic.notes.push_back("add what is missing to `{}`"_say(table.file));
    }

    // ---- operators ----

    std::optional<Expression> resolve_list(const ast::Expression& written) {
        Expression list{Kind::list, {ValueType::list, {}}};
        for (const auto& item : written.operands) {
            auto value = resolve(item);
            if (!value) return std::nullopt;
            if (!list.operands.empty() && !comparable(list.operands.front().type, value->type)) {
                report_types(item.span, list.operands.front().type, value->type);
                return std::nullopt;
            }
            list.type.of = to_text(value->type.value);
            list.operands.push_back(std::move(*value));
        }
        return list;
    }

    void report_types(SourceSpan span, const Type& left, const Type& right) {
        const bool currencies = left.value == ValueType::money && right.value == ValueType::money;
        context_.report(
            code::wrong_type, span,
            currencies ? "{} and {} are never mixed"_say(left.of, right.of)
                       : "{} and {} do not go together"_say(type_text(left), type_text(right)));
    }

    std::optional<Expression> resolve_unary(const ast::Expression& written) {
        const ast::Expression& operand = written.operands.front();
        if (written.operation == Kind::not_) {
            auto condition = resolve_boolean(operand);
            if (!condition) return std::nullopt;
            return Expression{Kind::not_, {ValueType::boolean, {}}, {}, {std::move(*condition)}};
        }
        auto value = resolve(operand);
        if (!value) return std::nullopt;
        if (!is_number_or_money(*value)) {
            context_.report(
                code::wrong_type, operand.span,
                "`-` takes a number or an amount, and this is {}"_say(type_text(value->type)));
            return std::nullopt;
        }
        const Type type = value->type;
        return Expression{Kind::negate, type, {}, {std::move(*value)}};
    }

    std::optional<Expression> resolve_boolean(const ast::Expression& written) {
        auto value = resolve(written);
        if (!value || is(*value, ValueType::boolean)) return value;
        context_.report(code::wrong_type, written.span,
                        "a condition stands here, and this is {}"_say(type_text(value->type)),
                        "compare it: `… > 0`"_say);
        return std::nullopt;
    }

    std::optional<Expression> resolve_binary(const ast::Expression& written) {
        const Kind operation = written.operation;
        if (operation == Kind::and_ || operation == Kind::or_) {
            auto left = resolve_boolean(written.operands[0]);
            auto right = resolve_boolean(written.operands[1]);
            if (!left || !right) return std::nullopt;
            return Expression{
                operation, {ValueType::boolean, {}}, {}, {std::move(*left), std::move(*right)}};
        }
        auto left = resolve(written.operands[0]);
        auto right = resolve(written.operands[1]);
        if (!left || !right) return std::nullopt;
        const auto type = result_type(written, *left, *right);
        if (!type) return std::nullopt;
        return Expression{operation, *type, {}, {std::move(*left), std::move(*right)}};
    }

    std::optional<Type> result_type(const ast::Expression& written, const Expression& left,
                                    const Expression& right) {
        switch (written.operation) {
            case Kind::add:
            case Kind::subtract:
                if (is_number_or_money(left) && comparable(left.type, right.type))
                    return left.type.of.empty() ? right.type : left.type;
                break;
            case Kind::multiply:
                if (is(left, ValueType::number) && is_number_or_money(right)) return right.type;
                if (is(left, ValueType::money) && is(right, ValueType::number)) return left.type;
                break;
            case Kind::divide:
                if (is_number_or_money(left) && is(right, ValueType::number)) return left.type;
                if (is(left, ValueType::money) && comparable(left.type, right.type))
                    return Type{ValueType::number, {}};
                break;
            case Kind::in:
                if (is(right, ValueType::list) &&
                    (right.operands.empty() || comparable(left.type, right.operands.front().type)))
                    return Type{ValueType::boolean, {}};
                break;
            case Kind::equal:
            case Kind::not_equal:
                if (comparable(left.type, right.type)) return Type{ValueType::boolean, {}};
                break;
            default:
                if (is_ordered(left.type.value) && comparable(left.type, right.type))
                    return Type{ValueType::boolean, {}};
                break;
        }
        report_types(written.operation_span, left.type, right.type);
        auto& diagnostic = context_.diagnostics.back();
        diagnostic.related.push_back({written.operands[0].span, "{}"_say(type_text(left.type))});
        diagnostic.related.push_back({written.operands[1].span, "{}"_say(type_text(right.type))});
        return std::nullopt;
    }

    std::optional<Expression> resolve_exists(const ast::Expression& written) {
        auto value = resolve(written.operands.front());
        if (!value) return std::nullopt;
        return Expression{Kind::exists, {ValueType::boolean, {}}, {}, {std::move(*value)}};
    }

    std::optional<Expression> resolve_tagged(const ast::Expression& written) {
        auto value = resolve(written.operands.front());
        check_tag(written.names.front(), context_);
        if (!value) return std::nullopt;
        if (!is(*value, ValueType::member) && !is(*value, ValueType::group)) {
            context_.report(
                code::wrong_type, written.operands.front().span,
                "`tagged` asks of a member or a group, and this is {}"_say(type_text(value->type)));
            return std::nullopt;
        }
        return Expression{Kind::tagged,
                          {ValueType::boolean, {}},
                          written.names.front().text,
                          {std::move(*value)}};
    }

    std::optional<Expression> resolve_typed(const ast::Expression& written, const Type& type) {
        auto value = resolve(written);
        if (!value || comparable(value->type, type)) return value;
        context_.report(
            code::wrong_type, written.span,
            "{} stands here, and this is {}"_say(type_text(type), type_text(value->type)));
        return std::nullopt;
    }

    // ---- aggregates ----

    std::optional<Expression> resolve_aggregate(const ast::Expression& written) {
        const ast::Name& event = written.names.front();
        if (event.text == "member" && written.literal == "count") return count_members(written);
        if (!is_event(event.text)) {
            context_.report_unknown(code::unknown_event, event, "there is no event `{}`"_say,
                                    names_of(context_.symbols.events), "event {} {{ }}"_say);
            return std::nullopt;
        }
        const Fields fields = event_fields(event.text, context_.symbols);
        Expression result{Kind::count, {ValueType::number, {}}, event.text};
        if (written.literal == "sum") result.kind = Kind::sum;
        if (written.literal == "distinct") result.kind = Kind::distinct;
        if (written.literal == "streak") result.kind = Kind::streak;
        if (!resolve_aggregate_field(written, fields, result)) return std::nullopt;
        result.among = written.among;
        const bool repeated = result.among == Expression::Among::repeated;
        if (result.among != Expression::Among::all &&
            !(repeated && result.kind == Kind::distinct)) {
            report_among(written);
            return std::nullopt;
        }
        if (!written.operands.empty()) {
            const Scope inside = scope_.filtering(fields);
            auto where = resolve_condition(written.operands.front(), inside, context_);
            if (!where) return std::nullopt;
            result.operands.push_back(std::move(*where));
        }
        if (written.period) result.period = written.period->value;
        return result;
    }

    void report_among(const ast::Expression& written) {
        const bool repeated = written.among == Expression::Among::repeated;
        context_.report(code::wrong_type, written.among_span,
                        repeated ? "this goes with `distinct`"_say : "this is asked of members"_say,
                        repeated
                            ? "as in `distinct(order.member repeated)`"_say
                            : "as in `count(member at start)` and `count(member throughout)`"_say);
    }

    // `count(member)`: those present at the end of the period, staff not counted.
    std::optional<Expression> count_members(const ast::Expression& written) {
        Expression result{Kind::count, {ValueType::number, {}}, "member"};
        result.among = written.among;
        if (result.among == Expression::Among::repeated) {
            report_among(written);
            return std::nullopt;
        }
        if (!written.operands.empty()) {
            Scope inside = scope_.filtering(subject_fields(SubjectKind::member));
            inside.member = true;
            auto where = resolve_condition(written.operands.front(), inside, context_);
            if (!where) return std::nullopt;
            result.operands.push_back(std::move(*where));
        }
        if (written.period) result.period = written.period->value;
        return result;
    }

    bool resolve_aggregate_field(const ast::Expression& written, const Fields& fields,
                                 Expression& result) {
        const bool needs_field = result.kind == Kind::sum || result.kind == Kind::distinct;
        const bool has_field = written.names.size() > 1;
        if (needs_field != has_field) {
            context_.report(
                code::wrong_type, written.span,
                needs_field ? "`{}` needs a field of the event"_say(written.literal)
                            : "`{}` counts events, not a field of them"_say(written.literal),
                needs_field ? "as in `sum(order.amount)`"_say : "as in `count(order)`"_say);
            return false;
        }
        if (!has_field) return true;
        const ast::Name& name = written.names[1];
        const auto found = fields.find(name.text);
        if (found == fields.end()) {
            report_field(name, "`{}` has no field `{}`"_say(result.text, name.text),
                         names_of(fields));
            return false;
        }
        result.field_name = name.text;
        if (result.kind == Kind::distinct) return true;
        if (found->second.value != ValueType::number && found->second.value != ValueType::money) {
            context_.report(
                code::wrong_type, name.span,
                "a sum is of numbers or amounts, and this is {}"_say(type_text(found->second)));
            return false;
        }
        result.type = found->second;
        return true;
    }

    std::optional<Expression> resolve_metric(const ast::Expression& written) {
        const ast::Name& name = written.names.front();
        const auto found = context_.symbols.metrics.find(name.text);
        if (found == context_.symbols.metrics.end()) {
            context_.report_unknown(code::unknown_metric, name, "there is no metric `{}`"_say,
                                    names_of(context_.symbols.metrics),
                                    "metric {} = sum(order.amount)"_say);
            return std::nullopt;
        }
        Scope outside;
        outside.symbols = scope_.symbols;
        std::vector<Diagnostic> reported_where_declared;
        const ResolveContext quiet = context_.reporting_to(reported_where_declared);
        const auto value = resolve_expression(found->second->value, outside, quiet);
        if (!value) return std::nullopt;
        Expression metric{Kind::metric, value->type, name.text};
        if (written.period) metric.period = written.period->value;
        return metric;
    }

    const Scope& scope_;
    const ResolveContext& context_;
    int depth_ = 0;
};

// A group, a member, an event as a whole has no one text.
bool can_be_shown(const ast::Expression& written, const Expression& value,
                  const ResolveContext& context) {
    const ValueType type = value.type.value;
    const bool whole =
        value.field && value.field->field.empty() &&
        (type == ValueType::group || type == ValueType::member || type == ValueType::event);
    if (whole) {
        auto& diagnostic = context.report(code::unknown_field, written.span,
                                          "`{}` needs a field"_say(written.names.front().text));
        const Fields fields = type == ValueType::event
                                  ? event_fields(value.type.of, context.symbols)
                                  : subject_fields(type == ValueType::group ? SubjectKind::group
                                                                            : SubjectKind::member);
        diagnostic.notes.push_back("known are {}"_say(list_of_names(names_of(fields))));
        return false;
    }
    const bool shown =
        type != ValueType::row && type != ValueType::list && type != ValueType::boolean;
    if (!shown) {
        context.report(code::wrong_type, written.span,
                       "a text cannot show {}"_say(type_text(value.type)));
    }
    return shown;
}

}  // namespace

std::optional<Expression> resolve_expression(const ast::Expression& written, const Scope& scope,
                                             const ResolveContext& context) {
    return Resolver(scope, context).resolve(written);
}

std::optional<Expression> resolve_condition(const ast::Expression& written, const Scope& scope,
                                            const ResolveContext& context) {
    return resolve_value(written, {ValueType::boolean, {}}, scope, context);
}

std::optional<Expression> resolve_value(const ast::Expression& written, const Type& type,
                                        const Scope& scope, const ResolveContext& context) {
    auto value = resolve_expression(written, scope, context);
    if (!value || comparable(value->type, type)) return value;
    if (type.value == ValueType::boolean) {
        context.report(code::wrong_type, written.span,
                       "a condition stands here, and this is {}"_say(type_text(value->type)),
                       "compare it: `… > 0`"_say);
    } else {
        context.report(
            code::wrong_type, written.span,
            "{} stands here, and this is {}"_say(type_text(type), type_text(value->type)));
    }
    return std::nullopt;
}

namespace {

bool check_format(const ast::Name& format, const Type& type, const ResolveContext& context) {
    if (is_format_of(type.value, format.text)) return true;
    auto& diagnostic = context.report(
        code::wrong_hole_format, format.span,
        "`{}` is no format for a value of type `{}`"_say(format.text, type_text(type)));
    const std::string known = formats_of(type.value);
    diagnostic.notes.push_back(
        known.empty() ? "numbers, amounts, dates and times have formats; leave it out here"_say
                      : "such as {}"_say(known));
    return false;
}

}  // namespace

TextTemplate resolve_text(const ast::Text& text, const Scope& scope,
                          const ResolveContext& context) {
    TextTemplate result;
    for (const auto& part : text.parts) {
        if (const auto* plain = std::get_if<std::string>(&part)) {
            result.parts.emplace_back(*plain);
            continue;
        }
        const auto& hole = std::get<ast::Hole>(part);
        if (!hole.value) continue;
        auto value = resolve_expression(*hole.value, scope, context);
        if (!value || !can_be_shown(*hole.value, *value, context)) continue;
        if (hole.format && !check_format(*hole.format, value->type, context)) continue;
        result.parts.emplace_back(
            Hole{std::move(*value), hole.format ? hole.format->text : "", hole.tracked_link});
    }
    return result;
}

std::string type_text(const Type& type) {
    std::string text(to_text(type.value));
    if (type.value == ValueType::money && !type.of.empty()) text += " " + type.of;
    return text;
}

void check_pool(const ast::Name& pool, const ResolveContext& context) {
    if (context.symbols.pools.contains(pool.text)) return;
    context.report_unknown(code::unknown_pool, pool, "there is no pool `{}`"_say,
                           names_of(context.symbols.pools), "pool {}"_say);
}

void check_tag(const ast::Name& tag, const ResolveContext& context) {
    if (context.symbols.tags.contains(tag.text)) return;
    context.report_unknown(code::unknown_tag, tag, "there is no tag `{}`"_say,
                           names_of(context.symbols.tags), "tag {}"_say);
}

}  // namespace sop::lang
