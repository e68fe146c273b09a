#include "lang/calendar/lunar.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>

#include "lang/calendar/lunar_table.h"

namespace sop::lang::calendar {

namespace {

constexpr int months_max = 12;
constexpr int short_month_days = 29;
constexpr int long_month_days = 30;
constexpr int term_count = 24;

constexpr std::array<std::string_view, term_count> term_names = {
    "xiaohan", "dahan",   "lichun",    "yushui",      "jingzhe", "chunfen", "qingming", "guyu",
    "lixia",   "xiaoman", "mangzhong", "xiazhi",      "xiaoshu", "dashu",   "liqiu",    "chushu",
    "bailu",   "qiufen",  "hanlu",     "shuangjiang", "lidong",  "xiaoxue", "daxue",    "dongzhi",
};

static_assert(lunar_table::years.size() == lunar_year_last - lunar_year_first + 1);
static_assert(lunar_table::term_years.size() == lunar_table::years.size());

bool is_in_table(int year) {
    return year >= lunar_year_first && year <= lunar_year_last;
}
[[maybe_unused]] bool is_term(int term) {
    return term >= 0 && term < term_count;
}

std::size_t index_of(int year) {
    return static_cast<std::size_t>(year - lunar_year_first);
}

template <typename List>
bool holds(const List& list, int year, int number) {
    return std::any_of(list.begin(), list.end(), [&](const lunar_table::Disputed& entry) {
        return entry.year == year && entry.number == number;
    });
}

// A record of the table, unpacked.
struct LunarYear {
    explicit LunarYear(std::uint32_t record)
        : long_months(record & 0x1FFFU),
          leap_month(static_cast<int>(record >> 13U & 0xFU)),
          days_before(static_cast<int>(record >> 17U)) {}

    std::uint32_t long_months;  // a bit for each month in order, the leap month among them
    int leap_month;
    int days_before;
};

}  // namespace

std::optional<date::local_days> lunar_date(int year, int month, int day) {
    if (!is_in_table(year) || month < 1 || month > months_max || day < 0 || day > long_month_days) {
        return std::nullopt;
    }
    const LunarYear lunar_year{lunar_table::years[index_of(year)]};
    const bool is_after_leap_month = lunar_year.leap_month != 0 && month > lunar_year.leap_month;
    const int months_before = month - 1 + (is_after_leap_month ? 1 : 0);
    const std::uint32_t month_bit = 1U << static_cast<unsigned>(months_before);
    const bool is_long = (lunar_year.long_months & month_bit) != 0;
    const int length = is_long ? long_month_days : short_month_days;
    if (day > length) {
        return std::nullopt;
    }
    const int long_months_before = std::popcount(lunar_year.long_months & (month_bit - 1));
    const int days_before =
        lunar_year.days_before + months_before * short_month_days + long_months_before;
    const date::local_days new_year{date::year{year} / date::January / 1};
    return new_year + date::days{days_before + (day == 0 ? length : day) - 1};
}

bool lunar_month_is_disputed(int year, int month) {
    return holds(lunar_table::disputed_months, year, month);
}

std::optional<int> find_solar_term(std::string_view name) {
    const auto found = std::find(term_names.begin(), term_names.end(), name);
    if (found == term_names.end()) {
        return std::nullopt;
    }
    return static_cast<int>(found - term_names.begin());
}

std::string_view solar_term_name(int term) {
    assert(is_term(term));
    return term_names[static_cast<std::size_t>(term)];
}

const std::vector<std::string>& solar_term_names() {
    static const std::vector<std::string> names(term_names.begin(), term_names.end());
    return names;
}

std::optional<date::local_days> solar_term_date(int year, int term) {
    assert(is_term(term));
    if (!is_in_table(year)) {
        return std::nullopt;
    }
    const std::uint64_t record = lunar_table::term_years[index_of(year)];
    const auto days_later = static_cast<unsigned>(record >> static_cast<unsigned>(2 * term) & 3U);
    const unsigned earliest = lunar_table::term_days_earliest[static_cast<std::size_t>(term)];
    const date::month month{static_cast<unsigned>(term / 2 + 1)};
    return date::local_days{date::year{year} / month / date::day{earliest + days_later}};
}

bool solar_term_is_disputed(int year, int term) {
    return holds(lunar_table::disputed_terms, year, term);
}

}  // namespace sop::lang::calendar
