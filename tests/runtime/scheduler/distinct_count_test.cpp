#include "runtime/scheduler/distinct_count.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace sop::runtime {

namespace {

DistinctCount count_of(int from, int to) {
    DistinctCount count;
    for (int i = from; i < to; ++i) count.add("m" + std::to_string(i));
    return count;
}

}  // namespace

TEST_CASE("different values are counted exactly up to the stated size", "[scheduler][distinct]") {
    DistinctCount count;
    CHECK(count.count() == 0);
    CHECK(count.bytes().empty());
    for (int i = 0; i < 4096; ++i) count.add("member " + std::to_string(i));
    for (int i = 0; i < 1000; ++i) count.add("member " + std::to_string(i));
    CHECK(count.is_exact());
    CHECK(count.count() == 4096);
    CHECK(count.repeated() == 1000);
    count.add("one more");
    CHECK_FALSE(count.is_exact());
}

TEST_CASE("beyond it the error is the one that is stated", "[scheduler][distinct]") {
    constexpr double standard_error = 0.0081;
    // Of the many counts made here one in 370 may be off by more than three times that.
    double squares = 0;
    int counts = 0;
    for (const int size : {5'000, 20'000, 40'000, 60'000, 100'000, 300'000}) {
        for (int series = 0; series < 3; ++series) {
            const DistinctCount count = count_of(series * 1'000'000, series * 1'000'000 + size);
            const double off =
                (static_cast<double>(count.count()) - size) / static_cast<double>(size);
            CAPTURE(size, series, off);
            CHECK(std::abs(off) < 4 * standard_error);
            squares += off * off;
            ++counts;
        }
    }
    CHECK(std::sqrt(squares / counts) < 1.5 * standard_error);
}

TEST_CASE("the share of those that came again is that of a sample", "[scheduler][distinct]") {
    DistinctCount count = count_of(0, 100'000);
    count.merge(count_of(0, 30'000));
    const double share = static_cast<double>(count.repeated()) / static_cast<double>(count.count());
    CHECK(share == Approx(0.3).margin(0.03));
}

TEST_CASE("parts make the same count in any order and grouping", "[scheduler][distinct]") {
    for (const int size : {100, 3'000, 5'000, 20'000}) {
        CAPTURE(size);
        DistinctCount whole = count_of(0, size);
        for (int i = size / 4; i < size / 2; ++i) whole.add("m" + std::to_string(i));
        std::vector<DistinctCount> parts;
        for (int i = 0; i < 10; ++i) parts.push_back(count_of(i * size / 10, (i + 1) * size / 10));
        parts.push_back(count_of(size / 4, size / 2));
        DistinctCount forwards;
        for (const DistinctCount& part : parts) forwards.merge(part);
        DistinctCount backwards;
        for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
            DistinctCount other = *part;
            other.merge(backwards);
            backwards = other;
        }
        CHECK(forwards == whole);
        CHECK(backwards == whole);
        CHECK(forwards.bytes() == backwards.bytes());
        CHECK(DistinctCount::from_bytes(whole.bytes()) == whole);
    }
}

TEST_CASE("other bytes are no count", "[scheduler][distinct]") {
    CHECK_THROWS_AS(DistinctCount::from_bytes("1234567"), std::invalid_argument);
    CHECK_THROWS_AS(DistinctCount::from_bytes(std::string(40'000, 'x')), std::invalid_argument);
}

}  // namespace sop::runtime
