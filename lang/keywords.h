// The words of the language, from one table.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sop::lang {

enum class Keyword {
    // declarations
    sop,
    channel,
    tag,
    event,
    content,
    playbook,
    calendar,
    import,
    // inside declarations
    kind,
    text,
    optional,
    holiday,
    years,
    // settings and clauses
    timezone,
    for_,
    lasting,
    via,
    else_,
    groups,
    members,
    tagged,
    gap,
    shift,
    skip,
    reject,
    overlap,
    second,
    both,
    unknown,
    weekdays,
    // triggers
    every,
    on,
    day,
    workday,
    weekend,
    week,
    month,
    year,
    at,
    in,
    from,
    to,
    until,
    starting,
    times,
    only,
    except,
    also,
    first,
    last,
    or_,
    before,
    lunar,
    solar,
    monday,
    tuesday,
    wednesday,
    thursday,
    friday,
    saturday,
    sunday,
    january,
    february,
    march,
    april,
    may,
    june,
    july,
    august,
    september,
    october,
    november,
    december,
    // steps
    start,
    end,
    after,
    next,
    // actions
    post,
    send,
    untag,
};

// The words keywords are written with. English is understood in every dialect.
enum class Dialect { en, zh_cn };

std::string_view spelling(Keyword keyword, Dialect dialect = Dialect::en);
// Of words with two meanings the first in the order of Keyword.
std::optional<Keyword> find_keyword(std::string_view word, Dialect dialect = Dialect::en);
// The longest keyword of the dialect (English apart) that a text begins with; for scripts that put
// no spaces between words.
std::optional<Keyword> longest_keyword(std::string_view text, Dialect dialect);

// Units of duration, those that people write first of each.
enum class Unit { second, minute, hour, day, week, month, year };
std::optional<Unit> find_unit(std::string_view word, Dialect dialect = Dialect::en);
std::string_view unit_spelling(Unit unit, int count, Dialect dialect);
// The longest unit of the dialect that a text begins with, as its spelling.
std::string_view longest_unit(std::string_view text, Dialect dialect);

// Words that cannot be names anywhere.
bool is_reserved(std::string_view word);

// 0 for Monday to 6 for Sunday, and back.
std::optional<int> weekday_index(Keyword keyword);
Keyword weekday_keyword(int index);
// 0 for January to 11 for December, and back.
std::optional<int> month_index(Keyword keyword);
Keyword month_keyword(int index);

// The spellings of some keywords, for suggestions.
std::vector<std::string> spellings(const std::vector<Keyword>& keywords);

}  // namespace sop::lang
