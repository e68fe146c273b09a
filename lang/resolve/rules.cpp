#include "lang/resolve/rules.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>

#include "lang/calendar/schedule.h"
#include "lang/codes.h"
#include "lang/hole_format.h"
#include "lang/nested_steps.h"
#include "lang/resolve/audience.h"
#include "lang/resolve/events.h"
#include "lang/resolve/expressions.h"
#include "lang/resolve/quiet_check.h"
#include "lang/resolve/steps.h"
#include "lang/resolve/templates.h"
#include "lang/schedule_check.h"
#include "lang/step_times.h"
#include "lang/suggestion.h"

namespace sop::lang {

namespace {

constexpr std::size_t steps_max = 1000;
constexpr date::days table_horizon_default{90};

std::string local_text(const calendar::Zone& zone, date::sys_seconds instant) {
    return date::format("%F %H:%M", zone.to_local(instant));
}

// What the rules of a playbook share. In a template nothing is known of who its rules are for, and
// settings may come from where it is used.
struct PlaybookState {
    const ast::Playbook& playbook;
    const EffectiveSettings settings;
    const bool is_template;
    std::vector<std::string> rule_names{};
    // Each is reported once: its cause is the same for all rules.
    std::array<bool, 3> missing_reported{};  // timezone, audience, via
    bool workday_hint_given = false;
};

template <typename Node>
bool has_action(const ast::Steps& steps) {
    return std::any_of(steps.begin(), steps.end(), [](const ast::Step& step) {
        return std::any_of(step.actions.begin(), step.actions.end(), [](const ast::Action& action) {
            if (std::holds_alternative<Node>(action.node)) return true;
            const auto nested = nested_steps(action);
            return std::any_of(nested.begin(), nested.end(),
                               [](const auto* inner) { return has_action<Node>(*inner); });
        });
    });
}

class RuleResolver {
  public:
    RuleResolver(PlaybookState& playbook, const ast::Rule& rule, std::string prefix,
                 const ResolveContext& context)
        : playbook_(playbook), rule_(rule), prefix_(std::move(prefix)), context_(context) {}

    Rule run() {
        ClausesSeen seen;
        for (const auto& clause : rule_.clauses) {
            seen.add(clause, context_.diagnostics);
            check_clause(clause, context_);
        }
        const bool head_broken = std::holds_alternative<std::monostate>(rule_.trigger);
        const EffectiveSettings settings = effective_settings(playbook_.settings, rule_.clauses);
        RuleContext known = context_of(settings, head_broken);
        if (!head_broken && !playbook_.playbook.broken_settings && !playbook_.is_template)
            require_settings(settings);

        Rule result;
        result.name = rule_.name.text;
        result.title = ast::plain_text(rule_.title);
        if (settings.timezone) {
            result.timezone = settings.timezone->zone.text;
            result.timezone_of_member = settings.timezone->of_member;
        }
        result.audience = settings.audience ? quiet_audience(settings.audience->audience)
                                            : Audience{SubjectKind::playbook, {}, {}, false, {}};
        if (settings.via) {
            std::vector<std::string> via;
            for (const auto& channel : settings.via->channels) via.push_back(channel.text);
            result.via = std::move(via);
        }
        take_guards(settings, result);
        resolve_trigger(settings, known, result);
        for (const auto& exit : rule_.exits) {
            result.exits.push_back(
                {resolve_event(exit.event, known.scope, context_), ast::plain_text(exit.reason)});
        }
        check_steps(known, head_broken);
        result.steps = resolve_steps(rule_.steps, known, context_);
        if (settings.calendar && counts_workdays(rule_.steps)) take_workdays(settings, result);
        const auto* calendar = std::get_if<CalendarTrigger>(&result.trigger);
        if (!head_broken && settings.timezone) {
            if (const auto zone = find_zone(settings.timezone->zone, false, context_)) {
                check_order(calendar ? &calendar->schedule : nullptr, *zone);
                if (!playbook_.is_template)
                    check_quiet_hours(rule_, result, *zone,
                                      zone->to_instant(coming_dates(horizon_default).from),
                                      context_);
            }
        }
        return result;
    }

