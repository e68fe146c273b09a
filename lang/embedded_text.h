// A file of the source tree that was built into the program (cmake/embed.cmake).
#pragma once

#include <string_view>

namespace sop::lang {

struct EmbeddedText {
    std::string_view name;  // of the file, without its folder and its ending
    std::string_view text;
};

}  // namespace sop::lang
