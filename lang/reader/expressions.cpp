#include "lang/reader/expressions.h"

#include <algorithm>

#include "lang/calendar/span.h"
#include "lang/codes.h"
#include "lang/reader/days.h"
#include "lang/reader/literals.h"
#include "lang/reader/parameters.h"

namespace sop::lang::reader {

namespace {

using Kind = ast::Expression::Kind;
using Operation = Expression::Kind;

ast::Expression node(Kind kind, SourceSpan span) {
    ast::Expression expression;
    expression.kind = kind;
    expression.span = span;
    return expression;
}

ast::Expression binary(ast::Expression left, Operation operation, SourceSpan operation_span,
                       ast::Expression right) {
    ast::Expression expression = node(Kind::binary, {left.span.begin, right.span.end});
    expression.operation = operation;
    expression.operation_span = operation_span;
    expression.operands.push_back(std::move(left));
    expression.operands.push_back(std::move(right));
    return expression;
}

// ---- what stands alone ----

bool is_currency(std::string_view word) {
    constexpr std::size_t currency_letters = 3;
    return word.size() == currency_letters &&
           std::all_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

ast::Expression read_number(Cursor& cursor) {
    const Token token = cursor.take(TokenRole::number);
    ast::Expression expression = node(Kind::number, token.span);
    expression.literal = cursor.text(token);
    if (!cursor.is(TokenKind::word) || !is_currency(cursor.text(cursor.peek()))) return expression;
    expression.kind = Kind::money;
    expression.literal += " " + std::string(cursor.text(cursor.take(TokenRole::name)));
    expression.span = cursor.span_from(token.span.begin);
    return expression;
}

ast::Expression read_text_value(Cursor& cursor) {
    ast::Text text = read_text(cursor, "a text"_say);
    ast::Expression expression = node(Kind::text, text.span);
    expression.texts.push_back(std::move(text));
    return expression;
}

// ---- aggregates ----

// `last 24h`, `last 3 days and today`
ast::Period read_last(Cursor& cursor) {
    ast::Period period;
    const std::size_t begin = cursor.take(Keyword::last).span.begin;
    period.value.kind = Period::Kind::last;
    period.value.span = read_duration(cursor).value;
    if (cursor.is(Keyword::and_) && cursor.is(Keyword::today, 1)) {
        cursor.take(Keyword::and_);
        const Token today = cursor.take(Keyword::today);
        if (!period.value.span.is_calendar()) {
            cursor.report(code::syntax, today.span,
                          "`and today` goes with whole days, weeks or months"_say,
                          "elapsed time reaches up to now anyway"_say);
            throw BrokenItem{};
        }
        period.value.kind = Period::Kind::last_and_today;
    }
    period.span = cursor.span_from(begin);
    return period;
}

ast::Period read_period(Cursor& cursor) {
    if (cursor.is(Keyword::last)) return read_last(cursor);
    ast::Period period;
    const std::size_t begin = cursor.peek().span.begin;
    if (cursor.take_if(Keyword::today)) {
        period.value.kind = Period::Kind::today;
    } else if (cursor.take_if(Keyword::ever)) {
        period.value.kind = Period::Kind::ever;
    } else if (cursor.take_if(Keyword::since)) {
        cursor.expect(Keyword::start);
        period.value.kind = Period::Kind::since_start;
    } else if (cursor.take_if(Keyword::from)) {
        period.value.kind = Period::Kind::between;
        period.value.from = read_date(cursor);
        cursor.expect(Keyword::until);
        period.value.until = read_date(cursor);
        if (period.value.until < period.value.from) {
            cursor.report(code::bounds_contradict, cursor.span_from(begin),
                          "the last of these dates is before the first"_say);
            throw BrokenItem{};
        }
    } else {
        cursor.fail_expecting(
            "a span such as `last 7 days`, `today`, `since start`, `from … until …` or `ever`"_say);
    }
    period.span = cursor.span_from(begin);
    return period;
}

void open_call(Cursor& cursor) {
    cursor.expect(TokenKind::open_parenthesis, "`(`"_say);
    cursor.last_use().role = TokenRole::call;
}

void close_call(Cursor& cursor) {
    cursor.expect(TokenKind::close_parenthesis, "`)`"_say);
}

// `count(member throughout)`, `distinct(order.member repeated)`
void read_among(Cursor& cursor, ast::Expression& aggregate) {
    using Among = Expression::Among;
    const std::size_t begin = cursor.peek().span.begin;
    if (cursor.is(Keyword::at) && cursor.is(Keyword::start, 1)) {
        cursor.take(Keyword::at);
        cursor.take(Keyword::start);
        aggregate.among = Among::at_start;
    } else if (cursor.take_if(Keyword::throughout)) {
        aggregate.among = Among::throughout;
    } else if (cursor.take_if(Keyword::repeated)) {
        aggregate.among = Among::repeated;
    } else {
        return;
    }
    aggregate.among_span = cursor.span_from(begin);
}

// `count(order where amount > 10 CNY, last 3 days)`
ast::Expression read_aggregate(Cursor& cursor, Keyword function) {
    const std::size_t begin = cursor.take(function).span.begin;
    ast::Expression expression = node(Kind::aggregate, {});
    expression.literal = spelling(function);
    open_call(cursor);
    expression.names.push_back(cursor.expect_name("the name of an event"_say));
    if (cursor.take_if_dot())
        expression.names.push_back(cursor.expect_name("a field of the event"_say));
    read_among(cursor, expression);
    if (auto where = read_where(cursor)) expression.operands.push_back(std::move(*where));
    if (cursor.take_if(TokenKind::comma)) expression.period = read_period(cursor);
    close_call(cursor);
    expression.span = cursor.span_from(begin);
    return expression;
}

std::optional<Keyword> aggregate_at(const Cursor& cursor) {
    if (!cursor.is(TokenKind::open_parenthesis, 1)) return std::nullopt;
    for (const Keyword function :
         {Keyword::count, Keyword::sum, Keyword::distinct, Keyword::streak}) {
        if (cursor.is(function)) return function;
    }
    return std::nullopt;
}

// ---- paths ----

ast::Name take_field(Cursor& cursor, Field field) {
    const Token token = cursor.take(TokenRole::field);
    cursor.last_use().field = field;
    return {std::string(spelling(field)), token.span};
}

// What stands first in a path: a thing the language has, or a name of the author's.
ast::Name take_root(Cursor& cursor, std::optional<Field>& owner) {
    const auto field = find_field(cursor.text(cursor.peek()), cursor.dialect());
    if (cursor.peek().run == 1 && field && !fields_of(*field).empty()) {
        owner = field;
        return take_field(cursor, *field);
    }
    return cursor.take_name();
}

ast::Name take_next(Cursor& cursor, std::optional<Field> owner) {
    if (!cursor.is(TokenKind::word)) cursor.fail_expecting("a field such as `group.name`"_say);
    const auto field = find_field(cursor.text(cursor.peek()), cursor.dialect());
    if (owner && field) {
        const auto& known = fields_of(*owner);
        if (std::find(known.begin(), known.end(), *field) != known.end())
            return take_field(cursor, *field);
    }
    return cursor.take_name();
}

// `items[start.date].name`
ast::Expression read_row(Cursor& cursor, ast::Expression table) {
    ast::Expression row = node(Kind::row, {});
    row.names = std::move(table.names);
    row.operands.push_back(read_expression(cursor));
    if (!cursor.take_if_sign("]")) cursor.fail_expecting("`]`"_say);
    row.span = cursor.span_from(table.span.begin);
    if (!cursor.take_if_dot()) return row;
    ast::Expression column = node(Kind::column, {});
    column.names.push_back(cursor.expect_name("a column of the table"_say));
    column.operands.push_back(std::move(row));
    column.span = cursor.span_from(table.span.begin);
    return column;
}

// `gmv(last 7 days)`
ast::Expression read_metric(Cursor& cursor, ast::Expression name) {
    ast::Expression call = node(Kind::call, {});
    call.names = std::move(name.names);
    open_call(cursor);
    call.period = read_period(cursor);
    close_call(cursor);
    call.span = cursor.span_from(name.span.begin);
    return call;
}

// `friday`, and no field or call behind it
bool at_weekday_value(const Cursor& cursor) {
    const auto keyword = cursor.keyword_at();
    return keyword && weekday_index(*keyword) && cursor.peek().run == 1 &&
           !cursor.is_sign(".", 1) && !cursor.is_sign("[", 1) &&
           !cursor.is(TokenKind::open_parenthesis, 1);
}

// ---- operators, from the loosest to the tightest ----

ast::Expression read_parenthesized(Cursor& cursor) {
    const std::size_t begin = cursor.take().span.begin;
    std::vector<ast::Expression> items;
    do {
        items.push_back(read_expression(cursor));
    } while (cursor.take_if(TokenKind::comma));
    close_call(cursor);
    if (items.size() == 1) return std::move(items.front());
    ast::Expression list = node(Kind::list, cursor.span_from(begin));
    list.operands = std::move(items);
    return list;
}

ast::Expression read_primary(Cursor& cursor) {
    if (const auto function = aggregate_at(cursor)) return read_aggregate(cursor, *function);
    if (cursor.is(TokenKind::open_parenthesis)) return read_parenthesized(cursor);
    if (!cursor.is(TokenKind::word)) return read_simple_value(cursor);
    if (cursor.is(Keyword::yes) || cursor.is(Keyword::no) || at_weekday_value(cursor))
        return read_simple_value(cursor);
    ast::Expression path = read_path(cursor);
    if (path.names.size() == 1 && cursor.take_if_sign("[")) {
        cursor.last_use().role = TokenRole::call;
        return read_row(cursor, std::move(path));
    }
    if (path.names.size() == 1 && cursor.is(TokenKind::open_parenthesis))
        return read_metric(cursor, std::move(path));
    return path;
}

ast::Expression read_unary(Cursor& cursor) {
    if (!cursor.is(TokenKind::minus)) return read_primary(cursor);
    const Token sign = cursor.take(TokenRole::sign);
    ast::Expression expression = node(Kind::unary, {});
    expression.operation = Operation::negate;
    expression.operation_span = sign.span;
    expression.operands.push_back(read_unary(cursor));
    expression.span = cursor.span_from(sign.span.begin);
    return expression;
}

using ReadOperand = ast::Expression (*)(Cursor&);
using FindOperation = std::optional<Operation> (*)(const Cursor&);

ast::Expression read_chain(Cursor& cursor, ReadOperand operand, FindOperation find) {
    ast::Expression left = operand(cursor);
    while (const auto operation = find(cursor)) {
        const auto keyword = cursor.keyword_at();
        const SourceSpan span = keyword ? cursor.take(*keyword).span : cursor.take().span;
        left = binary(std::move(left), *operation, span, operand(cursor));
    }
    return left;
}

std::optional<Operation> product_sign(const Cursor& cursor) {
    if (cursor.is_sign("*")) return Operation::multiply;
    return cursor.is_sign("/") ? std::optional(Operation::divide) : std::nullopt;
}

std::optional<Operation> sum_sign(const Cursor& cursor) {
    if (cursor.is(TokenKind::plus)) return Operation::add;
    return cursor.is(TokenKind::minus) ? std::optional(Operation::subtract) : std::nullopt;
}

ast::Expression read_product(Cursor& cursor) {
    return read_chain(cursor, read_unary, product_sign);
}

ast::Expression read_sum(Cursor& cursor) {
    return read_chain(cursor, read_product, sum_sign);
}

std::optional<Operation> comparison_sign(const Cursor& cursor) {
    static constexpr std::pair<std::string_view, Operation> signs[] = {
        {"==", Operation::equal},         {"!=", Operation::not_equal},
        {"<=", Operation::less_or_equal}, {">=", Operation::greater_or_equal},
        {"<", Operation::less},           {">", Operation::greater},
    };
    for (const auto& [sign, operation] : signs) {
        if (cursor.is_sign(sign)) return operation;
    }
    return std::nullopt;
}

ast::Expression read_comparison(Cursor& cursor) {
    ast::Expression left = read_sum(cursor);
    if (const auto operation = comparison_sign(cursor)) {
        const SourceSpan span = cursor.take().span;
        return binary(std::move(left), *operation, span, read_sum(cursor));
    }
    // One `=` where two are meant.
    if (cursor.is(TokenKind::equal)) {
        const Token sign = cursor.peek();
        cursor.report(code::syntax, sign.span, "`=` gives a value; `==` compares"_say).fix =
            Fix{sign.span, "==", "write `{}`"_say("==")};
        throw BrokenItem{};
    }
    if (cursor.is(Keyword::in)) {
        const SourceSpan span = cursor.take(Keyword::in).span;
        return binary(std::move(left), Operation::in, span, read_sum(cursor));
    }
    const std::size_t begin = left.span.begin;
    if (cursor.take_if(Keyword::exists)) {
        ast::Expression exists = node(Kind::exists, cursor.span_from(begin));
        exists.operands.push_back(std::move(left));
        return exists;
    }
    if (cursor.take_if(Keyword::tagged)) {
        ast::Expression tagged = node(Kind::tagged, {});
        tagged.names.push_back(read_reference(cursor, ast::ParameterKind::tag, "a tag"_say));
        tagged.span = cursor.span_from(begin);
        tagged.operands.push_back(std::move(left));
        return tagged;
    }
    return left;
}

ast::Expression read_not(Cursor& cursor) {
    if (!cursor.is(Keyword::not_)) return read_comparison(cursor);
    const Token word = cursor.take(Keyword::not_);
    ast::Expression expression = node(Kind::unary, {});
    expression.operation = Operation::not_;
    expression.operation_span = word.span;
    expression.operands.push_back(read_not(cursor));
    expression.span = cursor.span_from(word.span.begin);
    return expression;
}

std::optional<Operation> and_word(const Cursor& cursor) {
    return cursor.is(Keyword::and_) ? std::optional(Operation::and_) : std::nullopt;
}

std::optional<Operation> or_word(const Cursor& cursor) {
    return cursor.is(Keyword::or_) ? std::optional(Operation::or_) : std::nullopt;
}

ast::Expression read_and(Cursor& cursor) {
    return read_chain(cursor, read_not, and_word);
}

}  // namespace

ast::Expression read_expression(Cursor& cursor) {
    return read_chain(cursor, read_and, or_word);
}

ast::Expression read_path(Cursor& cursor) {
    if (auto value = read_parameter_value(cursor)) return std::move(*value);
    if (!cursor.is(TokenKind::word)) cursor.fail_expecting("a field such as `group.name`"_say);
    const std::size_t begin = cursor.peek().span.begin;
    ast::Expression path = node(Kind::path, {});
    std::optional<Field> owner;
    path.names.push_back(take_root(cursor, owner));
    while (cursor.take_if_dot()) path.names.push_back(take_next(cursor, owner));
    path.span = cursor.span_from(begin);
    return path;
}

std::optional<ast::Expression> read_where(Cursor& cursor) {
    if (!cursor.take_if(Keyword::where)) return std::nullopt;
    return read_expression(cursor);
}

ast::Expression read_simple_value(Cursor& cursor) {
    const SourceSpan span = cursor.peek().span;
    const auto literal = [&](Kind kind) {
        ast::Expression expression = node(kind, span);
        expression.literal = cursor.text(Token{TokenKind::word, span});
        return expression;
    };
    if (cursor.is(TokenKind::string_open)) return read_text_value(cursor);
    if (cursor.is(TokenKind::number)) return read_number(cursor);
    if (cursor.is(TokenKind::date)) {
        const std::string date = calendar::date_text(read_date(cursor));
        ast::Expression expression = node(Kind::date, span);
        expression.literal = date;
        return expression;
    }
    if (cursor.is(TokenKind::time)) {
        ast::Expression expression = node(Kind::time, span);
        expression.literal = calendar::time_of_day_text(read_time(cursor).value);
        return expression;
    }
    if (at_weekday_value(cursor)) {
        ast::Expression expression = literal(Kind::weekday);
        const Keyword weekday = *cursor.keyword_at();
        cursor.take(weekday);
        expression.literal = spelling(weekday);
        return expression;
    }
    for (const Keyword answer : {Keyword::yes, Keyword::no}) {
        if (!cursor.take_if(answer)) continue;
        ast::Expression expression = literal(Kind::boolean);
        expression.literal = spelling(answer);
        return expression;
    }
    if (!cursor.is(TokenKind::word))
        cursor.fail_expecting("a value: a number, a text, a date or a field"_say);
    return read_path(cursor);
}

}  // namespace sop::lang::reader
