#include "lang/project.h"

#include <algorithm>
#include <set>

#include "lang/codes.h"
#include "lang/report.h"
#include "lang/suggestion.h"

namespace sop::lang {

namespace {

void add_reachable(const ProjectFile& file, std::set<const ProjectFile*>& seen,
                   std::vector<const ProjectFile*>& reached) {
    for (const auto& import : file.imports) {
        if (!import.file || !seen.insert(import.file).second) continue;
        reached.push_back(import.file);
        add_reachable(*import.file, seen, reached);
    }
}

}  // namespace

Project::Project(const std::vector<Source>& given, NamedFiles& named_files)
    : named_files_(named_files) {
    for (const Source& source : given) add(source, true);
    // Grows as files are found.
    for (std::size_t at = 0; at < files_.size(); ++at) read_imports(files_[at]);
}

ProjectFile& Project::add(const Source& source, bool given) {
    ParsedDocument parsed = parse(source);
    std::vector<Diagnostic> diagnostics = std::move(parsed.diagnostics);
    return files_.emplace_back(
        ProjectFile{&source, std::make_shared<const ParsedDocument>(std::move(parsed)),
                    std::move(diagnostics), nullptr, given});
}

void Project::read_imports(ProjectFile& file) {
    for (const auto& item : file.document().items) {
        if (const auto* import = std::get_if<ast::Import>(&item))
            file.imports.push_back({import, find(*import, file)});
    }
}

const ProjectFile* Project::find(const ast::Import& import, ProjectFile& importer) {
    return import.is_file ? find_named(import, importer) : find_library(import, importer);
}

const ProjectFile* Project::find_library(const ast::Import& import, ProjectFile& importer) {
    const LibraryFile* library = find_library_file(import.name);
    if (!library) {
        auto& diagnostic = add_error(importer.diagnostics, code::unknown_import, import.span,
                                     "the standard library has no `{}`"_say(import.name));
        const auto names = library_names();
        const auto near = closest(import.name, names);
        if (!near) {
            diagnostic.notes.push_back("it has {}"_say(list_of(names)));
            return nullptr;
        }
        diagnostic.fix = Fix{import.span, "import " + *near, "write `import {}`"_say(*near)};
        // What it brings is then known, and not reported once more.
        library = find_library_file(*near);
    }
    const auto known = std::find_if(files_.begin(), files_.end(), [&](const ProjectFile& file) {
        return file.source == &library->source;
    });
    if (known != files_.end()) return &*known;
    return &files_.emplace_back(
        ProjectFile{&library->source, library->parsed, {}, &library->calendars, false});
}

const ProjectFile* Project::find_named(const ast::Import& import, ProjectFile& importer) {
    const std::string path = path_beside(importer.source->name(), import.name);
    const auto known = std::find_if(files_.begin(), files_.end(), [&](const ProjectFile& file) {
        return !file.calendars && path_beside("", file.source->name()) == path;
    });
    if (known != files_.end()) return &*known;
    const NamedFile& file = named_files_.open(path);
    if (file.source) return &add(*file.source, false);
    add_error(importer.diagnostics, code::unknown_import, import.span,
              "the file `{}` cannot be read"_say(import.name), file.problem)
        .notes.push_back("files are looked for beside the one that imports them: `{}`"_say(path));
    return nullptr;
}

std::vector<const ProjectFile*> imported_files(const ProjectFile& file) {
    std::set<const ProjectFile*> seen{&file};
    std::vector<const ProjectFile*> reached;
    add_reachable(file, seen, reached);
    return reached;
}

}  // namespace sop::lang
