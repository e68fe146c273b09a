// What a file declares: tags, events, contents, channels, tables, calendars and the like.
#pragma once

#include "lang/ast.h"
#include "lang/reader/cursor.h"

namespace sop::lang::reader {

extern const std::vector<Keyword> declaration_keywords;

// `text`, `money CNY`
ast::TypeName read_type(Cursor& cursor);

// The declaration that stands here; nothing when its word begins none. Throws BrokenItem.
std::optional<ast::Item> read_declaration(Cursor& cursor);

}  // namespace sop::lang::reader
