#include "runtime/scheduler/evaluation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "runtime/scheduler/event_match.h"
#include "runtime/scheduler/period.h"
#include "runtime/scheduler/quantity.h"

namespace sop::runtime {

namespace {

using lang::Expression;
using lang::FieldReference;
using lang::ValueType;
using Kind = Expression::Kind;
using Owner = FieldReference::Owner;

// An instant is its UTC milliseconds here, so that two compare exactly.
struct Value {
    ValueType type = ValueType::text;
    std::string text{};
    Quantity quantity{};            // of a number or an amount
    std::vector<Value> elements{};  // of a list
};
using Found = std::optional<Value>;

bool is_quantity(ValueType type) {
    return type == ValueType::number || type == ValueType::money;
}

Value yes_or_no(bool yes) {
    return {ValueType::boolean, yes ? "yes" : "no"};
}

Found value_of(ValueType type, std::string text) {
    if (!is_quantity(type)) return Value{type, std::move(text)};
    auto quantity = read_quantity(text);
    if (!quantity) return std::nullopt;
    return Value{type, std::move(text), std::move(*quantity)};
}

Value value_of(Quantity quantity) {
    const ValueType type = quantity.currency.empty() ? ValueType::number : ValueType::money;
    std::string text = to_text(quantity);
    return {type, std::move(text), std::move(quantity)};
}

// Of what "20:00" and "20:00:00" both say.
std::string full_time(const std::string& time) {
    constexpr std::size_t to_the_minute = 5;
    return time.size() == to_the_minute ? time + ":00" : time;
}

std::int64_t milliseconds_of(const Value& instant) {
    std::int64_t count = 0;
    std::from_chars(instant.text.data(), instant.text.data() + instant.text.size(), count);
    return count;
}

// Less than 0, 0 or more, as strcmp has it; nothing for amounts of two currencies.
std::optional<int> compare(const Value& a, const Value& b) {
    if (is_quantity(a.type) && is_quantity(b.type)) {
        if (a.quantity.currency != b.quantity.currency) return std::nullopt;
        return cmp(a.quantity.number, b.quantity.number);
    }
    if (a.type == ValueType::instant) {
        const auto left = milliseconds_of(a);
        const auto right = milliseconds_of(b);
        return left < right ? -1 : left > right ? 1 : 0;
    }
    if (a.type == ValueType::time) return full_time(a.text).compare(full_time(b.text));
    return a.text.compare(b.text);
}

bool stands(Kind operation, int order) {
    switch (operation) {
        case Kind::equal:
            return order == 0;
        case Kind::not_equal:
            return order != 0;
        case Kind::less:
            return order < 0;
        case Kind::less_or_equal:
            return order <= 0;
        case Kind::greater:
            return order > 0;
        default:
            return order >= 0;
    }
}

constexpr std::array weekdays{"monday", "tuesday",  "wednesday", "thursday",
                              "friday", "saturday", "sunday"};

const lang::Table* find_table(const lang::Plan& plan, const std::string& name) {
    const auto found = std::find_if(plan.tables.begin(), plan.tables.end(),
                                    [&](const lang::Table& table) { return table.name == name; });
    return found == plan.tables.end() ? nullptr : &*found;
}

std::optional<std::size_t> find_column(const lang::Table& table, const std::string& name) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].name == name) return i;
    }
    return std::nullopt;
}

class Evaluator {
  public:
    // `filtered` is the event whose fields have no owner.
    explicit Evaluator(const Facts& facts, const Event* filtered = nullptr,
                       const lang::Period* period = nullptr)
        : facts_(facts), filtered_(filtered), period_(period) {}

    Found evaluate(const Expression& expression) const {
        switch (expression.kind) {
            case Kind::literal:
                return value_of(expression.type.value, expression.text);
            case Kind::field:
                return field(*expression.field);
            case Kind::row:
                return evaluate(expression.operands.front());
            case Kind::column:
                return column(expression);
            case Kind::list:
                return list(expression);
            case Kind::metric:
                return metric(expression);
            case Kind::negate:
            case Kind::add:
            case Kind::subtract:
            case Kind::multiply:
            case Kind::divide:
                return calculate(expression);
            case Kind::equal:
            case Kind::not_equal:
            case Kind::less:
            case Kind::less_or_equal:
            case Kind::greater:
            case Kind::greater_or_equal:
                return yes_or_no(compares(expression));
            case Kind::in:
                return yes_or_no(is_among(expression));
            case Kind::and_:
                return yes_or_no(is_yes(expression.operands[0]) && is_yes(expression.operands[1]));
            case Kind::or_:
                return yes_or_no(is_yes(expression.operands[0]) || is_yes(expression.operands[1]));
            case Kind::not_:
                return yes_or_no(!is_yes(expression.operands.front()));
            case Kind::exists:
                return yes_or_no(evaluate(expression.operands.front()).has_value());
            case Kind::tagged:
                return yes_or_no(is_tagged(expression));
            case Kind::count:
                return value_of(Quantity{mpz_class(counted(expression).size()), {}});
            case Kind::sum:
                return sum(expression);
            case Kind::distinct:
                return value_of(Quantity{mpz_class(distinct(expression)), {}});
            case Kind::streak:
                return value_of(Quantity{mpz_class(streak(expression)), {}});
        }
        return std::nullopt;
    }

