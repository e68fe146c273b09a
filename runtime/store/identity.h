// Whether a database file is the one an executor last held here, or a copy of it that must not
// send.
//
// Who the database is stands in it (StoredIdentity) and in a small file beside it, the sidecar
// `<store>.id`. An executor holds the store in a new epoch each time it starts, each time it stops
// and every few minutes of its work: the row is written first, then the sidecar, so that after a
// crash between the two the row is one epoch ahead, and an older database in the place of a newer
// one is always behind. Row and sidecar also say by what the file system knows the two files (inode
// and time of birth, which `mv`, VACUUM and a new mount keep and no copy has; a device's number may
// change with each boot, and is not looked at), and the row on which machine that was.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/store/store.h"

namespace sop::runtime {

struct Sidecar {
    std::string instance{};
    std::int64_t epoch = 0;  // 0 before the row was written
    FileIdentity file{};     // of the sidecar itself
};

// What there is around a database file.
struct Surroundings {
    FileIdentity store{};
    std::optional<std::string> machine{};  // a hash of /etc/machine-id
    bool has_sidecar = false;
    std::optional<Sidecar> sidecar{};  // nothing when it cannot be understood
    FileIdentity sidecar_file{};
};

enum class FenceCause {
    backup,
    older_store,
    sidecar_missing,
    sidecar_damaged,
    sidecar_of_another,
    sidecar_older,
    sidecar_copied,
    other_machine,
    copied_file,
};
std::string_view to_text(FenceCause cause);

// 32 hex digits that nobody can foresee. Throws StoreError when the system gives none.
std::string random_identifier();

// Why nothing may be sent from a store until somebody has decided.
struct Fence {
    FenceCause cause{};
    std::string why{};  // one sentence
};

// `was_served`: it ever had a plan.
std::optional<Fence> find_fence(const std::optional<StoredIdentity>& identity, bool was_served,
                                const Surroundings& around);

// Throws StoreError for what cannot be looked at.
Surroundings look_around(const std::filesystem::path& store);

// Of a store that is open.
std::optional<Fence> find_fence(Store& store, const std::filesystem::path& path);

// An executor's hold on its store. Throws StoreError.
class IdentityKeeper {
  public:
    IdentityKeeper(IdentityStore& store, std::filesystem::path path)
        : store_(store), path_(std::move(path)) {}

    // Begins a new epoch of a store without a fence; one that never had an identity gets it.
    void hold(Instant now);
    // The same, when the last time is some minutes ago.
    void renew(Instant now);
    // Makes a store with a fence a database of its own, without one.
    void take();

  private:
    void begin_epoch(const std::string& instance, std::int64_t epoch);

    IdentityStore& store_;
    std::filesystem::path path_;
    Instant held_at_{};
};

}  // namespace sop::runtime
