#include "lang/compile.h"

#include "lang/codes.h"
#include "lang/collect_places.h"
#include "lang/format.h"
#include "lang/format/same_meaning.h"
#include "lang/names.h"
#include "lang/parse.h"
#include "lang/project.h"
#include "lang/report.h"
#include "lang/resolve/resolve.h"
#include "lang/rule_cycles.h"
#include "lang/symbols.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace sop::lang {

namespace {

// Files share a runtime, so what has one name in all of them has to be one thing.
class ProjectCheck {
  public:
    void add(ProjectFile& file) {
        for (const auto& item : file.document().items)
            std::visit([&](const auto& node) { take(file, node); }, item);
    }

  private:
    struct Declared {
        DeclaredAt at;
        std::string shape;
    };
    using Places = std::map<std::string, Declared>;

    void take(ProjectFile& file, const ast::Playbook& playbook) {
        if (!file.given) return;
        const auto [first, added] =
            playbooks_.emplace(playbook.name.text, Declared{{&file, playbook.name.span}, {}});
        if (!added)
            report(file, playbook.name, "two playbooks are called `{}`"_say, first->second.at);
    }
    void take(ProjectFile& file, const ast::EventDeclaration& event) {
        std::string shape;
        for (const auto& field : event.fields) {
            shape += fmt::format("{}:{}:{}:{};", field.name.text,
                                 field.type ? field.type->name.text : "", field.optional,
                                 field.default_value ? field.default_value->text : "");
        }
        require_equal(file, events_, event.name, shape,
                      "the event `{}` is declared otherwise in another file"_say);
    }
    void take(ProjectFile& file, const ast::ChannelDeclaration& channel) {
        require_equal(file, channels_, channel.name, channel.kind ? channel.kind->text : "",
                      "the channel `{}` is declared otherwise in another file"_say);
    }
    void take(ProjectFile& file, const ast::TableDeclaration& table) {
        require_one(file, tables_, table.name, "two files declare the table `{}`"_say);
    }
    void take(ProjectFile& file, const ast::WordsDeclaration& words) {
        require_one(file, words_, words.name, "two files declare the word list `{}`"_say);
    }
    void take(ProjectFile& file, const ast::MetricDeclaration& metric) {
        require_one(file, metrics_, metric.name, "two files declare the metric `{}`"_say);
    }
    template <typename Declaration>
    void take(ProjectFile&, const Declaration&) {}

    static void report(ProjectFile& file, const ast::Name& name, Pattern message,
                       const DeclaredAt& first) {
        add_error(file.diagnostics, code::declared_twice, name.span, message(name.text))
            .related.push_back({first.span, "first here"_say, first.source()});
    }

    // Twice in one file is reported there.
    static void require_one(ProjectFile& file, Places& places, const ast::Name& name,
                            Pattern message) {
        const auto [first, added] = places.emplace(name.text, Declared{{&file, name.span}, {}});
        if (added || first->second.at.file == &file) return;
        report(file, name, message, first->second.at);
        file.diagnostics.back().notes.push_back(
            "declare it in one file, and `import` that in the others"_say);
    }

    static void require_equal(ProjectFile& file, Places& places, const ast::Name& name,
                              const std::string& shape, Pattern message) {
        const auto [first, added] = places.emplace(name.text, Declared{{&file, name.span}, shape});
        if (added || first->second.shape == shape || first->second.at.file == &file) return;
        report(file, name, message, first->second.at);
    }

