// "Did you mean …?": the declared name closest to one that is not.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sop::lang {

// Edits (insert, delete, replace, swap of neighbours) between two texts, counted in code points;
// case ignored for ASCII.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate within max(1, length / 3) edits and nearest, the first in order among equals;
// nothing when none is close.
std::optional<std::string> closest(std::string_view word,
                                   const std::vector<std::string>& candidates);

}  // namespace sop::lang
