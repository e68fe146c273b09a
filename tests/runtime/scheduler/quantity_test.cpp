#include "runtime/scheduler/quantity.h"

#include <catch2/catch.hpp>

namespace sop::runtime {

namespace {

using Result = std::optional<Quantity>;

Quantity quantity(const std::string& text) {
    const auto read = read_quantity(text);
    REQUIRE(read);
    return *read;
}

std::string text_of(const Result& result) {
    return result ? to_text(*result) : "none";
}

}  // namespace

TEST_CASE("numbers and amounts are written without needless zeros", "[scheduler][quantity]") {
    struct Row {
        const char* written;
        const char* shown;
    };
    const Row rows[] = {
        {"0", "0"},
        {"-0.0", "0"},
        {"7.50", "7.5"},
        {"-0.05", "-0.05"},
        {"123456789012345678901234567890.5", "123456789012345678901234567890.5"},
        {"9.9 CNY", "9.90 CNY"},
        {"60 CNY", "60 CNY"},
        {"60.00 CNY", "60 CNY"},
        {"-1.125 CNY", "-1.125 CNY"},
    };
    for (const Row& row : rows) CHECK(to_text(quantity(row.written)) == row.shown);
    for (const char* wrong : {"", "-", "x", "1.", ".5", "1e3", "1 ", "0x10", "1,5"})
        CHECK((!read_quantity(wrong) || read_quantity(wrong)->currency.empty()));
    CHECK_FALSE(read_quantity("1."));
    CHECK_FALSE(read_quantity("x CNY"));
}

TEST_CASE("sums, products and quotients are exact", "[scheduler][quantity]") {
    CHECK(text_of(add(quantity("0.1"), quantity("0.2"))) == "0.3");
    CHECK(text_of(subtract(quantity("1 CNY"), quantity("0.01 CNY"))) == "0.99 CNY");
    CHECK(text_of(multiply(quantity("9.90 CNY"), quantity("3"))) == "29.70 CNY");
    CHECK(text_of(divide(quantity("10 CNY"), quantity("4 CNY"))) == "2.5");
    CHECK(text_of(divide(quantity("1"), quantity("3"))) == "0.3333333333");
    CHECK(text_of(divide(quantity("-2"), quantity("3"))) == "-0.6666666667");
    CHECK(text_of(divide(quantity("100 CNY"), quantity("3"))) == "33.33 CNY");
    const Result third = divide(quantity("100 CNY"), quantity("3"));
    CHECK(text_of(multiply(*third, quantity("3"))) == "100 CNY");
}

TEST_CASE("what does not meet has no value", "[scheduler][quantity]") {
    CHECK_FALSE(add(quantity("1 CNY"), quantity("1 USD")));
    CHECK_FALSE(add(quantity("1 CNY"), quantity("1")));
    CHECK_FALSE(multiply(quantity("1 CNY"), quantity("1 CNY")));
    CHECK_FALSE(divide(quantity("1"), quantity("0")));
    CHECK_FALSE(divide(quantity("1"), quantity("2 CNY")));
    CHECK_FALSE(divide(quantity("1 CNY"), quantity("2 USD")));
}

}  // namespace sop::runtime