  private:
    RuleContext context_of(const EffectiveSettings& settings, bool head_broken) const {
        RuleContext known{rule_, playbook_.rule_names, prefix_};
        known.scope.symbols = &context_.symbols;
        if (settings.audience) {
            known.audience = *settings.audience;
            known.subject = subject_kind(settings.audience->audience, context_.symbols);
            const auto& named = settings.audience->audience.named;
            known.audience_known =
                !head_broken && (!named || context_.symbols.audiences.contains(named->text));
            known.scope.group = known.subject == SubjectKind::group ||
                                is_of_groups(settings.audience->audience, context_.symbols);
            known.scope.member = known.subject == SubjectKind::member;
        }
        if (const auto* head = std::get_if<ast::EventHead>(&rule_.trigger)) {
            known.event_known = is_known_event(head->event, context_.symbols);
            known.scope.event = true;
            known.scope.event_name = event_name(head->event);
        }
        if (const auto* head = std::get_if<ast::CalendarHead>(&rule_.trigger)) {
            known.scope.window = head->schedule.window.has_value();
            // Without `for` there is one run, for nobody.
            if (!settings.audience) known.audience_known = !playbook_.playbook.broken_settings;
        }
        known.scope.collected = has_action<ast::CollectAction>(rule_.steps);
        known.scope.draws = has_action<ast::DrawAction>(rule_.steps);
        known.scope.gives = has_action<ast::GiveAction>(rule_.steps);
        // What could not be read may have said anything.
        if (head_broken) known.scope.event = known.scope.window = true;
        const bool broken = head_broken || playbook_.playbook.broken_settings;
        if (!settings.audience && (broken || playbook_.is_template))
            known.scope.group = known.scope.member = true;
        if (playbook_.is_template && !settings.audience) known.audience_known = false;
        if (!head_broken && !playbook_.is_template)
            known.scope.coming_dates = table_dates(settings);
        return known;
    }

    ComingDates coming_dates(date::days horizon_unless_said) const {
        const auto from = compile_date(context_.options);
        return {from, from + context_.options.horizon.value_or(horizon_unless_said)};
    }

    // Of the rows that tables are to have.
    std::shared_ptr<const std::vector<date::local_days>> table_dates(
        const EffectiveSettings& settings) const {
        const auto* head = std::get_if<ast::CalendarHead>(&rule_.trigger);
        if (!head || !settings.timezone || context_.symbols.tables.empty()) return nullptr;
        const auto zone = find_zone(settings.timezone->zone, false, context_);
        if (!zone) return nullptr;
        const auto schedule = schedule_of(*head, settings, context_.symbols.calendars);
        const ComingDates coming = coming_dates(table_horizon_default);
        auto dates = std::make_shared<std::vector<date::local_days>>();
        for (const auto& occurrence : calendar::OccurrenceRange(
                 schedule, *zone, zone->to_instant(coming.from), zone->to_instant(coming.end))) {
            dates->push_back(date::floor<date::days>(occurrence.nominal));
        }
        dates->erase(std::unique(dates->begin(), dates->end()), dates->end());
        return dates;
    }

    // The settings were checked where they stand.
    Audience quiet_audience(const ast::AudienceText& written) const {
        std::vector<Diagnostic> said_already;
        return resolve_audience(written, context_.reporting_to(said_already));
    }

    static void take_guards(const EffectiveSettings& settings, Rule& rule) {
        Guards guards;
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
        rule.guards = std::move(guards);
    }

    void require_settings(const EffectiveSettings& settings) {
        if (!settings.timezone && !playbook_.missing_reported[0]) {
            playbook_.missing_reported[0] = true;
            const auto* head = std::get_if<ast::CalendarHead>(&rule_.trigger);
            auto& diagnostic =
                head ? context_.report(code::no_timezone, head->places.times,
                                       "which clock is {} on?"_say(first_time(*head)),
                                       "no time zone here or above"_say)
                     : context_.report(code::no_timezone, rule_.name.span,
                                       "which clock does `{}` go by?"_say(rule_.name.text),
                                       "no time zone here or above"_say);
            diagnostic.notes.push_back(
                "add `timezone Asia/Shanghai`, or your community's zone, to `{}`"_say(
                    playbook_.playbook.name.text));
            diagnostic.notes.push_back(
                "the machine's zone is never used, so that every machine agrees"_say);
        }
        const bool needs_audience =
            !std::holds_alternative<ast::CalendarHead>(rule_.trigger) || addresses_subject();
        if (!settings.audience && needs_audience && !playbook_.missing_reported[1]) {
            playbook_.missing_reported[1] = true;
            context_
                .report(code::no_audience, rule_.name.span, "who is `{}` for?"_say(rule_.name.text),
                        "no `for` here or above"_say)
                .notes.push_back("add `for groups tagged …` or `for members tagged …`"_say);
        }
        if (!settings.via && !playbook_.missing_reported[2] && delivers(rule_.steps)) {
            playbook_.missing_reported[2] = true;
            context_
                .report(code::no_channel, rule_.name.span,
                        "which way does `{}` go out?"_say(rule_.name.text),
                        "no `via` here or above"_say)
                .notes.push_back("add `via` and a channel; `via log` writes to the log"_say);
        }
    }

