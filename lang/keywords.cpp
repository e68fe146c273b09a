#include "lang/keywords.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace sop::lang {

namespace {

struct Entry {
    Keyword keyword;
    std::string_view english;
    std::string_view simplified_chinese;

    std::string_view in(Dialect dialect) const {
        return dialect == Dialect::en ? english : simplified_chinese;
    }
};

// In the order of Keyword.
constexpr std::array table{
    Entry{Keyword::sop, "sop", "sop"},
    Entry{Keyword::channel, "channel", "渠道"},
    Entry{Keyword::tag, "tag", "打标签"},
    Entry{Keyword::event, "event", "事件"},
    Entry{Keyword::content, "content", "内容"},
    Entry{Keyword::playbook, "playbook", "剧本"},
    Entry{Keyword::calendar, "calendar", "日历"},
    Entry{Keyword::import, "import", "导入"},
    Entry{Keyword::kind, "kind", "类型"},
    Entry{Keyword::text, "text", "文本"},
    Entry{Keyword::optional, "optional", "可选"},
    Entry{Keyword::holiday, "holiday", "假日"},
    Entry{Keyword::years, "years", "年份"},
    Entry{Keyword::timezone, "timezone", "时区"},
    Entry{Keyword::for_, "for", "对象"},
    Entry{Keyword::lasting, "for", "持续"},
    Entry{Keyword::via, "via", "经"},
    Entry{Keyword::else_, "else", "否则"},
    Entry{Keyword::groups, "groups", "群"},
    Entry{Keyword::members, "members", "会员"},
    Entry{Keyword::tagged, "tagged", "标签"},
    Entry{Keyword::gap, "gap", "空档"},
    Entry{Keyword::shift, "shift", "顺延"},
    Entry{Keyword::skip, "skip", "跳过"},
    Entry{Keyword::reject, "reject", "拒绝"},
    Entry{Keyword::overlap, "overlap", "重叠"},
    Entry{Keyword::second, "second", "第二次"},
    Entry{Keyword::both, "both", "两次"},
    Entry{Keyword::unknown, "unknown", "未知"},
    Entry{Keyword::weekdays, "weekdays", "平日"},
    Entry{Keyword::every, "every", "每"},
    Entry{Keyword::on, "on", "在"},
    Entry{Keyword::day, "day", "天"},
    Entry{Keyword::workday, "workday", "工作日"},
    Entry{Keyword::weekend, "weekend", "周末"},
    Entry{Keyword::week, "week", "周"},
    Entry{Keyword::month, "month", "月"},
    Entry{Keyword::year, "year", "年"},
    Entry{Keyword::at, "at", "于"},
    Entry{Keyword::in, "in", "逢"},
    Entry{Keyword::from, "from", "从"},
    Entry{Keyword::to, "to", "到"},
    Entry{Keyword::until, "until", "至"},
    Entry{Keyword::starting, "starting", "起始"},
    Entry{Keyword::times, "times", "次数"},
    Entry{Keyword::only, "only", "仅"},
    Entry{Keyword::except, "except", "除"},
    Entry{Keyword::also, "also", "另"},
    Entry{Keyword::first, "first", "首个"},
    Entry{Keyword::last, "last", "最后"},
    Entry{Keyword::or_, "or", "或"},
    Entry{Keyword::before, "before", "前于"},
    Entry{Keyword::lunar, "lunar", "农历"},
    Entry{Keyword::solar, "solar", "节气"},
    Entry{Keyword::monday, "monday", "周一"},
    Entry{Keyword::tuesday, "tuesday", "周二"},
    Entry{Keyword::wednesday, "wednesday", "周三"},
    Entry{Keyword::thursday, "thursday", "周四"},
    Entry{Keyword::friday, "friday", "周五"},
    Entry{Keyword::saturday, "saturday", "周六"},
    Entry{Keyword::sunday, "sunday", "周日"},
    Entry{Keyword::january, "january", "一月"},
    Entry{Keyword::february, "february", "二月"},
    Entry{Keyword::march, "march", "三月"},
    Entry{Keyword::april, "april", "四月"},
    Entry{Keyword::may, "may", "五月"},
    Entry{Keyword::june, "june", "六月"},
    Entry{Keyword::july, "july", "七月"},
    Entry{Keyword::august, "august", "八月"},
    Entry{Keyword::september, "september", "九月"},
    Entry{Keyword::october, "october", "十月"},
    Entry{Keyword::november, "november", "十一月"},
    Entry{Keyword::december, "december", "十二月"},
    Entry{Keyword::start, "start", "开始"},
    Entry{Keyword::end, "end", "结束"},
    Entry{Keyword::after, "after", "后于"},
    Entry{Keyword::next, "next", "下一"},
    Entry{Keyword::post, "post", "发"},
    Entry{Keyword::send, "send", "私信"},
    Entry{Keyword::untag, "untag", "去标签"},
};

constexpr bool table_is_in_order() {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (table[i].keyword != static_cast<Keyword>(i)) return false;
    }
    return true;
}
static_assert(table_is_in_order());