    Places playbooks_{};
    Places events_{};
    Places channels_{};
    Places tables_{};
    Places words_{};
    Places metrics_{};
};

// At the first of its rules, with the places of the others.
void report_cycles(const Plan& plan, const PlanPlaces& places, std::deque<ProjectFile>& files) {
    for (const auto& cycle : rule_cycles(plan)) {
        const Place first = places.of_rule(cycle.front());
        const auto file = std::find_if(files.begin(), files.end(), [&](const ProjectFile& each) {
            return each.source == first.source;
        });
        if (file == files.end()) continue;
        auto& diagnostic =
            cycle.size() == 1
                ? add_error(file->diagnostics, code::rules_start_each_other, first.span,
                            "the rule `{}` emits what starts it, without end"_say(cycle.front()))
                : add_error(file->diagnostics, code::rules_start_each_other, first.span,
                            "these rules start one another without end: {}"_say(
                                fmt::format("`{}`", fmt::join(cycle, "` → `"))));
        for (std::size_t at = 1; at < cycle.size(); ++at) {
            const Place other = places.of_rule(cycle[at]);
            if (other.source == nullptr ||
                (other.source == first.source && other.span == first.span))
                continue;
            diagnostic.related.push_back({other.span, "`{}`"_say(cycle[at]),
                                          other.source == first.source ? nullptr : other.source});
        }
    }
}

struct Resolved {
    Plan plan;
    PlanPlaces places;
    std::vector<TestCase> tests;
};

// What is found goes to the files it is in.
Resolved resolve(Project& project, const CompileOptions& options, NamedFiles& named_files) {
    PlanDraft plan;
    std::vector<TestCase> tests;
    auto& files = project.files();
    std::vector<Symbols> symbols;
    for (ProjectFile& file : files) {
        check_names(*file.source, file.document(), file.diagnostics);
        symbols.push_back(collect_symbols(file, file.diagnostics));
    }
    const auto context_of = [&](std::size_t at) {
        return ResolveContext{files[at], symbols[at],          options, named_files, plan,
                              tests,     files[at].diagnostics};
    };
    for (std::size_t at = 0; at < files.size(); ++at) resolve_declarations(context_of(at));
    sort_declarations(plan);
    for (std::size_t at = 0; at < files.size(); ++at) resolve_playbooks(context_of(at));
    ProjectCheck check;
    for (ProjectFile& file : files) check.add(file);
    PlanPlaces places = collect_places(plan, files);
    report_cycles(plan, places, files);
    return {static_cast<Plan&&>(plan), std::move(places), std::move(tests)};
}

// What is not found because of an error may be found once that is mended.
void apply_allowances(Compilation& compilation, bool errors) {
    for (FileDiagnostics& file : compilation.files) {
        std::vector<Diagnostic> told;
        for (FindingAllowance& each : read_allowances(*file.source, told))
            compilation.allowances.push_back(std::move(each));
        take_allowed(*file.source, compilation.allowances, file.diagnostics, file.allowed);
        if (!errors) {
            auto unused =
                unused_allowances(*file.source, compilation.allowances,
                                  [](std::string_view code) { return !is_found_in_plans(code); });
            std::move(unused.begin(), unused.end(), std::back_inserter(told));
        }
        std::move(told.begin(), told.end(), std::back_inserter(file.diagnostics));
        sort_and_deduplicate(file.diagnostics);
    }
}

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
    NamedFiles named_files(options.read_file);
    Project project(sources, named_files);
    Resolved resolved = resolve(project, options, named_files);

    Compilation compilation;
    bool errors = false;
    const auto add = [&](const Source& source, std::vector<Diagnostic> diagnostics) {
        sort_and_deduplicate(diagnostics);
        errors = errors || has_errors(diagnostics);
        compilation.files.push_back({&source, std::move(diagnostics), {}});
    };
    for (ProjectFile& file : project.files()) {
        // The library has no findings of its own, which a test sees to.
        if (!file.calendars) add(*file.source, std::move(file.diagnostics));
    }
    apply_allowances(compilation, errors);
    for (const auto& [path, file] : named_files.all()) {
        if (!file.source) continue;
        compilation.named.push_back(file.source);
        if (!file.diagnostics.empty()) add(*file.source, file.diagnostics);
    }
    if (errors) return compilation;

    resolved.plan.zone_release = options.zones.release();
    compilation.plan = std::move(resolved.plan);
    compilation.places = std::move(resolved.places);
    compilation.tests = std::move(resolved.tests);
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
