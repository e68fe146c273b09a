// A folder of playbooks on disk: its texts, its settings, its plan.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/compile.h"
#include "lang/diagnostic.h"
#include "lang/plan.h"
#include "lang/source.h"
#include "runtime/config/config.h"

namespace sop::runtime::cli {

// What standard input is called where a file has its path.
inline constexpr const char* standard_input_name = "standard input";

// The files themselves, the .sop files of folders at any depth in the order of their paths,
// standard input for "-". Throws CommandError for what cannot be read and for a folder without a
// .sop file.
std::vector<lang::Source> read_sources(const std::vector<std::string>& paths);

struct FindingCounts {
    std::size_t errors = 0;
    std::size_t warnings = 0;
    std::size_t notes = 0;
};
FindingCounts count_findings(const std::vector<lang::FileDiagnostics>& files);

// Writes what compiling found to `out`, the first diagnostics_shown_max of it, and a line that
// counts the rest.
void print_findings(const std::vector<lang::FileDiagnostics>& files, lang::Language language,
                    std::FILE* out);

// "1 error, 2 warnings"
lang::Message findings_text(const FindingCounts& counts);

// The plan of a folder; nothing when its texts have errors, which are then on standard error, in
// `language`.
struct ProjectPlan {
    Config config;
    std::optional<lang::Plan> plan;
};
// Coming dates are looked at from `from` on.
ProjectPlan load_plan(const std::string& folder, const lang::calendar::ZoneDatabase& zones,
                      date::local_days from, lang::Language language);

// What is said of playbooks that ask for more than the executor can do; `places` as unsupported.h
// names them, at least one.
std::string refusal_text(const std::string& folder, std::vector<std::string> places);

// What playbooks import, and tables.
lang::NamedText read_named_file(const std::string& path);

// The text of a file; throws CommandError.
std::string read_file(const std::string& path);

}  // namespace sop::runtime::cli