struct UnitEntry {
    Unit unit;
    std::string_view one;
    std::string_view several;
    std::string_view simplified_chinese;
};

constexpr std::array units{
    UnitEntry{Unit::second, "s", "s", "秒"},      UnitEntry{Unit::minute, "m", "m", "分钟"},
    UnitEntry{Unit::hour, "h", "h", "小时"},      UnitEntry{Unit::day, "day", "days", "天"},
    UnitEntry{Unit::week, "week", "weeks", "周"}, UnitEntry{Unit::month, "month", "months", "个月"},
    UnitEntry{Unit::year, "year", "years", "年"},
};

constexpr std::array<std::string_view, 10> reserved{"start", "end", "if",  "else", "and",
                                                    "or",    "not", "yes", "no",   "exists"};

std::optional<int> index_between(Keyword keyword, Keyword first, Keyword last) {
    if (keyword < first || keyword > last) return std::nullopt;
    return static_cast<int>(keyword) - static_cast<int>(first);
}

}  // namespace

std::string_view spelling(Keyword keyword, Dialect dialect) {
    return table[static_cast<std::size_t>(keyword)].in(dialect);
}

std::optional<Keyword> find_keyword(std::string_view word, Dialect dialect) {
    using Index = std::unordered_map<std::string_view, Keyword>;
    static const auto make = [](Dialect wanted) {
        Index index;
        for (const Entry& entry : table) index.emplace(entry.in(wanted), entry.keyword);
        return index;
    };
    static const Index english = make(Dialect::en);
    static const Index simplified_chinese = make(Dialect::zh_cn);
    if (const auto found = english.find(word); found != english.end()) return found->second;
    if (dialect == Dialect::en) return std::nullopt;
    const auto found = simplified_chinese.find(word);
    if (found == simplified_chinese.end()) return std::nullopt;
    return found->second;
}

std::optional<Keyword> longest_keyword(std::string_view text, Dialect dialect) {
    const Entry* longest = nullptr;
    for (const Entry& entry : table) {
        if (text.substr(0, entry.in(dialect).size()) != entry.in(dialect)) continue;
        if (!longest || entry.in(dialect).size() > longest->in(dialect).size()) longest = &entry;
    }
    return longest ? std::optional(longest->keyword) : std::nullopt;
}

std::optional<Unit> find_unit(std::string_view word, Dialect dialect) {
    for (const UnitEntry& entry : units) {
        if (word == entry.one || word == entry.several) return entry.unit;
        if (dialect == Dialect::zh_cn && word == entry.simplified_chinese) return entry.unit;
    }
    return std::nullopt;
}

std::string_view unit_spelling(Unit unit, int count, Dialect dialect) {
    const UnitEntry& entry = units[static_cast<std::size_t>(unit)];
    if (dialect == Dialect::zh_cn) return entry.simplified_chinese;
    return count == 1 ? entry.one : entry.several;
}

std::string_view longest_unit(std::string_view text, Dialect dialect) {
    std::string_view longest;
    for (const UnitEntry& entry : units) {
        const std::string_view word =
            dialect == Dialect::zh_cn ? entry.simplified_chinese : entry.several;
        if (text.substr(0, word.size()) == word && word.size() > longest.size()) longest = word;
    }
    return longest;
}

bool is_reserved(std::string_view word) {
    return std::find(reserved.begin(), reserved.end(), word) != reserved.end();
}

std::optional<int> weekday_index(Keyword keyword) {
    return index_between(keyword, Keyword::monday, Keyword::sunday);
}

Keyword weekday_keyword(int index) {
    return static_cast<Keyword>(static_cast<int>(Keyword::monday) + index);
}

std::optional<int> month_index(Keyword keyword) {
    return index_between(keyword, Keyword::january, Keyword::december);
}

Keyword month_keyword(int index) {
    return static_cast<Keyword>(static_cast<int>(Keyword::january) + index);
}

std::vector<std::string> spellings(const std::vector<Keyword>& keywords) {
    std::vector<std::string> result;
    for (const Keyword keyword : keywords) result.emplace_back(spelling(keyword));
    return result;
}

}  // namespace sop::lang
