#include "lang/settings.h"

#include "lang/codes.h"
#include "lang/report.h"

#include <fmt/format.h>

#include <iterator>

namespace sop::lang {

namespace {

struct TakeClause {
    EffectiveSettings& settings;

    void operator()(const ast::TimezoneClause& clause) { settings.timezone = &clause; }
    void operator()(const ast::CalendarClause& clause) { settings.calendar = &clause; }
    void operator()(const ast::AudienceClause& clause) { settings.audience = &clause; }
    void operator()(const ast::ViaClause& clause) { settings.via = &clause; }
    void operator()(const ast::GapClause& clause) { settings.gap = &clause; }
    void operator()(const ast::OverlapClause& clause) { settings.overlap = &clause; }
};

}  // namespace

EffectiveSettings settings_of(const ast::Playbook& playbook) {
    EffectiveSettings settings;
    for (const auto& item : playbook.items) {
        if (const auto* setting = std::get_if<ast::Setting>(&item))
            std::visit(TakeClause{settings}, setting->clause);
    }
    return settings;
}

EffectiveSettings effective_settings(EffectiveSettings of_playbook,
                                     const std::vector<ast::Clause>& clauses) {
    for (const auto& clause : clauses) std::visit(TakeClause{of_playbook}, clause);
    return of_playbook;
}

void ClausesSeen::add(const ast::Clause& clause, std::vector<Diagnostic>& diagnostics) {
    static constexpr const char* words[] = {"timezone", "calendar", "for", "via", "gap", "overlap"};
    static_assert(std::size(words) == std::variant_size_v<ast::Clause>);
    const auto span_of = [](const ast::Clause& of) {
        return std::visit([](const auto& node) { return node.span; }, of);
    };
    const ast::Clause*& first = first_[clause.index()];
    if (!first) {
        first = &clause;
        return;
    }
    add_error(diagnostics, code::set_twice, span_of(clause),
              fmt::format("`{}` is set twice here", words[clause.index()]))
        .related.push_back({span_of(*first), "first here"});
}

}  // namespace sop::lang
