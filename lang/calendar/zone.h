// Time zones: what a local time means, and what a clock on the wall shows.
//
// Offsets and transitions come from compiled zone files (TZif version 2 and later, RFC 8536)
// including the POSIX rule in their footer, which gives every instant after the last listed
// transition. date/tz ignores that footer and so is wrong from 2038 on, or today on systems with
// "slim" files; only its civil calendar is used here.
#pragma once

#include <date/date.h>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sop::lang::calendar {

// What becomes of a wall-clock time that the clock skips.
enum class GapPolicy {
    shift,  // later by the length of the gap: 02:30 is shown as 03:30 (RFC 5545, java.time)
    next,   // the first instant after the gap: 03:00
    skip,   // nothing
    reject  // the compiler refuses it; under zone data that came later it is moved as by `shift`
};
// And of one that comes twice.
enum class OverlapPolicy {
    first,
    second,
    both,
    reject  // the compiler refuses it; under zone data that came later it is the first
};
struct LocalPolicy {
    GapPolicy gap = GapPolicy::shift;
    OverlapPolicy overlap = OverlapPolicy::first;

    bool operator==(const LocalPolicy&) const = default;
};

// What a wall-clock time means in one zone.
struct LocalMeaning {
    enum class Kind {
        unique,  // `first` == `second`: the instant
        gap,     // skipped by a forward change: `first` is the time read with the offset before the
                 // gap (so the wall shows it moved later by the gap's length), `second` with the
                 // offset after it (moved earlier)
        overlap,  // repeated by a backward change: `first` and `second` are the two instants, in
                  // order
    };
    Kind kind;
    date::sys_seconds first;
    date::sys_seconds second;
    date::sys_seconds transition;  // the instant of the change; only for gap and overlap
};

// One zone, immutable; safe to read from any thread.
class Zone {
  public:
    // Reads one TZif file. Throws ZoneDataError (what is wrong, at which byte) on anything
    // malformed.
    static std::shared_ptr<const Zone> parse(std::string name, std::string_view tzif);
    virtual ~Zone() = default;

    virtual const std::string& name() const = 0;
    // Seconds east of UTC in force at `instant`.
    virtual std::chrono::seconds offset_at(date::sys_seconds instant) const = 0;
    virtual LocalMeaning meaning_of(date::local_seconds local) const = 0;
    // The first change of offset after `instant` (exclusive), or nothing if there is none before
    // the year 2500.
    virtual std::optional<date::sys_seconds> next_transition(date::sys_seconds instant) const = 0;

    date::local_seconds to_local(date::sys_seconds instant) const {
        return date::local_seconds{instant.time_since_epoch() + offset_at(instant)};
    }
    // The one instant of a wall-clock time that must have one: a skipped time moves even where the
    // policy is to skip it, and of two readings the first is taken unless the policy is `second`.
    date::sys_seconds to_instant(date::local_seconds local, LocalPolicy policy = {}) const;
};

class ZoneDataError : public std::exception {
  public:
    explicit ZoneDataError(std::string what) : what_(std::move(what)) {}
    const char* what() const noexcept override { return what_.c_str(); }

  private:
    std::string what_;
};

// Where zone files come from; lang/ opens no files itself (runtime/zoneinfo/ reads a folder).
struct ZoneSource {
    // The bytes of the compiled file for a name such as "Asia/Shanghai"; nothing when there is no
    // such zone.
    std::function<std::optional<std::string>(std::string_view name)> read;
    // The text of tzdata.zi: the release in its first line ("# version 2026f") and the list of
    // names and links.
    std::string tzdata_zi;
    // What messages call the place, such as the folder.
    std::string origin = "the zone data";
};

// The zones of one release. Zones load at first use and stay; `find` may be called from several
// threads.
class ZoneDatabase {
  public:
    explicit ZoneDatabase(ZoneSource source);
    ~ZoneDatabase();
    ZoneDatabase(const ZoneDatabase&) = delete;
    ZoneDatabase& operator=(const ZoneDatabase&) = delete;

    // nullptr for a name the release does not list ("localtime", "posix/…" and "right/…" are never
    // listed). Throws ZoneDataError when the zone is listed but its file is missing or malformed;
    // other zones stay usable.
    std::shared_ptr<const Zone> find(std::string_view name) const;
    // The bytes `find` read the zone from, for those who must know later what they counted with;
    // empty for a name the release does not list. Throws as `find` does.
    std::string data_of(std::string_view name) const;
    // Every name and link, sorted.
    const std::vector<std::string>& names() const;
    // The name a link stands for ("Asia/Calcutta" -> "Asia/Kolkata"); a name that is no link stands
    // for itself.
    std::string canonical(std::string_view name) const;
    // "2026f", or "unknown".
    const std::string& release() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace sop::lang::calendar
