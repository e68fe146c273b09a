#include "lang/calendar/zone.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/lang/calendar/sample_zones.h"
#include "tests/support/printers.h"

namespace sop::lang::calendar {

namespace {

using namespace std::chrono_literals;
using sop::tests::local;
using sop::tests::sample_zone;
using sop::tests::utc;
using Kind = LocalMeaning::Kind;

// A zone file under construction: sound as it stands, and each test spoils one thing.
struct ZoneFile {
    struct Type {
        std::int32_t offset;
        int is_daylight = 0;
        int name_at = 0;
    };
    struct Change {
        std::int64_t at;
        int type;
    };
    char version = '2';
    std::vector<Type> types{{0}};
    std::vector<Change> changes;
    std::string names = std::string("UTC\0", 4);
    std::string isstd;
    std::string isut;
    std::vector<std::int64_t> leaps;
    std::string footer = "\nUTC0\n";

    static std::string number(std::int64_t value, int size) {
        std::string bytes;
        for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) {
            bytes.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xFFU));
        }
        return bytes;
    }
    static std::string number(std::size_t value) {
        return number(static_cast<std::int64_t>(value), 4);
    }

    std::string header() const {
        return std::string("TZif") + version + std::string(15, '\0') + number(isut.size()) +
               number(isstd.size()) + number(leaps.size()) + number(changes.size()) +
               number(types.size()) + number(names.size());
    }
    std::string data() const {
        std::string bytes;
        for (const Change& change : changes) {
            bytes += number(change.at, 8);
        }
        for (const Change& change : changes) {
            bytes += static_cast<char>(change.type);
        }
        for (const Type& type : types) {
            bytes += number(type.offset, 4);
            bytes += static_cast<char>(type.is_daylight);
            bytes += static_cast<char>(type.name_at);
        }
        bytes += names;
        for (const std::int64_t leap : leaps) {
            bytes += number(leap, 8) + number(1, 4);
        }
        return bytes + isstd + isut;
    }
    std::string bytes() const {
        // The part for old readers holds one type and nothing else, as slim files have it.
        ZoneFile legacy;
        legacy.version = version;
        const std::string legacy_data = number(0, 4) + std::string(2, '\0') + legacy.names;
        return legacy.header() + legacy_data + header() + data() + footer;
    }
};

std::string message_for(const std::string& bytes) {
    try {
        Zone::parse("Test/Zone", bytes);
    } catch (const ZoneDataError& error) {
        return error.what();
    }
    return "";
}

std::shared_ptr<const Zone> zone_with_rule(const std::string& rule) {
    ZoneFile file;
    file.footer = '\n' + rule + '\n';
    return Zone::parse("Test/Rule", file.bytes());
}

