// The words of the language, from one table.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sop::lang {

enum class Keyword {
    // declarations
    sop,
    language,
    import,
    channel,
    declared_tag,
    event,
    words,
    content,
    table,
    value,
    role,
    audience,
    metric,
    tier,
    pool,
    template_,
    calendar,
    playbook,
    test,
    // inside declarations
    kind,
    budget,
    quota,
    per,
    key,
    target,
    second_unit,
    minute_unit,
    hour_unit,
    optional,
    pick,
    rotate,
    random,
    variant,
    weight,
    text,
    card,
    title,
    picture,
    link,
    mini_program,
    page,
    holiday,
    years,
    // settings and clauses
    timezone,
    of,
    for_,
    lasting,
    via,
    else_,
    groups,
    members,
    tagged,
    where,
    locale,
    quiet,
    then,
    defer,
    limit,
    posts,
    space,
    spread,
    late,
    send_late,
    within,
    spaced,
    deliver,
    priority,
    high,
    normal,
    low,
    concurrent,
    queue,
    parallel,
    replace,
    keep,
    filling,
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
    when,
    including,
    now,
    message,
    saying,
    containing,
    matching,
    join,
    leave,
    untagged,
    once,
    exit,
    as,
    again,
    outside,
    day,
    workday,
    weekend,
    week,
    month,
    year,
    at,
    most,
    in,
    from,
    to,
    to_person,
    until,
    starting,
    times,
    only,
    except,
    also,
    first,
    last,
    or_,
    and_,
    not_,
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
    wait,
    awaiting,
    since,
    if_,
    split,
    nothing,
    yes,
    no,
    stop,
    // actions
    post,
    send,
    reply,
    announce,
    mention,
    all,
    once_now,
    tag,
    untag,
    points,
    because,
    correction,
    expire,
    take,
    back,
    given_back,
    task,
    done,
    approve,
    by,
    create,
    group,
    size,
    invite,
    invited,
    potential,
    dissolve,
    remove,
    member,
    warn,
    emit,
    call,
    run,
    collect,
    refused,
    full,
    draw,
    winner,
    give,
    // expressions
    exists,
    count,
    sum,
    distinct,
    streak,
    today,
    ever,
    throughout,
    repeated,
    // tests
    expect,
    in_group,  // `in`, of a post
    no_post,   // `nothing`
};

// The words keywords are written with. English is understood in every dialect.
enum class Dialect { en, zh_cn, zh_tw };
inline constexpr std::array dialects{Dialect::en, Dialect::zh_cn, Dialect::zh_tw};

// "en", "zh-CN", "zh-TW": as `language` names them.
std::string_view name_of(Dialect dialect);
std::optional<Dialect> find_dialect(std::string_view name);

std::string_view spelling(Keyword keyword, Dialect dialect = Dialect::en);
// Whether a word of the dialect, or of English, is that keyword. A few words are two keywords,
// told apart by where they stand: `for groups`, `for 2h`.
bool is_spelling(std::string_view word, Keyword keyword, Dialect dialect);
// Of words with two meanings the first in the order of Keyword.
std::optional<Keyword> find_keyword(std::string_view word, Dialect dialect = Dialect::en);
// The longest keyword of the dialect (English apart) that a text begins with; for scripts that put
// no spaces between words.
std::optional<Keyword> longest_keyword(std::string_view text, Dialect dialect);

// Units of duration, those that people write first of each.
enum class Unit { second, minute, hour, day, week, month, year };
std::optional<Unit> find_unit(std::string_view word, Dialect dialect = Dialect::en);
std::string_view unit_spelling(Unit unit, std::int64_t count, Dialect dialect);
// The longest unit of the dialect that a text begins with, as its spelling.
std::string_view longest_unit(std::string_view text, Dialect dialect);

// `1st`, `22nd`; `第1`.
std::string ordinal_text(int number, Dialect dialect = Dialect::en);

// What the language itself has a name for in expressions: `group.name`, `start.date`. Authors may
// declare fields of the same names elsewhere, as columns of a table.
enum class Field {
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
    id,
    name,
    owner,
    at,
    date,
    time,
    weekday,
    points,
    invited_by,
    joined,
    number,
    text,
    first,
    list,
    left,
    winners,
    zone,
    status,
    created,
    size,
    talked,
    opted_out,
    entries,
    seal,
    seed,
    code,
};
std::string_view spelling(Field field, Dialect dialect = Dialect::en);
std::optional<Field> find_field(std::string_view word, Dialect dialect = Dialect::en);
// `group`, `start`, …: those that stand first in a path, and what may follow them. Empty for the
// others.
const std::vector<Field>& fields_of(Field owner);

// Words that cannot be names anywhere.
bool is_reserved(std::string_view word, Dialect dialect = Dialect::en);

// 0 for Monday to 6 for Sunday, and back.
std::optional<int> weekday_index(Keyword keyword);
Keyword weekday_keyword(int index);
// 0 for January to 11 for December, and back.
std::optional<int> month_index(Keyword keyword);
Keyword month_keyword(int index);

// The spellings of some keywords, for suggestions.
std::vector<std::string> spellings(const std::vector<Keyword>& keywords);

}  // namespace sop::lang
