#include "lang/resolve/steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lang/codes.h"
#include "lang/nested_steps.h"
#include "lang/overload.h"
#include "lang/resolve/audience.h"
#include "lang/resolve/contents.h"
#include "lang/resolve/events.h"
#include "lang/resolve/expressions.h"
#include "lang/step_times.h"

namespace sop::lang {

namespace {

const ast::Steps* steps_behind(const std::vector<ast::Branch>& branches, std::string_view label) {
    const auto found =
        std::find_if(branches.begin(), branches.end(),
                     [&](const ast::Branch& branch) { return branch.label.text == label; });
    return found == branches.end() ? nullptr : &found->steps;
}

class StepResolver {
  public:
    StepResolver(const RuleContext& rule, const ResolveContext& context)
        : rule_(rule), context_(context) {}

    std::vector<Step> steps(const ast::Steps& written) {
        std::vector<Step> result;
        std::map<std::string, int> labels;
        for (const auto& step : written) {
            if (step.actions.empty()) continue;
            Step resolved;
            resolved.name = step.label ? label_text(*step.label) : "start";
            const int number = ++labels[resolved.name];
            if (number > 1) resolved.name += fmt::format(" ({})", number);
            if (step.label) {
                resolved.when = step.label->when;
                if (step.label->condition)
                    resolved.condition =
                        resolve_condition(*step.label->condition, rule_.scope, context_);
            } else {
                resolved.when = unlabelled_;
            }
            for (const auto& action : step.actions) {
                if (auto done = resolve(action)) resolved.actions.push_back(std::move(*done));
            }
            result.push_back(std::move(resolved));
        }
        return result;
    }

  private:
    // Steps of a branch without a label are done when the branch is taken.
    std::vector<Step> branch(const ast::Steps* written) {
        if (!written) return {};
        StepResolver inner(rule_, context_);
        inner.unlabelled_.anchor = StepTime::Anchor::previous;
        return inner.steps(*written);
    }

    std::vector<Step> branch(const std::vector<ast::Branch>& branches, std::string_view label) {
        return branch(steps_behind(branches, label));
    }

    std::optional<Action> resolve(const ast::Action& action) {
        return std::visit(
            [&](const auto& node) -> std::optional<Action> { return make(node, action.span); },
            action.node);
    }

    // ---- messages and tags ----

    std::optional<Action> make(const ast::DeliverAction& deliver, SourceSpan) {
        if (rule_.audience_known) check_verb(deliver);
        Deliver result{resolve_message(deliver.message, rule_, context_), deliver.verb,
                       deliver.mention_all, deliver.at_once, std::nullopt};
        if (deliver.to) result.to = resolve_audience(*deliver.to, context_);
        return result;
    }

    // `post` and `announce` go to groups, `send` to members, `reply` and `warn` to who is there.
    void check_verb(const ast::DeliverAction& deliver) {
        const bool to_members = rule_.subject == SubjectKind::member;
        const bool posts = deliver.verb == Verb::post || deliver.verb == Verb::announce;
        if (posts && to_members && !deliver.to) {
            auto& diagnostic =
                deliver.verb == Verb::post
                    ? context_.report(code::post_to_members, deliver.verb_span,
                                      "`post` goes to groups, and this rule is for members"_say)
                    : context_.report(
                          code::post_to_members, deliver.verb_span,
                          "`announce` goes to groups, and this rule is for members"_say);
            explain_verb(diagnostic, deliver, "send");
        }
        if (deliver.verb == Verb::send && rule_.subject == SubjectKind::playbook && !deliver.to) {
            context_
                .report(code::send_to_groups, deliver.verb_span,
                        "`send` goes to members, and this rule is for nobody in particular"_say)
                .notes.push_back("add `to members tagged …`"_say);
        }
        if (deliver.verb == Verb::send && rule_.subject == SubjectKind::group && !deliver.to &&
            !rule_.scope.event) {
            auto& diagnostic =
                context_.report(code::send_to_groups, deliver.verb_span,
                                "`send` goes to members, and this rule is for groups"_say);
            explain_verb(diagnostic, deliver, "post");
        }
        const bool answers = deliver.verb == Verb::reply || deliver.verb == Verb::warn;
        if (answers && !rule_.scope.event) {
            context_
                .report(code::nothing_to_answer, deliver.verb_span,
                        "there is nothing to answer: the rule is not on an event"_say)
                .notes.push_back("`post` goes to the group, `send` to the member"_say);
        }
    }

