// Runs of keywords without spaces between them, as Chinese is written: `每周四20:00`.
#pragma once

#include "lang/keywords.h"
#include "lang/source.h"
#include "lang/tokens.h"

namespace sop::lang {

// Splits each word that consists wholly of keywords of the dialect and numbers (with units) into
// its parts, and joins a number at its end to the time or date it begins. A word that does not
// split, or is a keyword itself, stays as it is.
TokenList split_keyword_runs(TokenList list, const Source& source, Dialect dialect);

}  // namespace sop::lang
