#include "lang/reader/actions.h"

#include <algorithm>
#include <map>

#include "lang/codes.h"
#include "lang/reader/clauses.h"
#include "lang/reader/events.h"
#include "lang/reader/expressions.h"
#include "lang/reader/literals.h"
#include "lang/reader/parameters.h"
#include "lang/reader/steps.h"

namespace sop::lang::reader {

namespace {

constexpr int people_max = 1000000;
constexpr int percent_max = 100;

void take_percent(Cursor& cursor) {
    if (!cursor.take_if_sign("%")) cursor.fail_expecting("`%`"_say);
    cursor.last_use().role = TokenRole::sign;
}

// ---- branches ----

bool at_branch(const Cursor& cursor, const std::vector<Keyword>& labels) {
    return cursor.is(TokenKind::colon, 1) &&
           std::any_of(labels.begin(), labels.end(),
                       [&](Keyword label) { return cursor.is(label); });
}

// What stands behind a branch's colon: a block of steps, or actions up to the next label.
ast::Steps read_branch_steps(Cursor& cursor, const std::vector<Keyword>& labels, bool& broken) {
    if (cursor.is(TokenKind::open_brace)) return read_steps_block(cursor, broken);
    ast::Steps steps(1);
    while (!cursor.is(TokenKind::close_brace) && !cursor.is(TokenKind::end_of_file)) {
        if (cursor.is(TokenKind::line_end)) {
            cursor.skip_line_ends();
            continue;
        }
        // `nothing 10%` of a split has no colon.
        const bool holds_out = labels.empty() && cursor.is(Keyword::nothing);
        if (at_branch(cursor, labels) || cursor.has_colon_in_item() || holds_out) break;
        try {
            steps.front().actions.push_back(read_action(cursor, broken));
            cursor.expect_item_end("an action"_say);
        } catch (const BrokenItem&) {
            broken = true;
            cursor.skip_item();
        }
    }
    return steps;
}

// `yes: send x no: send y`: no steps could be read for the label that stands on the line of
// another.
void refuse_label_on_same_line(Cursor& cursor, const std::vector<Keyword>& labels) {
    for (std::size_t ahead = 1;; ++ahead) {
        if (cursor.is(TokenKind::line_end, ahead) || cursor.is(TokenKind::open_brace, ahead) ||
            cursor.is(TokenKind::close_brace, ahead) || cursor.is(TokenKind::end_of_file, ahead))
            return;
        if (!cursor.is(TokenKind::colon, ahead + 1)) continue;
        for (const Keyword label : labels) {
            if (!cursor.is(label, ahead)) continue;
            const Token& token = cursor.peek(ahead);
            const std::string word(cursor.text(token));
            auto& diagnostic =
                cursor.report(code::syntax, token.span,
                              "{} does not belong after {}"_say("`" + word + "`", "an action"_say),
                              "a new line or `;` goes before the next item"_say);
            diagnostic.fix = Fix{token.span, "; " + word, "write `{}`"_say("; " + word)};
            throw BrokenItem{};
        }
    }
}

ast::Branch read_branch(Cursor& cursor, const std::vector<Keyword>& labels, bool& broken) {
    ast::Branch branch;
    const std::size_t begin = cursor.peek().span.begin;
    for (const Keyword label : labels) {
        if (!cursor.is(label)) continue;
        branch.label = {std::string(spelling(label)), cursor.take(label).span};
        cursor.expect(TokenKind::colon, "`:`"_say);
        cursor.last_use().role = TokenRole::label_colon;
        branch.steps = read_branch_steps(cursor, labels, broken);
        branch.span = cursor.span_from(begin);
        return branch;
    }
    if (!cursor.is(TokenKind::word)) cursor.fail_expecting("a branch such as `yes:`"_say);
    refuse_label_on_same_line(cursor, labels);
    cursor.fail_unknown(code::unknown_branch, "branch"_say,
                        "{} stands here"_say(cursor.listed_here(labels)), labels);
}

// `{ yes: … no: … }`, each label once at most.
std::vector<ast::Branch> read_branches(Cursor& cursor, const std::vector<Keyword>& labels,
                                       bool& broken) {
    cursor.expect(TokenKind::open_brace, "`{{`"_say);
    std::vector<ast::Branch> branches;
    while (true) {
        cursor.skip_line_ends();
        if (cursor.is(TokenKind::close_brace) || cursor.is(TokenKind::end_of_file)) break;
        try {
            ast::Branch branch = read_branch(cursor, labels, broken);
            const auto twice =
                std::find_if(branches.begin(), branches.end(), [&](const ast::Branch& earlier) {
                    return earlier.label.text == branch.label.text;
                });
            if (twice != branches.end()) {
                cursor
                    .report(code::set_twice, branch.label.span,
                            "there is a branch `{}` already"_say(branch.label.text))
                    .related.push_back({twice->label.span, "first here"_say});
            }
            branches.push_back(std::move(branch));
        } catch (const BrokenItem&) {
            broken = true;
            cursor.skip_item();
        }
    }
    cursor.take();
    return branches;
}

std::vector<ast::Branch> read_optional_branches(Cursor& cursor, const std::vector<Keyword>& labels,
                                                bool& broken) {
    if (!cursor.is(TokenKind::open_brace)) return {};
    return read_branches(cursor, labels, broken);
}

// ---- messages and tags ----

ast::DeliverAction read_deliver(Cursor& cursor, Keyword keyword, Verb verb) {
    ast::DeliverAction action;
    action.verb = verb;
    action.verb_span = cursor.take(keyword).span;
    if (at_text(cursor)) {
        action.message = read_text(cursor, "a text"_say);
    } else {
        action.message = read_reference(cursor, ast::ParameterKind::content,
                                        "a text or the name of a content"_say);
    }
    while (true) {
        if (cursor.take_if(Keyword::mention)) {
            cursor.expect(Keyword::all);
            action.mention_all = true;
        } else if (cursor.is(Keyword::at) && cursor.is(Keyword::once_now, 1)) {
            cursor.take(Keyword::at);
            cursor.take(Keyword::once_now);
            action.at_once = true;
        } else if (!action.to && cursor.take_if(Keyword::to_person)) {
            action.to = read_audience(cursor);
        } else {
            return action;
        }
    }
}

ast::TagAction read_tag(Cursor& cursor, Keyword keyword) {
    ast::TagAction action;
    action.add = keyword == Keyword::tag;
    cursor.take(keyword);
    action.tag = read_reference(cursor, ast::ParameterKind::tag, "a tag"_say);
    if (cursor.take_if(Keyword::to_person)) action.person = read_path(cursor);
    return action;
}

// ---- points ----

// `points +10 because "purchase"`, `points -50 { yes: … no: … }`, `points -5 correction`
ast::PointsAction read_points(Cursor& cursor, bool& broken) {
    ast::PointsAction action;
    const std::size_t begin = cursor.take(Keyword::points).span.begin;
    const bool minus = cursor.is(TokenKind::minus);
    if (!minus && !cursor.is(TokenKind::plus))
        cursor.fail_expecting("`+` or `-` and a number of points"_say);
    const Token sign = cursor.take(TokenRole::sign);
    ast::Expression amount = read_simple_value(cursor);
    if (minus) {
        action.amount.kind = ast::Expression::Kind::unary;
        action.amount.operation = Expression::Kind::negate;
        action.amount.operation_span = sign.span;
        action.amount.span = cursor.span_from(sign.span.begin);
        action.amount.operands.push_back(std::move(amount));
    } else {
        action.amount = std::move(amount);
    }
    if (cursor.take_if(Keyword::correction)) action.correction = true;
    if (cursor.take_if(Keyword::to_person)) action.person = read_path(cursor);
    if (cursor.take_if(Keyword::because)) action.reason = read_text(cursor, "the reason"_say);
    action.span = cursor.span_from(begin);
    action.branches = read_optional_branches(cursor, {Keyword::yes, Keyword::no}, broken);
    return action;
}

ast::TakeBackAction read_take_back(Cursor& cursor) {
    cursor.take(Keyword::take);
    cursor.expect(Keyword::given_back);
    return {read_path(cursor)};
}

// ---- people who do something ----

ast::TaskAction read_task(Cursor& cursor, bool& broken) {
    cursor.take(Keyword::task);
    ast::TaskAction action;
    action.text = read_text(cursor, "what is to be done"_say);
    cursor.expect(Keyword::to_person);
    action.role = read_reference(cursor, ast::ParameterKind::role, "a role"_say);
    cursor.expect(Keyword::within);
    action.within = read_duration(cursor);
    action.branches = read_optional_branches(cursor, {Keyword::done, Keyword::late}, broken);
    return action;
}

ast::ApproveAction read_approve(Cursor& cursor, bool& broken) {
    cursor.take(Keyword::approve);
    cursor.expect(Keyword::by);
    ast::ApproveAction action;
    action.role = read_reference(cursor, ast::ParameterKind::role, "a role"_say);
    cursor.expect(Keyword::within);
    action.within = read_duration(cursor);
    action.branches = read_branches(cursor, {Keyword::yes, Keyword::no}, broken);
    return action;
}

// ---- groups ----

// `create group "Double 11 {n}" from members tagged member size 200 keep filling`
ast::CreateGroupAction read_create_group(Cursor& cursor) {
    cursor.take(Keyword::create);
    cursor.expect(Keyword::group);
    ast::CreateGroupAction action;
    action.name = read_text(cursor, "the group's name"_say);
    cursor.expect(Keyword::from);
    action.members = read_audience(cursor);
    if (cursor.take_if(Keyword::size)) {
        action.size = read_count(cursor, "a number of members"_say, 2, people_max);
    }
    if (cursor.take_if(Keyword::keep)) {
        cursor.expect(Keyword::filling);
        action.keep_filling = true;
    }
    return action;
}

// `invite members tagged super_user, then potential by tagged to group "Super" keep 30% super_user
// of invited`
ast::InviteAction read_invite(Cursor& cursor) {
    cursor.take(Keyword::invite);
    ast::InviteAction action;
    while (true) {
        ast::InviteAction::Source source;
        if (cursor.take_if(Keyword::potential)) {
            cursor.expect(Keyword::by);
            cursor.expect(Keyword::tagged);
            source.named_by = true;
        } else {
            source.who = read_audience(cursor);
        }
        action.sources.push_back(std::move(source));
        if (!cursor.take_if(TokenKind::comma)) break;
        cursor.expect(Keyword::then);
    }
    cursor.expect(Keyword::to);
    cursor.expect(Keyword::group);
    action.group = read_text(cursor, "the group's name"_say);
    if (cursor.take_if(Keyword::keep)) {
        action.keep_percent = read_count(cursor, "a percentage"_say, 1, percent_max);
        take_percent(cursor);
        action.keep_tag = read_reference(cursor, ast::ParameterKind::tag, "a tag"_say);
        cursor.expect(Keyword::of);
        cursor.expect(Keyword::invited);
    }
    return action;
}

// ---- outside ----

// `(amount: event.amount, sku: "S1")` or the same in braces
std::vector<ast::Argument> read_arguments(Cursor& cursor, TokenKind closer) {
    std::vector<ast::Argument> arguments;
    while (true) {
        cursor.skip_line_ends();
        if (cursor.is(closer)) break;
        ast::Argument argument;
        argument.name = cursor.expect_name("a field"_say);
        cursor.expect(TokenKind::colon, "`:`"_say);
        argument.value = read_expression(cursor);
        arguments.push_back(std::move(argument));
        if (!cursor.take_if(TokenKind::comma) && !cursor.is(TokenKind::line_end)) break;
    }
    cursor.skip_line_ends();
    cursor.expect(closer, closer == TokenKind::close_brace ? "`,` or `}}`"_say : "`,` or `)`"_say);
    return arguments;
}

ast::EmitAction read_emit(Cursor& cursor) {
    cursor.take(Keyword::emit);
    ast::EmitAction action;
    action.event = cursor.expect_name("the name of an event"_say);
    if (!cursor.take_if(TokenKind::open_parenthesis)) return action;
    cursor.last_use().role = TokenRole::call;
    action.fields = read_arguments(cursor, TokenKind::close_parenthesis);
    return action;
}

// `run morning`, `run sale.reminder` of a template's instance
ast::RunAction read_run(Cursor& cursor) {
    cursor.take(Keyword::run);
    ast::RunAction action{cursor.expect_name("the name of a rule"_say)};
    while (cursor.take_if_dot()) {
        const ast::Name next = cursor.expect_name("the name of a rule"_say);
        action.rule.text += "." + next.text;
        action.rule.span.end = next.span.end;
    }
    return action;
}

ast::CallAction read_call(Cursor& cursor) {
    cursor.take(Keyword::call);
    ast::CallAction action;
    action.channel =
        read_reference(cursor, ast::ParameterKind::channel, "a channel of kind `webhook`"_say);
    if (cursor.take_if(TokenKind::open_brace))
        action.fields = read_arguments(cursor, TokenKind::close_brace);
    return action;
}

// ---- collecting and drawing ----

// `collect order.items limit 12, 3 per member, back on cancel where of == order.id { … }`
ast::CollectAction read_collect(Cursor& cursor, bool& broken) {
    cursor.take(Keyword::collect);
    ast::CollectAction action;
    const std::size_t begin = cursor.peek().span.begin;
    action.event.event = cursor.expect_name("the name of an event"_say);
    if (cursor.take_if_dot()) action.field = cursor.expect_name("a field of the event"_say);
    action.event.where = read_where(cursor);
    action.event.span = cursor.span_from(begin);
    const auto number = [&](Message what) {
        return read_count(cursor, std::move(what), 1, people_max);
    };
    do {
        if (cursor.take_if(Keyword::limit)) {
            action.limit = number("how many are collected"_say);
        } else if (cursor.is(TokenKind::number)) {
            action.per_member = number("how many one member may have"_say);
            cursor.expect(Keyword::per);
            cursor.expect(Keyword::member);
        } else if (cursor.take_if(Keyword::back)) {
            cursor.expect(Keyword::on);
            action.back_on = read_event_pattern(cursor);
        }
    } while (cursor.take_if(TokenKind::comma));
    cursor.expect(TokenKind::open_brace, "`{{`"_say);
    const std::vector<Keyword> labels{Keyword::refused, Keyword::full};
    while (true) {
        cursor.skip_line_ends();
        if (cursor.is(TokenKind::close_brace) || cursor.is(TokenKind::end_of_file)) break;
        try {
            if (cursor.is(Keyword::every)) {
                cursor.take(Keyword::every);
                action.every = read_duration(cursor);
                cursor.expect(TokenKind::colon, "`:`"_say);
                cursor.last_use().role = TokenRole::label_colon;
                action.listed = read_branch_steps(cursor, labels, broken);
            } else {
                action.branches.push_back(read_branch(cursor, labels, broken));
            }
        } catch (const BrokenItem&) {
            broken = true;
            cursor.skip_item();
        }
    }
    cursor.take();
    return action;
}

ast::DrawAction read_draw(Cursor& cursor, bool& broken) {
    cursor.take(Keyword::draw);
    ast::DrawAction action;
    const std::size_t begin = cursor.peek().span.begin;
    action.winners.value = read_integer(cursor, "a number of winners"_say, 1, people_max);
    action.winners.span = cursor.span_from(begin);
    cursor.expect(Keyword::from);
    action.from = read_event_pattern(cursor);
    if (cursor.take_if(Keyword::once)) {
        cursor.expect(Keyword::per);
        cursor.expect(Keyword::member);
        action.once_per_member = true;
    }
    action.branches = read_optional_branches(cursor, {Keyword::winner, Keyword::all}, broken);
    return action;
}

ast::GiveAction read_give(Cursor& cursor, bool& broken) {
    cursor.take(Keyword::give);
    ast::GiveAction action;
    action.pool = cursor.expect_name("the name of a pool"_say);
    action.branches = read_optional_branches(cursor, {Keyword::yes, Keyword::no}, broken);
    return action;
}

// ---- ways through a rule ----

ast::WaitAction read_wait(Cursor& cursor, bool& broken) {
    cursor.take(Keyword::wait);
    cursor.expect(Keyword::awaiting);
    ast::WaitAction action;
    action.event = read_event_pattern(cursor);
    if (cursor.take_if(Keyword::since)) {
        cursor.expect(Keyword::start);
        action.since_start = true;
    }
    cursor.expect(Keyword::within);
    action.within = read_duration(cursor);
    action.branches = read_optional_branches(cursor, {Keyword::yes, Keyword::no}, broken);
    return action;
}

// `else` may stand on the line of the brace before it or on the next.
bool take_else(Cursor& cursor) {
    std::size_t ahead = 0;
    while (cursor.is(TokenKind::line_end, ahead)) ++ahead;
    if (!cursor.is(Keyword::else_, ahead)) return false;
    cursor.skip_line_ends();
    cursor.take(Keyword::else_);
    return true;
}

ast::IfAction read_if(Cursor& cursor, bool& broken) {
    ast::IfAction action;
    bool has_condition = true;
    do {
        auto& branch = action.cases.emplace_back();
        if (cursor.take_if(Keyword::if_)) {
            branch.condition = read_expression(cursor);
        } else {
            has_condition = false;
        }
        branch.steps = read_steps_block(cursor, broken);
    } while (has_condition && take_else(cursor));
    return action;
}

ast::SplitAction::Case read_split_case(Cursor& cursor, bool& broken) {
    ast::SplitAction::Case branch;
    if (cursor.is(Keyword::nothing)) {
        branch.name = {std::string(spelling(Keyword::nothing)), cursor.take(Keyword::nothing).span};
    } else {
        branch.name = cursor.expect_name("the name of a branch"_say);
    }
    const std::size_t begin = cursor.peek().span.begin;
    branch.percent.value = read_integer(cursor, "a percentage"_say, 1, percent_max);
    take_percent(cursor);
    branch.percent.span = cursor.span_from(begin);
    if (!cursor.take_if(TokenKind::colon)) {
        if (branch.name.text == spelling(Keyword::nothing)) return branch;
        cursor.fail_expecting("`:`"_say);
    }
    cursor.last_use().role = TokenRole::label_colon;
    branch.steps = read_branch_steps(cursor, {}, broken);
    return branch;
}

// `split { a 50%: send x; b 40%: send y; nothing 10% }`
ast::SplitAction read_split(Cursor& cursor, bool& broken) {
    cursor.take(Keyword::split);
    cursor.expect(TokenKind::open_brace, "`{{`"_say);
    ast::SplitAction action;
    while (true) {
        cursor.skip_line_ends();
        if (cursor.is(TokenKind::close_brace) || cursor.is(TokenKind::end_of_file)) break;
        try {
            action.cases.push_back(read_split_case(cursor, broken));
        } catch (const BrokenItem&) {
            broken = true;
            cursor.skip_item();
        }
    }
    cursor.take();
    return action;
}

ast::StopAction read_stop(Cursor& cursor) {
    cursor.take(Keyword::stop);
    if (!cursor.is(TokenKind::string_open)) return {};
    return {read_text(cursor, "why it stops"_say)};
}

const std::vector<Keyword> action_keywords{
    Keyword::post,    Keyword::send,   Keyword::reply,  Keyword::announce, Keyword::warn,
    Keyword::tag,     Keyword::untag,  Keyword::points, Keyword::take,     Keyword::task,
    Keyword::approve, Keyword::create, Keyword::invite, Keyword::dissolve, Keyword::remove,
    Keyword::emit,    Keyword::call,   Keyword::run,    Keyword::collect,  Keyword::draw,
    Keyword::give,    Keyword::wait,   Keyword::if_,    Keyword::split,    Keyword::stop};

ast::ActionNode read_action_of(Cursor& cursor, Keyword keyword, bool& broken) {
    switch (keyword) {
        case Keyword::post:
            return read_deliver(cursor, keyword, Verb::post);
        case Keyword::send:
            return read_deliver(cursor, keyword, Verb::send);
        case Keyword::reply:
            return read_deliver(cursor, keyword, Verb::reply);
        case Keyword::announce:
            return read_deliver(cursor, keyword, Verb::announce);
        case Keyword::warn:
            return read_deliver(cursor, keyword, Verb::warn);
        case Keyword::tag:
        case Keyword::untag:
            return read_tag(cursor, keyword);
        case Keyword::points:
            return read_points(cursor, broken);
        case Keyword::take:
            return read_take_back(cursor);
        case Keyword::task:
            return read_task(cursor, broken);
        case Keyword::approve:
            return read_approve(cursor, broken);
        case Keyword::create:
            return read_create_group(cursor);
        case Keyword::invite:
            return read_invite(cursor);
        case Keyword::dissolve:
            cursor.take(Keyword::dissolve);
            cursor.expect(Keyword::group);
            return ast::DissolveAction{};
        case Keyword::remove:
            cursor.take(Keyword::remove);
            cursor.expect(Keyword::member);
            return ast::RemoveAction{};
        case Keyword::emit:
            return read_emit(cursor);
        case Keyword::call:
            return read_call(cursor);
        case Keyword::run:
            return read_run(cursor);
        case Keyword::collect:
            return read_collect(cursor, broken);
        case Keyword::draw:
            return read_draw(cursor, broken);
        case Keyword::give:
            return read_give(cursor, broken);
        case Keyword::wait:
            return read_wait(cursor, broken);
        case Keyword::if_:
            return read_if(cursor, broken);
        case Keyword::split:
            return read_split(cursor, broken);
        default:
            return read_stop(cursor);
    }
}

std::optional<Keyword> action_at(const Cursor& cursor, std::size_t ahead) {
    for (const Keyword keyword : action_keywords) {
        if (cursor.is(keyword, ahead)) return keyword;
    }
    return std::nullopt;
}

}  // namespace

bool at_action(const Cursor& cursor, std::size_t ahead) {
    return action_at(cursor, ahead).has_value();
}

ast::Action read_action(Cursor& cursor, bool& broken) {
    const std::size_t begin = cursor.peek().span.begin;
    const auto keyword = action_at(cursor, 0);
    if (!keyword) {
        if (!cursor.is(TokenKind::word)) cursor.fail_expecting("an action such as `post`"_say);
        cursor.fail_unknown(code::unknown_action, "action"_say,
                            "`post`, `send`, `tag` or another action stands here"_say,
                            action_keywords);
    }
    ast::Action action;
    action.node = read_action_of(cursor, *keyword, broken);
    action.span = cursor.span_from(begin);
    return action;
}

}  // namespace sop::lang::reader
