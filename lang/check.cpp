#include "lang/check.h"

#include "lang/calendar/schedule.h"
#include "lang/codes.h"
#include "lang/report.h"
#include "lang/schedule_check.h"
#include "lang/step_times.h"
#include "lang/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sop::lang {

namespace {

class Checker {
  public:
    Checker(const Document& document, const Symbols& symbols, const CompileOptions& options)
        : document_(document), symbols_(symbols), options_(options) {}

    std::vector<Diagnostic> run() {
        for (const auto& item : document_.items) {
            std::visit([&](const auto& node) { check_item(node); }, item);
        }
        return std::move(diagnostics_);
    }

  private:
    // ---- reporting ----

    Diagnostic& report(const char* code, SourceSpan span, std::string message,
                       std::string label = {}) {
        return add_error(diagnostics_, code, span, std::move(message), std::move(label));
    }

    // A name that nothing declares, unless something unreadable may have declared it.
    void report_unknown(const char* code, const ast::Name& name, std::string_view kind,
                        const std::vector<std::string>& candidates,
                        std::string_view how_to_declare) {
        if (symbols_.broken.contains(name.text)) return;
        auto& diagnostic =
            report(code, name.span, fmt::format("there is no {} `{}`", kind, name.text));
        if (suggest(diagnostic, name.text, candidates)) return;
        diagnostic.notes.push_back(
            fmt::format("declare it: `{}`", fmt::format(fmt::runtime(how_to_declare), name.text)));
    }

    // ---- declarations ----

    void check_item(const ast::Edition&) {}
    void check_item(const ast::Import&) {}
    void check_item(const ast::LanguageStatement&) {}
    void check_item(const ast::TagDeclaration&) {}

    void check_item(const ast::ChannelDeclaration& channel) {
        if (channel.name.text == builtin_channel) {
            report(code::declared_twice, channel.name.span, "the channel `log` is built in",
                   "needs no declaration");
        }
        if (!channel.kind) {
            if (channel.broken) return;
            report(code::unknown_channel_kind, channel.name.span,
                   fmt::format("the channel `{}` does not say its kind", channel.name.text),
                   "`kind log` or `kind webhook`");
            return;
        }
        const std::vector<std::string> kinds{"log", "webhook"};
        if (std::find(kinds.begin(), kinds.end(), channel.kind->text) != kinds.end()) return;
        auto& diagnostic = report(code::unknown_channel_kind, channel.kind->span,
                                  fmt::format("there is no channel kind `{}`", channel.kind->text),
                                  "`log` or `webhook`");
        suggest(diagnostic, channel.kind->text, kinds);
    }

    void check_item(const ast::EventDeclaration& event) {
        std::map<std::string, SourceSpan> seen;
        for (const auto& field : event.fields) {
            for (const std::string_view builtin : {"id", "at", "group", "member"}) {
                if (field.name.text != builtin) continue;
                report(code::declared_twice, field.name.span,
                       fmt::format("every event has the field `{}` already", builtin),
                       "needs no declaration");
            }
            const auto [first, added] = seen.emplace(field.name.text, field.name.span);
            if (!added) {
                report(code::declared_twice, field.name.span,
                       fmt::format("the field `{}` is declared twice", field.name.text))
                    .related.push_back({first->second, "first here"});
            }
            check_field_type(field);
        }
    }

    void check_field_type(const ast::EventDeclaration::Field& field) {
        if (!field.type) return;
        const auto type = find_value_type(field.type->text);
        if (!type) {
            const std::vector<std::string> types{"text", "number", "money", "content"};
            auto& diagnostic = report(code::unknown_type, field.type->span,
                                      fmt::format("there is no type `{}`", field.type->text),
                                      "`text`, `number`, `money` or `content`");
            suggest(diagnostic, field.type->text, types);
            return;
        }
        if (!field.default_value) return;
        const bool quoted_as_typed = field.default_value->quoted == (*type == ValueType::text);
        if (!quoted_as_typed || !canonical_value(*type, field.default_value->text)) {
            report(code::wrong_default, field.default_value->span,
                   fmt::format("`{}` is no {}", field.default_value->text, to_text(*type)),
                   *type == ValueType::money     ? "an amount and a currency: `9.90 CNY`"
                   : *type == ValueType::number  ? "a number: `1`"
                   : *type == ValueType::content ? "a content has no default"
                                                 : "a text in quotes");
        }
    }

