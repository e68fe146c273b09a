#include "runtime/scheduler/expression_text.h"

#include <fmt/format.h>

#include "lang/calendar/span.h"

namespace sop::runtime {

namespace {

using lang::Expression;
using Kind = Expression::Kind;
using Owner = lang::FieldReference::Owner;

// The higher ones bind closer; 0 is for what stands by itself.
struct Sign {
    const char* text = "";
    int strength = 0;
};

Sign sign_of(Kind kind) {
    switch (kind) {
        case Kind::or_:
            return {"or", 1};
        case Kind::and_:
            return {"and", 2};
        case Kind::not_:
            return {"not", 3};
        case Kind::equal:
            return {"==", 4};
        case Kind::not_equal:
            return {"!=", 4};
        case Kind::less:
            return {"<", 4};
        case Kind::less_or_equal:
            return {"<=", 4};
        case Kind::greater:
            return {">", 4};
        case Kind::greater_or_equal:
            return {">=", 4};
        case Kind::in:
            return {"in", 4};
        case Kind::add:
            return {"+", 5};
        case Kind::subtract:
            return {"-", 5};
        case Kind::multiply:
            return {"*", 6};
        case Kind::divide:
            return {"/", 6};
        case Kind::negate:
            return {"-", 7};
        default:
            return {};
    }
}

std::string quoted(const std::string& text) {
    std::string written = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') written += '\\';
        written += c;
    }
    return written + '"';
}

std::string literal_text(const Expression& literal) {
    return literal.type.value == lang::ValueType::text ? quoted(literal.text) : literal.text;
}

std::string_view word_of(Owner owner) {
    switch (owner) {
        case Owner::group:
            return "group";
        case Owner::member:
            return "member";
        case Owner::event:
            return "event";
        case Owner::start:
            return "start";
        case Owner::end:
            return "end";
        case Owner::run:
            return "run";
        case Owner::join:
            return "join";
        case Owner::collected:
            return "collected";
        case Owner::draw:
            return "draw";
        case Owner::given:
            return "given";
        case Owner::subject:
            break;
    }
    return "";
}

std::string field_text(const lang::FieldReference& reference) {
    const std::string owner(word_of(reference.owner));
    if (owner.empty() || reference.field.empty()) return owner + reference.field;
    return owner + "." + reference.field;
}

std::string aggregate_text(const Expression& aggregate) {
    const char* word = aggregate.kind == Kind::count      ? "count"
                       : aggregate.kind == Kind::sum      ? "sum"
                       : aggregate.kind == Kind::distinct ? "distinct"
                                                          : "streak";
    std::string text = fmt::format("{}({}", word, aggregate.text);
    if (!aggregate.field_name.empty()) text += "." + aggregate.field_name;
    if (aggregate.among == Expression::Among::at_start) text += " at start";
    if (aggregate.among == Expression::Among::throughout) text += " throughout";
    if (aggregate.among == Expression::Among::repeated) text += " repeated";
    if (!aggregate.operands.empty())
        text += " where " + expression_text(aggregate.operands.front());
    if (aggregate.period) text += ", " + period_text(*aggregate.period);
    return text + ")";
}

// In parentheses where it would be read otherwise without them.
std::string operand_text(const Expression& operand, int strength_min) {
    const int strength = sign_of(operand.kind).strength;
    const std::string text = expression_text(operand);
    return strength != 0 && strength < strength_min ? "(" + text + ")" : text;
}

std::string list_text(const Expression& list) {
    std::string text;
    for (const Expression& element : list.operands)
        text += (text.empty() ? "" : ", ") + expression_text(element);
    return "(" + text + ")";
}

}  // namespace

std::string period_text(const lang::Period& period) {
    using lang::Period;
    const std::string span = lang::calendar::to_text(period.span);
    switch (period.kind) {
        case Period::Kind::last:
            return "last " + span;
        case Period::Kind::last_and_today:
            return "last " + span + " and today";
        case Period::Kind::today:
            return "today";
        case Period::Kind::since_start:
            return "since start";
        case Period::Kind::between:
            return fmt::format("from {} until {}", lang::calendar::date_text(period.from),
                               lang::calendar::date_text(period.until));
        case Period::Kind::ever:
            break;
    }
    return "ever";
}

std::string expression_text(const Expression& expression) {
    const auto& operands = expression.operands;
    const Sign sign = sign_of(expression.kind);
    switch (expression.kind) {
        case Kind::literal:
            return literal_text(expression);
        case Kind::field:
            return field_text(*expression.field);
        case Kind::row:
            return fmt::format("{}[{}]", expression.text, expression_text(operands.front()));
        case Kind::column:
            return expression_text(operands.front()) + "." + expression.text;
        case Kind::list:
            return list_text(expression);
        case Kind::metric:
            return fmt::format("{}({})", expression.text,
                               expression.period ? period_text(*expression.period) : "");
        case Kind::negate:
            return "-" + operand_text(operands.front(), sign.strength);
        case Kind::not_:
            return "not " + operand_text(operands.front(), sign.strength);
        case Kind::exists:
            return operand_text(operands.front(), 5) + " exists";
        case Kind::tagged:
            return fmt::format("{} tagged {}", expression_text(operands.front()), expression.text);
        case Kind::count:
        case Kind::sum:
        case Kind::distinct:
        case Kind::streak:
            return aggregate_text(expression);
        default:
            return fmt::format("{} {} {}", operand_text(operands[0], sign.strength), sign.text,
                               operand_text(operands[1], sign.strength + 1));
    }
}

}  // namespace sop::runtime
