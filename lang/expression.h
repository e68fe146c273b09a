// Expressions of a plan: typed trees, pure, without loops. Names are resolved, values of the file
// are put in their place.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lang/calendar/span.h"
#include "lang/rare.h"

namespace sop::lang {

enum class ValueType {
    text,
    number,   // an exact decimal
    money,    // an exact decimal and a currency
    boolean,  // yes or no
    content,
    instant,
    date,
    time,
    weekday,
    group,
    member,
    event,  // one that happened, by its id
    row,    // of a table
    list,
};

struct Type {
    ValueType value = ValueType::text;
    // money: its ISO 4217 code, empty where it is known only when it is there. event, row: the
    // event's or table's name. list: the name of its elements' type.
    std::string of{};

    bool operator==(const Type&) const = default;
};

// A field of something the step can see: `{start.date}`.
struct FieldReference {
    enum class Owner {
        group,
        member,
        event,
        start,
        end,
        run,
        join,
        collected,
        draw,
        given,
        subject,  // what `where` filters: the event that is looked at, the member, the group
    };
    Owner owner = Owner::group;
    std::string field{};  // empty for `{start}` and other things themselves
    ValueType type = ValueType::text;
    std::string of{};  // as in Type

    bool operator==(const FieldReference&) const = default;
};

// The events an aggregate looks at, by their time. Half open.
struct Period {
    enum class Kind {
        last,            // elapsed: back from now; calendar: whole dates before today
        last_and_today,  // those dates and today up to now
        today,
        since_start,
        between,  // [from, until + 1 day)
        ever,
    };
    Kind kind = Kind::ever;
    calendar::Span span{};
    date::local_days from{};
    date::local_days until{};

    bool operator==(const Period&) const = default;
};

struct Expression {
    enum class Kind {
        literal,  // text: the canonical value of its type
        field,    // of `field`
        row,      // text: a table; [0]: the key
        column,   // text: a column; [0]: a row
        list,     // its elements
        metric,   // text: its name; over `period`
        negate,
        add,
        subtract,
        multiply,
        divide,
        equal,
        not_equal,
        less,
        less_or_equal,
        greater,
        greater_or_equal,
        in,  // [0] is an element of [1]
        and_,
        or_,
        not_,
        exists,    // [0] has a value
        tagged,    // [0], a group or member, carries the tag in text
        count,     // of events of the type in text that are [0] (where it is there), over `period`
        sum,       // of their field
        distinct,  // values of their field
        streak,    // dates in a row up to today with such an event
    };
    // Which of what it could count an aggregate counts. Of members `all` are those present at the
    // end of the period.
    enum class Among {
        all,
        at_start,    // members present when the period began
        throughout,  // members present all the time, in one stay
        repeated,    // values that come at least twice
    };
    Kind kind = Kind::literal;
    Type type{};
    std::string text{};
    std::string field_name{};  // of sum and distinct
    Among among = Among::all;
    Rare<FieldReference> field{};
    Rare<Period> period{};
    std::vector<Expression> operands{};

    Expression() = default;
    Expression(FieldReference reference)
        : kind(Kind::field), type{reference.type, reference.of}, field(std::move(reference)) {}
    Expression(Kind the_kind, Type the_type, std::string the_text = {},
               std::vector<Expression> the_operands = {})
        : kind(the_kind),
          type(std::move(the_type)),
          text(std::move(the_text)),
          operands(std::move(the_operands)) {}

    bool operator==(const Expression&) const = default;
};

}  // namespace sop::lang
