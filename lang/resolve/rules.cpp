#include "lang/resolve/rules.h"

#include <algorithm>
#include <array>
#include <map>

#include "lang/calendar/schedule.h"
#include "lang/codes.h"
#include "lang/resolve/audience.h"
#include "lang/resolve/events.h"
#include "lang/resolve/expressions.h"
#include "lang/resolve/steps.h"
#include "lang/schedule_check.h"
#include "lang/step_times.h"

namespace sop::lang {

namespace {

constexpr std::size_t steps_max = 1000;

std::string local_text(const calendar::Zone& zone, date::sys_seconds instant) {
    return date::format("%F %H:%M", zone.to_local(instant));
}

class PlaybookResolver {
  public:
    PlaybookResolver(const ast::Playbook& playbook, const EffectiveSettings& of_file,
                     const ResolveContext& context)
        : playbook_(playbook), settings_(settings_of(of_file, playbook)), context_(context) {}

    Playbook run() {
        const std::size_t diagnostics_before = context_.diagnostics.size();
        check_names();
        Playbook result{playbook_.name.text, ast::plain_text(playbook_.title), {}};
        for (const auto& item : playbook_.items) {
            if (const auto* rule = std::get_if<ast::Rule>(&item))
                result.rules.push_back(resolve(*rule));
        }
        if (result.rules.empty() && context_.diagnostics.size() == diagnostics_before &&
            !playbook_.broken_settings) {
            context_
                .report(code::rule_without_steps, playbook_.name.span,
                        "the playbook `{}` has no rules"_say(playbook_.name.text))
                .severity = Severity::warning;
        }
        return result;
    }

  private:
    void check_names() {
        std::map<std::string, SourceSpan> names;
        ClausesSeen seen;
        for (const auto& item : playbook_.items) {
            if (const auto* setting = std::get_if<ast::Setting>(&item)) {
                seen.add(setting->clause, context_.diagnostics);
                check_clause(setting->clause, context_);
            } else if (const auto* instance = std::get_if<ast::Instance>(&item)) {
                context_.report(code::unknown_declaration, instance->of.span,
                                "templates cannot be used yet"_say, "write its rules out"_say);
            } else if (const auto* rule = std::get_if<ast::Rule>(&item)) {
                const auto [first, added] = names.emplace(rule->name.text, rule->name.span);
                if (added) continue;
                context_
                    .report(code::declared_twice, rule->name.span,
                            "two rules are called `{}`"_say(rule->name.text),
                            "a rule's name is what it is known by"_say)
                    .related.push_back({first->second, "first here"_say});
            }
        }
    }

    // ---- rules ----

    Rule resolve(const ast::Rule& rule) {
        ClausesSeen seen;
        for (const auto& clause : rule.clauses) {
            seen.add(clause, context_.diagnostics);
            check_clause(clause, context_);
        }
        const bool head_broken = std::holds_alternative<std::monostate>(rule.trigger);
        const EffectiveSettings settings = effective_settings(settings_, rule.clauses);
        RuleContext known = context_of(rule, settings, head_broken);
        if (!head_broken && !playbook_.broken_settings) require_settings(rule, settings);

        Rule result;
        result.name = rule.name.text;
        result.title = ast::plain_text(rule.title);
        if (settings.timezone) {
            result.timezone = settings.timezone->zone.text;
            result.timezone_of_member = settings.timezone->of_member;
        }
        result.audience = settings.audience ? quiet_audience(settings.audience->audience)
                                            : Audience{SubjectKind::playbook, {}, {}, false, {}};
        if (settings.via) {
            for (const auto& channel : settings.via->channels) result.via.push_back(channel.text);
        }
        take_guards(settings, result);
        resolve_trigger(rule, settings, known, result);
        for (const auto& exit : rule.exits) {
            result.exits.push_back(
                {resolve_event(exit.event, known.scope, context_), ast::plain_text(exit.reason)});
        }
        check_steps(rule, known, head_broken);
        result.steps = resolve_steps(rule.steps, known, context_);
        const auto* calendar = std::get_if<CalendarTrigger>(&result.trigger);
        if (!head_broken && settings.timezone)
            check_order(rule, calendar ? &calendar->schedule : nullptr, *settings.timezone);
        return result;
    }