    bool is_yes(const Expression& condition) const {
        const Found value = evaluate(condition);
        return value && value->text == "yes";
    }

  private:
    // ---- fields ----

    Found field(const FieldReference& reference) const {
        switch (reference.owner) {
            case Owner::group:
                return group_field(reference, std::get_if<Group>(&facts_.subject));
            case Owner::member:
                return member_field(reference);
            case Owner::event:
                return facts_.event ? event_value(reference, *facts_.event) : std::nullopt;
            case Owner::subject:
                if (filtered_ != nullptr) return event_value(reference, *filtered_);
                return std::holds_alternative<Group>(facts_.subject)
                           ? group_field(reference, std::get_if<Group>(&facts_.subject))
                           : member_field(reference);
            case Owner::start:
            case Owner::run:
                return moment(reference, facts_.window.start);
            case Owner::end:
                return moment(reference, facts_.window.end);
            case Owner::collected:
                if (facts_.collected != nullptr) return event_value(reference, *facts_.collected);
                return list_field(reference);
            case Owner::draw:
                return draw_field(reference);
            case Owner::given:
                return facts_.proceeds != nullptr ? text_value(reference, facts_.proceeds->code)
                                                  : std::nullopt;
            // What asks for it is not deployed (unsupported.h).
            case Owner::join:
                break;
        }
        return std::nullopt;
    }

    static Found text_value(const FieldReference& reference,
                            const std::optional<std::string>& text) {
        return text && !text->empty() ? Found(Value{reference.type, *text}) : std::nullopt;
    }

    static Found number_value(std::optional<std::int64_t> number) {
        return number ? Found(value_of(Quantity{mpq_class(*number), {}})) : std::nullopt;
    }

    Found list_field(const FieldReference& reference) const {
        if (facts_.proceeds == nullptr || !facts_.proceeds->list) return std::nullopt;
        const Proceeds::List& list = *facts_.proceeds->list;
        if (reference.field == "left") return number_value(list.left);
        return text_value(reference, list.text);
    }

    Found draw_field(const FieldReference& reference) const {
        if (facts_.proceeds == nullptr || !facts_.proceeds->draw) return std::nullopt;
        const Proceeds::Draw& draw = *facts_.proceeds->draw;
        if (reference.field == "seal") return text_value(reference, draw.seal);
        if (reference.field == "seed") return text_value(reference, draw.seed);
        if (reference.field == "winners") return text_value(reference, draw.winners);
        if (reference.field == "entries") return number_value(draw.entries);
        return number_value(draw.place);
    }

    // In a run for a group it is the one the event names.
    Found member_field(const FieldReference& reference) const {
        const auto* member = std::get_if<Member>(&facts_.subject);
        const std::string* id = member != nullptr ? &member->id
                                : facts_.event != nullptr && facts_.event->member
                                    ? &*facts_.event->member
                                    : nullptr;
        if (id == nullptr) return std::nullopt;
        if (reference.field.empty() || reference.field == "id") return Value{reference.type, *id};
        if (reference.field == "points" && facts_.records != nullptr)
            return value_of(Quantity{mpq_class(facts_.records->points_of(*id)), {}});
        if (reference.field == "name" && member != nullptr)
            return Value{reference.type, member->name};
        return std::nullopt;
    }

    Found group_field(const FieldReference& reference, const Group* group) const {
        if (group == nullptr) return std::nullopt;
        if (reference.field.empty() || reference.field == "id")
            return Value{reference.type, group->id};
        if (reference.field == "name") return Value{reference.type, group->name};
        if (reference.field == "owner" && !group->owner.empty())
            return Value{reference.type, group->owner};
        return std::nullopt;
    }

    Found moment(const FieldReference& reference, Instant instant) const {
        const date::local_seconds local =
            facts_.zone.to_local(date::floor<std::chrono::seconds>(instant));
        switch (reference.type) {
            case ValueType::date:
                return Value{ValueType::date, date::format("%F", local)};
            case ValueType::time:
                return Value{ValueType::time, date::format("%T", local)};
            case ValueType::weekday: {
                const date::weekday day{date::floor<date::days>(local)};
                return Value{ValueType::weekday, weekdays.at(day.iso_encoding() - 1)};
            }
            default:
                return Value{ValueType::instant,
                             std::to_string(instant.time_since_epoch().count())};
        }
    }

