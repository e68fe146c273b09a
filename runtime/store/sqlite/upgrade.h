// Whether opening a store takes long, as all that is in it is to be written anew.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace sop::runtime {

// Numbers of migrations.
struct Upgrade {
    std::int64_t from = 0;
    std::int64_t to = 0;

    bool operator==(const Upgrade&) const = default;
};

// What opening the store at `path` for writing does first. Nothing where it does not, where there
// is none yet, and where it is refused. Throws StoreError when it cannot be looked at.
std::optional<Upgrade> find_upgrade(const std::string& path);

}  // namespace sop::runtime
