// Names that are right and mislead who reads them.
#pragma once

#include <vector>

#include "lang/ast.h"
#include "lang/diagnostic.h"
#include "lang/source.h"

namespace sop::lang {

// Of the names a document declares: warns of two of one kind that look alike and differ (`vip` with
// a Cyrillic letter in it), and of one that mixes alphabets with letters of one shape; notes one
// that is not written in Unicode's composed form. Latin letters among Chinese ones are no mixture.
void check_names(const Source& source, const Document& document,
                 std::vector<Diagnostic>& diagnostics);

}  // namespace sop::lang
