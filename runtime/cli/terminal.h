// What people see: their language, colours where they are wanted, tables with columns that line up
// under wide characters, local times.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/diagnostic.h"
#include "runtime/clock/clock.h"

namespace sop::runtime::cli {

// The first of LC_ALL, LC_MESSAGES and LANG that is set says it: Chinese for zh and what begins
// with it, English for everything else.
lang::Language language_of_environment();

// A terminal, and NO_COLOR is not set.
bool uses_colour(std::FILE* stream);
bool is_terminal(std::FILE* stream);

struct Table {
    enum class Align { left, right };
    struct Column {
        std::string title;
        Align align = Align::left;
    };
    std::vector<Column> columns;
    std::vector<std::vector<std::string>> rows;
};
// A line for the titles and one for each row; `indent` blanks before each.
std::string render_table(const Table& table, std::size_t indent = 0);

// The first line of a text, cut to `cells` terminal cells with "…".
std::string shortened(const std::string& text, std::size_t cells);

// "2026-11-19 20:00:00"
std::string local_text(Instant instant, const lang::calendar::Zone& zone);
// "+08:00"
std::string offset_text(std::chrono::seconds offset);
// "12,345"
std::string count_text(std::int64_t count);

}  // namespace sop::runtime::cli
