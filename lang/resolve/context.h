// What every part of resolving has at hand: what is declared, where findings go, the plan that
// grows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lang/ast.h"
#include "lang/compile.h"
#include "lang/diagnostic.h"
#include "lang/named_files.h"
#include "lang/report.h"
#include "lang/resolve/plan_draft.h"
#include "lang/resolve/scope.h"
#include "lang/symbols.h"
#include "lang/test_case.h"

namespace sop::lang {

struct ResolveContext {
    const ProjectFile& file;
    const Symbols& symbols;
    const CompileOptions& options;
    NamedFiles& named_files;
    PlanDraft& plan;
    std::vector<TestCase>& tests;
    std::vector<Diagnostic>& diagnostics;

    // The same, but for where it puts what it finds.
    ResolveContext reporting_to(std::vector<Diagnostic>& elsewhere) const {
        return {file, symbols, options, named_files, plan, tests, elsewhere};
    }

    Diagnostic& report(const char* code, SourceSpan span, Message message,
                       Message label = {}) const {
        return add_error(diagnostics, code, span, std::move(message), std::move(label));
    }

    // A name that nothing declares, unless something unreadable may have declared it.
    // `declaration` says how it is declared.
    void report_unknown(const char* code, const ast::Name& name, Pattern message,
                        const std::vector<std::string>& candidates, Pattern declaration) const {
        if (symbols.may_declare(name.text)) return;
        auto& diagnostic = report(code, name.span, message(name.text));
        if (suggest(diagnostic, name.text, candidates)) return;
        diagnostic.notes.push_back("declare it: `{}`"_say(declaration(name.text)));
    }
};

}  // namespace sop::lang
