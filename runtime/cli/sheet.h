// Figures in rows and columns, for people, for spreadsheets and for programs.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "runtime/cli/commands.h"

namespace sop::runtime::cli {

struct Sheet {
    enum class Kind { text, number };
    struct Column {
        std::string name;
        Kind kind = Kind::text;
    };
    std::vector<Column> columns;
    std::vector<std::vector<std::string>> rows;  // an empty text is no value
};

// A table; CSV as RFC 4180 has it, with a row of names; or one JSON object, whose `rows` are
// objects and whose other fields are those of `about`.
std::string render(const Sheet& sheet, OutputFormat format, nlohmann::json about);

// "▂▅█" for numbers from 0 up, a blank for one that is not there. Amounts go by their numbers.
std::string sparkline(const std::vector<std::string>& values);
// "████░░░░" for a share of `cells`.
std::string bar(double share, std::size_t cells);

}  // namespace sop::runtime::cli
