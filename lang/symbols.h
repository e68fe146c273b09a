// What a file can name: what it declares, and what its imports bring.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "lang/ast.h"
#include "lang/diagnostic.h"
#include "lang/library.h"
#include "lang/project.h"

namespace sop::lang {

// Where a name is declared.
struct DeclaredAt {
    const ProjectFile* file = nullptr;
    SourceSpan span{};

    const Source* source() const { return file->source; }
};

template <typename Declaration>
struct Declared {
    const Declaration* node;
    DeclaredAt at;

    const Declaration* operator->() const { return node; }
    const Declaration& operator*() const { return *node; }
};

template <typename Declaration>
using DeclaredByName = std::map<std::string, Declared<Declaration>>;

// Pointers go into the files of the project.
struct Symbols {
    DeclaredByName<ast::ChannelDeclaration> channels;
    std::map<std::string, DeclaredAt> tags;
    DeclaredByName<ast::EventDeclaration> events;
    DeclaredByName<ast::ContentDeclaration> contents;
    DeclaredByName<ast::WordsDeclaration> words;
    DeclaredByName<ast::TableDeclaration> tables;
    DeclaredByName<ast::ValueDeclaration> values;
    DeclaredByName<ast::AudienceDeclaration> audiences;
    DeclaredByName<ast::MetricDeclaration> metrics;
    DeclaredByName<ast::TemplateDeclaration> templates;
    std::map<std::string, DeclaredAt> roles;
    std::map<std::string, DeclaredAt> pools;
    Calendars calendars;
    std::map<std::string, DeclaredAt> calendar_places;

    // The name may have been declared by something that could not be read; an empty one is that of
    // a parameter, and stands for any.
    bool may_declare(const std::string& name) const {
        return import_missing || name.empty() || broken.contains(name);
    }
    std::set<std::string> broken;
    bool import_missing = false;
};

// `log` needs no declaration.
inline constexpr const char* builtin_channel = "log";

// Reports, in the file, names that it declares twice and imports that bring the same name.
Symbols collect_symbols(const ProjectFile& file, std::vector<Diagnostic>& diagnostics);

template <typename Map>
std::vector<std::string> names_of(const Map& map) {
    std::vector<std::string> names;
    for (const auto& [name, unused] : map) names.push_back(name);
    return names;
}

}  // namespace sop::lang