    void explain_verb(Diagnostic& diagnostic, const ast::DeliverAction& deliver,
                      const std::string& verb) {
        if (rule_.audience)
            diagnostic.related.push_back({rule_.audience->span, "for whom it is"_say});
        diagnostic.fix = Fix{deliver.verb_span, verb, "write `{}`"_say(verb)};
    }

    std::optional<Action> make(const ast::TagAction& change, SourceSpan) {
        check_tag(change.tag, context_);
        ChangeTag result{change.add, change.tag.text, std::nullopt};
        if (change.person) result.person = person(*change.person);
        return result;
    }

    std::optional<Expression> person(const ast::Expression& written) {
        return resolve_value(written, {ValueType::member, {}}, rule_.scope, context_);
    }

    // ---- points ----

    std::optional<Action> make(const ast::PointsAction& points, SourceSpan span) {
        auto amount = resolve_value(points.amount, {ValueType::number, {}}, rule_.scope, context_);
        ChangePoints result;
        if (amount) result.amount = std::move(*amount);
        if (points.person) result.person = person(*points.person);
        result.reason = ast::plain_text(points.reason);
        result.correction = points.correction;
        result.granted = branch(points.branches, "yes");
        result.refused = branch(points.branches, "no");
        if (!points.person) require_member("points"_say, span);
        return result;
    }

    std::optional<Action> make(const ast::TakeBackAction& action, SourceSpan span) {
        auto event = resolve_expression(action.event, rule_.scope, context_);
        if (!event) return std::nullopt;
        if (event->type.value != ValueType::event) {
            context_.report(
                code::wrong_type, span,
                "`take back` undoes what an event gave, and this is {}"_say(type_text(event->type)),
                "such as `event.of` of a declared `of: order`"_say);
            return std::nullopt;
        }
        return TakeBack{{std::move(*event)}};
    }

    // The run's own, or that of its event.
    bool has_member() const {
        return !rule_.audience_known || rule_.subject == SubjectKind::member || rule_.scope.event;
    }

    // Points and tags of people need one.
    void require_member(const Message& what, SourceSpan span) {
        if (has_member()) return;
        context_
            .report(code::no_member_here, span, "whose {}?"_say(what), "the rule is for groups"_say)
            .notes.push_back("add `to` and a member, or a rule `for members …`"_say);
    }

    // ---- people who do something ----

    std::string role(const ast::Name& name) {
        if (!context_.symbols.roles.contains(name.text)) {
            context_.report_unknown(code::unknown_role, name, "there is no role `{}`"_say,
                                    names_of(context_.symbols.roles), "role {}"_say);
        }
        return name.text;
    }

    std::optional<Action> make(const ast::TaskAction& task, SourceSpan) {
        return Task{resolve_text(task.text, rule_.scope, context_), role(task.role),
                    task.within.value, branch(task.branches, "done"),
                    branch(task.branches, "late")};
    }

    std::optional<Action> make(const ast::ApproveAction& approve, SourceSpan) {
        return Approve{role(approve.role), approve.within.value, branch(approve.branches, "yes"),
                       branch(approve.branches, "no")};
    }

    // ---- groups ----

    std::optional<Action> make(const ast::CreateGroupAction& create, SourceSpan) {
        // `{n}` counts the groups.
        const Scope counting = rule_.scope.filtering({{"n", {ValueType::number, {}}}});
        return CreateGroup{resolve_text(create.name, counting, context_),
                           resolve_audience(create.members, context_),
                           create.size ? create.size->value : 0, create.keep_filling};
    }

    std::optional<Action> make(const ast::InviteAction& invite, SourceSpan) {
        Invite result;
        for (const auto& source : invite.sources) {
            result.sources.push_back({source.named_by
                                          ? Audience{SubjectKind::member, {}, {}, false, {}}
                                          : resolve_audience(source.who, context_),
                                      source.named_by});
        }
        result.group = resolve_text(invite.group, rule_.scope, context_);
        if (invite.keep_percent) result.keep_percent = invite.keep_percent->value;
        if (invite.keep_tag) {
            check_tag(*invite.keep_tag, context_);
            result.keep_tag = invite.keep_tag->text;
        }
        return result;
    }

