#include "runtime/delivery/delivery_key.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace sop::runtime {

std::string delivery_key(const DeliveryIdentity& identity) {
    // Each part carries its length, as no separator is safe: names and ids may hold any character.
    std::string text;
    for (const std::string_view part :
         {identity.playbook, identity.rule, identity.firing_key, identity.subject, identity.step}) {
        text += fmt::format("{}:", part.size());
        text += part;
    }
    text += fmt::format("{}", identity.action);

    // EVP_sha256() would be looked up anew each time.
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, algorithm, nullptr) != 1) {
        throw std::runtime_error("OpenSSL could not compute a SHA-256 hash");
    }
    constexpr std::string_view digits = "0123456789abcdef";
    std::string key;
    for (std::size_t i = 0; i < 16; ++i) {
        key += digits[digest[i] >> 4];
        key += digits[digest[i] & 0xf];
    }
    return key;
}

}  // namespace sop::runtime
