// A hash that is the same in every build and on every machine, for choices that must not change.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace sop::runtime {

// Of the parts one after the other; where one ends does not count. FNV-1a, finished so that its low
// bits are as good as its high ones.
std::uint64_t stable_hash(std::initializer_list<std::string_view> parts);

}  // namespace sop::runtime
