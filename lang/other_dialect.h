// A file written in the words of a dialect that it does not say: one diagnostic, in place of one
// for each of its words.
#pragma once

#include <optional>

#include "lang/parse.h"

namespace sop::lang {

// Whether a file that was read in the dialect it says, with errors, may be written in another: an
// error stands where a word of that one begins. Cheap, so that a file with other mistakes need not
// be read twice.
bool may_be_written_in(Dialect other, const Source& source, const ParsedDocument& said);

// Whether the other reading of the file is the right one: it reads a word that `said` could not,
// and the file has more words of that dialect than of its own. (With fewer, they are mistakes one
// by one.) How many errors each reading has tells nothing: one unknown `剧本` hides all that is
// wrong in its block.
bool reads_better(const Source& source, const ParsedDocument& said, const ParsedDocument& other);

// Says so at the first such word, with the fix that makes the file say its dialect. A file that
// names a dialect there is not has been told already.
void report_other_dialect(const Source& source, Dialect said, ParsedDocument& reading);

}  // namespace sop::lang