    // Without `for` a rule has one run; its posts go to the groups it creates, or where they say.
    bool addresses_subject() const {
        const bool creates =
            std::any_of(rule_.steps.begin(), rule_.steps.end(), [](const ast::Step& step) {
                return std::any_of(
                    step.actions.begin(), step.actions.end(), [](const ast::Action& action) {
                        return std::holds_alternative<ast::CreateGroupAction>(action.node);
                    });
            });
        return !creates && delivers_to_subject(rule_.steps);
    }

    static Message first_time(const ast::CalendarHead& head) {
        const auto* of_day = std::get_if<calendar::TimesOfDay>(&head.schedule.times);
        if (!of_day) return "this interval"_say;
        return calendar::time_of_day_text(of_day->times.front());
    }

    // ---- triggers ----

    void resolve_trigger(const EffectiveSettings& settings, const RuleContext& known,
                         Rule& result) {
        if (const auto* head = std::get_if<ast::CalendarHead>(&rule_.trigger)) {
            auto schedule = schedule_of(*head, settings, context_.symbols.calendars);
            check_times(*head, schedule, settings);
            add_calendars(schedule);
            result.trigger = CalendarTrigger{std::move(schedule)};
        } else if (const auto* event = std::get_if<ast::EventHead>(&rule_.trigger)) {
            EventTrigger trigger;
            static_cast<EventPattern&>(trigger) =
                resolve_event(event->event, known.scope, context_);
            for (const auto& clause : event->allowances)
                trigger.allowances.push_back(clause.allowance);
            if (event->again_after) trigger.again_after = event->again_after->value;
            trigger.again_from_start = event->again_from_start;
            result.trigger = std::move(trigger);
        } else if (const auto* condition = std::get_if<ast::ConditionHead>(&rule_.trigger)) {
            ConditionTrigger trigger;
            if (auto resolved = resolve_condition(condition->condition, known.scope, context_))
                trigger.condition = std::move(*resolved);
            trigger.including_now = condition->including_now;
            trigger.once = condition->once;
            result.trigger = std::move(trigger);
        }
    }

    // The plan has each calendar once, by its name.
    void add_calendar(const std::shared_ptr<const calendar::Calendar>& used) {
        auto& calendars = context_.plan.calendars;
        const bool known =
            std::any_of(calendars.begin(), calendars.end(),
                        [&](const auto& calendar) { return calendar::is_same(calendar, used); });
        if (!known) calendars.push_back(used);
    }

    void add_calendars(const calendar::Schedule& schedule) {
        for (const auto& used : calendar::calendars_of(schedule)) add_calendar(used);
    }

    // One that is not declared was reported where it is set.
    void take_workdays(const EffectiveSettings& settings, Rule& rule) {
        const auto found = context_.symbols.calendars.find(settings.calendar->calendar.text);
        if (found == context_.symbols.calendars.end() || !found->second) return;
        rule.workdays = {found->second, settings.calendar->unknown_as_weekdays};
        add_calendar(found->second);
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
        if (head.places.workday && !settings.calendar && !playbook_.workday_hint_given) {
            playbook_.workday_hint_given = true;
            auto& hint = context_.report(code::workday_without_calendar, *head.places.workday,
                                         "`workday` is Monday to Friday here, holidays too"_say,
                                         "no `calendar` here or above"_say);
            hint.severity = Severity::note;
            hint.notes.push_back(
                "`import std.calendar.cn` and `calendar cn` know holidays and make-up workdays"_say);
        }
        if (!settings.timezone) return;
        if (const auto zone = find_zone(settings.timezone->zone, false, context_)) {
            check_coming_dates(head, schedule, settings, *zone, coming_dates(horizon_default),
                               diagnostics);
        }
    }

    // ---- steps ----

    void check_steps(const RuleContext& known, bool head_broken) {
        const bool any_action =
            std::any_of(rule_.steps.begin(), rule_.steps.end(),
                        [](const ast::Step& step) { return !step.actions.empty(); });
        if (!any_action && rule_.steps.empty() && !rule_.broken_steps) {
            context_.report(code::rule_without_steps, rule_.name.span,
                            "the rule `{}` does nothing"_say(rule_.name.text),
                            "an action such as `post` goes between its braces"_say);
        }
        const std::size_t steps = check_labels(rule_.steps, known, head_broken);
        if (steps > steps_max) {
            context_.report(code::too_many_steps, rule_.name.span,
                            "the rule `{}` has {} steps; at most {} are read"_say(
                                rule_.name.text, steps, steps_max));
        }
    }