std::string bytes_of_sample(const std::string& name) {
    std::ifstream file(SOP_SOURCE_DIR "/tests/testdata/zoneinfo/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("offsets from 1970 to 2199 agree with an independent reader", "[calendar][zone]") {
    std::ifstream facts(SOP_SOURCE_DIR "/tests/testdata/zone_offsets.txt");
    int rows = 0;
    for (std::string line; std::getline(facts, line);) {
        if (line.starts_with('#')) {
            continue;
        }
        std::istringstream words(line);
        std::string name;
        std::string instant;
        std::chrono::seconds::rep offset = 0;
        words >> name >> instant >> offset;
        REQUIRE(words);
        CAPTURE(line);
        CHECK(sample_zone(name)->offset_at(utc(instant)).count() == offset);
        ++rows;
    }
    CHECK(rows == 400);
}

TEST_CASE("a wall-clock time has one meaning, none or two", "[calendar][zone][dst]") {
    struct Row {
        const char* zone;
        const char* local;
        Kind kind;
        const char* first;
        const char* second;
        const char* transition;  // nullptr for unique
    };
    const Row rows[] = {
        {"Asia/Shanghai", "2026-11-12 20:00", Kind::unique, "2026-11-12 12:00", "2026-11-12 12:00",
         nullptr},
        {"America/New_York", "2026-03-08 01:59:59", Kind::unique, "2026-03-08 06:59:59",
         "2026-03-08 06:59:59", nullptr},
        {"America/New_York", "2026-03-08 02:00", Kind::gap, "2026-03-08 07:00", "2026-03-08 06:00",
         "2026-03-08 07:00"},
        {"America/New_York", "2026-03-08 02:30", Kind::gap, "2026-03-08 07:30", "2026-03-08 06:30",
         "2026-03-08 07:00"},
        {"America/New_York", "2026-03-08 03:00", Kind::unique, "2026-03-08 07:00",
         "2026-03-08 07:00", nullptr},
        {"America/New_York", "2026-11-01 00:59:59", Kind::unique, "2026-11-01 04:59:59",
         "2026-11-01 04:59:59", nullptr},
        {"America/New_York", "2026-11-01 01:00", Kind::overlap, "2026-11-01 05:00",
         "2026-11-01 06:00", "2026-11-01 06:00"},
        {"America/New_York", "2026-11-01 01:59:59", Kind::overlap, "2026-11-01 05:59:59",
         "2026-11-01 06:59:59", "2026-11-01 06:00"},
        {"America/New_York", "2026-11-01 02:00", Kind::unique, "2026-11-01 07:00",
         "2026-11-01 07:00", nullptr},
        // The same beyond the listed changes, and beyond the years the rule is written out for.
        {"America/New_York", "2100-03-14 02:30", Kind::gap, "2100-03-14 07:30", "2100-03-14 06:30",
         "2100-03-14 07:00"},
        {"America/New_York", "2900-03-14 02:30", Kind::gap, "2900-03-14 07:30", "2900-03-14 06:30",
         "2900-03-14 07:00"},
        {"Europe/London", "3000-10-26 01:30", Kind::overlap, "3000-10-26 00:30", "3000-10-26 01:30",
         "3000-10-26 01:00"},
        // "Daylight" time behind standard time.
        {"Europe/Dublin", "2026-03-29 01:30", Kind::gap, "2026-03-29 01:30", "2026-03-29 00:30",
         "2026-03-29 01:00"},
        {"Europe/Dublin", "2026-10-25 01:30", Kind::overlap, "2026-10-25 00:30", "2026-10-25 01:30",
         "2026-10-25 01:00"},
        // Midnight does not exist.
        {"Africa/Cairo", "2026-04-24 00:00", Kind::gap, "2026-04-23 22:00", "2026-04-23 21:00",
         "2026-04-23 22:00"},
        // Half an hour, two hours, a whole day.
        {"Australia/Lord_Howe", "2026-10-04 02:15", Kind::gap, "2026-10-03 15:45",
         "2026-10-03 15:15", "2026-10-03 15:30"},
        {"Antarctica/Troll", "2026-03-29 02:30", Kind::gap, "2026-03-29 02:30", "2026-03-29 00:30",
         "2026-03-29 01:00"},
        {"Pacific/Apia", "2011-12-30 12:00", Kind::gap, "2011-12-30 22:00", "2011-12-29 22:00",
         "2011-12-30 10:00"},
        // A change of rules that is no daylight saving.
        {"Asia/Pyongyang", "2015-08-14 23:45", Kind::overlap, "2015-08-14 14:45",
         "2015-08-14 15:15", "2015-08-14 15:00"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.zone << " " << row.local) {
            const LocalMeaning meaning = sample_zone(row.zone)->meaning_of(local(row.local));
            CHECK(meaning.kind == row.kind);
            CHECK(meaning.first == utc(row.first));
            CHECK(meaning.second == utc(row.second));
            if (row.transition != nullptr) {
                CHECK(meaning.transition == utc(row.transition));
            }
        }
    }
}

TEST_CASE("a skipped time moves later by the gap and a repeated one is its first",
          "[calendar][zone][dst]") {
    const auto new_york = sample_zone("America/New_York");
    CHECK(new_york->to_local(new_york->to_instant(local("2026-03-08 02:30"))) ==
          local("2026-03-08 03:30"));
    CHECK(new_york->to_instant(local("2026-11-01 01:30")) == utc("2026-11-01 05:30"));
}

TEST_CASE("every instant is found again from what the wall shows", "[calendar][zone][dst]") {
    for (const std::string& name : tests::sample_zones().names()) {
        const auto zone = sample_zone(name);
        CAPTURE(name);
        for (auto next = zone->next_transition(utc("1902-01-01 00:00"));
             next && *next < utc("2110-01-01 00:00"); next = zone->next_transition(*next)) {
            const date::sys_seconds change = *next;
            for (auto instant = change - 26h; instant <= change + 26h; instant += 25min) {
                const LocalMeaning meaning = zone->meaning_of(zone->to_local(instant));
                const bool found = meaning.kind != Kind::gap &&
                                   (meaning.first == instant || meaning.second == instant);
                if (!found) {
                    FAIL("lost " << date::format("%Y-%m-%dT%H:%M:%SZ", instant));
                }
            }
        }
    }
}

TEST_CASE("the next transition is one that moves the clock, up to the year 2500",
          "[calendar][zone]") {
    const auto new_york = sample_zone("America/New_York");
    CHECK(new_york->next_transition(utc("2026-01-01 00:00")) == utc("2026-03-08 07:00"));
    CHECK(new_york->next_transition(utc("2026-03-08 06:59:59")) == utc("2026-03-08 07:00"));
    CHECK(new_york->next_transition(utc("2026-03-08 07:00")) == utc("2026-11-01 06:00"));
    CHECK(new_york->next_transition(utc("2037-12-31 00:00")) == utc("2038-03-14 07:00"));
    CHECK(new_york->next_transition(utc("2499-12-01 00:00")) == std::nullopt);
    CHECK(sample_zone("Asia/Shanghai")->next_transition(utc("2026-01-01 00:00")) == std::nullopt);
    CHECK(sample_zone("Etc/UTC")->next_transition(utc("1900-01-01 00:00")) == std::nullopt);
    // Only the name of the time and its daylight flag changed; no wall clock moved.
    ZoneFile renamed;
    renamed.types = {{0, 0}, {0, 1}};
    renamed.changes = {{1000, 1}};
    CHECK(Zone::parse("Test/Renamed", renamed.bytes())->next_transition(utc("1900-01-01 00:00")) ==
          std::nullopt);
}

TEST_CASE("times before the first change have the offset of the first type", "[calendar][zone]") {
    ZoneFile file;
    file.types = {{-4 * 3600 - 120}, {-5 * 3600}};
    file.changes = {{1000, 1}};
    file.footer = "\nEST5\n";
    const auto zone = Zone::parse("Test/Zone", file.bytes());
    CHECK(zone->offset_at(date::sys_seconds{999s}) == -4h - 2min);
    CHECK(zone->offset_at(date::sys_seconds{1000s}) == -5h);
    CHECK(zone->to_instant(local("1800-01-01 00:00")) == utc("1800-01-01 04:02"));
}

TEST_CASE("a change before the Big Bang, as old files begin with, does not hide the rule",
          "[calendar][zone]") {
    // Counted in days the first two pass 32 bits, and all three the years a date can have.
    for (const std::int64_t first :
         {-(std::int64_t{1} << 59), (std::int64_t{3'300'000} - (std::int64_t{1} << 32)) * 86400,
          (std::int64_t{-20'000'000} * 86400)}) {
        CAPTURE(first);
        ZoneFile file;
        file.types = {{0}, {-18000}};
        file.changes = {{first, 1}};
        file.footer = "\nEST5EDT,M3.2.0,M11.1.0\n";
        const auto zone = Zone::parse("Test/Zone", file.bytes());
        CHECK(zone->offset_at(utc("1950-01-15 12:00")) == -5h);
        CHECK(zone->offset_at(utc("2026-07-15 12:00")) == -4h);
        CHECK(zone->offset_at(utc("2026-12-15 12:00")) == -5h);
        CHECK(zone->offset_at(utc("2999-07-15 12:00")) == -4h);
        CHECK(zone->next_transition(utc("2026-01-15 12:00")) == utc("2026-03-08 07:00"));
    }
}

TEST_CASE("without a rule the last change holds for ever", "[calendar][zone]") {
    ZoneFile file;
    file.types = {{0}, {3600}};
    file.changes = {{1000, 1}};
    file.footer = "\n\n";
    const auto zone = Zone::parse("Test/Zone", file.bytes());
    CHECK(zone->offset_at(utc("2400-07-01 00:00")) == 1h);
}

TEST_CASE("rules for later years are read in every form", "[calendar][zone][dst]") {
    struct Row {
        const char* rule;
        const char* instant;
        std::chrono::seconds offset;
    };
    const Row rows[] = {
        {"CST-8", "2050-07-01 00:00", 8h},
        {"<-03>3", "2050-07-01 00:00", -3h},
        {"<+0845>-8:45", "2050-07-01 00:00", 8h + 45min},
        {"LMT0:44:30", "2050-07-01 00:00", -(44min + 30s)},
        {"UTC+0", "2050-07-01 00:00", 0h},
        // The hour after 02:00 is the default of both the shift and the time of change.
        {"EST5EDT,M3.2.0,M11.1.0", "2050-03-13 06:59:59", -5h},
        {"EST5EDT,M3.2.0,M11.1.0", "2050-03-13 07:00", -4h},
        {"EST5EDT,M3.2.0,M11.1.0", "2050-11-06 05:59:59", -4h},
        {"EST5EDT,M3.2.0,M11.1.0", "2050-11-06 06:00", -5h},
        // Winter is what is written as daylight saving, an hour behind.
        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2050-01-01 00:00", 0h},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2050-07-01 00:00", 1h},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2050-12-31 23:59:59", 0h},
        // Behind the equator the period runs over the new year; times of 24:00 and beyond lie in
        // the days after.
        {"<-04>4<-03>,M9.1.6/24,M4.1.6/24", "2050-09-04 03:59:59", -4h},
        {"<-04>4<-03>,M9.1.6/24,M4.1.6/24", "2050-09-04 04:00", -3h},
        {"<-04>4<-03>,M9.1.6/24,M4.1.6/24", "2050-01-01 00:00", -3h},
        {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2050-03-25 23:59:59", 2h},
        {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2050-03-26 00:00", 3h},
        // A negative time lies in the day before.
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27 00:59:59", -2h},
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27 01:00", -1h},
        // Days by number: `J60` is always 1 March, `59` is 29 February in leap years.
        {"AAA0BBB,J60/0,J300/0", "2052-02-29 23:59:59", 0h},
        {"AAA0BBB,J60/0,J300/0", "2052-03-01 00:00", 1h},
        {"AAA0BBB,J60/0,J300/0", "2051-03-01 00:00", 1h},
        {"AAA0BBB,59/0,300/0", "2052-02-29 00:00", 1h},
        {"AAA0BBB,59/0,300/0", "2051-02-28 23:59:59", 0h},
        {"AAA0BBB,59/0,300/0", "2051-03-01 00:00", 1h},
        // Daylight saving all the year round, as RFC 8536 writes it, has no seam at the new year.
        {"XXX3EDT4,0/0,J365/23", "2050-12-31 23:59:59", -4h},
        {"XXX3EDT4,0/0,J365/23", "2051-01-01 04:00", -4h},
        // A period of no length never comes.
        {"AAA0BBB,J60/0,J60/1", "2050-03-01 00:00", 0h},
        {"AAA0BBB-2:30,M3.1.0,M10.1.0", "2050-07-01 00:00", 2h + 30min},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.rule << " at " << row.instant) {
            CHECK(zone_with_rule(row.rule)->offset_at(utc(row.instant)) == row.offset);
        }
    }
    CHECK(zone_with_rule("XXX3EDT4,0/0,J365/23")->next_transition(utc("1950-01-01 00:00")) ==
          std::nullopt);
}

TEST_CASE("a malformed rule is refused with the place and the reason", "[calendar][zone][error]") {
    struct Row {
        const char* rule;
        std::size_t at;
        const char* reason;
    };
    const Row rows[] = {
        {"E5", 1, "a zone abbreviation of three or more characters is missing"},
        {"<EST5", 5, "an abbreviation has no closing `>`"},
        {"<E!T>5", 2, "a zone abbreviation of three or more characters is missing"},
        {"EST", 3, "hours must be from 0 to 24"},
        {"EST25", 3, "hours must be from 0 to 24"},
        {"EST-", 4, "hours must be from 0 to 24"},
        {"EST99999999999999999999", 3, "hours must be from 0 to 24"},
        {"EST5:60", 5, "minutes must be from 0 to 59"},
        {"EST5:30:", 8, "seconds must be from 0 to 59"},
        {"EST5EDT", 7, "the date on which daylight saving begins is missing"},
        {"EST5EDT,M3.2.0", 14, "the date on which daylight saving ends is missing"},
        {"EST5EDT,M13.2.0,M11.1.0", 9, "a month must be from 1 to 12"},
        {"EST5EDT,M3.6.0,M11.1.0", 11, "a week of the month must be from 1 to 5"},
        {"EST5EDT,M3.2.7,M11.1.0", 13, "a weekday must be from 0 to 6"},
        {"EST5EDT,M3-2.0,M11.1.0", 10, "the week is missing"},
        {"EST5EDT,M3.2,M11.1.0", 12, "the weekday is missing"},
        {"EST5EDT,J0,J60", 9, "a day of the year must be from 1 to 365"},
        {"EST5EDT,366,60", 8, "a day of the year must be from 0 to 365"},
        {"EST5EDT,M3.2.0/168,M11.1.0", 15, "hours must be from 0 to 167"},
        {"EST5EDT,M3.2.0,M11.1.0,", 22, "there is text after the rule"},
    };
    const std::size_t rule_at = ZoneFile().bytes().size() - std::string("UTC0\n").size();
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.rule) {
            ZoneFile file;
            file.footer = std::string("\n") + row.rule + "\n";
            CHECK(message_for(file.bytes()) ==
                  "the data of time zone Test/Zone cannot be used: in the rule for later years, " +
                      std::string(row.reason) + " (byte " + std::to_string(rule_at + row.at) + ")");
        }
    }
}

