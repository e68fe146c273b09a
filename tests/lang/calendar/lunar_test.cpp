#include "lang/calendar/lunar.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/lang/calendar/sample_zones.h"
#include "tests/support/printers.h"

namespace sop::lang::calendar {

namespace {

using date::local_days;

// The rows of a file in tests/testdata/lunar, without its head.
std::vector<std::vector<std::string>> rows_of(const std::string& name) {
    std::ifstream file(SOP_SOURCE_DIR "/tests/testdata/lunar/" + name);
    std::vector<std::vector<std::string>> rows;
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::istringstream cells(line);
        std::vector<std::string>& row = rows.emplace_back();
        for (std::string cell; std::getline(cells, cell, ',');) {
            row.push_back(cell);
        }
    }
    return rows;
}

local_days day_of(const std::string& text) {
    return date::floor<date::days>(tests::local(text + " 00:00"));
}

// What the sources say of a new moon or a term: two dates, and an instant in China's time.
struct Sources {
    explicit Sources(const std::vector<std::string>& row, std::size_t first)
        : almanacs(day_of(row.at(first))),
          other_almanacs(day_of(row.at(first + 1))),
          astronomy(day_of(row.at(first + 2).substr(0, 10))) {
        const auto since_midnight = tests::local(row.at(first + 2)) - astronomy;
        const auto to_midnight = std::min(since_midnight, date::days{1} - since_midnight);
        is_in_doubt = astronomy >= local_days{date::year{2027} / 1 / 1} &&
                      to_midnight <= std::chrono::minutes{3};
    }

    bool agree() const { return almanacs == other_almanacs && almanacs == astronomy; }
    bool are_disputed() const { return !agree() || is_in_doubt; }

    local_days almanacs;
    local_days other_almanacs;
    local_days astronomy;
    bool is_in_doubt = false;
};

struct Month {
    int year;
    int month;
    bool is_leap;
    Sources first_day;
};

std::vector<Month> months() {
    std::vector<Month> result;
    for (const auto& row : rows_of("months.csv")) {
        result.push_back(
            {std::stoi(row.at(0)), std::stoi(row.at(1)), row.at(2) == "1", Sources(row, 3)});
    }
    return result;
}

}  // namespace

TEST_CASE("each month begins and ends where the sources agree that it does", "[calendar][lunar]") {
    const std::vector<Month> all = months();
    REQUIRE(all.size() == 2474);  // 200 years of 12 months, 73 leap months, one month after them
    int disputed = 0;
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
        const auto& [year, month, is_leap, first_day] = all[i];
        if (is_leap) {
            continue;
        }
        CAPTURE(year, month);
        const Sources& end = all[i + 1].first_day;
        if (first_day.agree()) {
            CHECK(lunar_date(year, month, 1) == first_day.almanacs);
        }
        if (end.agree()) {
            CHECK(lunar_date(year, month, 0) == end.almanacs - date::days{1});
        }
        const bool is_disputed = first_day.are_disputed() || end.are_disputed();
        CHECK(lunar_month_is_disputed(year, month) == is_disputed);
        disputed += is_disputed ? 1 : 0;
    }
    CHECK(disputed == 12);
}

TEST_CASE("where the sources differ a month begins by the almanac in force, later by astronomy",
          "[calendar][lunar]") {
    std::map<local_days, local_days> taken;  // by what almanacs say
    for (const auto& [year, month, is_leap, first_day] : months()) {
        if (!first_day.agree()) {
            taken[first_day.almanacs] = lunar_date(year, month, 1).value();
        }
    }
    CHECK(taken == std::map<local_days, local_days>{
                       {day_of("1914-11-17"), day_of("1914-11-17")},
                       {day_of("1916-02-03"), day_of("1916-02-03")},
                       {day_of("1920-11-10"), day_of("1920-11-10")},
                       {day_of("2097-08-07"), day_of("2097-08-08")},
                   });
}

TEST_CASE("the days of a month follow each other", "[calendar][lunar]") {
    for (int year = lunar_year_first; year <= lunar_year_last; ++year) {
        for (int month = 1; month <= 12; ++month) {
            CAPTURE(year, month);
            const local_days first = lunar_date(year, month, 1).value();
            const local_days last = lunar_date(year, month, 0).value();
            const auto length = (last - first).count() + 1;
            REQUIRE((length == 29 || length == 30));
            for (int day = 1; day <= length; ++day) {
                REQUIRE(lunar_date(year, month, day) == first + date::days{day - 1});
            }
            if (length == 29) {
                REQUIRE_FALSE(lunar_date(year, month, 30));
            }
        }
    }
}

TEST_CASE("a lunar year ends the day before the next one begins", "[calendar][lunar]") {
    for (int year = lunar_year_first; year < lunar_year_last; ++year) {
        CAPTURE(year);
        CHECK(lunar_date(year, 12, 0).value() + date::days{1} == lunar_date(year + 1, 1, 1));
    }
    CHECK(lunar_date(lunar_year_last, 12, 0) == day_of("2101-01-28"));
}

