// Text to Plan: the stages in order. With plan.h this is what the runtime includes of the language.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lang/calendar/zone.h"
#include "lang/diagnostic.h"
#include "lang/keywords.h"
#include "lang/plan.h"
#include "lang/source.h"

namespace sop::lang {

// What compiling must ask the world; lang/ itself does no I/O.
struct CompileOptions {
    const calendar::ZoneDatabase& zones;
    // Coming dates are looked at from this one on; the first of the year the zone data is of when
    // it is not said, so that nothing depends on the day a check is run.
    std::optional<date::local_days> from{};
};
date::local_days compile_date(const CompileOptions& options);

struct FileDiagnostics {
    const Source* source;  // owned by the caller
    std::vector<Diagnostic> diagnostics;
};

struct Compilation {
    std::optional<Plan> plan;            // when there is no error in any file
    std::vector<FileDiagnostics> files;  // one for each source, in the order given
};

// Compiles the files of one project into one plan. A declaration is seen in its own file; playbook
// names are unique over all of them. Pure and safe to call from any thread; the sources must
// outlive the result.
Compilation compile(const std::vector<Source>& sources, const CompileOptions& options);

struct FormatOptions {
    std::optional<Dialect> dialect{};  // the words it is written with; the file's own when not said
};

// The canonical text of one file. No value when it has syntax errors, or a word in it would read
// otherwise in that dialect (SOP0114); the diagnostics say so.
Checked<std::string> format_source(const Source& source, const FormatOptions& options = {});

}  // namespace sop::lang
