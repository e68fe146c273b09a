// What a file declares, by kind and name.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "lang/ast.h"
#include "lang/diagnostic.h"
#include "lang/library.h"

namespace sop::lang {

// Pointers go into the document the symbols were collected from.
struct Symbols {
    std::map<std::string, const ast::ChannelDeclaration*> channels;
    std::map<std::string, SourceSpan> tags;
    std::map<std::string, const ast::EventDeclaration*> events;
    std::map<std::string, const ast::ContentDeclaration*> contents;
    std::map<std::string, const ast::WordsDeclaration*> words;
    std::map<std::string, const ast::TableDeclaration*> tables;
    std::map<std::string, const ast::ValueDeclaration*> values;
    std::map<std::string, const ast::AudienceDeclaration*> audiences;
    std::map<std::string, const ast::MetricDeclaration*> metrics;
    std::map<std::string, const ast::TemplateDeclaration*> templates;
    std::map<std::string, SourceSpan> roles;
    std::map<std::string, SourceSpan> pools;
    Calendars calendars;           // declared and imported
    std::set<std::string> broken;  // names that may have been declared by something unreadable
};

// `log` needs no declaration.
inline constexpr const char* builtin_channel = "log";

// Reports names declared twice and imports of what there is not; the first declaration counts.
Symbols collect_symbols(const Document& document, std::vector<Diagnostic>& diagnostics);

template <typename Map>
std::vector<std::string> names_of(const Map& map) {
    std::vector<std::string> names;
    for (const auto& [name, unused] : map) names.push_back(name);
    return names;
}

}  // namespace sop::lang
