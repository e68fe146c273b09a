#include "runtime/scheduler/value_format.h"

#include <catch2/catch.hpp>

namespace sop::runtime {

namespace {

using namespace std::chrono_literals;

MomentParts moment() {
    return {.date = date::local_days{date::year{2026} / 11 / 9}, .time = 20h + 5min, .weekday = 0};
}

std::string with_format(const std::string& format, const std::string& locale = "") {
    return moment_text(moment(), lang::read_moment_format(format).value(), locale);
}

}  // namespace

TEST_CASE("numbers are written by their format", "[scheduler][format]") {
    struct Row {
        const char* number;
        const char* format;
        const char* expected;
    };
    const Row rows[] = {
        {"9.9 CNY", "0.00", "9.90"},
        {"9.9 CNY", "0", "10"},
        {"-9.5", "0", "-10"},
        {"0.004", "0.00", "0.00"},
        {"1234567.891", "0,000", "1,234,568"},
        {"-1234.5", "0,000.00", "-1,234.50"},
        {"999", "0,000", "999"},
        {"1000", "0,000.0", "1,000.0"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.number, row.format);
        CHECK(number_text(read_quantity(row.number).value(),
                          lang::read_number_format(row.format).value()) == row.expected);
    }
}

TEST_CASE("quantities are written by the locale", "[scheduler][format]") {
    struct Row {
        const char* quantity;
        const char* locale;
        const char* expected;
    };
    const Row rows[] = {
        {"1234.5", "", "1234.5"},          {"1234.5", "en", "1,234.5"},
        {"1234567", "zh-CN", "1,234,567"}, {"9.9 CNY", "", "9.90 CNY"},
        {"9.9 CNY", "en", "CN¥9.90"},      {"9.9 CNY", "zh-CN", "¥9.90"},
        {"59 CNY", "zh-CN", "¥59.00"},     {"-1234.565 CNY", "zh-CN", "-¥1,234.57"},
        {"9.9 USD", "en", "$9.90"},        {"9.9 USD", "en-GB", "US$9.90"},
        {"9.9 USD", "zh-CN", "US$9.90"},   {"9.9 EUR", "en", "€9.90"},
        {"1500 JPY", "en", "¥1,500"},      {"1500 JPY", "zh-CN", "JP¥1,500"},
        {"9.9 TWD", "zh-TW", "$9.90"},     {"9.9 TWD", "zh-CN", "NT$9.90"},
        {"9.9 AED", "en", "AED 9.90"},     {"1.2345 KWD", "en", "KWD 1.235"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.quantity, row.locale);
        CHECK(quantity_text(read_quantity(row.quantity).value(), row.locale) == row.expected);
    }
}

TEST_CASE("moments are written by their format", "[scheduler][format]") {
    CHECK(with_format("yyyy-MM-dd HH:mm:ss") == "2026-11-09 20:05:00");
    CHECK(with_format("d.M.yy") == "9.11.26");
    CHECK(with_format("M月d日 EEEE", "zh-CN") == "11月9日 星期一");
    CHECK(with_format("EEE", "zh-CN") == "周一");
    CHECK(with_format("EEE", "zh-TW") == "週一");
    CHECK(with_format("EEEE, H:mm", "en") == "Monday, 20:05");
    CHECK(with_format("EEE") == "Mon");
}

TEST_CASE("moments are written by the locale", "[scheduler][format]") {
    struct Row {
        const char* locale;
        const char* whole;
        const char* date;
        const char* time;
        const char* midnight;
        const char* weekday;
    };
    const Row rows[] = {
        {"", "2026-11-09 20:05", "2026-11-09", "20:05", "00:00", "monday"},
        {"en", "Nov 9, 2026, 8:05 PM", "Nov 9, 2026", "8:05 PM", "12:00 AM", "Monday"},
        {"en-GB", "9 Nov 2026, 20:05", "9 Nov 2026", "20:05", "00:00", "Monday"},
        {"zh-CN", "2026年11月9日 20:05", "2026年11月9日", "20:05", "00:00", "星期一"},
        {"zh-TW", "2026年11月9日 20:05", "2026年11月9日", "20:05", "00:00", "星期一"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.locale);
        const MomentParts whole = moment();
        CHECK(moment_text(whole, row.locale) == row.whole);
        CHECK(moment_text({.date = whole.date, .weekday = 0}, row.locale) == row.date);
        CHECK(moment_text({.time = whole.time}, row.locale) == row.time);
        CHECK(moment_text({.time = 0s}, row.locale) == row.midnight);
        CHECK(moment_text({.weekday = 0}, row.locale) == row.weekday);
    }
    CHECK(moment_text({.time = 20h + 5s, .with_seconds = true}, "") == "20:00:05");
}

}  // namespace sop::runtime