    std::optional<Action> make(const ast::DissolveAction&, SourceSpan) { return DissolveGroup{}; }
    std::optional<Action> make(const ast::RemoveAction&, SourceSpan) { return RemoveMember{}; }

    // ---- outside ----

    std::optional<Action> make(const ast::EmitAction& emit, SourceSpan) {
        Emit result{emit.event.text, {}};
        const auto found = context_.symbols.events.find(emit.event.text);
        if (found == context_.symbols.events.end()) {
            context_.report_unknown(code::unknown_event, emit.event, "there is no event `{}`"_say,
                                    names_of(context_.symbols.events), "event {} {{ }}"_say);
            return result;
        }
        const Fields fields = event_fields(emit.event.text, context_.symbols);
        for (const auto& argument : emit.fields) {
            const auto field = fields.find(argument.name.text);
            if (field == fields.end()) {
                auto& diagnostic = context_.report(
                    code::unknown_field, argument.name.span,
                    "the event `{}` has no field `{}`"_say(emit.event.text, argument.name.text));
                suggest(diagnostic, argument.name.text, names_of(fields));
                continue;
            }
            if (auto value = resolve_value(argument.value, field->second, rule_.scope, context_))
                result.fields.push_back({argument.name.text, std::move(*value)});
        }
        return result;
    }

    std::optional<Action> make(const ast::CallAction& call, SourceSpan) {
        const auto found = context_.symbols.channels.find(call.channel.text);
        if (found == context_.symbols.channels.end()) {
            context_.report_unknown(
                code::unknown_channel, call.channel, "there is no channel `{}`"_say,
                names_of(context_.symbols.channels), "channel {} {{ kind webhook }}"_say);
        }
        Call result{call.channel.text, {}};
        for (const auto& argument : call.fields) {
            if (auto value = resolve_expression(argument.value, rule_.scope, context_))
                result.fields.push_back({argument.name.text, std::move(*value)});
        }
        return result;
    }

    // A rule of a template names the others of its instance by their own names.
    std::optional<Action> make(const ast::RunAction& run, SourceSpan) {
        const auto& names = rule_.rule_names;
        const auto is_known = [&](const std::string& name) {
            return std::find(names.begin(), names.end(), name) != names.end();
        };
        const std::string beside = rule_.prefix + run.rule.text;
        const std::string& name = is_known(beside) ? beside : run.rule.text;
        if (!is_known(name) && !context_.symbols.may_declare(name)) {
            auto& diagnostic = context_.report(code::unknown_rule, run.rule.span,
                                               "the playbook has no rule `{}`"_say(run.rule.text));
            suggest(diagnostic, run.rule.text, names);
        }
        if (name == rule_.rule.name.text) {
            context_.report(code::rule_runs_itself, run.rule.span,
                            "the rule would start itself without end"_say);
        }
        return StartRule{name};
    }

    // ---- collecting and drawing ----

    void require_window(Message why, SourceSpan span) {
        if (rule_.scope.window) return;
        context_.report(code::no_window, span, std::move(why), "the rule has no window"_say)
            .notes.push_back("give the rule one, such as `for 2h` behind its time"_say);
    }

    std::optional<Action> make(const ast::CollectAction& collect, SourceSpan span) {
        require_window("`collect` takes what comes while the window is open"_say, span);
        RuleContext inner = rule_;
        inner.scope.collected_event = collect.event.event.text;
        inner.scope.event = true;
        inner.scope.event_name = collect.event.event.text;
        StepResolver steps(inner, context_);
        Collect result;
        result.event = resolve_event(collect.event, rule_.scope, context_);
        if (collect.field) {
            result.field = collect.field->text;
            const Fields fields = event_fields(collect.event.event.text, context_.symbols);
            if (is_known_event(collect.event, context_.symbols) &&
                !fields.contains(collect.field->text)) {
                auto& diagnostic =
                    context_.report(code::unknown_field, collect.field->span,
                                    "the event `{}` has no field `{}`"_say(collect.event.event.text,
                                                                           collect.field->text));
                suggest(diagnostic, collect.field->text, names_of(fields));
            } else if (const auto field = fields.find(collect.field->text);
                       field != fields.end() && field->second.value != ValueType::number) {
                context_.report(code::wrong_type, collect.field->span,
                                "`collect` adds up numbers, and `{}` is {}"_say(
                                    collect.field->text, type_text(field->second)));
            }
        }
        if (collect.limit) result.limit = collect.limit->value;
        if (collect.per_member) result.per_member = collect.per_member->value;
        if (collect.back_on)
            result.back_on = resolve_event(*collect.back_on, inner.scope, context_);
        if (collect.every) result.every = collect.every->value.elapsed;
        result.listed = steps.branch(collect.listed.empty() ? nullptr : &collect.listed);
        result.refused = steps.branch(collect.branches, "refused");
        result.full = steps.branch(collect.branches, "full");
        return result;
    }

