// What a `test` block says, resolved: the world it begins with, what happens in it, what is
// expected of it. Handed out beside the plan, and no part of it: tests never change its hash.
#pragma once

#include <date/date.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lang/plan.h"

namespace sop::lang {

// Times are local, by the clock of `timezone`.
struct TestCase {
    struct Group {
        std::string id;  // also its name
        std::vector<std::string> tags{};

        bool operator==(const Group&) const = default;
    };
    struct Member {
        std::string id;
        std::vector<std::string> tags{};
        std::vector<std::string> groups{};

        bool operator==(const Member&) const = default;
    };
    struct Pool {
        std::string name;
        std::vector<std::string> codes{};

        bool operator==(const Pool&) const = default;
    };
    // Its group and member may be declared nowhere: they then come into being with it.
    struct Event {
        std::string id;    // as given, else "event-0001" by its place in the test
        std::string type;  // a declared event, or one of the language's: message, join, leave
        std::optional<std::string> group{};
        std::optional<std::string> member{};
        date::local_seconds at{};
        std::map<std::string, std::string> fields{};  // those given, as canonical texts
        std::size_t line = 1;

        bool operator==(const Event&) const = default;
    };
    struct Expectation {
        SubjectKind subject_kind = SubjectKind::group;
        std::string subject;
        std::optional<std::int64_t> count{};  // 0 for `nothing`; at least one when not said
        std::optional<date::local_seconds> at{};
        std::optional<date::local_seconds> from{};   // inclusive
        std::optional<date::local_seconds> until{};  // exclusive
        std::string containing{};                    // a part of the text; empty for any
        std::size_t line = 1;

        bool operator==(const Expectation&) const = default;
    };

    std::string title;
    std::string file;  // the name of its Source
    std::size_t line = 1;
    std::string timezone;
    date::local_seconds start{};
    std::vector<Group> groups{};
    std::vector<Member> members{};
    std::vector<Pool> pools{};
    std::vector<Event> events{};              // in the order of time, equals as written
    std::vector<Expectation> expectations{};  // as written

    bool operator==(const TestCase&) const = default;
};

// How long `at` is: a time with whole minutes is that minute, one with seconds that second.
std::chrono::seconds length_of_at(date::local_seconds at);

// The end of its world, exclusive: that of the latest time it names. Of an event that is the
// second in which it comes, of `at` the minute or second, of `until` the time itself.
date::local_seconds end_of(const TestCase& test);

}  // namespace sop::lang