    void check_item(const ast::ContentDeclaration& content) {
        if (!content.text) {
            if (content.broken) return;
            report(code::syntax, content.name.span,
                   fmt::format("the content `{}` has no text", content.name.text),
                   "`text \"…\"` goes in its block");
            return;
        }
        check_holes(*content.text, widest_scope(symbols_), false);
    }

    void check_item(const ast::CalendarDeclaration& calendar) {
        std::map<std::string, SourceSpan> seen;
        std::array<std::optional<SourceSpan>, std::variant_size_v<ast::CalendarDeclaration::Item>>
            settings;
        for (const auto& item : calendar.items) {
            if (const auto* named = std::get_if<ast::NamedDays>(&item)) {
                check_named_days(*named, seen);
                continue;
            }
            if (const auto* zone = std::get_if<ast::CalendarDeclaration::Timezone>(&item))
                find_zone({zone->zone, zone->span}, true);
            const SourceSpan span = std::visit([](const auto& node) { return node.span; }, item);
            auto& first = settings[item.index()];
            if (first) {
                report(code::set_twice, span, "this calendar says so already")
                    .related.push_back({*first, "first here"});
            } else {
                first = span;
            }
        }
    }

    void check_named_days(const ast::NamedDays& named, std::map<std::string, SourceSpan>& seen) {
        const std::string& name = named.name.text;
        if (name == calendar::all_holidays || name == calendar::extra_workdays) {
            report(code::declared_twice, named.name.span,
                   fmt::format("every calendar has `{}` already", name), "needs no declaration");
        }
        const auto [first, added] = seen.emplace(name, named.name.span);
        if (added) return;
        report(code::declared_twice, named.name.span,
               fmt::format("the calendar has two `{}`", name))
            .related.push_back({first->second, "first here"});
    }

    // ---- playbooks and rules ----

    void check_item(const ast::Playbook& playbook) {
        std::map<std::string, SourceSpan> names;
        const std::size_t diagnostics_before = diagnostics_.size();
        ClausesSeen seen;
        for (const auto& item : playbook.items) {
            if (const auto* setting = std::get_if<ast::Setting>(&item)) {
                seen.add(setting->clause, diagnostics_);
                check_clause(setting->clause);
                continue;
            }
            const auto& rule = std::get<ast::Rule>(item);
            const auto [first, added] = names.emplace(rule.name.text, rule.name.span);
            if (!added) {
                report(code::declared_twice, rule.name.span,
                       fmt::format("two rules are called `{}`", rule.name.text),
                       "a rule's name is what it is known by")
                    .related.push_back({first->second, "first here"});
            }
        }
        missing_reported_ = {};
        workday_hint_given_ = false;
        const EffectiveSettings settings = settings_of(playbook);
        for (const auto& item : playbook.items) {
            if (const auto* rule = std::get_if<ast::Rule>(&item))
                check_rule(playbook, settings, *rule);
        }
        if (names.empty() && diagnostics_.size() == diagnostics_before &&
            !playbook.broken_settings) {
            auto& diagnostic =
                report(code::rule_without_steps, playbook.name.span,
                       fmt::format("the playbook `{}` has no rules", playbook.name.text));
            diagnostic.severity = Severity::warning;
        }
    }

    void check_clause(const ast::Clause& clause) {
        if (const auto* timezone = std::get_if<ast::TimezoneClause>(&clause)) {
            find_zone(*timezone, true);
        } else if (const auto* audience = std::get_if<ast::AudienceClause>(&clause)) {
            for (const auto& any_of : audience->tagged) {
                for (const auto& tag : any_of) check_tag(tag);
            }
        } else if (const auto* via = std::get_if<ast::ViaClause>(&clause)) {
            for (const auto& channel : via->channels) check_channel(channel);
        } else if (const auto* calendar = std::get_if<ast::CalendarClause>(&clause)) {
            if (!symbols_.broken.contains(calendar->calendar.text))
                check_calendar_name(calendar->calendar, symbols_.calendars, diagnostics_);
        }
    }

