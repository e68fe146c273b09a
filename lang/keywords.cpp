#include "lang/keywords.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace sop::lang {

namespace {

struct Entry {
    Keyword keyword;
    std::string_view english;
};

constexpr std::array table{
    Entry{Keyword::sop, "sop"},
    Entry{Keyword::channel, "channel"},
    Entry{Keyword::tag, "tag"},
    Entry{Keyword::event, "event"},
    Entry{Keyword::content, "content"},
    Entry{Keyword::playbook, "playbook"},
    Entry{Keyword::kind, "kind"},
    Entry{Keyword::text, "text"},
    Entry{Keyword::optional, "optional"},
    Entry{Keyword::timezone, "timezone"},
    Entry{Keyword::for_, "for"},
    Entry{Keyword::via, "via"},
    Entry{Keyword::else_, "else"},
    Entry{Keyword::groups, "groups"},
    Entry{Keyword::members, "members"},
    Entry{Keyword::tagged, "tagged"},
    Entry{Keyword::every, "every"},
    Entry{Keyword::on, "on"},
    Entry{Keyword::day, "day"},
    Entry{Keyword::workday, "workday"},
    Entry{Keyword::month, "month"},
    Entry{Keyword::at, "at"},
    Entry{Keyword::monday, "monday"},
    Entry{Keyword::tuesday, "tuesday"},
    Entry{Keyword::wednesday, "wednesday"},
    Entry{Keyword::thursday, "thursday"},
    Entry{Keyword::friday, "friday"},
    Entry{Keyword::saturday, "saturday"},
    Entry{Keyword::sunday, "sunday"},
    Entry{Keyword::start, "start"},
    Entry{Keyword::end, "end"},
    Entry{Keyword::after, "after"},
    Entry{Keyword::next, "next"},
    Entry{Keyword::post, "post"},
    Entry{Keyword::send, "send"},
    Entry{Keyword::untag, "untag"},
};

constexpr std::array<std::string_view, 10> reserved{"start", "end", "if",  "else", "and",
                                                    "or",    "not", "yes", "no",   "exists"};

}  // namespace

std::string_view spelling(Keyword keyword) {
    return std::find_if(table.begin(), table.end(),
                        [&](const Entry& entry) { return entry.keyword == keyword; })
        ->english;
}

std::optional<Keyword> find_keyword(std::string_view word) {
    static const auto index = [] {
        std::unordered_map<std::string_view, Keyword> map;
        for (const Entry& entry : table) map.emplace(entry.english, entry.keyword);
        return map;
    }();
    const auto found = index.find(word);
    if (found == index.end()) return std::nullopt;
    return found->second;
}

bool is_reserved(std::string_view word) {
    return std::find(reserved.begin(), reserved.end(), word) != reserved.end();
}

std::optional<int> weekday_index(Keyword keyword) {
    if (keyword < Keyword::monday || keyword > Keyword::sunday) return std::nullopt;
    return static_cast<int>(keyword) - static_cast<int>(Keyword::monday);
}

std::vector<std::string> spellings(const std::vector<Keyword>& keywords) {
    std::vector<std::string> result;
    for (const Keyword keyword : keywords) result.emplace_back(spelling(keyword));
    return result;
}

}  // namespace sop::lang