    // How many steps there are, those of branches too.
    std::size_t check_labels(const ast::Steps& steps, const RuleContext& known, bool head_broken) {
        std::size_t count = steps.size();
        for (const auto& step : steps) {
            if (step.label && !head_broken) check_label(*step.label, known);
            if (step.label && step.actions.empty() && !rule_.broken_steps) {
                context_.report(code::rule_without_steps, step.label->span,
                                "this step does nothing"_say,
                                "an action such as `post` goes behind the colon"_say);
            }
            for (const auto& action : step.actions) {
                for (const auto* nested : nested_steps(action))
                    count += check_labels(*nested, known, head_broken);
            }
        }
        return count;
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
    void check_order(const calendar::Schedule* schedule, const calendar::Zone& zone) {
        const auto misplaced = find_misplaced_step(rule_, schedule, zone);
        if (!misplaced) return;
        auto& diagnostic = context_.report(code::steps_out_of_order, misplaced->label->span,
                                           "this step comes before the one above it"_say,
                                           "{} here"_say(local_text(zone, misplaced->at)));
        if (misplaced->above) {
            diagnostic.related.push_back(
                {misplaced->above->span, "{} here"_say(local_text(zone, misplaced->above_at))});
        }
        diagnostic.notes.push_back("write the steps in the order in which they happen"_say);
    }

    PlaybookState& playbook_;
    const ast::Rule& rule_;
    const std::string prefix_;
    const ResolveContext& context_;
};

// A rule where it is written, or of an instance of a template.
struct PlacedRule {
    const ast::Rule* rule;
    const ast::Instance* instance = nullptr;
    const ExpandedRule* expanded = nullptr;
};

class PlaybookResolver {
  public:
    PlaybookResolver(const ast::Playbook& playbook, const EffectiveSettings& of_file,
                     const ResolveContext& context, bool is_template)
        : playbook_(playbook),
          state_{playbook, settings_of(of_file, playbook), is_template},
          context_(context) {}

    Playbook run() {
        const std::size_t diagnostics_before = context_.diagnostics.size();
        collect_rules();
        Playbook result{playbook_.name.text, ast::plain_text(playbook_.title), {}};
        for (const PlacedRule& placed : rules_) result.rules.push_back(resolve(placed));
        if (names_.empty() && context_.diagnostics.size() == diagnostics_before &&
            !playbook_.broken_settings && !state_.is_template) {
            context_
                .report(code::rule_without_steps, playbook_.name.span,
                        "the playbook `{}` has no rules"_say(playbook_.name.text))
                .severity = Severity::warning;
        }
        return result;
    }

  private:
    void collect_rules() {
        ClausesSeen seen;
        for (const auto& item : playbook_.items) {
            if (const auto* setting = std::get_if<ast::Setting>(&item)) {
                seen.add(setting->clause, context_.diagnostics);
                check_clause(setting->clause, context_);
            } else if (const auto* rule = std::get_if<ast::Rule>(&item)) {
                take_name(rule->name);
                rules_.push_back({rule});
            } else if (const auto* instance = std::get_if<ast::Instance>(&item)) {
                take_name(instance->name);
                collect_rules_of(*instance);
            }
        }
        for (const PlacedRule& placed : rules_) state_.rule_names.push_back(placed.rule->name.text);
    }

    void collect_rules_of(const ast::Instance& instance) {
        for (ExpandedRule& expanded : expand(instance, context_)) {
            const ExpandedRule& kept = expanded_.emplace_back(std::move(expanded));
            rules_.push_back({&kept.rule, &instance, &kept});
        }
    }

    void take_name(const ast::Name& name) {
        const auto [first, added] = names_.emplace(name.text, name.span);
        if (added) return;
        context_
            .report(code::declared_twice, name.span, "two rules are called `{}`"_say(name.text),
                    "a rule's name is what it is known by"_say)
            .related.push_back({first->second, "first here"_say});
    }

    // ---- rules ----

    Rule resolve(const PlacedRule& placed) {
        if (!placed.expanded) return RuleResolver(state_, *placed.rule, {}, context_).run();
        std::vector<Diagnostic> found;
        const ResolveContext inside = context_.reporting_to(found);
        Rule rule = RuleResolver(state_, *placed.rule, placed.expanded->prefix, inside).run();
        report_inside(*placed.instance, placed.expanded->of, found, context_);
        return rule;
    }

