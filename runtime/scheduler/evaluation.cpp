#include "runtime/scheduler/evaluation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "runtime/scheduler/event_match.h"
#include "runtime/scheduler/measure.h"
#include "runtime/scheduler/period.h"
#include "runtime/scheduler/quantity.h"
#include "runtime/scheduler/value_format.h"

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
        const bool meet = a.quantity.currency == b.quantity.currency ||
                          is_zero_of_any(a.quantity) || is_zero_of_any(b.quantity);
        if (!meet) return std::nullopt;
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

// What `count(member)` names in the place of an event.
constexpr const char* present_members = "member";

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
                return expression.text == present_members ? count_members(expression)
                                                          : number(tallied(expression).count);
            case Kind::sum:
                return sum(expression);
            case Kind::distinct:
                return distinct(expression);
            case Kind::streak:
                return number(streak(expression));
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
                return group_field(reference, group_of(facts_.subject));
            case Owner::member:
                return member_field(reference);
            case Owner::event:
                return facts_.event ? event_value(reference, *facts_.event) : std::nullopt;
            case Owner::subject:
                if (reference.field == "n" && facts_.group_number)
                    return value_of(Quantity{mpz_class(*facts_.group_number), {}});
                if (filtered_ != nullptr) return event_value(reference, *filtered_);
                return std::holds_alternative<Group>(facts_.subject)
                           ? group_field(reference, group_of(facts_.subject))
                           : member_field(reference);
            case Owner::start:
            case Owner::run:
                return moment(reference, facts_.window.start);
            case Owner::end:
                return moment(reference, facts_.window.end);
            case Owner::join:
                return facts_.event ? event_value(reference, *facts_.event) : std::nullopt;
            case Owner::collected:
                if (facts_.collected != nullptr) return event_value(reference, *facts_.collected);
                return list_field(reference);
            case Owner::draw:
                return draw_field(reference);
            case Owner::given:
                return facts_.proceeds != nullptr ? text_value(reference, facts_.proceeds->code)
                                                  : std::nullopt;
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
        const Member* member = member_of(facts_.subject);
        const std::string* id = member != nullptr ? &member->id
                                : facts_.event != nullptr && facts_.event->member
                                    ? &*facts_.event->member
                                    : nullptr;
        if (id == nullptr) return std::nullopt;
        if (reference.field.empty() || reference.field == "id") return Value{reference.type, *id};
        if (facts_.records == nullptr && member == nullptr) return std::nullopt;
        if (reference.field == "points" && facts_.records != nullptr)
            return value_of(Quantity{mpq_class(facts_.records->points_of(*id)), {}});
        if (member != nullptr) return member_field(reference, *member);
        const auto named = facts_.records->find_member(*id);
        return named ? member_field(reference, *named) : std::nullopt;
    }

    Found member_field(const FieldReference& reference, const Member& member) const {
        const std::string& field = reference.field;
        if (field == "name") return text_unless_empty(reference, member.name);
        if (field == "zone") return text_unless_empty(reference, member.zone);
        if (field == "opted_out") return yes_or_no(member.opted_out_at.has_value());
        if (field == "joined") return moment_if_known(reference, joined_at(member));
        if (field == "invited_by")
            return member.invited_by ? Found(Value{reference.type, *member.invited_by})
                                     : std::nullopt;
        return attribute(reference, member.attributes);
    }

    // The group that the run is about, else the first.
    std::optional<Instant> joined_at(const Member& member) const {
        if (const auto* one = std::get_if<MemberOfGroup>(&facts_.subject)) return one->joined_at;
        const auto* group = std::get_if<Group>(&facts_.subject);
        if (group == nullptr) return member.joined_at;
        const auto joined = facts_.records->find_membership({member.id, group->id});
        return joined ? joined->at : std::nullopt;
    }

    Found group_field(const FieldReference& reference, const Group* group) const {
        if (group == nullptr) return std::nullopt;
        const std::string& field = reference.field;
        if (field.empty() || field == "id") return Value{reference.type, group->id};
        if (field == "name") return text_unless_empty(reference, group->name);
        if (field == "owner") return text_unless_empty(reference, group->owner);
        if (field == "zone") return text_unless_empty(reference, group->zone);
        if (field == "status")
            return Value{reference.type, group->dissolved_at ? "dissolved" : "active"};
        if (field == "size") return value_of(Quantity{mpq_class(group->size), {}});
        if (field == "created") return moment_if_known(reference, group->created_at);
        if (field == "talked") return moment_if_known(reference, group->talked_at);
        return attribute(reference, group->attributes);
    }

    static Found text_unless_empty(const FieldReference& reference, const std::string& text) {
        return text.empty() ? std::nullopt : Found(Value{reference.type, text});
    }

    Found moment_if_known(const FieldReference& reference, std::optional<Instant> instant) const {
        return instant ? moment(reference, *instant) : std::nullopt;
    }

    static Found attribute(const FieldReference& reference, const Attributes& attributes) {
        const auto found = attributes.find(reference.field);
        return found == attributes.end() ? std::nullopt : value_of(reference.type, found->second);
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
        const bool asks_for_first = !text && event.type == join_event && name == first_join;
        if (asks_for_first) return yes_or_no(is_first_join(event));
        return text ? value_of(reference.type, std::move(*text)) : std::nullopt;
    }

    // Whether no earlier joining of that group by that member is known.
    bool is_first_join(const Event& event) const {
        if (!event.member || facts_.records == nullptr) return true;
        const auto earlier =
            facts_.records->events_of(SubjectKind::member, *event.member, join_event, Instant{},
                                      event.at + std::chrono::milliseconds{1});
        return std::none_of(earlier.begin(), earlier.end(), [&event](const Event& other) {
            return other.group == event.group &&
                   std::pair{other.at, other.id} < std::pair{event.at, event.id};
        });
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

    static Found number(std::int64_t count) { return value_of(Quantity{mpz_class(count), {}}); }

    InstantRange range_of(const Expression& aggregate) const {
        const lang::Period ever;
        const lang::Period& period = period_            ? *period_
                                     : aggregate.period ? *aggregate.period
                                                        : ever;
        return runtime::range_of(period, facts_.zone, facts_.window, facts_.at);
    }

    SubjectKind kind() const {
        return member_of(facts_.subject) != nullptr  ? SubjectKind::member
               : group_of(facts_.subject) != nullptr ? SubjectKind::group
                                                     : SubjectKind::playbook;
    }

    // Whole dates before the one that is judged may be counted already (measure.h); what is left
    // over at both ends is looked at event by event.
    template <typename OnDay, typename OnEvent>
    void go_through(const Expression& aggregate, const InstantRange& range, const OnDay& on_day,
                    const OnEvent& on_event) const {
        const WholeDays days = whole_days(range, facts_.zone);
        const auto counted = days_of(aggregate, days);
        if (!counted) return go_through_events(aggregate, range, on_event);
        for (const DayTally& day : *counted) on_day(day);
        go_through_events(aggregate, {range.from, days.begins_at}, on_event);
        go_through_events(aggregate, {days.ends_at, range.to}, on_event);
    }

    std::optional<std::vector<DayTally>> days_of(const Expression& aggregate,
                                                 const WholeDays& days) const {
        // Of groups and members alone, not of members as such of a group.
        const bool is_pair = std::holds_alternative<MemberOfGroup>(facts_.subject);
        if (facts_.records == nullptr || is_pair || days.from >= days.to) return std::nullopt;
        const auto key = measure_key(facts_.plan, aggregate, kind(), facts_.zone.name());
        if (!key) return std::nullopt;
        return facts_.records->days_of(*key, std::string(subject_id(facts_.subject)), days.from,
                                       days.to);
    }

    template <typename OnEvent>
    void go_through_events(const Expression& aggregate, const InstantRange& range,
                           const OnEvent& on_event) const {
        if (facts_.records != nullptr && range.from < range.to) {
            for (const Event& event : facts_.records->events_of(
                     kind(), subject_key(facts_.subject), aggregate.text, range.from, range.to))
                on_event(event);
        }
        // The run's own event counts, though it came at the very moment that is judged.
        const Event* own = facts_.event;
        const bool is_at_end = own != nullptr && own->type == aggregate.text &&
                               own->at == facts_.at && range.to == facts_.at;
        if (is_at_end) on_event(*own);
    }

    Tally tallied(const Expression& aggregate) const {
        Tally tally;
        go_through(
            aggregate, range_of(aggregate), [&](const DayTally& day) { tally.merge(day.tally); },
            [&](const Event& event) { tally_event(tally, aggregate, event); });
        return tally;
    }

    bool counts(const Expression& aggregate, const Event& event) const {
        return aggregate.operands.empty() ||
               Evaluator(facts_, &event).is_yes(aggregate.operands.front());
    }

  public:
    void tally_event(Tally& tally, const Expression& aggregate, const Event& event) const {
        if (!counts(aggregate, event)) return;
        ++tally.count;
        const bool has_field = aggregate.kind == Kind::sum || aggregate.kind == Kind::distinct;
        const Found value = has_field ? field_of(event, aggregate) : std::nullopt;
        if (!value) return;
        if (aggregate.kind == Kind::distinct) {
            tally.different.add(value->text);
        } else {
            tally.add(value->quantity);
        }
    }

  private:
    Found field_of(const Event& event, const Expression& expression) const {
        const ValueType type =
            expression.kind == Kind::sum ? expression.type.value : ValueType::text;
        return event_value({Owner::subject, expression.field_name, type, {}}, event);
    }

    Found sum(const Expression& expression) const {
        auto sum = tallied(expression).sum();
        if (!sum) return std::nullopt;
        if (is_zero_of_any(*sum)) sum->currency = expression.type.of;
        return value_of(std::move(*sum));
    }

    Found distinct(const Expression& expression) const {
        const DistinctCount different = tallied(expression).different;
        return number(expression.among == Expression::Among::repeated ? different.repeated()
                                                                      : different.count());
    }

    // Dates in a row up to today, looked at backwards, some at a time.
    std::int64_t streak(const Expression& expression) const {
        constexpr date::days looked_at_once{32};
        const InstantRange range = range_of(expression);
        std::int64_t length = 0;
        date::local_days day = day_of(facts_.at);
        for (Instant until = range.to; until > range.from;) {
            const date::local_days first = day - looked_at_once;
            const Instant from = std::max(range.from, Instant(facts_.zone.to_instant(first)));
            std::set<date::local_days> days;
            go_through(
                expression, {from, until},
                [&](const DayTally& counted) { days.insert(counted.day); },
                [&](const Event& event) {
                    if (counts(expression, event)) days.insert(day_of(event.at));
                });
            for (; days.contains(day); day -= date::days{1}) ++length;
            if (day >= first) break;
            until = from;
        }
        return length;
    }

    date::local_days day_of(Instant at) const {
        return date::floor<date::days>(facts_.zone.to_local(date::floor<std::chrono::seconds>(at)));
    }

    // ---- people in a group ----

    Found count_members(const Expression& expression) const {
        const Group* group = group_of(facts_.subject);
        if (group == nullptr || facts_.records == nullptr) return std::nullopt;
        const InstantRange range = range_of(expression);
        const auto stays = facts_.records->stays_in(group->id);
        std::int64_t count = 0;
        const std::string* last = nullptr;
        for (const Stay& stay : stays) {
            const bool is_known = last != nullptr && *last == stay.member;
            if (is_known || !is_there(stay, range, expression.among)) continue;
            last = &stay.member;
            if (is_so(expression, stay.member)) ++count;
        }
        return number(count);
    }

    static bool is_there(const Stay& stay, const InstantRange& range, Expression::Among among) {
        const bool at_start = (!stay.joined_at || *stay.joined_at < range.from) &&
                              (!stay.left_at || *stay.left_at >= range.from);
        const bool at_end = (!stay.joined_at || *stay.joined_at < range.to) &&
                            (!stay.left_at || *stay.left_at >= range.to);
        if (among == Expression::Among::at_start) return at_start;
        return at_end && (at_start || among != Expression::Among::throughout);
    }

    // What the condition of a count of members says of one.
    bool is_so(const Expression& expression, const std::string& id) const {
        if (expression.operands.empty()) return true;
        const auto member = facts_.records->find_member(id);
        if (!member) return false;
        const Subject subject = *member;
        const Facts of_member{facts_.plan, facts_.zone, facts_.window, subject,
                              nullptr,     facts_.at,   facts_.records};
        return Evaluator(of_member).is_yes(expression.operands.front());
    }

    const Facts& facts_;
    const Event* filtered_;
    const lang::Period* period_;
};

