#include "lang/settings.h"

#include <algorithm>
#include <iterator>

#include "lang/codes.h"
#include "lang/report.h"

namespace sop::lang {

namespace {

bool is_same_kind(const PostLimit& a, const PostLimit& b) {
    return a.per == b.per && a.period == b.period;
}

struct TakeClause {
    EffectiveSettings& settings;

    void operator()(const ast::TimezoneClause& clause) { settings.timezone = &clause; }
    void operator()(const ast::LocaleClause& clause) { settings.locale = &clause; }
    void operator()(const ast::CalendarClause& clause) { settings.calendar = &clause; }
    void operator()(const ast::AudienceClause& clause) { settings.audience = &clause; }
    void operator()(const ast::ViaClause& clause) { settings.via = &clause; }
    void operator()(const ast::QuietClause& clause) { settings.quiet = &clause; }
    void operator()(const ast::LimitClause& clause) {
        std::erase_if(settings.limits, [&](const ast::LimitClause* outer) {
            return is_same_kind(outer->limit, clause.limit);
        });
        settings.limits.push_back(&clause);
    }
    void operator()(const ast::SpaceClause& clause) { settings.space = &clause; }
    void operator()(const ast::SpreadClause& clause) { settings.spread = &clause; }
    void operator()(const ast::LateClause& clause) { settings.late = &clause; }
    void operator()(const ast::DeliverClause& clause) { settings.deliver = &clause; }
    void operator()(const ast::GapClause& clause) { settings.gap = &clause; }
    void operator()(const ast::OverlapClause& clause) { settings.overlap = &clause; }
    void operator()(const ast::PriorityClause& clause) { settings.priority = &clause; }
    void operator()(const ast::ConcurrentClause& clause) { settings.concurrent = &clause; }
    void operator()(const ast::OutsideClause& clause) { settings.outside = &clause; }
};

template <typename Items>
EffectiveSettings with_settings(EffectiveSettings outer, const Items& items) {
    for (const auto& item : items) {
        if (const auto* setting = std::get_if<ast::Setting>(&item))
            std::visit(TakeClause{outer}, setting->clause);
    }
    return outer;
}

SourceSpan span_of(const ast::Clause& clause) {
    return std::visit([](const auto& node) { return node.span; }, clause);
}

}  // namespace

EffectiveSettings effective_settings(EffectiveSettings outer,
                                     const std::vector<ast::Clause>& clauses) {
    for (const auto& clause : clauses) std::visit(TakeClause{outer}, clause);
    return outer;
}

EffectiveSettings settings_of(EffectiveSettings of_file, const ast::Playbook& playbook) {
    return with_settings(std::move(of_file), playbook.items);
}

EffectiveSettings settings_of(const Document& document) {
    return with_settings({}, document.items);
}

void ClausesSeen::add(const ast::Clause& clause, std::vector<Diagnostic>& diagnostics) {
    static constexpr const char* words[] = {
        "timezone", "locale", "calendar", "for", "via",     "quiet",    "limit",      "space",
        "spread",   "late",   "deliver",  "gap", "overlap", "priority", "concurrent", "exit"};
    static_assert(std::size(words) == std::variant_size_v<ast::Clause>);
    std::optional<SourceSpan> first;
    if (const auto* limit = std::get_if<ast::LimitClause>(&clause)) {
        for (const auto* earlier : limits_) {
            if (is_same_kind(earlier->limit, limit->limit)) first = earlier->span;
        }
        limits_.push_back(limit);
    } else if (const ast::Clause*& slot = first_[clause.index()]; slot) {
        first = span_of(*slot);
    } else {
        slot = &clause;
    }
    if (!first) return;
    add_error(diagnostics, code::set_twice, span_of(clause),
              "`{}` is set twice here"_say(std::string(words[clause.index()])))
        .related.push_back({*first, "first here"_say});
}

}  // namespace sop::lang
