#include "lang/symbols.h"

#include "lang/codes.h"
#include "lang/report.h"
#include "lang/suggestion.h"

namespace sop::lang {

namespace {

void report_twice(std::vector<Diagnostic>& diagnostics, const ast::Name& name, const Message& kind,
                  SourceSpan first) {
    add_error(diagnostics, code::declared_twice, name.span,
              "the {} `{}` is declared twice"_say(kind, name.text))
        .related.push_back({first, "first here"_say});
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
    report_twice(diagnostics, {calendar->name, place}, "calendar"_say, first->second);
}

void import_file(const ast::Import& import, Symbols& symbols,
                 std::map<std::string, SourceSpan>& places, std::vector<Diagnostic>& diagnostics) {
    const LibraryFile* file = find_library_file(import.name);
    if (!file) {
        auto& diagnostic = add_error(diagnostics, code::unknown_import, import.span,
                                     "the standard library has no `{}`"_say(import.name));
        const auto names = library_names();
        const auto near = closest(import.name, names);
        if (!near) {
            diagnostic.notes.push_back("it has {}"_say(list_of(names)));
            return;
        }
        diagnostic.fix = Fix{import.span, "import " + *near, "write `import {}`"_say(*near)};
        // What it brings is then known, and not reported once more.
        file = find_library_file(*near);
    }
    for (const auto& [name, calendar] : file->calendars)
        add_calendar(symbols, places, diagnostics, calendar, import.span);
}

// Collects the declarations of one file; of two with one name the first counts.
class Collector {
  public:
    explicit Collector(std::vector<Diagnostic>& diagnostics) : diagnostics_(diagnostics) {}

    void take(const ast::Import& import) {
        if (!import.is_file) import_file(import, symbols_, calendar_places_, diagnostics_);
    }
    void take(const ast::CalendarDeclaration& declaration) {
        add_calendar(symbols_, calendar_places_, diagnostics_, make_calendar(declaration),
                     declaration.name.span);
    }
    void take(const ast::ChannelDeclaration& channel) {
        add(symbols_.channels, channel, "channel"_say);
    }
    void take(const ast::TagDeclaration& declaration) {
        for (const auto& tag : declaration.tags) add_name(symbols_.tags, tag.name, "tag"_say);
    }
    void take(const ast::RoleDeclaration& declaration) {
        for (const auto& name : declaration.names) add_name(symbols_.roles, name, "role"_say);
    }
    void take(const ast::PoolDeclaration& declaration) {
        for (const auto& name : declaration.names) add_name(symbols_.pools, name, "pool"_say);
    }
    void take(const ast::EventDeclaration& event) { add(symbols_.events, event, "event"_say); }
    void take(const ast::ContentDeclaration& content) {
        add(symbols_.contents, content, "content"_say);
    }
    void take(const ast::WordsDeclaration& words) { add(symbols_.words, words, "word list"_say); }
    void take(const ast::TableDeclaration& table) { add(symbols_.tables, table, "table"_say); }
    void take(const ast::ValueDeclaration& value) { add(symbols_.values, value, "value"_say); }
    void take(const ast::AudienceDeclaration& audience) {
        add(symbols_.audiences, audience, "audience"_say);
    }
    void take(const ast::MetricDeclaration& metric) { add(symbols_.metrics, metric, "metric"_say); }
    void take(const ast::TemplateDeclaration& declaration) {
        add(symbols_.templates, declaration, "template"_say);
    }
    void take(const ast::Edition&) {}
    void take(const ast::LanguageStatement&) {}
    void take(const ast::TierDeclaration&) {}
    void take(const ast::Setting&) {}
    void take(const ast::Playbook&) {}

    Symbols symbols() && { return std::move(symbols_); }
    void add_broken(const std::vector<std::string>& names) {
        symbols_.broken.insert(names.begin(), names.end());
    }

  private:
    template <typename Declaration>
    void add(std::map<std::string, const Declaration*>& declared, const Declaration& declaration,
             const Message& kind) {
        const auto [at, added] = declared.emplace(declaration.name.text, &declaration);
        if (!added) report_twice(diagnostics_, declaration.name, kind, at->second->name.span);
    }

    void add_name(std::map<std::string, SourceSpan>& declared, const ast::Name& name,
                  const Message& kind) {
        const auto [at, added] = declared.emplace(name.text, name.span);
        if (!added) report_twice(diagnostics_, name, kind, at->second);
    }

    Symbols symbols_{};
    std::map<std::string, SourceSpan> calendar_places_{};
    std::vector<Diagnostic>& diagnostics_;
};

}  // namespace

Symbols collect_symbols(const Document& document, std::vector<Diagnostic>& diagnostics) {
    Collector collector(diagnostics);
    collector.add_broken(document.broken_names);
    for (const auto& item : document.items)
        std::visit([&](const auto& node) { collector.take(node); }, item);
    return std::move(collector).symbols();
}

}  // namespace sop::lang