    std::shared_ptr<const calendar::Zone> find_zone(const ast::TimezoneClause& clause,
                                                    bool report_problems) {
        try {
            if (auto zone = options_.zones.find(clause.zone.text)) return zone;
        } catch (const calendar::ZoneDataError& error) {
            if (report_problems) {
                report(code::unknown_timezone, clause.zone.span,
                       fmt::format("the data of time zone `{}` cannot be read", clause.zone.text))
                    .notes.push_back(error.what());
            }
            return nullptr;
        }
        if (!report_problems) return nullptr;
        auto& diagnostic = report(code::unknown_timezone, clause.zone.span,
                                  fmt::format("there is no time zone `{}`", clause.zone.text),
                                  fmt::format("not in the zone data {}", options_.zones.release()));
        if (!suggest(diagnostic, clause.zone.text, options_.zones.names())) {
            diagnostic.notes.push_back(
                "zones are called by region and city: `Asia/Shanghai`, `Europe/London`");
        }
        return nullptr;
    }

    void check_tag(const ast::Name& tag) {
        if (symbols_.tags.contains(tag.text)) return;
        report_unknown(code::unknown_tag, tag, "tag", names_of(symbols_.tags), "tag {}");
    }

    void check_channel(const ast::Name& channel) {
        if (channel.text == builtin_channel || symbols_.channels.contains(channel.text)) return;
        auto candidates = names_of(symbols_.channels);
        candidates.emplace_back(builtin_channel);
        report_unknown(code::unknown_channel, channel, "channel", candidates,
                       "channel {} {{ kind webhook }}");
    }

    void check_rule(const ast::Playbook& playbook, const EffectiveSettings& of_playbook,
                    const ast::Rule& rule) {
        ClausesSeen seen;
        for (const auto& clause : rule.clauses) {
            seen.add(clause, diagnostics_);
            check_clause(clause);
        }
        const bool head_broken = std::holds_alternative<std::monostate>(rule.trigger);
        const EffectiveSettings settings = effective_settings(of_playbook, rule.clauses);
        if (!head_broken && !playbook.broken_settings) require_settings(playbook, rule, settings);
        if (const auto* event = std::get_if<ast::EventHead>(&rule.trigger))
            check_event_head(*event);
        std::optional<calendar::Schedule> schedule;
        if (const auto* head = std::get_if<ast::CalendarHead>(&rule.trigger)) {
            schedule = schedule_of(*head, settings, symbols_.calendars);
            check_times(*head, *schedule, settings);
        }
        check_steps(rule, schedule ? &*schedule : nullptr, settings, head_broken);
    }

    // Each is reported once a playbook: its cause is the same for all its rules.
    void require_settings(const ast::Playbook& playbook, const ast::Rule& rule,
                          const EffectiveSettings& settings) {
        if (!settings.timezone && !missing_reported_[0]) {
            missing_reported_[0] = true;
            const auto* head = std::get_if<ast::CalendarHead>(&rule.trigger);
            auto& diagnostic =
                head ? report(code::no_timezone, head->places.times,
                              fmt::format("which clock is {} on?", first_time_text(*head)),
                              "no time zone here or above")
                     : report(code::no_timezone, rule.name.span,
                              fmt::format("which clock does `{}` go by?", rule.name.text),
                              "no time zone here or above");
            diagnostic.notes.push_back(
                fmt::format("add `timezone Asia/Shanghai`, or your community's zone, to `{}`",
                            playbook.name.text));
            diagnostic.notes.push_back(
                "the machine's zone is never used, so that every machine agrees");
        }
        if (!settings.audience && !missing_reported_[1]) {
            missing_reported_[1] = true;
            report(code::no_audience, rule.name.span,
                   fmt::format("who is `{}` for?", rule.name.text), "no `for` here or above")
                .notes.push_back("add `for groups tagged …` or `for members tagged …`");
        }
        if (!settings.via && !missing_reported_[2] && delivers(rule)) {
            missing_reported_[2] = true;
            report(code::no_channel, rule.name.span,
                   fmt::format("which way does `{}` go out?", rule.name.text),
                   "no `via` here or above")
                .notes.push_back("add `via` and a channel; `via log` writes to the log");
        }
    }

