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
    // inside declarations
    kind,
    text,
    optional,
    // settings and clauses
    timezone,
    for_,
    via,
    else_,
    groups,
    members,
    tagged,
    // triggers
    every,
    on,
    day,
    workday,
    month,
    at,
    monday,
    tuesday,
    wednesday,
    thursday,
    friday,
    saturday,
    sunday,
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

// What a word is called where it stands; several words can have one role.
std::string_view spelling(Keyword keyword);
std::optional<Keyword> find_keyword(std::string_view word);

// Words that cannot be names anywhere.
bool is_reserved(std::string_view word);

// 0 for Monday to 6 for Sunday.
std::optional<int> weekday_index(Keyword keyword);

// The spellings of some keywords, for suggestions.
std::vector<std::string> spellings(const std::vector<Keyword>& keywords);

}  // namespace sop::lang