// ---- as people read it ----

std::string name_of(const Value& value, const Facts& facts) {
    if (facts.records == nullptr) return value.text;
    const auto kind = value.type == ValueType::group ? SubjectKind::group : SubjectKind::member;
    const auto name = facts.records->name_of(kind, value.text);
    return name && !name->empty() ? *name : value.text;
}

// The digits of a canonical text as a number: "2026" of "2026-11-19".
int digits(const std::string& text, std::size_t at, std::size_t size) {
    int number = 0;
    std::from_chars(text.data() + at, text.data() + std::min(at + size, text.size()), number);
    return number;
}

unsigned weekday_of(date::local_days day) {
    return date::weekday{day}.iso_encoding() - 1;
}

MomentParts parts_of_date(const std::string& text) {
    const date::local_days day{date::year{digits(text, 0, 4)} / digits(text, 5, 2) /
                               digits(text, 8, 2)};
    return {.date = day, .weekday = weekday_of(day)};
}

MomentParts parts_of_time(const std::string& text, bool is_of_moment) {
    const std::string time = full_time(text);
    return {.time = std::chrono::hours{digits(time, 0, 2)} +
                    std::chrono::minutes{digits(time, 3, 2)} +
                    std::chrono::seconds{digits(time, 6, 2)},
            .with_seconds = !is_of_moment && time.size() == text.size()};
}

