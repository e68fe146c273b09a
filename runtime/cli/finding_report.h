// What a check found, in the forms that programs for continuous integration read.
//
// Each writes a whole document (or its lines) with its line end; bytes that are not UTF-8 are shown
// as U+FFFD. Files are named as `report_path` names them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lang/compile.h"

namespace sop::runtime::cli {

// A finding and where it is; by what it is known again when lines move: its file, its code and the
// text of its line.
struct FindingView {
    const lang::Source* source = nullptr;
    const lang::Diagnostic* diagnostic = nullptr;
};

struct CheckFindings {
    std::vector<lang::FileDiagnostics> files{};
    // Which a baseline has, and so are not told.
    std::vector<std::pair<const lang::Source*, lang::Diagnostic>> in_baseline{};
    // The least that fails a check.
    lang::Severity fails_from = lang::Severity::error;

    std::vector<FindingView> all() const;
    bool fails(const lang::Diagnostic& diagnostic) const {
        return diagnostic.severity <= fails_from;
    }
};

// Relative to where sop runs when it is in there, with slashes: "playbooks/week.sop".
std::string report_path(const std::string& name);

// The line that a finding begins on, without the blanks around it.
std::string line_text(const lang::Source& source, const lang::Diagnostic& diagnostic);

// "playbooks/week.sop:12:4: warning[SOP0731]: two messages …"
std::string short_lines(const CheckFindings& findings, lang::Language language);

// Annotations of a GitHub workflow: "::warning file=…,line=…::…".
std::string github_commands(const CheckFindings& findings, lang::Language language);

// A report of GitLab's Code Quality.
std::string gitlab_report(const CheckFindings& findings, lang::Language language);

// JUnit's XML: a suite for each file, a failure for each finding that fails the check.
std::string junit_report(const CheckFindings& findings, lang::Language language);

// SARIF 2.1.0, with rules, fixes, fingerprints, and as suppressed what is allowed or in a baseline.
std::string sarif_log(const CheckFindings& findings, lang::Language language);

// The same with nothing in them but that sop could not do its work.
std::string gitlab_failure(const std::string& message);
std::string junit_failure(const std::string& message);
std::string sarif_failure(const std::string& message);

// The schema of `sop check --format json`.
std::string check_schema();

}  // namespace sop::runtime::cli