    RuleContext context_of(const ast::Rule& rule, const EffectiveSettings& settings,
                           bool head_broken) const {
        RuleContext known{playbook_, rule};
        known.scope.symbols = &context_.symbols;
        if (settings.audience) {
            known.audience = *settings.audience;
            known.subject = subject_kind(settings.audience->audience, context_.symbols);
            const auto& named = settings.audience->audience.named;
            known.audience_known =
                !head_broken && (!named || context_.symbols.audiences.contains(named->text));
            known.scope.group = known.subject == SubjectKind::group;
            known.scope.member = known.subject == SubjectKind::member;
        }
        if (const auto* head = std::get_if<ast::EventHead>(&rule.trigger)) {
            known.event_known = is_known_event(head->event, context_.symbols);
            known.scope.event = true;
            known.scope.event_name = event_name(head->event);
        }
        if (const auto* head = std::get_if<ast::CalendarHead>(&rule.trigger)) {
            known.scope.window = head->schedule.window.has_value();
            // Without `for` there is one run, for nobody.
            if (!settings.audience) known.audience_known = true;
        }
        return known;
    }

    // The settings were checked where they stand.
    Audience quiet_audience(const ast::AudienceText& written) const {
        std::vector<Diagnostic> said_already;
        return resolve_audience(written,
                                {context_.symbols, context_.options, context_.plan, said_already});
    }

    static void take_guards(const EffectiveSettings& settings, Rule& rule) {
        Guards& guards = rule.guards;
        if (settings.quiet) guards.quiet = settings.quiet->hours;
        for (const auto* limit : settings.limits) guards.limits.push_back(limit->limit);
        if (settings.space) guards.space = settings.space->length;
        if (settings.spread) guards.spread = settings.spread->length;
        if (settings.late) {
            guards.late = settings.late->policy;
            rule.late_within = settings.late->within;
        }
        if (settings.deliver) {
            rule.deliver_within = settings.deliver->within;
            guards.deliver_within_written = true;
        }
        if (settings.priority) guards.priority = settings.priority->priority;
        if (settings.concurrent) guards.concurrent = settings.concurrent->concurrency;
        guards.exit_when_outside = settings.outside != nullptr;
        if (settings.locale) guards.locale = settings.locale->locale;
    }

    // Each is reported once a playbook: its cause is the same for all its rules.
    void require_settings(const ast::Rule& rule, const EffectiveSettings& settings) {
        if (!settings.timezone && !missing_reported_[0]) {
            missing_reported_[0] = true;
            const auto* head = std::get_if<ast::CalendarHead>(&rule.trigger);
            auto& diagnostic =
                head ? context_.report(code::no_timezone, head->places.times,
                                       "which clock is {} on?"_say(first_time(*head)),
                                       "no time zone here or above"_say)
                     : context_.report(code::no_timezone, rule.name.span,
                                       "which clock does `{}` go by?"_say(rule.name.text),
                                       "no time zone here or above"_say);
            diagnostic.notes.push_back(
                "add `timezone Asia/Shanghai`, or your community's zone, to `{}`"_say(
                    playbook_.name.text));
            diagnostic.notes.push_back(
                "the machine's zone is never used, so that every machine agrees"_say);
        }
        const bool needs_audience =
            !std::holds_alternative<ast::CalendarHead>(rule.trigger) || addresses_subject(rule);
        if (!settings.audience && needs_audience && !missing_reported_[1]) {
            missing_reported_[1] = true;
            context_
                .report(code::no_audience, rule.name.span, "who is `{}` for?"_say(rule.name.text),
                        "no `for` here or above"_say)
                .notes.push_back("add `for groups tagged …` or `for members tagged …`"_say);
        }
        if (!settings.via && !missing_reported_[2] && delivers(rule.steps)) {
            missing_reported_[2] = true;
            context_
                .report(code::no_channel, rule.name.span,
                        "which way does `{}` go out?"_say(rule.name.text),
                        "no `via` here or above"_say)
                .notes.push_back("add `via` and a channel; `via log` writes to the log"_say);
        }
    }

    // Without `for` a rule has one run; its posts go to the groups it creates.
    static bool addresses_subject(const ast::Rule& rule) {
        const bool creates =
            std::any_of(rule.steps.begin(), rule.steps.end(), [](const ast::Step& step) {
                return std::any_of(
                    step.actions.begin(), step.actions.end(), [](const ast::Action& action) {
                        return std::holds_alternative<ast::CreateGroupAction>(action.node);
                    });
            });
        return !creates && delivers(rule.steps);
    }