    static bool delivers(const ast::Rule& rule) {
        for (const auto& step : rule.steps) {
            for (const auto& action : step.actions) {
                if (std::holds_alternative<ast::DeliverAction>(action)) return true;
            }
        }
        return false;
    }

    void check_event_head(const ast::EventHead& head) {
        const auto found = symbols_.events.find(head.event.text);
        if (found == symbols_.events.end()) {
            report_unknown(code::unknown_event, head.event, "event", names_of(symbols_.events),
                           "event {} {{ }}");
            return;
        }
        if (!head.argument) return;
        const auto& fields = found->second->fields;
        if (fields.empty() ||
            (fields.front().type && fields.front().type->text != to_text(ValueType::content))) {
            report(
                code::wrong_event_argument, head.argument->span,
                fmt::format("`{}` cannot be asked for `{}`", head.event.text, head.argument->text),
                fields.empty() ? "the event has no fields"
                               : "the event's first field is no content")
                .related.push_back({found->second->name.span, "declared here"});
            return;
        }
        if (!symbols_.contents.contains(head.argument->text)) {
            report_unknown(code::unknown_content, *head.argument, "content",
                           names_of(symbols_.contents), "content {} {{ text \"…\" }}");
        }
    }

    static std::string first_time_text(const ast::CalendarHead& head) {
        const auto* of_day = std::get_if<calendar::TimesOfDay>(&head.schedule.times);
        return of_day ? calendar::time_of_day_text(of_day->times.front()) : "this interval";
    }

    void check_times(const ast::CalendarHead& head, const calendar::Schedule& schedule,
                     const EffectiveSettings& settings) {
        const std::size_t errors_before = diagnostics_.size();
        check_schedule(head, symbols_.calendars, diagnostics_);
        if (has_errors({diagnostics_.begin() + static_cast<std::ptrdiff_t>(errors_before),
                        diagnostics_.end()})) {
            return;
        }
        if (head.places.workday && !settings.calendar && !workday_hint_given_) {
            workday_hint_given_ = true;
            auto& hint = report(code::workday_without_calendar, *head.places.workday,
                                "`workday` is Monday to Friday here, holidays too",
                                "no `calendar` here or above");
            hint.severity = Severity::note;
            hint.notes.push_back(
                "`import std.calendar.cn` and `calendar cn` know holidays and make-up workdays");
        }
        if (!settings.timezone) return;
        if (const auto zone = find_zone(*settings.timezone, false)) {
            check_coming_dates(head, schedule, settings, *zone, compile_date(options_),
                               diagnostics_);
        }
    }

    // ---- steps ----

    void check_steps(const ast::Rule& rule, const calendar::Schedule* schedule,
                     const EffectiveSettings& settings, bool head_broken) {
        const bool on_event = std::holds_alternative<ast::EventHead>(rule.trigger);
        const bool window = schedule && schedule->window;
        bool any_action = false;
        for (const auto& step : rule.steps) {
            any_action = any_action || !step.actions.empty();
            if (step.label && !head_broken) check_label(*step.label, on_event, window);
            if (step.label && step.actions.empty() && !rule.broken_steps) {
                report(code::rule_without_steps, step.label->span, "this step does nothing",
                       "an action such as `post` goes behind the colon");
            }
            for (const auto& action : step.actions)
                check_action(action, rule, settings, head_broken);
        }
        if (!any_action && rule.steps.empty() && !rule.broken_steps) {
            report(code::rule_without_steps, rule.name.span,
                   fmt::format("the rule `{}` does nothing", rule.name.text),
                   "an action such as `post` goes between its braces");
        }
        if (!head_broken && settings.timezone) check_order(rule, schedule, *settings.timezone);
    }

