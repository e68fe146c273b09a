#include "lang/sha256.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <stdexcept>

namespace sop::lang {

Digest sha256(std::string_view bytes) {
    Digest digest{};
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("OpenSSL cannot compute a SHA-256");
    return digest;
}

std::string hex_text(const Digest& digest, std::size_t bytes) {
    return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + bytes, ""));
}

}  // namespace sop::lang
