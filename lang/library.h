// The standard library: .sop files that are built into the program (stdlib/).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lang/ast.h"
#include "lang/calendar/days.h"
#include "lang/parse.h"
#include "lang/source.h"

namespace sop::lang {

// The calendar a declaration describes.
std::shared_ptr<const calendar::Calendar> make_calendar(
    const ast::CalendarDeclaration& declaration);

using Calendars = std::map<std::string, std::shared_ptr<const calendar::Calendar>, std::less<>>;

struct LibraryFile {
    Source source;
    std::shared_ptr<const ParsedDocument> parsed;
    Calendars calendars;
};

// nullptr when there is no such file. Read once and kept; safe to call from any thread.
const LibraryFile* find_library_file(std::string_view name);
std::vector<std::string> library_names();

// The calendars of the whole library, for schedules that stand alone and import nothing.
const Calendars& library_calendars();

}  // namespace sop::lang
