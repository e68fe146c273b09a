#include "lang/resolve/resolve.h"

#include <algorithm>
#include <array>
#include <map>

#include "lang/codes.h"
#include "lang/resolve/audience.h"
#include "lang/resolve/contents.h"
#include "lang/resolve/context.h"
#include "lang/resolve/expressions.h"
#include "lang/resolve/rules.h"
#include "lang/resolve/tables.h"
#include "lang/resolve/tests.h"
#include "lang/schedule_check.h"
#include "lang/value.h"

namespace sop::lang {

namespace {

// Names stay in their order: a project can have thousands of tags.
void add_once(std::vector<std::string>& names, const std::string& name) {
    const auto place = std::lower_bound(names.begin(), names.end(), name);
    if (place == names.end() || *place != name) names.insert(place, name);
}

template <typename T>
void add_once(std::vector<T>& values, T value) {
    if (std::find(values.begin(), values.end(), value) == values.end())
        values.push_back(std::move(value));
}

// Whatever the kind, so that `kind wecom.robot` is checked and connectors may come one by one.
const std::vector<std::string> channel_kinds{
    "log",        "webhook",     "wecom.robot",    "wecom.app",
    "wecom.mass", "wecom.staff", "dingtalk.robot", "feishu.robot",
    "feishu.app", "slack.app",   "discord.bot",    "telegram.bot"};

class DeclarationResolver {
  public:
    explicit DeclarationResolver(const ResolveContext& context) : context_(context) {}

    void take(const ast::Edition&) {}
    void take(const ast::LanguageStatement&) {}
    void take(const ast::Import&) {}
    void take(const ast::Setting&) {}
    void take(const ast::TierDeclaration&) {}
    void take(const ast::PointsExpiryDeclaration&) {}
    void take(const ast::TestDeclaration& test) {
        TestCase resolved = resolve_test(test, context_);
        if (context_.file.given) context_.tests.push_back(std::move(resolved));
    }
    void take(const ast::Playbook&) {}

    void take(const ast::TagDeclaration& declaration) {
        for (const auto& tag : declaration.tags) add_once(context_.plan.tags, tag.name.text);
    }

    void take(const ast::RoleDeclaration& declaration) {
        for (const auto& name : declaration.names) add_once(context_.plan.roles, name.text);
    }

    void take(const ast::PoolDeclaration& declaration) {
        for (const auto& name : declaration.names) add_once(context_.plan.pools, name.text);
    }

    void take(const ast::WordsDeclaration& declaration) {
        WordList list{declaration.name.text, {}};
        for (const auto& word : declaration.words) list.words.push_back(ast::plain_text(word));
        add_once(context_.plan.words, std::move(list));
    }

    // ---- channels ----

    void take(const ast::ChannelDeclaration& channel) {
        if (channel.name.text == builtin_channel) {
            context_.report(code::declared_twice, channel.name.span,
                            "the channel `log` is built in"_say, "needs no declaration"_say);
        }
        if (!channel.kind) {
            if (channel.broken) return;
            context_.report(code::unknown_channel_kind, channel.name.span,
                            "the channel `{}` does not say its kind"_say(channel.name.text),
                            "`kind log` or `kind webhook`"_say);
            return;
        }
        const std::string& kind = channel.kind->text;
        if (std::find(channel_kinds.begin(), channel_kinds.end(), kind) == channel_kinds.end()) {
            auto& diagnostic = context_.report(code::unknown_channel_kind, channel.kind->span,
                                               "there is no channel kind `{}`"_say(kind),
                                               "`log`, `webhook`, `wecom.robot`, …"_say);
            suggest(diagnostic, kind, channel_kinds);
        }
        ChannelDeclaration result{channel.name.text, kind, {}, {}};
        if (channel.budget) result.budget = channel.budget->limit;
        if (channel.quota) result.quota = channel.quota->limit;
        add_once(context_.plan.channels, std::move(result));
    }

    // ---- events and tables ----

    void take(const ast::EventDeclaration& event) {
        for (const std::string_view builtin : {"message", "join", "leave", "tagged", "untagged"}) {
            if (event.name.text != builtin) continue;
            context_.report(code::declared_twice, event.name.span,
                            "the event `{}` is built in"_say(builtin), "needs no declaration"_say);
        }
        std::map<std::string, SourceSpan> seen;
        EventType result{event.name.text, {}};
        for (const auto& field : event.fields) {
            check_field_name(field, seen);
            if (auto resolved = resolve_field_type(field)) result.fields.push_back(*resolved);
        }
        add_once(context_.plan.events, std::move(result));
    }

