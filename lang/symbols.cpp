#include "lang/symbols.h"

#include "lang/codes.h"
#include "lang/report.h"
#include "lang/suggestion.h"

#include <fmt/format.h>

namespace sop::lang {

namespace {

void report_twice(std::vector<Diagnostic>& diagnostics, const ast::Name& name,
                  std::string_view kind, SourceSpan first) {
    add_error(diagnostics, code::declared_twice, name.span,
              fmt::format("the {} `{}` is declared twice", kind, name.text))
        .related.push_back({first, "first here"});
}

// Declared here, or imported (`place` is then that of the import).
void add_calendar(Symbols& symbols, std::map<std::string, SourceSpan>& places,
                  std::vector<Diagnostic>& diagnostics,
                  std::shared_ptr<const calendar::Calendar> calendar, SourceSpan place) {
    const auto [first, added] = places.emplace(calendar->name, place);
    if (added) {
        symbols.calendars.emplace(calendar->name, std::move(calendar));
        return;
    }
    report_twice(diagnostics, {calendar->name, place}, "calendar", first->second);
}

void import_file(const ast::Import& import, Symbols& symbols,
                 std::map<std::string, SourceSpan>& places, std::vector<Diagnostic>& diagnostics) {
    const LibraryFile* file = find_library_file(import.name);
    if (!file) {
        auto& diagnostic = add_error(diagnostics, code::unknown_import, import.span,
                                     fmt::format("the standard library has no `{}`", import.name));
        const auto names = library_names();
        const auto near = closest(import.name, names);
        if (!near) {
            diagnostic.notes.push_back(fmt::format("it has {}", fmt::join(names, ", ")));
            return;
        }
        diagnostic.fix =
            Fix{import.span, "import " + *near, fmt::format("write `import {}`", *near)};
        // What it brings is then known, and not reported once more.
        file = find_library_file(*near);
    }
    for (const auto& [name, calendar] : file->calendars)
        add_calendar(symbols, places, diagnostics, calendar, import.span);
}

}  // namespace

Symbols collect_symbols(const Document& document, std::vector<Diagnostic>& diagnostics) {
    Symbols symbols;
    symbols.broken.insert(document.broken_names.begin(), document.broken_names.end());
    std::map<std::string, SourceSpan> calendar_places;
    for (const auto& item : document.items) {
        if (const auto* import = std::get_if<ast::Import>(&item)) {
            import_file(*import, symbols, calendar_places, diagnostics);
        } else if (const auto* declaration = std::get_if<ast::CalendarDeclaration>(&item)) {
            add_calendar(symbols, calendar_places, diagnostics, make_calendar(*declaration),
                         declaration->name.span);
        } else if (const auto* channel = std::get_if<ast::ChannelDeclaration>(&item)) {
            const auto [at, added] = symbols.channels.emplace(channel->name.text, channel);
            if (!added) report_twice(diagnostics, channel->name, "channel", at->second->name.span);
        } else if (const auto* tags = std::get_if<ast::TagDeclaration>(&item)) {
            for (const auto& tag : tags->tags) {
                const auto [at, added] = symbols.tags.emplace(tag.name.text, tag.name.span);
                if (!added) report_twice(diagnostics, tag.name, "tag", at->second);
            }
        } else if (const auto* event = std::get_if<ast::EventDeclaration>(&item)) {
            const auto [at, added] = symbols.events.emplace(event->name.text, event);
            if (!added) report_twice(diagnostics, event->name, "event", at->second->name.span);
        } else if (const auto* content = std::get_if<ast::ContentDeclaration>(&item)) {
            const auto [at, added] = symbols.contents.emplace(content->name.text, content);
            if (!added) report_twice(diagnostics, content->name, "content", at->second->name.span);
        }
    }
    return symbols;
}

}  // namespace sop::lang
