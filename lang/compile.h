// Text to Plan: the stages in order. With plan.h this is what the runtime includes of the language.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lang/allowances.h"
#include "lang/calendar/zone.h"
#include "lang/diagnostic.h"
#include "lang/keywords.h"
#include "lang/named_files.h"
#include "lang/places.h"
#include "lang/plan.h"
#include "lang/source.h"
#include "lang/test_case.h"

namespace sop::lang {

// What compiling must ask the world; lang/ itself does no I/O.
struct CompileOptions {
    const calendar::ZoneDatabase& zones;
    // Coming dates are looked at from this one on; the first of the year the zone data is of when
    // it is not said, so that nothing depends on the day a check is run.
    std::optional<date::local_days> from{};
    ReadFile read_file{};  // for imports and tables
    // How far ahead; a year when it is not said, and for rows of tables three months, which are
    // written as activities are planned. With 0 only times that a playbook rejects are looked for.
    std::optional<date::days> horizon{};
};
date::local_days compile_date(const CompileOptions& options);

struct FileDiagnostics {
    const Source* source = nullptr;
    std::vector<Diagnostic> diagnostics{};
    std::vector<AllowedDiagnostic> allowed{};  // which the author lets stand (allowances.h)
};

struct Compilation {
    std::optional<Plan> plan;            // when there is no error in any file
    std::vector<FileDiagnostics> files;  // one for each source, in the order given, then the others
    std::vector<std::shared_ptr<const Source>> named;  // files that the given ones name
    std::vector<FindingAllowance> allowances{};        // also for what is found in the plan later
    // With the plan: where its parts stand in `files`, and the tests of the files given, in their
    // order.
    PlanPlaces places{};
    std::vector<TestCase> tests{};
};

// Compiles the files of one project into one plan. A declaration is seen in its own file and where
// that is imported; playbook names are unique over all of them. The playbooks of a file that is
// only imported are left out, and so are its tests: it brings its declarations. Pure but for
// `read_file`, and safe to call from any thread; the sources must outlive the result.
Compilation compile(const std::vector<Source>& sources, const CompileOptions& options);

struct FormatOptions {
    std::optional<Dialect> dialect{};  // the words it is written with; the file's own when not said
};

// The canonical text of one file. No value when it has syntax errors, or a word in it would read
// otherwise in that dialect (SOP0114); the diagnostics say so.
Checked<std::string> format_source(const Source& source, const FormatOptions& options = {});

}  // namespace sop::lang