MomentParts parts_of_weekday(const std::string& text) {
    const auto found = std::find(weekdays.begin(), weekdays.end(), text);
    return {.weekday = static_cast<unsigned>(found - weekdays.begin())};
}

MomentParts parts_of_instant(const Value& value, const Facts& facts) {
    const Instant instant{std::chrono::milliseconds{milliseconds_of(value)}};
    const auto local = facts.zone.to_local(date::floor<std::chrono::seconds>(instant));
    const auto day = date::floor<date::days>(local);
    return {.date = day, .time = local - day, .weekday = weekday_of(day)};
}

std::string moment_as_read(const MomentParts& moment, const lang::Hole& hole, const Facts& facts) {
    const auto format = lang::read_moment_format(hole.format);
    return format ? moment_text(moment, *format, facts.locale) : moment_text(moment, facts.locale);
}

std::string as_read(const Value& value, const lang::Hole& hole, const Facts& facts) {
    switch (value.type) {
        case ValueType::number:
        case ValueType::money: {
            const auto format = lang::read_number_format(hole.format);
            if (format) return number_text(value.quantity, *format);
            // As it was told.
            if (facts.locale.empty()) return value.text;
            return quantity_text(value.quantity, facts.locale);
        }
        case ValueType::instant:
            return moment_as_read(parts_of_instant(value, facts), hole, facts);
        case ValueType::date:
            return moment_as_read(parts_of_date(value.text), hole, facts);
        case ValueType::time:
            return moment_as_read(parts_of_time(value.text, hole.value->kind == Kind::field), hole,
                                  facts);
        case ValueType::weekday:
            return moment_as_read(parts_of_weekday(value.text), hole, facts);
        case ValueType::group:
        case ValueType::member:
            return name_of(value, facts);
        default:
            return value.text;
    }
}

}  // namespace

std::optional<std::string> hole_text(const lang::Hole& hole, const Facts& facts) {
    const Found value = Evaluator(facts).evaluate(*hole.value);
    return value ? std::optional(as_read(*value, hole, facts)) : std::nullopt;
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

void tally_event(Tally& tally, const Expression& aggregate, const Event& event,
                 const Facts& facts) {
    Evaluator(facts).tally_event(tally, aggregate, event);
}

std::string find_unanswerable(const Expression& expression) {
    if (expression.field) {
        const FieldReference& field = *expression.field;
        if (field.owner == Owner::run && field.type != ValueType::date &&
            field.type != ValueType::time)
            return "run." + field.field;
    }
    for (const Expression& operand : expression.operands) {
        if (std::string found = find_unanswerable(operand); !found.empty()) return found;
    }
    return {};
}

}  // namespace sop::runtime