TEST_CASE("a malformed zone file is refused with the place and the reason",
          "[calendar][zone][error]") {
    struct Row {
        const char* behaviour;
        std::string bytes;
        const char* message;
    };
    const auto spoilt = [](auto spoil) {
        ZoneFile file;
        file.types = {{0}, {3600}};
        file.changes = {{1000, 1}, {1000000, 0}};
        spoil(file);
        return file.bytes();
    };
    const std::string sound = spoilt([](ZoneFile&) {});
    REQUIRE(message_for(sound) == "");
    const auto with_byte = [&](std::size_t at, char byte) {
        std::string bytes = sound;
        bytes.at(at) = byte;
        return bytes;
    };
    // 44 bytes of header and 10 of data for old readers, 44 of header; then changes, types, names.
    const Row rows[] = {
        {"an empty file", "", "there is no TZif header (byte 0)"},
        {"a text", "# version 2026f\n", "there is no TZif header (byte 0)"},
        {"a header cut short", sound.substr(0, 43), "the file ends too early (byte 43)"},
        {"version 1 only", spoilt([](ZoneFile& file) { file.version = '\0'; }),
         "the file is of version 1, which ends in 2037; version 2 or later is needed (byte 4)"},
        {"old data larger than the file", with_byte(32, '\x7F'),
         "the file ends too early (byte 138)"},
        {"no second header", with_byte(54, 't'), "there is no TZif header (byte 54)"},
        {"data larger than the file", with_byte(86, '\x7F'), "the file ends too early (byte 138)"},
        {"no local time type",
         spoilt([](ZoneFile& file) { file.types.clear(), file.changes.clear(); }),
         "the file has no local time type (byte 54)"},
        {"no abbreviations", spoilt([](ZoneFile& file) { file.names.clear(); }),
         "the file has no local time type (byte 54)"},
        {"leap seconds", spoilt([](ZoneFile& file) { file.leaps = {78796800}; }),
         "the file counts leap seconds (a `right/` zone); a `posix` one is needed (byte 54)"},
        {"too few standard indicators",
         spoilt([](ZoneFile& file) { file.isstd = std::string(1, '\0'); }),
         "the indicator counts do not match the number of local time types (byte 54)"},
        {"too many universal time indicators",
         spoilt([](ZoneFile& file) { file.isut = std::string(3, '\0'); }),
         "the indicator counts do not match the number of local time types (byte 54)"},
        {"an offset of 26 hours", spoilt([](ZoneFile& file) { file.types[1].offset = 26 * 3600; }),
         "an offset from UTC is out of range (byte 122)"},
        {"the least offset of all",
         spoilt([](ZoneFile& file) { file.types[0].offset = INT32_MIN; }),
         "an offset from UTC is out of range (byte 116)"},
        {"a daylight flag of 2", spoilt([](ZoneFile& file) { file.types[0].is_daylight = 2; }),
         "a daylight saving flag is neither 0 nor 1 (byte 120)"},
        {"an abbreviation behind the names",
         spoilt([](ZoneFile& file) { file.types[1].name_at = 4; }),
         "an abbreviation is out of range (byte 127)"},
        {"an abbreviation without an end", spoilt([](ZoneFile& file) { file.names = "UTC"; }),
         "an abbreviation is out of range (byte 121)"},
        {"a change to no type", spoilt([](ZoneFile& file) { file.changes[1].type = 2; }),
         "a change leads to a local time type that does not exist (byte 115)"},
        {"changes out of order", spoilt([](ZoneFile& file) { file.changes[1].at = 999; }),
         "the changes are not in ascending order (byte 106)"},
        {"two changes at one instant", spoilt([](ZoneFile& file) { file.changes[1].at = 1000; }),
         "the changes are not in ascending order (byte 106)"},
        {"a change at the end of time",
         spoilt([](ZoneFile& file) { file.changes[1].at = INT64_MAX; }),
         "the instant of a change is out of range (byte 106)"},
        {"a change before all time", spoilt([](ZoneFile& file) { file.changes[0].at = INT64_MIN; }),
         "the instant of a change is out of range (byte 98)"},
        {"no footer", spoilt([](ZoneFile& file) { file.footer = ""; }),
         "the file ends too early (byte 132)"},
        {"a footer that does not begin", spoilt([](ZoneFile& file) { file.footer = "UTC0\n"; }),
         "the footer does not begin with a line end (byte 132)"},
        {"a footer that does not end", spoilt([](ZoneFile& file) { file.footer = "\nUTC0"; }),
         "the footer does not end with a line end (byte 137)"},
        {"bytes after the footer", spoilt([](ZoneFile& file) { file.footer = "\nUTC0\n\n"; }),
         "there are bytes after the footer (byte 138)"},
        {"a rule that contradicts the list",
         spoilt([](ZoneFile& file) { file.footer = "\nEST5\n"; }),
         "the rule for later years does not continue the listed changes (byte 132)"},
        {"changes closer than the clock moves", spoilt([](ZoneFile& file) {
             file.types[1].offset = -3600;
             file.changes = {{1000, 1}, {1010, 0}};
         }),
         "two changes are so close that a local time has more than two meanings (byte 98)"},
    };
    for (const Row& row : rows) {
        DYNAMIC_SECTION(row.behaviour) {
            CHECK(message_for(row.bytes) ==
                  "the data of time zone Test/Zone cannot be used: " + std::string(row.message));
        }
    }
}

TEST_CASE("a zone file cut anywhere is refused", "[calendar][zone][error]") {
    const std::string whole = bytes_of_sample("Europe/Dublin");
    REQUIRE(message_for(whole) == "");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        CHECK(message_for(whole.substr(0, size)) != "");
    }
}

TEST_CASE("a zone file with any byte changed is read or refused, nothing else",
          "[calendar][zone][error]") {
    const std::string whole = bytes_of_sample("Antarctica/Troll");
    int refused = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const char flip : {'\x01', '\x40', '\x80', '\xFF'}) {
            std::string changed = whole;
            changed[at] = static_cast<char>(changed[at] ^ flip);
            refused += message_for(changed).empty() ? 0 : 1;
        }
    }
    CHECK(refused > 300);
}

}  // namespace sop::lang::calendar
