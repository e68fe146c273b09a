#include "runtime/cli/operator_name.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

namespace sop::runtime::cli {

std::string operator_name() {
    const char* caller = std::getenv("SUDO_USER");
    if (caller != nullptr && *caller != '\0') return caller;
    const passwd* user = getpwuid(getuid());
    return user != nullptr ? std::string(user->pw_name) : fmt::format("user {}", getuid());
}

}  // namespace sop::runtime::cli