    static Message first_time(const ast::CalendarHead& head) {
        const auto* of_day = std::get_if<calendar::TimesOfDay>(&head.schedule.times);
        if (!of_day) return "this interval"_say;
        return calendar::time_of_day_text(of_day->times.front());
    }

    // ---- triggers ----

    void resolve_trigger(const ast::Rule& rule, const EffectiveSettings& settings,
                         const RuleContext& known, Rule& result) {
        if (const auto* head = std::get_if<ast::CalendarHead>(&rule.trigger)) {
            auto schedule = schedule_of(*head, settings, context_.symbols.calendars);
            check_times(*head, schedule, settings);
            add_calendars(schedule);
            result.trigger = CalendarTrigger{std::move(schedule)};
        } else if (const auto* event = std::get_if<ast::EventHead>(&rule.trigger)) {
            EventTrigger trigger;
            static_cast<EventPattern&>(trigger) =
                resolve_event(event->event, known.scope, context_);
            for (const auto& clause : event->allowances)
                trigger.allowances.push_back(clause.allowance);
            if (event->again_after) trigger.again_after = event->again_after->value;
            trigger.again_from_start = event->again_from_start;
            result.trigger = std::move(trigger);
        } else if (const auto* condition = std::get_if<ast::ConditionHead>(&rule.trigger)) {
            ConditionTrigger trigger;
            if (auto resolved = resolve_condition(condition->condition, known.scope, context_))
                trigger.condition = std::move(*resolved);
            trigger.including_now = condition->including_now;
            trigger.once = condition->once;
            result.trigger = std::move(trigger);
        }
    }

    // The plan has each calendar once, by its name.
    void add_calendars(const calendar::Schedule& schedule) {
        auto& calendars = context_.plan.calendars;
        for (const auto& used : calendar::calendars_of(schedule)) {
            const bool known = std::any_of(
                calendars.begin(), calendars.end(),
                [&](const auto& calendar) { return calendar::is_same(calendar, used); });
            if (!known) calendars.push_back(used);
        }
    }

    void check_times(const ast::CalendarHead& head, const calendar::Schedule& schedule,
                     const EffectiveSettings& settings) {
        auto& diagnostics = context_.diagnostics;
        const std::size_t errors_before = diagnostics.size();
        check_schedule(head, context_.symbols.calendars, diagnostics);
        if (has_errors({diagnostics.begin() + static_cast<std::ptrdiff_t>(errors_before),
                        diagnostics.end()})) {
            return;
        }
        if (head.places.workday && !settings.calendar && !workday_hint_given_) {
            workday_hint_given_ = true;
            auto& hint = context_.report(code::workday_without_calendar, *head.places.workday,
                                         "`workday` is Monday to Friday here, holidays too"_say,
                                         "no `calendar` here or above"_say);
            hint.severity = Severity::note;
            hint.notes.push_back(
                "`import std.calendar.cn` and `calendar cn` know holidays and make-up workdays"_say);
        }
        if (!settings.timezone) return;
        if (const auto zone = find_zone(settings.timezone->zone, false, context_)) {
            check_coming_dates(head, schedule, settings, *zone, compile_date(context_.options),
                               diagnostics);
        }
    }

    // ---- steps ----

    void check_steps(const ast::Rule& rule, const RuleContext& known, bool head_broken) {
        bool any_action = false;
        for (const auto& step : rule.steps) {
            any_action = any_action || !step.actions.empty();
            if (step.label && !head_broken) check_label(*step.label, known);
            if (step.label && step.actions.empty() && !rule.broken_steps) {
                context_.report(code::rule_without_steps, step.label->span,
                                "this step does nothing"_say,
                                "an action such as `post` goes behind the colon"_say);
            }
        }
        if (!any_action && rule.steps.empty() && !rule.broken_steps) {
            context_.report(code::rule_without_steps, rule.name.span,
                            "the rule `{}` does nothing"_say(rule.name.text),
                            "an action such as `post` goes between its braces"_say);
        }
        if (rule.steps.size() > steps_max) {
            context_.report(code::too_many_steps, rule.name.span,
                            "the rule `{}` has {} steps; at most {} are read"_say(
                                rule.name.text, rule.steps.size(), steps_max));
        }
    }