    std::optional<Action> make(const ast::DrawAction& draw, SourceSpan span) {
        require_window("`draw` chooses from what comes while the window is open"_say, span);
        RuleContext inner = rule_;
        inner.scope.draw = true;
        RuleContext of_winner = inner;
        of_winner.scope.member = true;
        of_winner.scope.event = true;
        of_winner.scope.event_name = event_name(draw.from);
        Draw result;
        result.winners = draw.winners.value;
        result.from = resolve_event(draw.from, rule_.scope, context_);
        result.once_per_member = draw.once_per_member;
        result.winner = StepResolver(of_winner, context_).branch(draw.branches, "winner");
        result.all = StepResolver(inner, context_).branch(draw.branches, "all");
        return result;
    }

    std::optional<Action> make(const ast::GiveAction& give, SourceSpan span) {
        check_pool(give.pool, context_);
        if (!has_member()) {
            context_
                .report(code::no_member_here, span, "who gets the code?"_say,
                        "the rule is for groups"_say)
                .notes.push_back(
                    "give it in a rule `for members …`, in one on an event, or to the `winner` of a draw"_say);
        }
        return Give{give.pool.text, branch(give.branches, "yes"), branch(give.branches, "no")};
    }

    // ---- ways through a rule ----

    std::optional<Action> make(const ast::WaitAction& wait, SourceSpan) {
        return Wait{resolve_event(wait.event, rule_.scope, context_), wait.within.value,
                    wait.since_start, branch(wait.branches, "yes"), branch(wait.branches, "no")};
    }

    std::optional<Action> make(const ast::IfAction& written, SourceSpan) {
        If result;
        for (const auto& one : written.cases) {
            If::Branch resolved;
            if (one.condition)
                resolved.condition = resolve_condition(*one.condition, rule_.scope, context_);
            resolved.steps = branch(&one.steps);
            result.branches.push_back(std::move(resolved));
        }
        return result;
    }

    std::optional<Action> make(const ast::SplitAction& split, SourceSpan span) {
        Split result;
        int percent = 0;
        std::map<std::string, SourceSpan> names;
        for (const auto& one : split.cases) {
            percent += one.percent.value;
            result.branches.push_back({one.name.text, one.percent.value, branch(&one.steps)});
            const auto [first, added] = names.emplace(one.name.text, one.name.span);
            if (!added) {
                context_
                    .report(code::declared_twice, one.name.span,
                            "two branches are called `{}`"_say(one.name.text))
                    .related.push_back({first->second, "first here"_say});
            }
        }
        constexpr int whole = 100;
        if (percent != whole) {
            context_
                .report(code::split_not_whole, span, "the branches make {}%, not 100%"_say(percent))
                .notes.push_back("`nothing 10%` holds out a tenth"_say);
        }
        return result;
    }

    std::optional<Action> make(const ast::StopAction& stop, SourceSpan) {
        return Stop{ast::plain_text(stop.reason)};
    }

