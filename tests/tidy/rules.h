// The rules of the tree that no compiler checks, as a function over (path, text): who may include
// whom, and what only one place may do. The tables in rules.cpp are the rules; this is all there is
// to calling them.
#pragma once

#include <string>
#include <vector>

namespace sop::tidy {

struct SourceFile {
    std::string path;  // relative to the root of the tree, with `/`
    std::string text;
};

// "lang/check.cpp:12: <sstream is not …>", one for each offence, in the order of the lines. For .h,
// .cpp and .sql below lang/ and runtime/; a file that is none of these has no findings.
std::vector<std::string> check_file(const SourceFile& file);

// The findings of each file, and what can only be seen over all of them.
std::vector<std::string> check_tree(const std::vector<SourceFile>& files);

}  // namespace sop::tidy