    const ast::Playbook& playbook_;
    PlaybookState state_;
    const ResolveContext& context_;
    std::vector<PlacedRule> rules_{};
    std::deque<ExpandedRule> expanded_{};
    std::map<std::string, SourceSpan> names_{};
};

std::string_view city_of(std::string_view zone) {
    return zone.substr(zone.rfind('/') + 1);
}

// Most of a zone's name is its region, so that it is the city that has to be close. Some cities
// have no zone of their own and are asked for all the same.
std::optional<std::string> meant_zone(std::string_view written,
                                      const std::vector<std::string>& zones) {
    static constexpr std::pair<std::string_view, std::string_view> cities[] = {
        {"Beijing", "Asia/Shanghai"},       {"Peking", "Asia/Shanghai"},
        {"Guangzhou", "Asia/Shanghai"},     {"Shenzhen", "Asia/Shanghai"},
        {"Hangzhou", "Asia/Shanghai"},      {"Chengdu", "Asia/Shanghai"},
        {"Mumbai", "Asia/Kolkata"},         {"Delhi", "Asia/Kolkata"},
        {"Boston", "America/New_York"},     {"Washington", "America/New_York"},
        {"Seattle", "America/Los_Angeles"}, {"San_Francisco", "America/Los_Angeles"},
        {"Frankfurt", "Europe/Berlin"},     {"Munich", "Europe/Berlin"},
        {"Barcelona", "Europe/Madrid"},     {"Milan", "Europe/Rome"},
    };
    for (const auto& [city, zone] : cities) {
        if (city == city_of(written)) return std::string(zone);
    }
    const std::size_t edits_max = std::max<std::size_t>(1, city_of(written).size() / 3);
    std::vector<std::string> near;
    for (const std::string& zone : zones) {
        if (edit_distance(city_of(zone), city_of(written)) <= edits_max) near.push_back(zone);
    }
    return closest(written, near);
}

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
    if (const auto near = meant_zone(zone.text, zones.names())) {
        diagnostic.notes.push_back("did you mean `{}`?"_say(*near));
        diagnostic.fix = Fix{zone.span, *near, "write `{}`"_say(*near)};
    } else {
        diagnostic.notes.push_back(
            "zones are called by region and city: `Asia/Shanghai`, `Europe/London`"_say);
    }
    return nullptr;
}

namespace {

void check_locale(const ast::LocaleClause& clause, const ResolveContext& context) {
    const auto& known = known_locales();
    if (std::find(known.begin(), known.end(), clause.locale) != known.end()) return;
    auto& diagnostic = context.report(code::unknown_locale, clause.locale_span,
                                      "there is no locale `{}`"_say(clause.locale));
    if (!suggest(diagnostic, clause.locale, known))
        diagnostic.notes.push_back("known are `en`, `en-GB`, `zh-CN` and `zh-TW`"_say);
}

}  // namespace

void check_clause(const ast::Clause& clause, const ResolveContext& context) {
    if (const auto* timezone = std::get_if<ast::TimezoneClause>(&clause)) {
        find_zone(timezone->zone, true, context);
    } else if (const auto* audience = std::get_if<ast::AudienceClause>(&clause)) {
        resolve_audience(audience->audience, context);
    } else if (const auto* via = std::get_if<ast::ViaClause>(&clause)) {
        for (const auto& channel : via->channels) check_channel(channel, context);
    } else if (const auto* locale = std::get_if<ast::LocaleClause>(&clause)) {
        check_locale(*locale, context);
    } else if (const auto* calendar = std::get_if<ast::CalendarClause>(&clause)) {
        if (!context.symbols.may_declare(calendar->calendar.text))
            check_calendar_name(calendar->calendar, context.symbols.calendars, context.diagnostics);
    }
}

Playbook resolve_playbook(const ast::Playbook& playbook, const EffectiveSettings& of_file,
                          const ResolveContext& context) {
    return PlaybookResolver(playbook, of_file, context, false).run();
}

void check_template(const ast::TemplateDeclaration& declaration, const ResolveContext& context) {
    PlanDraft plan;
    const ResolveContext apart{
        context.file, context.symbols, context.options,    context.named_files,
        plan,         context.tests,   context.diagnostics};
    PlaybookResolver(declaration.rules, {}, apart, true).run();
}

}  // namespace sop::lang
