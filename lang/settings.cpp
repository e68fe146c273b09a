#include "lang/settings.h"

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

EffectiveSettings effective_settings(EffectiveSettings of_playbook, const ast::Rule& rule) {
    for (const auto& clause : rule.clauses) std::visit(TakeClause{of_playbook}, clause);
    return of_playbook;
}

EffectiveSettings settings_of(const std::vector<ast::Clause>& clauses) {
    EffectiveSettings settings;
    for (const auto& clause : clauses) std::visit(TakeClause{settings}, clause);
    return settings;
}

}  // namespace sop::lang
