#include "lang/symbols.h"

#include "lang/codes.h"
#include "lang/report.h"

#include <fmt/format.h>

namespace sop::lang {

namespace {

void report_twice(std::vector<Diagnostic>& diagnostics, const ast::Name& name,
                  std::string_view kind, SourceSpan first) {
    add_error(diagnostics, code::declared_twice, name.span,
              fmt::format("the {} `{}` is declared twice", kind, name.text))
        .related.push_back({first, "first here"});
}

}  // namespace

Symbols collect_symbols(const Document& document, std::vector<Diagnostic>& diagnostics) {
    Symbols symbols;
    symbols.broken.insert(document.broken_names.begin(), document.broken_names.end());
    for (const auto& item : document.items) {
        if (const auto* channel = std::get_if<ast::ChannelDeclaration>(&item)) {
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
