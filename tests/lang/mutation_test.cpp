// Right playbooks broken in many small ways: nothing crashes, what is wrong is said at a place in
// the file, mostly once, and formatting loses nothing of what it accepts.
//
// `SOP_SHOW_MUTANTS=20` prints the mutants with the most diagnostics of each kind of fault.
#include "lang/compile.h"
#include "lang/diagnostic.h"
#include "lang/parse.h"
#include "tests/support/mutants.h"
#include "tests/support/sources.h"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>

namespace {

using namespace sop;
using tests::Fault;

// Of error diagnostics for each fault that has any, over all kinds.
constexpr double errors_per_fault_max = 1.3;

struct Report {
    std::size_t errors;
    std::string text;
};

struct Figures {
    std::size_t mutants = 0;
    std::size_t wrong = 0;   // those with an error
    std::size_t errors = 0;  // in all of them
    std::size_t worst = 0;
    std::vector<Report> reports{};  // of those with more than one, when they are to be shown

    double errors_per_fault() const {
        return wrong == 0 ? 0 : static_cast<double>(errors) / static_cast<double>(wrong);
    }
};

std::size_t mutants_shown() {
    const char* wanted = std::getenv("SOP_SHOW_MUTANTS");
    return wanted ? std::strtoul(wanted, nullptr, 10) : 0;
}

// The line in which they differ, and what is said.
std::string shown(const std::string& name, const std::string& before, const lang::Source& after,
                  const std::vector<lang::Diagnostic>& diagnostics) {
    const lang::Source source(name, before);
    const auto differ =
        std::mismatch(before.begin(), before.end(), after.text().begin(), after.text().end());
    const auto at = static_cast<std::size_t>(differ.first - before.begin());
    const std::size_t line = source.line_column(at).line;
    std::string text = fmt::format("{}:{}\n- {}\n+ {}\n", name, line, source.line(line),
                                   after.line(std::min(line, after.line_count())));
    for (const auto& diagnostic : diagnostics) {
        if (diagnostic.severity != lang::Severity::note) text += lang::render(diagnostic, after);
    }
    return text;
}

// What is not as it should be, each a sentence; empty when all is well.
using Problems = std::vector<std::string>;

void check_places(const lang::Source& source, const std::vector<lang::Diagnostic>& diagnostics,
                  Problems& problems) {
    const auto inside = [&](lang::SourceSpan span) {
        return span.begin <= span.end && span.end <= source.text().size();
    };
    for (const auto& diagnostic : diagnostics) {
        bool all_inside = inside(diagnostic.span);
        for (const auto& place : diagnostic.related) all_inside = all_inside && inside(place.span);
        if (diagnostic.fix) all_inside = all_inside && inside(diagnostic.fix->span);
        if (!all_inside) problems.push_back("a place is outside the file");
        if (lang::render(diagnostic, source).empty() ||
            lang::render_json(diagnostic, source).empty())
            problems.push_back("a diagnostic cannot be shown");
    }
}

// A word that the reader steps over without a report would be lost.
void check_nothing_is_skipped(const lang::Source& source, Problems& problems) {
    const lang::ParsedDocument parsed = lang::parse(source);
    for (std::size_t i = 0; i < parsed.tokens.tokens.size(); ++i) {
        const lang::Token& token = parsed.tokens.tokens[i];
        if (token.kind != lang::TokenKind::word) continue;
        if (parsed.layout.uses[i].role == lang::TokenRole::none)
            problems.push_back(fmt::format("nobody read `{}`", source.text(token.span)));
    }
}

// How often each character stands in what formatting keeps as it is: comments, texts and names.
std::map<char, std::size_t> characters_kept(const lang::Source& source) {
    const lang::ParsedDocument parsed = lang::parse(source);
    std::map<char, std::size_t> characters;
    const auto add = [&](lang::SourceSpan span) {
        for (const char c : source.text(span)) {
            if (c != ' ' && c != '\n' && c != '\t') ++characters[c];
        }
    };
    for (const auto& comment : parsed.tokens.comments) add(comment.span);
    for (std::size_t i = 0; i < parsed.tokens.tokens.size(); ++i) {
        const lang::Token& token = parsed.tokens.tokens[i];
        if (token.kind == lang::TokenKind::string_text ||
            parsed.layout.uses[i].role == lang::TokenRole::name)
            add(token.span);
    }
    return characters;
}

void check_formatting(const lang::Source& source, const std::optional<lang::Plan>& plan,
                      Problems& problems) {
    auto formatted = lang::format_source(source);
    if (!formatted.value) {
        if (plan) problems.push_back("it compiles and cannot be formatted");
        return;
    }
    const std::vector<lang::Source> sources{{"formatted.sop", std::move(*formatted.value)}};
    if (characters_kept(sources.front()) != characters_kept(source))
        problems.push_back(fmt::format("formatting loses text:\n{}", sources.front().text()));
    if (!plan) return;
    const auto again = lang::compile(sources, tests::compile_options());
    if (!again.plan || lang::content_hash(*again.plan) != lang::content_hash(*plan))
        problems.push_back(fmt::format("formatting changes it:\n{}", sources.front().text()));
}

// A fault of these kinds makes a file wrong wherever it stands.
bool is_always_wrong(Fault fault) {
    return fault == Fault::brace_lost || fault == Fault::quote_lost ||
           fault == Fault::keyword_misspelt;
}

std::size_t errors_among(const std::vector<lang::Diagnostic>& diagnostics) {
    return static_cast<std::size_t>(std::count_if(
        diagnostics.begin(), diagnostics.end(), [](const lang::Diagnostic& diagnostic) {
            return diagnostic.severity == lang::Severity::error;
        }));
}

void break_and_look(const tests::Playbook& playbook, Fault fault, std::size_t count,
                    Figures& figures) {
    const std::string right_hash = lang::content_hash(tests::plan_of(playbook.text));
    tests::Breaker breaker(playbook.text, static_cast<std::uint32_t>(fault) + 1);
    for (std::size_t i = 0; i < count; ++i) {
        const std::vector<lang::Source> sources{{playbook.name, breaker.broken(fault)}};
        const lang::Source& mutant = sources.front();
        if (mutant.text() == playbook.text) continue;
        const auto compilation = lang::compile(sources, tests::compile_options());
        const auto& diagnostics = compilation.files.front().diagnostics;
        const std::size_t errors = errors_among(diagnostics);

        Problems problems;
        check_places(mutant, diagnostics, problems);
        if ((errors > 0) == compilation.plan.has_value())
            problems.push_back("it has a plan with errors, or none without");
        if (compilation.plan) {
            check_nothing_is_skipped(mutant, problems);
            // A text may say anything; what looks wrong in one is a warning.
            const bool warned = std::any_of(
                diagnostics.begin(), diagnostics.end(), [](const lang::Diagnostic& diagnostic) {
                    return diagnostic.severity == lang::Severity::warning;
                });
            if (is_always_wrong(fault) && !warned &&
                lang::content_hash(*compilation.plan) != right_hash)
                problems.push_back("nothing is said and the plan is another");
        }
        check_formatting(mutant, compilation.plan, problems);
        for (const std::string& problem : problems)
            FAIL_CHECK(name_of(fault) << ": " << problem << "\n"
                                      << shown(playbook.name, playbook.text, mutant, diagnostics));

        ++figures.mutants;
        if (errors == 0) continue;
        ++figures.wrong;
        figures.errors += errors;
        figures.worst = std::max(figures.worst, errors);
        if (errors > 1 && mutants_shown() > 0)
            figures.reports.push_back(
                {errors, shown(playbook.name, playbook.text, mutant, diagnostics)});
    }
}

void show_worst(Fault fault, std::vector<Report> reports) {
    std::stable_sort(reports.begin(), reports.end(),
                     [](const Report& a, const Report& b) { return a.errors > b.errors; });
    reports.resize(std::min(reports.size(), mutants_shown()));
    for (const Report& report : reports)
        fmt::print("==== {}, {} errors: {}\n", name_of(fault), report.errors, report.text);
}

void print_figures(std::string_view what, const Figures& figures) {
    fmt::print("{:20} {:7} mutants, {:7} wrong, {:.3f} errors each, {:3} at most\n", what,
               figures.mutants, figures.wrong, figures.errors_per_fault(), figures.worst);
}

// `count` mutants of each playbook for each kind of fault.
void break_everything(std::size_t count) {
    const auto playbooks = tests::right_playbooks();
    REQUIRE(playbooks.size() > 5);
    Figures all;
    for (const Fault fault : tests::faults) {
        Figures figures;
        for (const auto& playbook : playbooks) break_and_look(playbook, fault, count, figures);
        print_figures(name_of(fault), figures);
        show_worst(fault, std::move(figures.reports));
        all.mutants += figures.mutants;
        all.wrong += figures.wrong;
        all.errors += figures.errors;
        all.worst = std::max(all.worst, figures.worst);
    }
    print_figures("all", all);
    CHECK(all.wrong > all.mutants / 2);
    CHECK(all.errors_per_fault() <= errors_per_fault_max);
}

}  // namespace

TEST_CASE("one fault is mostly one diagnostic, at a place in the file", "[mutation][cascades]") {
    break_everything(40);
}

TEST_CASE("thousands of faults are mostly one diagnostic each", "[mutation][cascades][long]") {
    break_everything(1000);
}