    Found event_value(const FieldReference& reference, const Event& event) const {
        const std::string& name = reference.field;
        if (name.empty() || name == "id") return Value{reference.type, event.id};
        if (name == "at" || name == "date" || name == "time" || name.starts_with("at."))
            return moment(reference, event.at);
        const auto person = [&](const std::optional<std::string>& id) -> Found {
            return id ? Found(Value{reference.type, *id}) : std::nullopt;
        };
        if (name == "group") return person(event.group);
        if (name == "member") return person(event.member);
        auto text = event_field(facts_.plan, event, name);
        return text ? value_of(reference.type, std::move(*text)) : std::nullopt;
    }

    // ---- tables, lists, metrics ----

    Found column(const Expression& expression) const {
        const Expression& row = expression.operands.front();
        const Found key = evaluate(row);
        const lang::Table* table = find_table(facts_.plan, row.text);
        if (!key || table == nullptr) return std::nullopt;
        const auto key_column = find_column(*table, table->key);
        const auto wanted = find_column(*table, expression.text);
        if (!key_column || !wanted) return std::nullopt;
        for (const auto& cells : table->rows) {
            if (cells[*key_column] != key->text) continue;
            if (cells[*wanted].empty()) return std::nullopt;
            return value_of(expression.type.value, cells[*wanted]);
        }
        return std::nullopt;
    }

    Found list(const Expression& expression) const {
        Value result{ValueType::list};
        for (const Expression& element : expression.operands) {
            if (auto value = evaluate(element)) result.elements.push_back(std::move(*value));
        }
        return result;
    }

    Found metric(const Expression& expression) const {
        const auto& metrics = facts_.plan.metrics;
        const auto found = std::find_if(
            metrics.begin(), metrics.end(),
            [&](const lang::Metric& metric) { return metric.name == expression.text; });
        if (found == metrics.end()) return std::nullopt;
        const lang::Period* period = expression.period ? &*expression.period : period_;
        return Evaluator(facts_, nullptr, period).evaluate(found->value);
    }

    // ---- operators ----

    Found calculate(const Expression& expression) const {
        const Found left = evaluate(expression.operands.front());
        if (!left || !is_quantity(left->type)) return std::nullopt;
        if (expression.kind == Kind::negate)
            return value_of(Quantity{-left->quantity.number, left->quantity.currency});
        const Found right = evaluate(expression.operands[1]);
        if (!right || !is_quantity(right->type)) return std::nullopt;
        const auto result = [&] {
            switch (expression.kind) {
                case Kind::add:
                    return add(left->quantity, right->quantity);
                case Kind::subtract:
                    return subtract(left->quantity, right->quantity);
                case Kind::multiply:
                    return multiply(left->quantity, right->quantity);
                default:
                    return divide(left->quantity, right->quantity);
            }
        }();
        return result ? Found(value_of(*result)) : std::nullopt;
    }

    bool compares(const Expression& expression) const {
        const Found left = evaluate(expression.operands[0]);
        const Found right = evaluate(expression.operands[1]);
        if (!left || !right) return false;
        const auto order = compare(*left, *right);
        return order && stands(expression.kind, *order);
    }

    bool is_among(const Expression& expression) const {
        const Found wanted = evaluate(expression.operands[0]);
        const Found list = evaluate(expression.operands[1]);
        if (!wanted || !list) return false;
        return std::any_of(list->elements.begin(), list->elements.end(),
                           [&](const Value& element) { return compare(*wanted, element) == 0; });
    }

    bool is_tagged(const Expression& expression) const {
        const Expression& whom = expression.operands.front();
        const Found id = evaluate(whom);
        if (!id || facts_.records == nullptr) return false;
        const SubjectKind kind =
            id->type == ValueType::group ? SubjectKind::group : SubjectKind::member;
        return facts_.records->has_tag(kind, id->text, expression.text);
    }

    // ---- counts ----

    std::vector<Event> counted(const Expression& expression) const {
        const lang::Period ever;
        const lang::Period* period = period_             ? period_
                                     : expression.period ? &*expression.period
                                                         : &ever;
        std::vector<Event> events = events_in(expression, *period);
        if (expression.operands.empty()) return events;
        std::erase_if(events, [&](const Event& event) {
            return !Evaluator(facts_, &event).is_yes(expression.operands.front());
        });
        return events;
    }

