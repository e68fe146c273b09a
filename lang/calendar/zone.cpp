// Reads a zone file into one flat list of changes, and answers every question by binary search in
// it.
//
// The rule of the footer is written out into the same list up to a far year, after which the civil
// calendar repeats every 400 years exactly; so there is one way of looking up, for 1970 and for
// 2970, and no date arithmetic on the hot path.
#include "lang/calendar/zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "lang/calendar/posix_rule.h"

namespace sop::lang::calendar {

namespace {

using std::chrono::hours;
using std::chrono::seconds;

// --- The zone as a list of changes ---

constexpr date::year transition_year_end{2500};
constexpr date::year rule_year_first{1900};  // for a file that lists no change and has only a rule
constexpr date::year listed_year_max{9999};
constexpr date::days calendar_cycle{146097};  // 400 years
constexpr date::years calendar_cycle_years{400};

using Offset32 = std::chrono::duration<std::int32_t>;

struct Change {
    date::sys_seconds instant;
    Offset32 before;
    Offset32 after;

    // The wall-clock times whose meaning the change touches: [lower, upper) is skipped or repeated.
    date::local_seconds local_lower() const { return local(std::min(before, after)); }
    date::local_seconds local_upper() const { return local(std::max(before, after)); }

  private:
    date::local_seconds local(Offset32 offset) const {
        return date::local_seconds{instant.time_since_epoch() + offset};
    }
};

struct ZoneTable {
    Offset32 offset_first{0};     // before the first change
    std::vector<Change> changes;  // ascending; each one really moves the clock
    // From here on (UTC and wall clock alike) the table answers for the same moment 400 years
    // earlier.
    std::optional<date::sys_days> repeats_from;
};

template <typename TimePoint>
seconds cycles_beyond(const ZoneTable& table, TimePoint time) {
    if (!table.repeats_from || time.time_since_epoch() < table.repeats_from->time_since_epoch()) {
        return seconds{0};
    }
    const seconds beyond = time.time_since_epoch() - table.repeats_from->time_since_epoch();
    return (beyond / seconds{calendar_cycle} + 1) * seconds{calendar_cycle};
}

class TabulatedZone final : public Zone {
  public:
    TabulatedZone(std::string name, ZoneTable table)
        : name_(std::move(name)), table_(std::move(table)) {}

    const std::string& name() const override { return name_; }

    seconds offset_at(date::sys_seconds instant) const override {
        const auto next = first_change_after(instant - cycles_beyond(table_, instant));
        return next == table_.changes.begin() ? table_.offset_first : std::prev(next)->after;
    }

    LocalMeaning meaning_of(date::local_seconds local) const override {
        const seconds cycles = cycles_beyond(table_, local);
        const date::local_seconds wanted = local - cycles;
        const auto next = std::partition_point(
            table_.changes.begin(), table_.changes.end(),
            [&](const Change& change) { return change.local_lower() <= wanted; });
        const auto read_with = [&](Offset32 offset) {
            return date::sys_seconds{local.time_since_epoch() - offset};
        };
        if (next == table_.changes.begin()) {
            const date::sys_seconds instant = read_with(table_.offset_first);
            return {LocalMeaning::Kind::unique, instant, instant, {}};
        }
        const Change& change = *std::prev(next);
        if (wanted >= change.local_upper()) {
            const date::sys_seconds instant = read_with(change.after);
            return {LocalMeaning::Kind::unique, instant, instant, {}};
        }
        // The offset before the change gives both answers: past the gap by its length, and the
        // first of two readings.
        const auto kind =
            change.before < change.after ? LocalMeaning::Kind::gap : LocalMeaning::Kind::overlap;
        return {kind, read_with(change.before), read_with(change.after), change.instant + cycles};
    }

    std::optional<date::sys_seconds> next_transition(date::sys_seconds instant) const override {
        const auto next = first_change_after(instant);
        if (next == table_.changes.end() ||
            next->instant >= date::sys_days{transition_year_end / date::January / 1}) {
            return std::nullopt;
        }
        return next->instant;
    }

