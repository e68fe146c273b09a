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
    for (const std::string_view part : {identity.target_kind, identity.target}) {
        if (!identity.target.empty()) text += fmt::format(":{}:{}", part.size(), part);
    }

    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("OpenSSL could not compute a SHA-256 hash");
    }
    return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + 16, ""));
}

}  // namespace sop::runtime
