#include "runtime/store/random_bytes.h"

#include "runtime/store/store.h"

#include <fmt/format.h>

#include <sys/random.h>
#include <cerrno>
#include <cstring>

namespace sop::runtime {

std::array<unsigned char, 16> random_bytes() {
    std::array<unsigned char, 16> bytes{};
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        throw StoreError(fmt::format("the system gives no random bytes: {}", std::strerror(errno)));
    return bytes;
}

}  // namespace sop::runtime
