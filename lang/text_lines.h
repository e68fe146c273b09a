// Texts over lines: what of them is the layout of the file and what is said.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sop::lang {

// How many blanks a line begins with.
std::size_t indent_of(std::string_view line);

// Takes out what is layout between `"""` and `"""`: the first line end (behind the opening quotes),
// the last one (before the closing quotes), and the indent all lines share. The pieces are the text
// between its holes, in order; nullptr stands for a hole.
void remove_line_layout(const std::vector<std::string*>& pieces);

}  // namespace sop::lang
