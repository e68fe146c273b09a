// Texts and zone data for tests of the language.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/compile.h"

namespace sop::tests {

// The zones of tests/testdata/zoneinfo, loaded once: a fixed release, so that texts which name it
// are the same everywhere.
const lang::calendar::ZoneDatabase& frozen_zones();

// With those zones; files that a text names are those of tests/testdata/named/, or where their
// absolute paths say.
lang::CompileOptions compile_options();

// What compiling one text says, rendered, of the files it names too; empty when there is nothing to
// say. `name` is what it is called, and where what it names is looked for.
std::string findings_of(const std::string& text, const std::string& name = "test.sop");

// "SOP0401 at 3:5" for each diagnostic, in order; "SOP0443 at items.csv:2:5" for one of another
// file.
std::vector<std::string> codes_of(const std::string& text);

// The plan of a text; the test fails with the rendered diagnostics when there is none.
lang::Plan plan_of(const std::string& text, const std::string& name = "test.sop");

// A playbook for groups with everything it needs declared, and `rules` in it.
std::string playbook_with(const std::string& rules);

// Those of lang/codes.h.
std::set<std::string> declared_codes();

std::string read_text_file(const std::filesystem::path& path);
std::filesystem::path source_folder();

}  // namespace sop::tests
