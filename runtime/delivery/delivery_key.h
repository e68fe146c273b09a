// The name of one delivery for ever, so that a platform can tell a second try from a second
// message.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sop::runtime {

struct DeliveryIdentity {
    std::string_view playbook;
    std::string_view rule;
    std::string_view firing_key;
    std::string_view subject;
    std::string_view step;  // its name
    std::size_t action = 0;
    // Whom it goes to where that is not the subject; else empty.
    std::string_view target_kind{};
    std::string_view target{};
};

// 32 lower-case hex digits. Depends on nothing else: not on the plan's version, the database or the
// time.
std::string delivery_key(const DeliveryIdentity& identity);

}  // namespace sop::runtime
