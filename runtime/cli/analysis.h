// The analysis of coming days as a part of what a check finds, with the directory of a project.
#pragma once

#include <memory>
#include <string>

#include "lang/compile.h"
#include "runtime/cli/seed.h"

namespace sop::runtime::cli {

// Adds it to the findings of a compilation that has a plan, but for what the files allow. The files
// are read when they are asked for; throws CommandError for one that cannot be.
void add_analysis(const lang::CompileOptions& options, const DirectoryFiles& directory,
                  lang::Compilation& compilation);

}  // namespace sop::runtime::cli
