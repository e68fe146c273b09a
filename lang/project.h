// The files of a compilation: those that were given, and those that they import.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lang/ast.h"
#include "lang/library.h"
#include "lang/named_files.h"
#include "lang/parse.h"

namespace sop::lang {

struct ProjectFile {
    const Source* source;
    std::shared_ptr<const ParsedDocument> parsed;
    std::vector<Diagnostic> diagnostics;
    const Calendars* calendars;  // of a file of the library; else nullptr
    bool given;                  // its playbooks and tiers are compiled
    struct Import {
        const ast::Import* statement;
        const ProjectFile* file;  // nullptr: there is no such file, which is reported
    };
    std::vector<Import> imports{};

    const Document& document() const { return parsed->document; }
};

// The given ones first. Files may import one another in a circle: an import makes names known and
// does nothing else.
class Project {
  public:
    Project(const std::vector<Source>& given, NamedFiles& named_files);

    std::deque<ProjectFile>& files() { return files_; }

  private:
    ProjectFile& add(const Source& source, bool given);
    void read_imports(ProjectFile& file);
    const ProjectFile* find(const ast::Import& import, ProjectFile& importer);
    const ProjectFile* find_library(const ast::Import& import, ProjectFile& importer);
    const ProjectFile* find_named(const ast::Import& import, ProjectFile& importer);

    NamedFiles& named_files_;
    std::deque<ProjectFile> files_{};
};

// What a file sees besides its own: all that its imports bring, and what those import.
std::vector<const ProjectFile*> imported_files(const ProjectFile& file);

}  // namespace sop::lang
