#include "lang/test_case.h"

#include <algorithm>

namespace sop::lang {

std::chrono::seconds length_of_at(date::local_seconds at) {
    const bool whole_minute = date::floor<std::chrono::minutes>(at) == at;
    return whole_minute ? std::chrono::minutes{1} : std::chrono::seconds{1};
}

date::local_seconds end_of(const TestCase& test) {
    date::local_seconds end = test.start;
    for (const auto& event : test.events) end = std::max(end, event.at + std::chrono::seconds{1});
    for (const auto& answer : test.answers)
        end = std::max(end, answer.at + std::chrono::seconds{1});
    for (const auto& expected : test.expectations) {
        if (expected.at) end = std::max(end, *expected.at + length_of_at(*expected.at));
        for (const auto& bound : {expected.from, expected.until}) {
            if (bound) end = std::max(end, *bound);
        }
    }
    return end;
}

}  // namespace sop::lang
