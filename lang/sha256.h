// The door to OpenSSL's hash.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace sop::lang {

using Digest = std::array<unsigned char, 32>;

// Throws std::runtime_error when the library refuses, as one that is restricted to other hashes may.
Digest sha256(std::string_view bytes);

// Lower-case, two digits for each of the first `bytes` bytes.
std::string hex_text(const Digest& digest, std::size_t bytes = std::tuple_size_v<Digest>);

}  // namespace sop::lang
