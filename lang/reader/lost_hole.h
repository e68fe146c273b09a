// `group.name}` in a text: a hole that has lost its `{`. A lonely `}` is as good as any character,
// so that only what looks like a hole is reported, and as a warning.
#pragma once

#include "lang/reader/cursor.h"

namespace sop::lang::reader {

// `part` is a piece of text between holes.
void report_lost_holes(Cursor& cursor, const Token& part);

}  // namespace sop::lang::reader
