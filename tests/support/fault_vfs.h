// A disk for SQLite that fails as it is told, and loses what was not synced.
//
// It is a SQLite VFS that keeps its files in memory, so that at every moment is known what was
// written and what of it was synced, and a test of a thousand crashes waits for no device. File
// locks and the shared memory of the write-ahead log work as between processes: several connections
// may be open. What a process has open when it is killed, or the power is cut, is dead from then
// on: its calls fail and change nothing, so that closing it does not tidy up.
//
// SQLite's memory is wrapped for the whole program, before it starts (sqlite3_config takes no
// allocator later); an allocation fails like any other call. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace sop::tests {

// What SQLite asks for, as far as it can fail.
enum class DiskCall {
    open,
    read,
    write,
    sync,
    truncate,
    size,
    lock,   // of the file and of its shared memory
    share,  // a region of shared memory
    remove,
    lookup,  // whether a file is there
    memory,  // not the disk's: an allocation
};
inline constexpr int disk_calls = 11;

// What of the writes that were not synced is on the disk after the power was cut.
struct PowerCut {
    enum class Kept {
        nothing,
        all_but_torn,  // of the last write of each file only the first of its sectors
        some,          // of each sector of each write, by `seed`
    };
    Kept kept = Kept::nothing;
    std::uint64_t seed = 0;
};

struct DiskFault {
    enum class Kind {
        error,  // the call's own: an I/O error, out of memory; half of a write is done
        full,   // SQLITE_FULL
        busy,   // SQLITE_BUSY
        kill,   // the process dies before the call
        kill_after,
        power_cut,  // before the call
        power_cut_after,
    };
    DiskCall call = DiskCall::write;
    std::int64_t number = 1;  // 1 for the next call of that kind
    Kind kind = Kind::error;
    PowerCut cut{};  // of the last two
};

class FaultDisk {
  public:
    FaultDisk();
    // Connections must have been closed.
    ~FaultDisk();
    FaultDisk(const FaultDisk&) = delete;
    FaultDisk& operator=(const FaultDisk&) = delete;

    // To open it by (SqliteOptions::vfs).
    const std::string& vfs() const;

    // Calls so far.
    std::int64_t calls(DiskCall call) const;
    // It strikes once. One at a time: another takes its place.
    void plan(const DiskFault& fault);
    void forget_fault();
    bool has_fault() const;  // that has not struck yet

    // While it is, no file grows.
    void set_full(bool full);

    // From here on nothing of what is open has an effect; `start` makes the disk usable again.
    void kill();
    void cut_power(const PowerCut& cut);
    void start();
    bool is_dead() const;

    class Files;

  private:
    std::unique_ptr<Files> files_;
};

}  // namespace sop::tests