    std::vector<Event> events_in(const Expression& expression, const lang::Period& period) const {
        const bool is_member = std::holds_alternative<Member>(facts_.subject);
        const SubjectKind kind = is_member ? SubjectKind::member : SubjectKind::group;
        const InstantRange range = range_of(period, facts_.zone, facts_.window, facts_.at);
        std::vector<Event> events;
        if (facts_.records != nullptr) {
            events = facts_.records->events_of(kind, std::string(subject_id(facts_.subject)),
                                               expression.text, range.from, range.to);
        }
        // The run's own event counts, though it came at the very moment that is judged.
        const Event* own = facts_.event;
        const bool is_at_end = own != nullptr && own->type == expression.text &&
                               own->at == facts_.at && range.to == facts_.at;
        if (is_at_end) events.push_back(*own);
        return events;
    }

    Found field_of(const Event& event, const Expression& expression) const {
        const ValueType type =
            expression.kind == Kind::sum ? expression.type.value : ValueType::text;
        return event_value({Owner::subject, expression.field_name, type, {}}, event);
    }

    Found sum(const Expression& expression) const {
        Quantity total{0, expression.type.of};
        for (const Event& event : counted(expression)) {
            const Found value = field_of(event, expression);
            if (!value) continue;
            if (total.currency.empty() && total.number == 0)
                total.currency = value->quantity.currency;
            const auto more = add(total, value->quantity);
            if (!more) return std::nullopt;
            total = *more;
        }
        return value_of(std::move(total));
    }

    std::size_t distinct(const Expression& expression) const {
        std::map<std::string, int> times;
        for (const Event& event : counted(expression)) {
            if (const Found value = field_of(event, expression)) ++times[value->text];
        }
        if (expression.among != Expression::Among::repeated) return times.size();
        return static_cast<std::size_t>(std::count_if(
            times.begin(), times.end(), [](const auto& value) { return value.second > 1; }));
    }

    std::size_t streak(const Expression& expression) const {
        const auto day_of = [this](Instant at) {
            return date::floor<date::days>(
                facts_.zone.to_local(date::floor<std::chrono::seconds>(at)));
        };
        std::set<date::local_days> days;
        for (const Event& event : counted(expression)) days.insert(day_of(event.at));
        std::size_t length = 0;
        for (auto day = day_of(facts_.at); days.contains(day); day -= date::days{1}) ++length;
        return length;
    }

    const Facts& facts_;
    const Event* filtered_;
    const lang::Period* period_;
};

std::string shown(const Value& value, const Expression& expression, const Facts& facts) {
    constexpr std::size_t to_the_minute = 5;
    if (value.type == ValueType::instant) {
        const Instant instant{std::chrono::milliseconds{milliseconds_of(value)}};
        return date::format("%F %R",
                            facts.zone.to_local(date::floor<std::chrono::seconds>(instant)));
    }
    const bool is_time_of_moment = value.type == ValueType::time && expression.kind == Kind::field;
    return is_time_of_moment ? value.text.substr(0, to_the_minute) : value.text;
}

}  // namespace

std::optional<std::string> value_text(const Expression& expression, const Facts& facts) {
    const Found value = Evaluator(facts).evaluate(expression);
    if (!value) return std::nullopt;
    return shown(*value, expression, facts);
}

std::optional<std::int64_t> whole_number(const Expression& expression, const Facts& facts) {
    const Found value = Evaluator(facts).evaluate(expression);
    if (!value || !is_quantity(value->type)) return std::nullopt;
    const mpq_class& number = value->quantity.number;
    const mpz_class whole = number.get_num() / number.get_den();
    if (abs(whole) > whole_number_max) return std::nullopt;
    return whole.get_si();
}

std::optional<std::string> canonical_text(const Expression& expression, const Facts& facts) {
    const Found value = Evaluator(facts).evaluate(expression);
    return value ? std::optional(value->text) : std::nullopt;
}

bool holds(const Expression& condition, const Facts& facts) {
    return Evaluator(facts).is_yes(condition);
}

bool holds_of(const Expression& condition, const Event& event, const Facts& facts) {
    return Evaluator(facts, &event).is_yes(condition);
}

std::string find_unanswerable(const Expression& expression) {
    if (expression.field) {
        const FieldReference& field = *expression.field;
        const std::set<std::string> known_of_people{"", "id", "name", "owner", "points"};
        const bool of_person = field.owner == Owner::group || field.owner == Owner::member;
        if (of_person && !known_of_people.contains(field.field)) return "member." + field.field;
        if (field.owner == Owner::join) return "join";
        if (field.owner == Owner::run && field.type != ValueType::date &&
            field.type != ValueType::time)
            return "run." + field.field;
    }
    const bool of_members = (expression.kind == Kind::count || expression.kind == Kind::distinct) &&
                            expression.text == "member";
    if (of_members) return "count(member)";
    for (const Expression& operand : expression.operands) {
        if (std::string found = find_unanswerable(operand); !found.empty()) return found;
    }
    return {};
}

}  // namespace sop::runtime
