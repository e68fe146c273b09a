// One quote or bracket that is missing can make nonsense of the rest of a file. The grammar closes
// what is open as best it can; this is the second look, at files that then have several errors:
// where might a sign have been lost, so that all the rest is right? Layout answers that for people
// (a line that is not indented ends the block above it), so it is asked first; then every place in
// the first line that cannot be read is tried.
//
// A guess counts only when reading the file with it leaves fewer errors, so a wrong one costs time
// and nothing else.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lang/diagnostic.h"
#include "lang/source.h"
#include "lang/tokens.h"

namespace sop::lang {

// What might be put in to make a file right: a quote or bracket, with blanks beside it.
struct LostSign {
    std::size_t offset = 0;
    std::string text;
};

// The likeliest first. `list` is what the grammar made of the source, `diagnostics` what is wrong.
std::vector<LostSign> guess_lost_signs(const Source& source, const TokenList& list,
                                       const std::vector<Diagnostic>& diagnostics);

// The source as if the sign stood in it, to be tokenized.
Source with_sign(const Source& source, const LostSign& sign);

// The tokens of that text with the places they have in the source itself, where the sign has none,
// and what there is to say of it; nothing when the sign became no sign of its own.
struct FoundSign {
    TokenList list;
    Diagnostic diagnostic;
};
std::optional<FoundSign> place_sign(TokenList list, const LostSign& sign);

}  // namespace sop::lang