    void check_field_name(const ast::EventDeclaration::Field& field,
                          std::map<std::string, SourceSpan>& seen) {
        for (const std::string_view builtin : {"id", "at", "group", "member"}) {
            if (field.name.text != builtin) continue;
            context_.report(code::declared_twice, field.name.span,
                            "every event has the field `{}` already"_say(builtin),
                            "needs no declaration"_say);
        }
        const auto [first, added] = seen.emplace(field.name.text, field.name.span);
        if (added) return;
        context_
            .report(code::declared_twice, field.name.span,
                    "the field `{}` is declared twice"_say(field.name.text))
            .related.push_back({first->second, "first here"_say});
    }

    std::optional<Type> resolve_type(const ast::TypeName& written) {
        if (const auto type = declared_type(written, context_.symbols)) {
            if (written.currency &&
                !canonical_value(ValueType::money, "1 " + written.currency->text))
                context_.report(code::unknown_type, written.currency->span,
                                "`{}` is no currency"_say(written.currency->text),
                                "an ISO 4217 code such as `CNY`"_say);
            return type;
        }
        auto& diagnostic = context_.report(code::unknown_type, written.name.span,
                                           "there is no type `{}`"_say(written.name.text),
                                           "`text`, `number`, `money` or `content`"_say);
        suggest(diagnostic, written.name.text, declarable_types());
        return std::nullopt;
    }

    std::optional<EventField> resolve_field_type(const ast::EventDeclaration::Field& field) {
        if (!field.type) return std::nullopt;
        const auto type = resolve_type(*field.type);
        if (!type) return std::nullopt;
        EventField result{field.name.text, type->value, field.optional, std::nullopt, type->of};
        if (!field.default_value) return result;
        const bool quoted_as_typed =
            field.default_value->quoted == (type->value == ValueType::text);
        result.default_value = canonical_value(type->value, field.default_value->text);
        if (quoted_as_typed && result.default_value) return result;
        context_.report(code::wrong_default, field.default_value->span,
                        "`{}` is no {}"_say(field.default_value->text, to_text(type->value)),
                        default_hint(type->value));
        return result;
    }

    static Message default_hint(ValueType type) {
        if (type == ValueType::money) return "an amount and a currency: `9.90 CNY`"_say;
        if (type == ValueType::number) return "a number: `1`"_say;
        if (type == ValueType::content) return "a content has no default"_say;
        return "a text in quotes"_say;
    }

    void take(const ast::TableDeclaration& table) {
        std::vector<Table::Column> columns;
        for (const auto& column : table.columns) {
            if (const auto type = resolve_type(column.type))
                columns.push_back({column.name.text, *type});
        }
        add_once(context_.plan.tables, resolve_table(table, std::move(columns), context_));
    }

    // ---- contents ----

    void take(const ast::ContentDeclaration& content) {
        if (content.parts.empty()) {
            if (content.broken) return;
            context_.report(code::syntax, content.name.span,
                            "the content `{}` has no text"_say(content.name.text),
                            "`text \"…\"` goes in its block"_say);
            return;
        }
        check_forms(content);
        for (const auto& part : content.parts) {
            if (part.text) check_says_something(*part.text, context_);
        }
        resolve_content(content, widest_scope(context_.symbols), context_);
    }

    // Of several forms it is to say which is taken.
    void check_forms(const ast::ContentDeclaration& content) {
        const auto& parts = content.parts;
        if (content.pick || parts.size() == 1 || parts[1].variant) return;
        auto& diagnostic =
            context_.report(code::set_twice, parts[1].span, "this content has a text already"_say);
        diagnostic.related.push_back({parts[0].span, "here"_say});
        diagnostic.notes.push_back("`pick rotate` takes several in turn, `pick random` any"_say);
    }

    // ---- values, audiences, metrics, tiers ----

    Scope outside() const {
        Scope scope;
        scope.symbols = &context_.symbols;
        return scope;
    }

    void take(const ast::ValueDeclaration& value) {
        resolve_expression(value.value, outside(), context_);
    }

    void take(const ast::AudienceDeclaration& declaration) {
        resolve_audience(declaration.audience, context_);
    }

    void take(const ast::MetricDeclaration& metric) {
        auto value = resolve_expression(metric.value, outside(), context_);
        if (value) add_once(context_.plan.metrics, Metric{metric.name.text, std::move(*value)});
    }

    void take(const ast::TemplateDeclaration& declaration) {
        check_template(declaration, context_);
    }

    // ---- calendars ----

    void take(const ast::CalendarDeclaration& calendar) {
        std::map<std::string, SourceSpan> seen;
        std::array<std::optional<SourceSpan>, std::variant_size_v<ast::CalendarDeclaration::Item>>
            settings;
        for (const auto& item : calendar.items) {
            if (const auto* named = std::get_if<ast::NamedDays>(&item)) {
                check_named_days(*named, seen);
                continue;
            }
            if (const auto* zone = std::get_if<ast::CalendarDeclaration::Timezone>(&item))
                find_zone(zone->zone, true, context_);
            const SourceSpan span = std::visit([](const auto& node) { return node.span; }, item);
            auto& first = settings[item.index()];
            if (first) {
                context_.report(code::set_twice, span, "this calendar says so already"_say)
                    .related.push_back({*first, "first here"_say});
            } else {
                first = span;
            }
        }
    }

