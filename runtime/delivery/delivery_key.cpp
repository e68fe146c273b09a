#include "runtime/delivery/delivery_key.h"

#include <fmt/format.h>

#include "lang/sha256.h"

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

    return lang::hex_text(lang::sha256(text), 16);
}

}  // namespace sop::runtime
