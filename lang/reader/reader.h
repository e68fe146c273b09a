// Tokens to syntax tree: the second half of parsing, used by parse.cpp alone.
#pragma once

#include "lang/ast.h"
#include "lang/keywords.h"
#include "lang/reader/cursor.h"
#include "lang/source.h"
#include "lang/tokens.h"

namespace sop::lang {

// The dialect that a file says it is written in (`language zh-CN`), looked up before its words are
// read; English for one that says none or none there is.
Dialect dialect_of(const Source& source, const TokenList& list);

Document read_document(reader::Cursor& cursor);

}  // namespace sop::lang