    void check_named_days(const ast::NamedDays& named, std::map<std::string, SourceSpan>& seen) {
        const std::string& name = named.name.text;
        if (name == calendar::all_holidays || name == calendar::extra_workdays) {
            context_.report(code::declared_twice, named.name.span,
                            "every calendar has `{}` already"_say(name),
                            "needs no declaration"_say);
        }
        const auto [first, added] = seen.emplace(name, named.name.span);
        if (added) return;
        context_
            .report(code::declared_twice, named.name.span, "the calendar has two `{}`"_say(name))
            .related.push_back({first->second, "first here"_say});
    }

  private:
    const ResolveContext& context_;
};

class PlaybooksResolver {
  public:
    explicit PlaybooksResolver(const ResolveContext& context)
        : context_(context), settings_(settings_of(context.file.document())) {}

    void take(const ast::Setting& setting) {
        seen_.add(setting.clause, context_.diagnostics);
        check_clause(setting.clause, context_);
    }
    void take(const ast::Playbook& playbook) {
        if (!context_.file.given) return;
        context_.plan.playbooks.push_back(resolve_playbook(playbook, settings_, context_));
    }

    void take(const ast::TierDeclaration& tier) {
        if (!context_.file.given) return;
        for (const auto& clause : tier.clauses) check_clause(clause, context_);
        const EffectiveSettings settings = effective_settings(settings_, tier.clauses);
        Tier result;
        result.audience = resolve_audience(tier.audience, context_);
        if (result.audience.of_groups) {
            context_
                .report(code::syntax, tier.audience.span,
                        "a tier is for groups, or for members whatever groups they are in"_say)
                .notes.push_back("tags are a member's in all its groups; write `members`"_say);
        }
        if (settings.timezone) {
            result.timezone = settings.timezone->zone.text;
        } else {
            context_.report(code::no_timezone, tier.span, "which clock does this tier go by?"_say,
                            "no time zone here or above"_say);
        }
        if (tier.schedule) {
            check_schedule(*tier.schedule, context_.symbols.calendars, context_.diagnostics);
            result.schedule = schedule_of(*tier.schedule, settings, context_.symbols.calendars);
        }
        Scope scope;
        scope.symbols = &context_.symbols;
        scope.group = result.audience.kind == SubjectKind::group;
        scope.member = !scope.group;
        for (const auto& level : tier.levels) {
            check_tag(level.tag, context_);
            Tier::Level resolved{level.tag.text, std::nullopt};
            if (level.condition)
                resolved.condition = resolve_condition(*level.condition, scope, context_);
            result.levels.push_back(std::move(resolved));
        }
        add_once(context_.plan.tiers, std::move(result));
    }

    void take(const ast::PointsExpiryDeclaration& declaration) {
        if (!context_.file.given) return;
        for (const auto& clause : declaration.clauses) check_clause(clause, context_);
        if (context_.plan.points_expiry)
            context_.report(code::set_twice, declaration.span,
                            "when points expire is said already"_say);
        const EffectiveSettings settings = effective_settings(settings_, declaration.clauses);
        if (!settings.timezone) {
            context_.report(code::no_timezone, declaration.span,
                            "by which clock do points expire?"_say,
                            "no time zone here or above"_say);
            return;
        }
        context_.plan.points_expiry =
            PointsExpiry{declaration.after.value, settings.timezone->zone.text};
    }

    template <typename Declaration>
    void take(const Declaration&) {}

  private:
    const ResolveContext& context_;
    const EffectiveSettings settings_;
    ClausesSeen seen_{};
};

template <typename Resolver>
void take_all(Resolver resolver, const Document& document) {
    for (const auto& item : document.items)
        std::visit([&](const auto& node) { resolver.take(node); }, item);
}

}  // namespace

void resolve_declarations(const ResolveContext& context) {
    take_all(DeclarationResolver(context), context.file.document());
}

void resolve_playbooks(const ResolveContext& context) {
    take_all(PlaybooksResolver(context), context.file.document());
}

void sort_declarations(Plan& plan) {
    const auto by_name = [](auto& declared) {
        std::sort(declared.begin(), declared.end(),
                  [](const auto& a, const auto& b) { return a.name < b.name; });
    };
    by_name(plan.events);
    by_name(plan.channels);
    by_name(plan.words);
    by_name(plan.tables);
    by_name(plan.metrics);
    std::sort(plan.tags.begin(), plan.tags.end());
    std::sort(plan.roles.begin(), plan.roles.end());
    std::sort(plan.pools.begin(), plan.pools.end());
}

}  // namespace sop::lang
