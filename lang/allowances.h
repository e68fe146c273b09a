// Findings that the author has looked at and lets stand, with a reason:
//
//     evening: every day at 22:30 { post "…" }  # sop: allow(SOP0730) the club meets at night
//
// Behind a statement it is for that statement; alone on a line, for the next one; a statement with
// a block has all that is in the block. Above `sop 1` it is for the whole file. Several codes stand
// with commas between them. An error cannot be allowed.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/diagnostic.h"
#include "lang/source.h"

namespace sop::lang {

struct FindingAllowance {
    const Source* source = nullptr;
    std::string code{};
    std::string reason{};
    SourceSpan code_at{};
    SourceSpan covers{};  // findings that begin in it
    bool is_used = false;
};

struct AllowedDiagnostic {
    Diagnostic diagnostic;
    std::string reason;
};

// What a text allows, by kind of finding; what is written wrongly, and so allows nothing, is told
// (SOP0801).
std::vector<FindingAllowance> read_allowances(const Source& source,
                                              std::vector<Diagnostic>& diagnostics);

// Takes those of one file that are allowed out of `diagnostics`, and marks what allowed them.
void take_allowed(const Source& source, std::vector<FindingAllowance>& allowances,
                  std::vector<Diagnostic>& diagnostics, std::vector<AllowedDiagnostic>& allowed);

// SOP0802 for those that were not used, though findings of their kind were looked for.
std::vector<Diagnostic> unused_allowances(
    const Source& source, const std::vector<FindingAllowance>& allowances,
    const std::function<bool(std::string_view code)>& is_looked_for);

// Of the kinds that compiling does not look for: what a plan would do tells them, later.
bool is_found_in_plans(std::string_view code);

}  // namespace sop::lang
