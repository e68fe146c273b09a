#include "lang/lower.h"

#include "lang/check.h"
#include "lang/schedule_check.h"
#include "lang/scope.h"
#include "lang/step_times.h"
#include "lang/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace sop::lang {

namespace {

TextTemplate lower_text(const ast::Text& text, const Scope& scope) {
    TextTemplate result;
    for (const auto& part : text.parts) {
        if (const auto* plain = std::get_if<std::string>(&part)) {
            result.parts.emplace_back(*plain);
        } else {
            result.parts.emplace_back(*resolve_hole(std::get<ast::Hole>(part), scope).reference);
        }
    }
    return result;
}

EventType lower_event(const ast::EventDeclaration& declaration) {
    EventType event{declaration.name.text, {}};
    for (const auto& field : declaration.fields) {
        const ValueType type = *find_value_type(field.type->text);
        EventField lowered{field.name.text, type, field.optional, std::nullopt};
        if (field.default_value)
            lowered.default_value = canonical_value(type, field.default_value->text);
        event.fields.push_back(std::move(lowered));
    }
    return event;
}

class PlaybookLowering {
  public:
    PlaybookLowering(const Symbols& symbols, Plan& plan) : symbols_(symbols), plan_(plan) {}

    Playbook lower(const ast::Playbook& playbook) {
        Playbook result{playbook.name.text, ast::plain_text(playbook.title), {}};
        const EffectiveSettings settings = settings_of(playbook);
        for (const auto& item : playbook.items) {
            if (const auto* rule = std::get_if<ast::Rule>(&item))
                result.rules.push_back(lower_rule(settings, *rule));
        }
        return result;
    }

  private:
    Rule lower_rule(const EffectiveSettings& of_playbook, const ast::Rule& rule) {
        const EffectiveSettings settings = effective_settings(of_playbook, rule.clauses);
        const Scope scope = scope_of(rule, settings, symbols_);
        Rule result;
        result.name = rule.name.text;
        result.title = ast::plain_text(rule.title);
        result.timezone = settings.timezone->zone.text;
        result.audience = lower_audience(*settings.audience);
        if (settings.via) {
            for (const auto& channel : settings.via->channels) result.via.push_back(channel.text);
        }
        if (const auto* head = std::get_if<ast::CalendarHead>(&rule.trigger)) {
            result.trigger = CalendarTrigger{schedule_of(*head, settings, symbols_.calendars)};
            add_calendars(std::get<CalendarTrigger>(result.trigger).schedule);
        } else {
            const auto& event = std::get<ast::EventHead>(rule.trigger);
            result.trigger =
                EventTrigger{event.event.text,
                             event.argument ? std::optional(event.argument->text) : std::nullopt};
        }
        std::map<std::string, int> labels;
        for (const auto& step : rule.steps) {
            if (!step.actions.empty()) result.steps.push_back(lower_step(step, scope, labels));
        }
        return result;
    }

    static Audience lower_audience(const ast::AudienceClause& clause) {
        Audience audience{clause.kind, {}};
        for (const auto& any_of : clause.tagged) {
            auto& tags = audience.tagged.emplace_back();
            for (const auto& tag : any_of) tags.push_back(tag.text);
            std::sort(tags.begin(), tags.end());
            tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
        }
        return audience;
    }

    // The plan has each calendar once, by its name.
    void add_calendars(const calendar::Schedule& schedule) {
        for (const auto& used : calendar::calendars_of(schedule)) {
            const bool known = std::any_of(
                plan_.calendars.begin(), plan_.calendars.end(),
                [&](const auto& calendar) { return calendar::is_same(calendar, used); });
            if (!known) plan_.calendars.push_back(used);
        }
    }

    Step lower_step(const ast::Step& step, const Scope& scope, std::map<std::string, int>& labels) {
        Step result;
        result.name = step.label ? label_text(*step.label) : "start";
        const int number = ++labels[result.name];
        if (number > 1) result.name += fmt::format(" ({})", number);
        if (step.label) result.when = step.label->when;
        for (const auto& action : step.actions) {
            if (const auto* change = std::get_if<ast::TagAction>(&action)) {
                result.actions.emplace_back(ChangeTag{change->add, change->tag.text});
            } else {
                result.actions.emplace_back(
                    Deliver{lower_message(std::get<ast::DeliverAction>(action), scope)});
            }
        }
        return result;
    }

    // A named content is in the plan once for each way its holes are filled, which is once in all
    // but odd cases.
    std::size_t lower_message(const ast::DeliverAction& deliver, const Scope& scope) {
        Content content;
        if (const auto* name = std::get_if<ast::Name>(&deliver.message)) {
            content = {name->text, lower_text(*symbols_.contents.at(name->text)->text, scope)};
        } else {
            content = {"", lower_text(std::get<ast::Text>(deliver.message), scope)};
        }
        const auto found = std::find(plan_.contents.begin(), plan_.contents.end(), content);
        if (found != plan_.contents.end())
            return static_cast<std::size_t>(found - plan_.contents.begin());
        plan_.contents.push_back(std::move(content));
        return plan_.contents.size() - 1;
    }

    const Symbols& symbols_;
    Plan& plan_;
};

template <typename T>
void add_once(std::vector<T>& values, T value) {
    if (std::find(values.begin(), values.end(), value) == values.end())
        values.push_back(std::move(value));
}

}  // namespace

void lower(const Document& document, const Symbols& symbols, Plan& plan) {
    for (const auto& [name, span] : symbols.tags) add_once(plan.tags, name);
    for (const auto& [name, event] : symbols.events) add_once(plan.events, lower_event(*event));
    for (const auto& [name, channel] : symbols.channels) {
        add_once(plan.channels, ChannelDeclaration{name, channel->kind->text});
    }
    for (const auto& item : document.items) {
        if (const auto* playbook = std::get_if<ast::Playbook>(&item)) {
            plan.playbooks.push_back(PlaybookLowering(symbols, plan).lower(*playbook));
        }
    }
    std::sort(plan.tags.begin(), plan.tags.end());
}

}  // namespace sop::lang