    const RuleContext& rule_;
    const ResolveContext& context_;
    StepTime unlabelled_{};
};

// What was written at a place in one of a content's texts, such as `member.name`.
std::string path_at(const ast::ContentDeclaration& declaration, SourceSpan span) {
    for (const auto& part : declaration.parts) {
        if (!part.text) continue;
        for (const auto& piece : part.text->parts) {
            const auto* hole = std::get_if<ast::Hole>(&piece);
            if (!hole || span.begin < hole->span.begin || span.end > hole->span.end) continue;
            std::string path;
            if (hole->value) {
                for (const auto& name : hole->value->names)
                    path += (path.empty() ? "" : ".") + name.text;
            }
            return path;
        }
    }
    return {};
}

// A content fits where it is used if all its holes can be filled there.
void report_content_use(const ast::Name& use, const Declared<ast::ContentDeclaration>& declaration,
                        const std::vector<Diagnostic>& here, const ResolveContext& context) {
    std::vector<Diagnostic> anywhere;
    const ResolveContext wide = context.reporting_to(anywhere);
    resolve_content(*declaration, widest_scope(context.symbols), wide);
    for (const Diagnostic& problem : here) {
        const bool wrong_anyway =
            std::any_of(anywhere.begin(), anywhere.end(), [&](const Diagnostic& other) {
                return other.span == problem.span && other.code == problem.code;
            });
        if (wrong_anyway) continue;
        if (problem.code == code::table_row_missing) {
            Diagnostic& gap = context.diagnostics.emplace_back(problem);
            gap.span = use.span;
            gap.related.push_back({problem.span, "used here"_say, declaration.at.source()});
            continue;
        }
        const bool of_event = problem.code == code::unknown_field;
        context
            .report(code::not_visible_here, use.span,
                    "`{}` needs `{{{}}}`"_say(use.text, path_at(*declaration, problem.span)),
                    of_event ? "this rule's event has no such field"_say : problem.label)
            .related.push_back({problem.span, "used here"_say, declaration.at.source()});
        return;
    }
}

}  // namespace

std::size_t resolve_message(const std::variant<ast::Name, ast::Text>& message,
                            const RuleContext& rule, const ResolveContext& context) {
    const bool scope_known = rule.audience_known && rule.event_known;
    const Scope scope = scope_known ? rule.scope : widest_scope(context.symbols);
    Content content;
    if (const auto* name = std::get_if<ast::Name>(&message)) {
        const auto found = context.symbols.contents.find(name->text);
        if (found == context.symbols.contents.end()) {
            context.report_unknown(code::unknown_content, *name, "there is no content `{}`"_say,
                                   names_of(context.symbols.contents),
                                   "content {} {{ text \"…\" }}"_say);
            return 0;
        }
        std::vector<Diagnostic> here;
        const ResolveContext narrow = context.reporting_to(here);
        content = resolve_content(*found->second, scope, narrow);
        if (scope_known && !here.empty()) report_content_use(*name, found->second, here, context);
    } else {
        const auto& text = std::get<ast::Text>(message);
        check_says_something(text, context);
        content.text = resolve_text(text, scope, context);
    }
    return context.plan.place_of(std::move(content));
}

std::vector<Step> resolve_steps(const ast::Steps& steps, const RuleContext& rule,
                                const ResolveContext& context) {
    return StepResolver(rule, context).steps(steps);
}

namespace {

// Whether an action of these steps, or of steps in them, is of that kind.
template <typename Predicate>
bool any_action(const ast::Steps& steps, const Predicate& is_wanted) {
    const auto holds = [&](const ast::Action& action) {
        if (is_wanted(action)) return true;
        const auto nested = nested_steps(action);
        return std::any_of(nested.begin(), nested.end(),
                           [&](const auto* inner) { return any_action(*inner, is_wanted); });
    };
    return std::any_of(steps.begin(), steps.end(), [&](const ast::Step& step) {
        return std::any_of(step.actions.begin(), step.actions.end(), holds);
    });
}

bool gives(const ast::Action& action) {
    return std::holds_alternative<ast::GiveAction>(action.node);
}

}  // namespace

bool delivers(const ast::Steps& steps) {
    return any_action(steps, [](const ast::Action& action) {
        return gives(action) || std::holds_alternative<ast::DeliverAction>(action.node);
    });
}

bool delivers_to_subject(const ast::Steps& steps) {
    return any_action(steps, [](const ast::Action& action) {
        const auto* deliver = std::get_if<ast::DeliverAction>(&action.node);
        return gives(action) || (deliver != nullptr && !deliver->to);
    });
}

bool counts_workdays(const ast::Steps& steps) {
    const auto counts = [](const ast::Steps& some) {
        return std::any_of(some.begin(), some.end(), [](const ast::Step& step) {
            return step.label && step.label->when.next == StepTime::Next::workday;
        });
    };
    return counts(steps) || any_action(steps, [&](const ast::Action& action) {
               const auto nested = nested_steps(action);
               return std::any_of(nested.begin(), nested.end(),
                                  [&](const auto* inner) { return counts(*inner); });
           });
}

}  // namespace sop::lang