  private:
    std::vector<Change>::const_iterator first_change_after(date::sys_seconds instant) const {
        return std::partition_point(
            table_.changes.begin(), table_.changes.end(),
            [&](const Change& change) { return change.instant <= instant; });
    }

    std::string name_;
    ZoneTable table_;
};

// --- The bytes of a file ---

struct Malformed {
    std::size_t at;
    std::string what;
};

[[noreturn]] void fail(std::size_t at, std::string what) {
    throw Malformed{at, std::move(what)};
}

// Big-endian numbers at byte positions; reading past the end is a finding about the file.
class Bytes {
  public:
    explicit Bytes(std::string_view text) : text_(text) {}

    std::size_t size() const { return text_.size(); }
    std::string_view range(std::size_t at, std::size_t length) const {
        require(at, length);
        return text_.substr(at, length);
    }
    std::uint8_t byte(std::size_t at) const { return static_cast<std::uint8_t>(range(at, 1)[0]); }
    std::uint32_t unsigned_32(std::size_t at) const {
        return static_cast<std::uint32_t>(number(at, 4));
    }
    std::int32_t signed_32(std::size_t at) const {
        return static_cast<std::int32_t>(unsigned_32(at));
    }
    std::int64_t signed_64(std::size_t at) const {
        return static_cast<std::int64_t>(number(at, 8));
    }
    void require(std::size_t at, std::uint64_t length) const {
        if (at > text_.size() || length > text_.size() - at) {
            fail(text_.size(), "the file ends too early");
        }
    }

  private:
    std::uint64_t number(std::size_t at, std::size_t length) const {
        std::uint64_t result = 0;
        for (const char character : range(at, length)) {
            result = result << 8U | static_cast<std::uint8_t>(character);
        }
        return result;
    }
    std::string_view text_;
};

struct Header {
    static constexpr std::size_t size = 44;

    std::size_t at = 0;
    char version = '\0';
    std::uint32_t isut_count = 0;
    std::uint32_t isstd_count = 0;
    std::uint32_t leap_count = 0;
    std::uint32_t time_count = 0;
    std::uint32_t type_count = 0;
    std::uint32_t char_count = 0;

