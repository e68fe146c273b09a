#include "lang/compile.h"

#include "lang/codes.h"
#include "lang/format.h"
#include "lang/format/same_meaning.h"
#include "lang/parse.h"
#include "lang/report.h"
#include "lang/resolve/resolve.h"
#include "lang/symbols.h"

#include <fmt/format.h>

#include <charconv>
#include <map>

namespace sop::lang {

namespace {

struct CheckedFile {
    const Source* source;
    Document document;
    Symbols symbols;
    std::vector<Diagnostic> diagnostics;
};

CheckedFile check_file(const Source& source, const CompileOptions& options, Plan& plan) {
    ParsedDocument parsed = parse(source);
    CheckedFile file{&source, std::move(parsed.document), {}, std::move(parsed.diagnostics)};
    file.symbols = collect_symbols(file.document, file.diagnostics);
    for (auto& diagnostic : resolve(file.document, file.symbols, options, plan)) {
        file.diagnostics.push_back(std::move(diagnostic));
    }
    return file;
}

// Files share a runtime, so what has one name in all of them has to be one thing.
class ProjectCheck {
  public:
    void add(CheckedFile& file) {
        for (const auto& item : file.document.items) {
            if (const auto* playbook = std::get_if<ast::Playbook>(&item)) {
                require_one(file, playbook_places_, playbook->name,
                            "two playbooks are called `{}`"_say);
            }
        }
        for (const auto& [name, event] : file.symbols.events)
            require_equal(file, events_, event->name, shape(*event),
                          "the event `{}` is declared otherwise in another file"_say);
        for (const auto& [name, channel] : file.symbols.channels) {
            require_equal(file, channels_, channel->name, channel->kind ? channel->kind->text : "",
                          "the channel `{}` is declared otherwise in another file"_say);
        }
    }

  private:
    struct Declared {
        std::string place;
        std::string shape;
    };

    static std::string place(const CheckedFile& file, SourceSpan span) {
        const LineColumn at = file.source->line_column(span.begin);
        return fmt::format("{}:{}:{}", file.source->name(), at.line, at.column);
    }

    static std::string shape(const ast::EventDeclaration& event) {
        std::string text;
        for (const auto& field : event.fields) {
            text += fmt::format("{}:{}:{}:{};", field.name.text,
                                field.type ? field.type->name.text : "", field.optional,
                                field.default_value ? field.default_value->text : "");
        }
        return text;
    }

    static void report(CheckedFile& file, const ast::Name& name, Pattern message,
                       const std::string& first) {
        add_error(file.diagnostics, code::declared_twice, name.span, message(name.text))
            .notes.push_back("first declared at {}"_say(first));
    }

    void require_one(CheckedFile& file, std::map<std::string, std::string>& places,
                     const ast::Name& name, Pattern message) {
        const auto [first, added] = places.emplace(name.text, place(file, name.span));
        if (!added) report(file, name, message, first->second);
    }

    void require_equal(CheckedFile& file, std::map<std::string, Declared>& declared,
                       const ast::Name& name, const std::string& shape_here, Pattern message) {
        const auto [first, added] =
            declared.emplace(name.text, Declared{place(file, name.span), shape_here});
        if (added || first->second.shape == shape_here) return;
        report(file, name, message, first->second.place);
    }

    std::map<std::string, std::string> playbook_places_{};
    std::map<std::string, Declared> events_{};
    std::map<std::string, Declared> channels_{};
};

}  // namespace

date::local_days compile_date(const CompileOptions& options) {
    if (options.from) return *options.from;
    // "2026f"
    constexpr int year_unless_released = 2026;
    int year = year_unless_released;
    const std::string& release = options.zones.release();
    std::from_chars(release.data(), release.data() + release.size(), year);
    return date::local_days{date::year{year} / date::January / 1};
}

Compilation compile(const std::vector<Source>& sources, const CompileOptions& options) {
    std::vector<CheckedFile> files;
    Plan plan;
    for (const Source& source : sources) files.push_back(check_file(source, options, plan));
    ProjectCheck project;
    for (CheckedFile& file : files) project.add(file);

    Compilation compilation;
    bool errors = false;
    for (CheckedFile& file : files) {
        sort_and_deduplicate(file.diagnostics);
        errors = errors || has_errors(file.diagnostics);
        compilation.files.push_back({file.source, std::move(file.diagnostics)});
    }
    if (errors) return compilation;

    plan.zone_release = options.zones.release();
    compilation.plan = std::move(plan);
    return compilation;
}

Checked<std::string> format_source(const Source& source, const FormatOptions& options) {
    ParsedDocument parsed = parse(source);
    Checked<std::string> result;
    if (!has_errors(parsed.diagnostics)) {
        const Dialect to = options.dialect.value_or(parsed.dialect);
        std::string text = format(source, parsed, to);
        if (auto reason = formatting::reads_otherwise(source, parsed, text, to)) {
            parsed.diagnostics.push_back(std::move(*reason));
        } else {
            result.value = std::move(text);
        }
    }
    result.diagnostics = std::move(parsed.diagnostics);
    sort_and_deduplicate(result.diagnostics);
    return result;
}

}  // namespace sop::lang
