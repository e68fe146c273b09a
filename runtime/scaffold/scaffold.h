// The files a new project begins with. They are data (the *.template files of this folder, built
// into the program): LANGUAGE/TEMPLATE/NAME.template, whose first line says where the file goes.
// What is in LANGUAGE/common/ goes into every project.
#pragma once

#include <string>
#include <vector>

namespace sop::runtime {

struct ScaffoldFile {
    std::string path;  // in the project's folder
    std::string text;
};

// The names of the templates, in alphabetical order.
std::vector<std::string> scaffold_templates();

// `language` is en or zh-CN; `zone` stands in the playbooks.
std::vector<ScaffoldFile> scaffold_files(const std::string& language, const std::string& name,
                                         const std::string& zone);

}  // namespace sop::runtime