    // No product of two 32-bit numbers and no sum of six such products overflows 64 bits with
    // factors this small.
    std::uint64_t data_size(std::uint64_t time_size) const {
        return time_count * (time_size + 1) + type_count * std::uint64_t{6} + char_count +
               leap_count * (time_size + 4) + std::uint64_t{isstd_count} + isut_count;
    }
};

Header read_header(const Bytes& bytes, std::size_t at) {
    constexpr std::string_view magic = "TZif";
    if (bytes.range(at, std::min(magic.size(), bytes.size() - at)) != magic) {
        fail(at, "there is no TZif header");
    }
    bytes.require(at, Header::size);
    constexpr std::size_t counts_at = 20;
    return {.at = at,
            .version = static_cast<char>(bytes.byte(at + magic.size())),
            .isut_count = bytes.unsigned_32(at + counts_at),
            .isstd_count = bytes.unsigned_32(at + counts_at + 4),
            .leap_count = bytes.unsigned_32(at + counts_at + 8),
            .time_count = bytes.unsigned_32(at + counts_at + 12),
            .type_count = bytes.unsigned_32(at + counts_at + 16),
            .char_count = bytes.unsigned_32(at + counts_at + 20)};
}

void check_counts(const Header& header) {
    if (header.type_count == 0 || header.char_count == 0) {
        fail(header.at, "the file has no local time type");
    }
    if (header.leap_count != 0) {
        // Its instants count leap seconds, so every one since 1972 would be off by up to half a
        // minute.
        fail(header.at, "the file counts leap seconds (a `right/` zone); a `posix` one is needed");
    }
    const auto is_all_or_none = [&](std::uint32_t count) {
        return count == 0 || count == header.type_count;
    };
    if (!is_all_or_none(header.isstd_count) || !is_all_or_none(header.isut_count)) {
        fail(header.at, "the indicator counts do not match the number of local time types");
    }
}

std::vector<Offset32> read_type_offsets(const Bytes& bytes, const Header& header, std::size_t at) {
    constexpr std::size_t record_size = 6;
    constexpr Offset32 offset_min = hours{-25};  // both exclusive, RFC 8536 section 3.2
    constexpr Offset32 offset_max = hours{26};
    const std::size_t names_at = at + header.type_count * record_size;
    const std::string_view names = bytes.range(names_at, header.char_count);

    std::vector<Offset32> offsets;
    offsets.reserve(header.type_count);
    for (std::size_t record = at; record < names_at; record += record_size) {
        const Offset32 offset{bytes.signed_32(record)};
        if (offset <= offset_min || offset >= offset_max) {
            fail(record, "an offset from UTC is out of range");
        }
        if (bytes.byte(record + 4) > 1) {
            fail(record + 4, "a daylight saving flag is neither 0 nor 1");
        }
        const std::size_t name = bytes.byte(record + 5);
        if (name >= names.size() || names.find('\0', name) == std::string_view::npos) {
            fail(record + 5, "an abbreviation is out of range");
        }
        offsets.push_back(offset);
    }
    return offsets;
}

struct ListedChange {
    date::sys_seconds instant;
    Offset32 offset;
};

std::vector<ListedChange> read_listed_changes(const Bytes& bytes, const Header& header,
                                              std::size_t at,
                                              const std::vector<Offset32>& type_offsets) {
    constexpr std::size_t time_size = 8;
    const date::sys_seconds instant_min{
        seconds{-(std::int64_t{1} << 59U)}};  // "before the Big Bang", RFC 8536
    const date::sys_seconds instant_max = date::sys_days{listed_year_max / date::December / 31};
    const std::size_t types_at = at + header.time_count * time_size;

    std::vector<ListedChange> listed;
    listed.reserve(header.time_count);
    for (std::size_t index = 0; index < header.time_count; ++index) {
        const std::size_t time_at = at + index * time_size;
        const date::sys_seconds instant{seconds{bytes.signed_64(time_at)}};
        if (instant < instant_min || instant > instant_max) {
            fail(time_at, "the instant of a change is out of range");
        }
        if (!listed.empty() && instant <= listed.back().instant) {
            fail(time_at, "the changes are not in ascending order");
        }
        const std::size_t type = bytes.byte(types_at + index);
        if (type >= type_offsets.size()) {
            fail(types_at + index, "a change leads to a local time type that does not exist");
        }
        listed.push_back({instant, type_offsets[type]});
    }
    return listed;
}

// The footer is "\nRULE\n"; an empty rule means that nothing is known after the last listed change.
std::optional<PosixRule> read_footer(const Bytes& bytes, std::size_t at) {
    if (bytes.byte(at) != '\n') {
        fail(at, "the footer does not begin with a line end");
    }
    const std::string_view rest = bytes.range(at + 1, bytes.size() - at - 1);
    const std::size_t rule_size = rest.find('\n');
    if (rule_size == std::string_view::npos) {
        fail(bytes.size(), "the footer does not end with a line end");
    }
    if (rule_size + 1 != rest.size()) {
        fail(at + 1 + rule_size + 1, "there are bytes after the footer");
    }
    if (rule_size == 0) {
        return std::nullopt;
    }
    try {
        return parse_posix_rule(rest.substr(0, rule_size));
    } catch (const PosixRuleError& error) {
        fail(at + 1 + error.at, "in the rule for later years, " + error.what);
    }
}

// --- From file to list ---

void add_change(ZoneTable& table, date::sys_seconds instant, Offset32 after) {
    const Offset32 before = table.changes.empty() ? table.offset_first : table.changes.back().after;
    // Many entries only rename the time or turn its daylight flag, which no clock on a wall shows.
    if (before != after) {
        table.changes.push_back({instant, before, after});
    }
}

// Writes the rule out behind the listed changes. `last` is the last listed one, if any.
void add_rule(ZoneTable& table, const PosixRule& rule, const std::optional<ListedChange>& last,
              std::size_t footer_at) {
    // A first change may be "before the Big Bang", where no calendar reaches.
    const auto year_of = [](date::sys_seconds instant) {
        const date::sys_seconds instant_min = date::sys_days{date::year{1} / date::January / 1};
        return date::year_month_day{date::floor<date::days>(std::max(instant, instant_min))}.year();
    };
    const date::year year_first = last ? year_of(last->instant) - date::years{2} : rule_year_first;
    const date::year year_last =
        std::max(transition_year_end, year_first + calendar_cycle_years + date::years{4});
    const auto standard = std::chrono::duration_cast<Offset32>(rule.standard);

    Offset32 offset_at_last = standard;
    for (const DaylightPeriod& period : daylight_periods(rule, year_first, year_last)) {
        const auto daylight = std::chrono::duration_cast<Offset32>(rule.daylight->offset);
        if (last && period.begin <= last->instant) {
            offset_at_last = period.end <= last->instant ? standard : daylight;
        } else {
            add_change(table, period.begin, daylight);
        }
        if (!last || period.end > last->instant) {
            add_change(table, period.end, standard);
        }
    }
    // A damaged rule would move every post of years to come; that it fits the list is the one check
    // a file allows.
    if (last && offset_at_last != last->offset) {
        fail(footer_at, "the rule for later years does not continue the listed changes");
    }
    if (rule.daylight) {
        table.repeats_from = date::sys_days{(year_last - date::years{1}) / date::January / 1};
    }
}

void check_changes_apart(const ZoneTable& table, std::size_t at) {
    const auto meets_next = [](const Change& change, const Change& next) {
        return next.local_lower() < change.local_upper();
    };
    if (std::adjacent_find(table.changes.begin(), table.changes.end(), meets_next) !=
        table.changes.end()) {
        fail(at, "two changes are so close that a local time has more than two meanings");
    }
}

ZoneTable read_zone(std::string_view tzif) {
    const Bytes bytes(tzif);
    const Header legacy = read_header(bytes, 0);
    if (legacy.version < '2') {
        fail(4, "the file is of version 1, which ends in 2037; version 2 or later is needed");
    }
    const std::uint64_t legacy_size = legacy.data_size(4);
    bytes.require(Header::size, legacy_size);

    const Header header = read_header(bytes, Header::size + legacy_size);
    check_counts(header);
    const std::size_t times_at = header.at + Header::size;
    bytes.require(times_at, header.data_size(8));
    const std::size_t types_at = times_at + header.time_count * std::size_t{9};
    const std::size_t footer_at = times_at + header.data_size(8);

    const std::vector<Offset32> type_offsets = read_type_offsets(bytes, header, types_at);
    const std::vector<ListedChange> listed =
        read_listed_changes(bytes, header, times_at, type_offsets);
    const std::optional<PosixRule> rule = read_footer(bytes, footer_at);

    ZoneTable table;
    // With no change listed the rule holds for all times; otherwise the first type is that of the
    // times before.
    table.offset_first = listed.empty() && rule
                             ? std::chrono::duration_cast<Offset32>(rule->standard)
                             : type_offsets[0];
    for (const ListedChange& change : listed) {
        add_change(table, change.instant, change.offset);
    }
    if (rule) {
        add_rule(table, *rule, listed.empty() ? std::nullopt : std::optional(listed.back()),
                 footer_at);
    }
    check_changes_apart(table, times_at);
    return table;
}

}  // namespace

date::sys_seconds Zone::to_instant(date::local_seconds local, LocalPolicy policy) const {
    const LocalMeaning meaning = meaning_of(local);
    switch (meaning.kind) {
        case LocalMeaning::Kind::gap:
            return policy.gap == GapPolicy::next ? meaning.transition : meaning.first;
        case LocalMeaning::Kind::overlap:
            return policy.overlap == OverlapPolicy::second ? meaning.second : meaning.first;
        case LocalMeaning::Kind::unique:
            break;
    }
    return meaning.first;
}

std::shared_ptr<const Zone> Zone::parse(std::string name, std::string_view tzif) {
    try {
        ZoneTable table = read_zone(tzif);
        return std::make_shared<TabulatedZone>(std::move(name), std::move(table));
    } catch (const Malformed& malformed) {
        throw ZoneDataError(fmt::format("the data of time zone {} cannot be used: {} (byte {})",
                                        name, malformed.what, malformed.at));
    }
}

}  // namespace sop::lang::calendar