    void check_label(const ast::StepLabel& label, bool on_event, bool window) {
        const bool at_end = label.when.anchor == StepTime::Anchor::end;
        if (at_end && !window) {
            auto& diagnostic =
                report(code::end_without_window, label.span, "this rule has no `end`",
                       on_event ? "an event is a moment" : "it has no window");
            diagnostic.notes.push_back(on_event
                                           ? "write `after 2h:` for a step after the one above it"
                                           : "add a window to the rule: `for 2h`");
        }
        if (on_event && label.when.anchor == StepTime::Anchor::start &&
            label.when.offset.backwards) {
            report(code::before_the_event, label.span,
                   "nothing can happen before the event that starts it");
        }
    }

    // Steps stand in the order in which they happen, so that a run walks down its rule; here it is
    // tried out on coming dates.
    void check_order(const ast::Rule& rule, const calendar::Schedule* schedule,
                     const ast::TimezoneClause& clause) {
        const auto zone = find_zone(clause, false);
        if (!zone) return;
        const auto planned = sample_step_times(rule, schedule, *zone);
        for (std::size_t i = 1; i < planned.size(); ++i) {
            if (!rule.steps[i].label || rule.steps[i].label_broken ||
                rule.steps[i - 1].label_broken)
                continue;
            if (planned[i] >= planned[i - 1]) continue;
            auto& diagnostic = report(code::steps_out_of_order, rule.steps[i].label->span,
                                      "this step comes before the one above it",
                                      fmt::format("{} here", local_text(*zone, planned[i])));
            if (rule.steps[i - 1].label) {
                diagnostic.related.push_back(
                    {rule.steps[i - 1].label->span,
                     fmt::format("{} here", local_text(*zone, planned[i - 1]))});
            }
            diagnostic.notes.push_back("write the steps in the order in which they happen");
            return;
        }
    }

    static std::string local_text(const calendar::Zone& zone, date::sys_seconds instant) {
        return date::format("%F %H:%M", zone.to_local(instant));
    }

    void check_action(const ast::Action& action, const ast::Rule& rule,
                      const EffectiveSettings& settings, bool head_broken) {
        if (const auto* change = std::get_if<ast::TagAction>(&action)) {
            check_tag(change->tag);
            return;
        }
        const auto& deliver = std::get<ast::DeliverAction>(action);
        if (settings.audience) check_verb(deliver, *settings.audience);
        const bool event_known = known_event(rule);
        const Scope scope = scope_of(rule, settings, symbols_);
        const bool scope_known = settings.audience && !head_broken;
        if (const auto* text = std::get_if<ast::Text>(&deliver.message)) {
            check_holes(*text, scope_known ? scope : widest_scope(symbols_), !event_known);
            return;
        }
        const auto& name = std::get<ast::Name>(deliver.message);
        const auto found = symbols_.contents.find(name.text);
        if (found == symbols_.contents.end()) {
            report_unknown(code::unknown_content, name, "content", names_of(symbols_.contents),
                           "content {} {{ text \"…\" }}");
        } else if (scope_known && event_known && found->second->text) {
            check_content_use(name, *found->second->text, scope);
        }
    }

    bool known_event(const ast::Rule& rule) const {
        const auto* head = std::get_if<ast::EventHead>(&rule.trigger);
        return !head || symbols_.events.contains(head->event.text);
    }

    void check_verb(const ast::DeliverAction& deliver, const ast::AudienceClause& audience) {
        const bool members = audience.kind == SubjectKind::member;
        if (deliver.to_members == members) return;
        auto& diagnostic = members ? report(code::post_to_members, deliver.verb_span,
                                            "`post` goes to groups, and this rule is for members")
                                   : report(code::send_to_groups, deliver.verb_span,
                                            "`send` goes to members, and this rule is for groups");
        diagnostic.related.push_back({audience.span, "for whom it is"});
        const std::string verb = members ? "send" : "post";
        diagnostic.fix = Fix{deliver.verb_span, verb, fmt::format("write `{}`", verb)};
    }

    // ---- holes ----

    void check_holes(const ast::Text& text, const Scope& scope, bool skip_event) {
        for (const auto& part : text.parts) {
            const auto* hole = std::get_if<ast::Hole>(&part);
            if (!hole || hole->broken) continue;
            if (skip_event && hole->path.front().text == "event") continue;
            report_hole(*hole, resolve_hole(*hole, scope));
        }
    }