TEST_CASE("lunar dates that libraries get wrong", "[calendar][lunar]") {
    struct Row {
        int year;
        int month;
        int day;
        const char* date;
    };
    const Row row = GENERATE(values<Row>({
        {2027, 1, 1, "2027-02-06"},
        {2030, 1, 1, "2030-02-03"},
        {2025, 6, 1, "2025-06-25"},   // before leap month 6
        {2025, 7, 7, "2025-08-29"},   // after it
        {2033, 8, 15, "2033-09-08"},  // a year with leap month 11, not 7
        {2033, 11, 1, "2033-11-22"},  // before it
        {2033, 12, 8, "2034-01-27"},  // after it
        {2034, 1, 1, "2034-02-19"},
        {1933, 6, 1, "1933-07-23"},
        {2057, 9, 1, "2057-09-29"},
        {2022, 12, 0, "2023-01-21"},  // 30 days
        {2023, 12, 0, "2024-02-09"},  // 30 days
        {2024, 12, 0, "2025-01-28"},  // 29 days
    }));
    CAPTURE(row.year, row.month, row.day);
    CHECK(lunar_date(row.year, row.month, row.day) == day_of(row.date));
}

TEST_CASE("festivals from 2020 to 2035 are where five implementations have them",
          "[calendar][lunar]") {
    struct Festival {
        int year_offset;
        int month;
        int day;
    };
    const std::map<std::string, Festival> festivals = {
        {"除夕", {-1, 12, 0}},  // of the year whose Spring Festival it is the eve of
        {"春节", {0, 1, 1}},   {"元宵节", {0, 1, 15}}, {"端午节", {0, 5, 5}},
        {"七夕", {0, 7, 7}},   {"中元节", {0, 7, 15}}, {"中秋节", {0, 8, 15}},
        {"重阳节", {0, 9, 9}}, {"腊八节", {0, 12, 8}},
    };
    const std::map<std::string, std::string> terms = {{"清明", "qingming"}, {"冬至", "dongzhi"}};
    const auto rows = rows_of("festivals.csv");
    REQUIRE(rows.size() == 176);
    for (const auto& row : rows) {
        const int year = std::stoi(row.at(0));
        const std::string& name = row.at(1);
        CAPTURE(year, name);
        if (const auto term = terms.find(name); term != terms.end()) {
            CHECK(solar_term_date(year, find_solar_term(term->second).value()) ==
                  day_of(row.at(2)));
        } else {
            const Festival& festival = festivals.at(name);
            CHECK(lunar_date(year + festival.year_offset, festival.month, festival.day) ==
                  day_of(row.at(2)));
        }
    }
}

TEST_CASE("days that do not exist and years out of the table have no date", "[calendar][lunar]") {
    CHECK_FALSE(lunar_date(lunar_year_first - 1, 12, 30));
    CHECK_FALSE(lunar_date(lunar_year_last + 1, 1, 1));
    CHECK_FALSE(lunar_date(2026, 0, 1));
    CHECK_FALSE(lunar_date(2026, 13, 1));
    CHECK_FALSE(lunar_date(2026, 1, -1));
    CHECK_FALSE(lunar_date(2026, 1, 31));
    CHECK_FALSE(lunar_date(2024, 12, 30));
    CHECK(lunar_date(2023, 12, 30) == day_of("2024-02-09"));
    CHECK_FALSE(lunar_month_is_disputed(lunar_year_last + 1, 1));
    CHECK_FALSE(solar_term_date(lunar_year_first - 1, 0));
    CHECK_FALSE(solar_term_date(lunar_year_last + 1, 0));
    CHECK_FALSE(solar_term_is_disputed(lunar_year_last + 1, 0));
}

TEST_CASE("each solar term is on the date that the sources agree on", "[calendar][lunar]") {
    const auto rows = rows_of("terms.csv");
    REQUIRE(rows.size() == 200 * 24);
    int disputed = 0;
    for (const auto& row : rows) {
        const int year = std::stoi(row.at(0));
        const std::string& name = row.at(1);
        CAPTURE(year, name);
        const int term = find_solar_term(name).value();
        const Sources sources(row, 2);
        // All they differ on is from before 1929, where the almanacs were in force.
        CHECK(solar_term_date(year, term) == sources.almanacs);
        CHECK((sources.agree() || year < 1929));
        CHECK(solar_term_is_disputed(year, term) == sources.are_disputed());
        disputed += sources.are_disputed() ? 1 : 0;
    }
    CHECK(disputed == 9);
}

TEST_CASE("solar terms have names, in the order of the year", "[calendar][lunar]") {
    const std::vector<std::string>& names = solar_term_names();
    REQUIRE(names.size() == 24);
    for (int term = 0; term < 24; ++term) {
        CHECK(solar_term_name(term) == names[static_cast<std::size_t>(term)]);
        CHECK(find_solar_term(solar_term_name(term)) == term);
        if (term > 0) {
            CHECK(solar_term_date(2026, term - 1).value() < solar_term_date(2026, term).value());
        }
    }
    CHECK(find_solar_term("xiaohan") == 0);
    CHECK(find_solar_term("dongzhi") == 23);
    CHECK_FALSE(find_solar_term("Qingming"));
    CHECK_FALSE(find_solar_term(""));
}

}  // namespace sop::lang::calendar
