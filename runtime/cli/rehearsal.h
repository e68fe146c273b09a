// What came of a rehearsal, as values that its text, its JSON and its page are made of.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_set>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/diagnostic.h"
#include "lang/plan.h"
#include "runtime/cli/commands.h"
#include "runtime/store/store.h"

namespace sop::runtime::cli {

struct RuleSummary {
    std::string title{};
    std::int64_t firings = 0;
    std::int64_t messages = 0;
    std::map<std::string, std::int64_t> outcomes{};  // "sent", "skipped: late", …
};

// What one step of one rule did at one instant, for however many subjects.
struct TimelineEntry {
    std::string rule{};
    std::string step{};
    std::int64_t count = 0;
    SubjectKind kind = SubjectKind::group;
    std::unordered_set<std::size_t> subjects{};  // by the hashes of their ids
    std::string outcome{};
    std::string command{};  // a verb (command.h); empty for messages
    std::string text{};     // of the first subject
    // Sums of hashes, which the order does not change: of who got it, and of who got which text.
    std::uint64_t subjects_digest = 0;
    std::uint64_t texts_digest = 0;
};
using TimelineKey =
    std::tuple<date::local_seconds, std::string, std::size_t, std::string, std::string>;

// "900 groups"; "10 to 2 groups" where some had several.
std::string subjects_text(const TimelineEntry& entry);
// "create group: Flash 1" of a command, else its text.
std::string what_text(const TimelineEntry& entry);

// Event rules plan at as many instants as there are events; they are summed up a day.
struct TimelineLine {
    date::local_seconds at{};
    TimelineEntry entry{};
    std::size_t instants = 1;
};
// "20:00", "20:00:30", "from 20:00".
std::string time_text(const TimelineLine& line, const std::string& from = "from ");

// ---- load

using Minute = date::sys_time<std::chrono::minutes>;

// Messages that were to go out in one minute, quiet hours and spread included.
struct Promise {
    std::int64_t count = 0;
    std::int64_t given_up = 0;  // the budget had no room for them in time
    std::int64_t waiting = 0;   // at the end of the rehearsal
    std::optional<Instant> last_out{};

    // Minutes until the last of them had gone out.
    std::int64_t minutes_late(Minute promised) const;
};

struct ChannelLoad {
    std::optional<lang::ChannelLimit> budget{};
    std::int64_t went_out = 0;
    std::int64_t given_up = 0;
    std::map<Minute, Promise> promises{};
    std::map<Minute, std::int64_t> minutes{};  // that went out in each

    // The minute with the most that went out; nothing when nothing did.
    std::optional<std::pair<Minute, std::int64_t>> busiest() const;
    // Those that were kept worst: with the most that never went out, then the latest, then the
    // greatest.
    std::vector<std::pair<Minute, Promise>> worst_promises(std::size_t limit) const;
    // All went out in the minute they were promised for.
    bool keeps_all() const;
    // The minutes around the worst promise in which there was something to do without a pause, and
    // some after them.
    std::pair<Minute, Minute> worst_span() const;  // the second is included
    // How many a minute its budget lets out at most; nothing without a budget.
    std::optional<std::int64_t> most_a_minute() const;
};
// "20 per minute"; empty without a budget.
std::string budget_text(const std::optional<lang::ChannelLimit>& budget);

// ---- all of it

// What a file of events held. One stream serves many playbooks: a type that these do not declare is
// left out, and told.
struct EventFile {
    std::int64_t taken = 0;
    std::int64_t repeated = 0;                     // with an id that one before it has
    std::map<std::string, std::int64_t> left_out;  // by type
    std::map<std::string, std::string> types;      // of those taken, by id
};

struct SubjectSummary {
    std::string name{};
    std::int64_t count = 0;
    std::map<std::string, std::int64_t> outcomes{};
    std::map<date::local_days, std::int64_t> days{};
};

// Narrows what is reported; the executor does everything all the same, as one budget is for all.
struct RehearsalFilter {
    std::optional<std::string> group{};
    std::optional<std::string> member{};
    std::optional<std::string> rule{};  // "members.flash_sale"

    bool operator==(const RehearsalFilter&) const = default;
};

struct Rehearsal {
    Instant from{};
    Instant to{};
    std::shared_ptr<const lang::calendar::Zone> zone{};  // of the first rule
    std::string zone_data{};
    DirectoryCounts directory{};
    RehearsalFilter filter{};
    bool counts_subjects = false;  // `subjects` is asked for, which takes memory for each
    std::map<std::string, RuleSummary> rules{};
    std::map<TimelineKey, TimelineEntry> timeline{};
    std::map<std::string, ChannelLoad> channels{};  // of everybody, whatever the filter
    std::map<std::pair<SubjectKind, std::string>, SubjectSummary> subjects{};
    std::map<date::local_days, std::array<std::int64_t, 24>> hours{};  // that went out
    std::int64_t messages = 0;
    std::optional<EventFile> events{};
    std::map<std::string, std::int64_t> idle_events{};  // by type: no rule began with them
    std::vector<std::string> troubles{};
};

// What the observer of a rehearsal counted.
struct RehearsalCounts {
    std::map<std::string, std::int64_t> firings{};  // by rule
    std::set<std::string> events{};                 // ids of those a rule began with
    std::vector<std::string> troubles{};
};

// Fills in what the store and the counts tell. `rehearsal` has its span, its zone and its filter.
void read_rehearsal(const lang::Plan& plan, const RehearsalCounts& counts,
                    const lang::calendar::ZoneDatabase& zones, Store& store, Rehearsal& rehearsal);

std::map<date::local_days, std::vector<TimelineLine>> days_of(const Rehearsal& rehearsal);

// For a terminal; `draws` with block characters, else with ASCII alone.
std::string rehearsal_text(const Rehearsal& rehearsal, RehearsalOrder order, bool shows_load,
                           bool draws);

// One page for a browser, that needs nothing else.
std::string rehearsal_page(const Rehearsal& rehearsal, lang::Language language);
// The load of each channel alone.
std::string rehearsal_svg(const Rehearsal& rehearsal, lang::Language language);

// ---- as JSON, and two of them

std::string rehearsal_schema();

// What differs between an earlier rehearsal and this one.
struct RehearsalChange {
    enum class Kind { added, removed, moved, outcome, changed };
    struct Side {
        std::string local_time{};  // "2026-11-19T20:00:00"
        std::string rule{};
        std::string step{};
        std::string command{};
        std::string outcome{};
        std::string text{};
        std::string to{};  // "900 groups"
        std::int64_t count = 0;
        std::string subjects_digest{};
        std::string texts_digest{};
    };
    Kind kind = Kind::changed;
    std::optional<Side> before{};
    std::optional<Side> after{};
    std::vector<std::string> differs{};  // "count", "audience", "text"
};
std::string_view to_text(RehearsalChange::Kind kind);

struct RehearsalComparison {
    std::string with{};  // the file
    std::int64_t same = 0;
    std::vector<RehearsalChange> changes{};  // in the order of time
};

// `earlier` is what `--format json` printed. Throws CommandError for a text that is no such thing,
// and for one of another span or filter.
RehearsalComparison compare_rehearsals(const std::string& file, const std::string& earlier,
                                       const Rehearsal& rehearsal);
std::string comparison_text(const RehearsalComparison& comparison);

std::string rehearsal_json(const Rehearsal& rehearsal, const RehearsalComparison* comparison);

}  // namespace sop::runtime::cli
