#include "tests/support/golden.h"

#include "tests/support/sources.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

namespace sop::tests {

bool updates_goldens() {
    return std::getenv("SOP_UPDATE_GOLDENS") != nullptr;
}

void compare_with_golden(const std::string& actual, const std::filesystem::path& golden) {
    if (updates_goldens()) {
        std::filesystem::create_directories(golden.parent_path());
        std::ofstream(golden, std::ios::binary) << actual;
        return;
    }
    INFO(golden);
    CHECK(actual == read_text_file(golden));
}

}  // namespace sop::tests
