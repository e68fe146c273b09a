// Bytes that nobody can foretell, for identifiers.
#pragma once

#include <array>

namespace sop::runtime {

// From the system's generator. Throws StoreError when it gives none. Any thread.
std::array<unsigned char, 16> random_bytes();

}  // namespace sop::runtime
