#include "lang/symbols.h"

#include <algorithm>

#include "lang/codes.h"
#include "lang/report.h"

namespace sop::lang {

namespace {

// Collects the declarations of a file and of what it imports; of two with one name the first
// counts.
class Collector {
  public:
    Collector(const ProjectFile& file, std::vector<Diagnostic>& diagnostics)
        : file_(file), diagnostics_(diagnostics) {}

    Symbols collect() {
        add_file(file_);
        for (const auto& import : file_.imports) {
            import_ = &import;
            if (!import.file) {
                symbols_.import_missing = true;
                continue;
            }
            brought_ = imported_files(*import.file);
            brought_.push_back(import.file);
            for (const ProjectFile* brought : brought_) {
                if (brought != &file_ && seen_.insert(brought).second) add_file(*brought);
            }
        }
        return std::move(symbols_);
    }

    void take(const ast::CalendarDeclaration& declaration) {
        const DeclaredAt here = at(declaration.name);
        if (!add_once(symbols_.calendar_places, declaration.name, here, here, "calendar"_say))
            return;
        const std::string& name = declaration.name.text;
        symbols_.calendars.emplace(
            name, adding_->calendars ? adding_->calendars->at(name) : make_calendar(declaration));
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
    void take(const ast::Import&) {}
    void take(const ast::Edition&) {}
    void take(const ast::LanguageStatement&) {}
    void take(const ast::TierDeclaration&) {}
    void take(const ast::PointsExpiryDeclaration&) {}
    void take(const ast::TestDeclaration&) {}
    void take(const ast::Setting&) {}
    void take(const ast::Playbook&) {}

  private:
    void add_file(const ProjectFile& file) {
        adding_ = &file;
        const auto& broken = file.document().broken_names;
        symbols_.broken.insert(broken.begin(), broken.end());
        const bool imports_all =
            std::all_of(file.imports.begin(), file.imports.end(),
                        [](const ProjectFile::Import& import) { return import.file; });
        if (!imports_all) symbols_.import_missing = true;
        for (const auto& item : file.document().items)
            std::visit([&](const auto& node) { take(node); }, item);
    }

    DeclaredAt at(const ast::Name& name) const { return {adding_, name.span}; }

    template <typename Declaration>
    void add(DeclaredByName<Declaration>& declared, const Declaration& declaration,
             const Message& kind) {
        const DeclaredAt here = at(declaration.name);
        add_once(declared, declaration.name, Declared<Declaration>{&declaration, here}, here, kind);
    }

    void add_name(std::map<std::string, DeclaredAt>& declared, const ast::Name& name,
                  const Message& kind) {
        add_once(declared, name, at(name), at(name), kind);
    }

    template <typename Value>
    bool add_once(std::map<std::string, Value>& declared, const ast::Name& name, Value value,
                  DeclaredAt here, const Message& kind) {
        const auto [known, added] = declared.emplace(name.text, std::move(value));
        if (!added) report_twice(name, kind, place_of(known->second), here);
        return added;
    }

    static DeclaredAt place_of(const DeclaredAt& declared) { return declared; }
    template <typename Declaration>
    static DeclaredAt place_of(const Declared<Declaration>& declared) {
        return declared.at;
    }

    // What clashes among the files that one import brings is reported there.
    void report_twice(const ast::Name& name, const Message& kind, DeclaredAt first,
                      DeclaredAt here) {
        if (here.file == first.file) {
            if (here.file != &file_) return;
            add_error(diagnostics_, code::declared_twice, name.span,
                      "the {} `{}` is declared twice"_say(kind, name.text))
                .related.push_back({first.span, "first here"_say});
            return;
        }
        const bool elsewhere =
            std::find(brought_.begin(), brought_.end(), first.file) != brought_.end();
        if (elsewhere) return;
        const bool own = first.file == &file_;
        auto& diagnostic = add_error(
            diagnostics_, code::declared_twice, own ? first.span : import_->statement->span,
            own ? "the {} `{}` is declared here and imported"_say(kind, name.text)
                : "two imports bring the {} `{}`"_say(kind, name.text));
        if (!own) diagnostic.related.push_back({first.span, "one"_say, first.source()});
        diagnostic.related.push_back(
            {here.span, own ? "imported from here"_say : "the other"_say, here.source()});
    }

    const ProjectFile& file_;
    std::vector<Diagnostic>& diagnostics_;
    Symbols symbols_{};
    const ProjectFile* adding_ = nullptr;
    const ProjectFile::Import* import_ = nullptr;
    std::vector<const ProjectFile*> brought_{};  // by that import
    std::set<const ProjectFile*> seen_{};
};

}  // namespace

Symbols collect_symbols(const ProjectFile& file, std::vector<Diagnostic>& diagnostics) {
    return Collector(file, diagnostics).collect();
}

}  // namespace sop::lang
