#include "lang/sha256.h"

#include <openssl/evp.h>

#include <stdexcept>

namespace sop::lang {

Digest sha256(std::string_view bytes) {
    // EVP_sha256() would be looked up anew each time.
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    Digest digest{};
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, algorithm, nullptr) != 1)
        throw std::runtime_error("OpenSSL cannot compute a SHA-256");
    return digest;
}

std::string hex_text(const Digest& digest, std::size_t bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes);
    for (std::size_t i = 0; i < bytes; ++i) {
        text += digits[digest[i] >> 4];
        text += digits[digest[i] & 0xf];
    }
    return text;
}

}  // namespace sop::lang
