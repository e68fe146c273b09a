// The fixes of diagnostics applied to the texts they are for, as far as that makes them better.
#pragma once

#include <cstddef>
#include <vector>

#include "lang/compile.h"
#include "lang/diagnostic.h"
#include "lang/source.h"

namespace sop::lang {

// One fix may bring to light what another is for: texts are compiled and mended again so often at
// most.
inline constexpr std::size_t fix_rounds_max = 20;

struct MendedSource {
    Source source;
    std::size_t fixes = 0;  // applied to it
};

// The sources of a project, in the order given, with every fix applied that leaves no more
// diagnostics in the project than there were before it. Pure; compiles as often as it needs to.
std::vector<MendedSource> apply_fixes(const std::vector<Source>& sources,
                                      const CompileOptions& options);

}  // namespace sop::lang