    void report_hole(const ast::Hole& hole, const ResolvedHole& resolved) {
        switch (resolved.problem) {
            case HoleProblem::none:
                return;
            case HoleProblem::unknown_owner: {
                auto& diagnostic = report(
                    code::unknown_field, hole.path.front().span,
                    fmt::format("there is no `{}` to fill a hole with", hole.path.front().text));
                suggest_field(diagnostic, hole.path.front(), resolved.candidates);
                return;
            }
            case HoleProblem::unknown_field: {
                if (hole.path.size() > 2) {
                    report(code::unknown_field, hole.path[2].span,
                           fmt::format("`{}.{}` has no fields of its own", hole.path[0].text,
                                       hole.path[1].text));
                    return;
                }
                const ast::Name& name = hole.path.back();
                const std::string message =
                    hole.path.size() == 1
                        ? fmt::format("`{}` needs a field", name.text)
                        : fmt::format("`{}` has no field `{}`", hole.path[0].text, name.text);
                auto& diagnostic = report(code::unknown_field, name.span, message);
                suggest_field(diagnostic, name, resolved.candidates);
                return;
            }
            case HoleProblem::not_visible:
            case HoleProblem::no_window:
                report(code::not_visible_here, hole.span,
                       fmt::format("there is no `{}` here", hole.path.front().text),
                       why_not_visible(hole));
                return;
        }
    }

    void suggest_field(Diagnostic& diagnostic, const ast::Name& name,
                       const std::vector<std::string>& candidates) {
        if (suggest(diagnostic, name.text, candidates)) return;
        diagnostic.notes.push_back(fmt::format("known are {}", fmt::join(candidates, ", ")));
    }

    static std::string why_not_visible(const ast::Hole& hole) {
        const std::string& owner = hole.path.front().text;
        if (owner == "end") return "the rule has no window";
        if (owner == "event") return "the rule is on the calendar";
        return owner == "member" ? "the rule is for groups" : "the rule is for members";
    }

    // A content fits where it is used if all its holes can be filled there.
    void check_content_use(const ast::Name& use, const ast::Text& text, const Scope& scope) {
        for (const auto& part : text.parts) {
            const auto* hole = std::get_if<ast::Hole>(&part);
            if (!hole || hole->broken) continue;
            const ResolvedHole here = resolve_hole(*hole, scope);
            const bool wrong_anyway =
                resolve_hole(*hole, widest_scope(symbols_)).problem != HoleProblem::none;
            if (here.problem == HoleProblem::none || wrong_anyway) continue;
            std::string path;
            for (const auto& name : hole->path) path += (path.empty() ? "" : ".") + name.text;
            report(code::not_visible_here, use.span,
                   fmt::format("`{}` needs `{{{}}}`", use.text, path),
                   here.problem == HoleProblem::unknown_field
                       ? "this rule's event has no such field"
                       : why_not_visible(*hole))
                .related.push_back({hole->span, "used here"});
            return;
        }
    }

    const Document& document_;
    const Symbols& symbols_;
    const CompileOptions& options_;
    std::vector<Diagnostic> diagnostics_{};
    std::array<bool, 3>
        missing_reported_{};           // timezone, audience, via: of the playbook being checked
    bool workday_hint_given_ = false;  // in the playbook being checked
};

}  // namespace

Scope scope_of(const ast::Rule& rule, const EffectiveSettings& settings, const Symbols& symbols) {
    Scope scope;
    scope.symbols = &symbols;
    scope.group = settings.audience && settings.audience->kind == SubjectKind::group;
    scope.member = settings.audience && settings.audience->kind == SubjectKind::member;
    if (const auto* head = std::get_if<ast::EventHead>(&rule.trigger)) {
        scope.event = true;
        const auto found = symbols.events.find(head->event.text);
        if (found != symbols.events.end()) scope.event_type = found->second;
    }
    if (const auto* head = std::get_if<ast::CalendarHead>(&rule.trigger))
        scope.window = head->schedule.window.has_value();
    return scope;
}

std::vector<Diagnostic> check(const Document& document, const Symbols& symbols,
                              const CompileOptions& options) {
    return Checker(document, symbols, options).run();
}

}  // namespace sop::lang