    void check_label(const ast::StepLabel& label, const RuleContext& known) {
        const bool on_calendar = std::holds_alternative<ast::CalendarHead>(known.rule.trigger);
        if (label.when.anchor == StepTime::Anchor::end && !known.scope.window) {
            auto& diagnostic =
                context_.report(code::end_without_window, label.span, "this rule has no `end`"_say,
                                on_calendar ? "it has no window"_say : "an event is a moment"_say);
            diagnostic.notes.push_back(
                on_calendar ? "add a window to the rule: `for 2h`"_say
                            : "write `after 2h:` for a step after the one above it"_say);
        }
        if (!on_calendar && label.when.anchor == StepTime::Anchor::start &&
            label.when.offset.backwards) {
            context_.report(code::before_the_event, label.span,
                            "nothing can happen before the event that starts it"_say);
        }
    }

    // Steps stand in the order in which they happen, so that a run walks down its rule; here it is
    // tried out on coming dates.
    void check_order(const ast::Rule& rule, const calendar::Schedule* schedule,
                     const ast::TimezoneClause& clause) {
        const auto zone = find_zone(clause.zone, false, context_);
        if (!zone) return;
        const auto planned = sample_step_times(rule, schedule, *zone);
        for (std::size_t i = 1; i < planned.size(); ++i) {
            if (!rule.steps[i].label || rule.steps[i].label_broken ||
                rule.steps[i - 1].label_broken)
                continue;
            if (planned[i] >= planned[i - 1]) continue;
            auto& diagnostic = context_.report(code::steps_out_of_order, rule.steps[i].label->span,
                                               "this step comes before the one above it"_say,
                                               "{} here"_say(local_text(*zone, planned[i])));
            if (rule.steps[i - 1].label) {
                diagnostic.related.push_back({rule.steps[i - 1].label->span,
                                              "{} here"_say(local_text(*zone, planned[i - 1]))});
            }
            diagnostic.notes.push_back("write the steps in the order in which they happen"_say);
            return;
        }
    }

    const ast::Playbook& playbook_;
    const EffectiveSettings settings_;
    const ResolveContext& context_;
    std::array<bool, 3> missing_reported_{};  // timezone, audience, via
    bool workday_hint_given_ = false;
};

void check_channel(const ast::Name& channel, const ResolveContext& context) {
    if (channel.text == builtin_channel || context.symbols.channels.contains(channel.text)) return;
    auto candidates = names_of(context.symbols.channels);
    candidates.emplace_back(builtin_channel);
    context.report_unknown(code::unknown_channel, channel, "there is no channel `{}`"_say,
                           candidates, "channel {} {{ kind webhook }}"_say);
}

}  // namespace

std::shared_ptr<const calendar::Zone> find_zone(const ast::Name& zone, bool report_problems,
                                                const ResolveContext& context) {
    const auto& zones = context.options.zones;
    try {
        if (auto found = zones.find(zone.text)) return found;
    } catch (const calendar::ZoneDataError& error) {
        if (report_problems) {
            context
                .report(code::unknown_timezone, zone.span,
                        "the data of time zone `{}` cannot be read"_say(zone.text))
                .notes.push_back(std::string(error.what()));
        }
        return nullptr;
    }
    if (!report_problems) return nullptr;
    auto& diagnostic = context.report(code::unknown_timezone, zone.span,
                                      "there is no time zone `{}`"_say(zone.text),
                                      "not in the zone data {}"_say(zones.release()));
    if (!suggest(diagnostic, zone.text, zones.names())) {
        diagnostic.notes.push_back(
            "zones are called by region and city: `Asia/Shanghai`, `Europe/London`"_say);
    }
    return nullptr;
}

void check_clause(const ast::Clause& clause, const ResolveContext& context) {
    if (const auto* timezone = std::get_if<ast::TimezoneClause>(&clause)) {
        find_zone(timezone->zone, true, context);
    } else if (const auto* audience = std::get_if<ast::AudienceClause>(&clause)) {
        resolve_audience(audience->audience, context);
    } else if (const auto* via = std::get_if<ast::ViaClause>(&clause)) {
        for (const auto& channel : via->channels) check_channel(channel, context);
    } else if (const auto* calendar = std::get_if<ast::CalendarClause>(&clause)) {
        if (!context.symbols.broken.contains(calendar->calendar.text))
            check_calendar_name(calendar->calendar, context.symbols.calendars, context.diagnostics);
    }
}

Playbook resolve_playbook(const ast::Playbook& playbook, const EffectiveSettings& of_file,
                          const ResolveContext& context) {
    return PlaybookResolver(playbook, of_file, context).run();
}

}  // namespace sop::lang
