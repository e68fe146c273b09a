#include "lang/reader/playbook.h"

#include "lang/codes.h"
#include "lang/reader/clauses.h"
#include "lang/reader/literals.h"
#include "lang/reader/schedule.h"
#include "lang/report.h"
#include "lang/unicode.h"

#include <fmt/format.h>

#include <algorithm>

namespace sop::lang::reader {

namespace {

// ---- triggers
// -------------------------------------------------------------------------------------------------------

ast::EventHead read_event_head(Cursor& cursor, std::size_t begin) {
    ast::EventHead head;
    head.event = cursor.expect_name("a date or the name of an event");
    if (cursor.take_if(TokenKind::open_parenthesis)) {
        cursor.last_use().role = TokenRole::call;
        head.argument = cursor.expect_name("the event's first field");
        cursor.expect(TokenKind::close_parenthesis, "`)`");
    }
    head.span = cursor.span_from(begin);
    return head;
}

void read_trigger(Cursor& cursor, ast::Rule& rule) {
    const std::size_t begin = cursor.peek().span.begin;
    if (at_schedule(cursor)) {
        rule.trigger = begin_schedule(cursor);
    } else if (cursor.take_if(Keyword::on)) {
        rule.trigger = read_event_head(cursor, begin);
    } else if (cursor.is(TokenKind::word)) {
        const Token& token = cursor.peek();
        auto& diagnostic = cursor.report(
            code::syntax, token.span,
            fmt::format("a rule begins with `every` or `on`, not with `{}`", cursor.text(token)));
        suggest(diagnostic, cursor.text(token), spellings({Keyword::every, Keyword::on}));
        throw BrokenItem{};
    } else {
        cursor.fail_expecting("`every` or `on`");
    }
}

void read_schedule_clause_of(Cursor& cursor, ast::Rule& rule) {
    if (auto* head = std::get_if<ast::CalendarHead>(&rule.trigger)) {
        read_schedule_clause(cursor, *head);
        return;
    }
    const SourceSpan span = cursor.peek().span;
    cursor.report(code::syntax, span, "an event happens when it happens",
                  fmt::format("`{}` goes with a time", cursor.text(cursor.peek())));
    throw BrokenItem{};
}

bool trigger_on_next_line(const Cursor& cursor) {
    std::size_t ahead = 0;
    while (cursor.is(TokenKind::line_end, ahead)) ++ahead;
    return cursor.is(Keyword::every, ahead) || cursor.is(Keyword::on, ahead);
}

// A head may run over lines, up to its brace; a line that begins with a label of its own is the
// next item.
bool head_goes_on(Cursor& cursor) {
    if (!cursor.is(TokenKind::line_end)) return true;
    std::size_t ahead = 0;
    while (cursor.is(TokenKind::line_end, ahead)) ++ahead;
    if (cursor.is(TokenKind::open_brace, ahead)) return true;
    if (at_schedule_clause(cursor, ahead)) return true;
    return std::any_of(clause_keywords.begin(), clause_keywords.end(),
                       [&](Keyword keyword) { return cursor.is(keyword, ahead); });
}

void read_head(Cursor& cursor, ast::Rule& rule) {
    if (trigger_on_next_line(cursor)) cursor.skip_line_ends();
    read_trigger(cursor, rule);
    cursor.open_head();
    while (head_goes_on(cursor)) {
        cursor.skip_line_ends();
        const std::size_t begin = cursor.position();
        if (at_clause(cursor)) {
            rule.clauses.push_back(read_clause(cursor));
            cursor.mark_clause(begin, clause_rank(rule.clauses.back()));
        } else if (at_schedule_clause(cursor)) {
            const auto* head = std::get_if<ast::CalendarHead>(&rule.trigger);
            const int rank = head ? schedule_clause_rank(cursor, *head) : 0;
            read_schedule_clause_of(cursor, rule);
            cursor.mark_clause(begin, rank);
        } else {
            break;
        }
    }
    if (auto* head = std::get_if<ast::CalendarHead>(&rule.trigger)) finish_schedule(cursor, *head);
    if (cursor.is(TokenKind::open_brace) || cursor.is(TokenKind::error)) return;
    const Token& token = cursor.peek();
    if (token.kind != TokenKind::word) cursor.fail_expecting("`{` and the rule's steps");
    std::vector<Keyword> known = schedule_clause_keywords;
    known.insert(known.end(), clause_keywords.begin(), clause_keywords.end());
    cursor.fail_unknown(code::unknown_setting, "clause",
                        "`at`, `for`, `via`, another clause or `{` stands here", known);
}

// ---- steps
// ----------------------------------------------------------------------------------------------------------

bool at_rule_head(const Cursor& cursor) {
    if (!cursor.at_named_label()) return false;
    std::size_t ahead = 1;
    while (!cursor.is(TokenKind::colon, ahead)) {
        if (cursor.is(TokenKind::line_end, ahead) || cursor.is(TokenKind::end_of_file, ahead))
            return false;
        ++ahead;
    }
    return cursor.is(Keyword::every, ahead + 1) || cursor.is(Keyword::on, ahead + 1);
}

void read_time_of_offset(Cursor& cursor, calendar::Offset& offset) {
    const Token& first = cursor.peek();
    const bool has_at = cursor.take_if(Keyword::at);
    if (!has_at && !cursor.is(TokenKind::time)) return;
    cursor.mark_literal_times();
    const ast::TimeOfDay time = read_time(cursor);
    if (!offset.span.is_calendar()) {
        auto& diagnostic = cursor.report(
            code::time_after_elapsed, cursor.span_from(first.span.begin),
            "a time of day follows calendar units only", "elapsed units move the clock itself");
        diagnostic.notes.push_back("write `start - 1 day at 12:00`, or leave the time out");
        throw BrokenItem{};
    }
    offset.at = time.value;
}

void read_anchored_label(Cursor& cursor, ast::StepLabel& label) {
    label.when.anchor = cursor.is(Keyword::start) ? StepTime::Anchor::start : StepTime::Anchor::end;
    cursor.take(cursor.is(Keyword::start) ? Keyword::start : Keyword::end);
    const bool plus = cursor.is(TokenKind::plus);
    if (!plus && !cursor.is(TokenKind::minus)) return;
    cursor.take();
    label.when.offset.backwards = !plus;
    label.when.offset.span = read_duration(cursor).value;
    read_time_of_offset(cursor, label.when.offset);
}

void read_after_label(Cursor& cursor, ast::StepLabel& label) {
    cursor.take(Keyword::after);
    label.when.anchor = StepTime::Anchor::previous;
    label.when.offset.span = read_duration(cursor).value;
    read_time_of_offset(cursor, label.when.offset);
}

void read_next_label(Cursor& cursor, ast::StepLabel& label) {
    cursor.take(Keyword::next);
    cursor.expect(Keyword::day);
    label.next_day = true;
    label.when.anchor = StepTime::Anchor::previous;
    label.when.offset.span.days = 1;
    if (!cursor.is(Keyword::at) && !cursor.is(TokenKind::time))
        cursor.fail_expecting("`at` and a time");
    read_time_of_offset(cursor, label.when.offset);
}

ast::StepLabel read_label(Cursor& cursor) {
    const std::size_t begin = cursor.peek().span.begin;
    ast::StepLabel label;
    if (cursor.is(Keyword::start) || cursor.is(Keyword::end)) {
        read_anchored_label(cursor, label);
    } else if (cursor.is(Keyword::after)) {
        read_after_label(cursor, label);
    } else if (cursor.is(Keyword::next)) {
        read_next_label(cursor, label);
    } else {
        cursor.fail_unknown(code::unknown_step, "step",
                            "`start`, `end`, `after …` or `next day` begins a step",
                            {Keyword::start, Keyword::end, Keyword::after, Keyword::next});
    }
    label.span = cursor.span_from(begin);
    cursor.expect(TokenKind::colon, "`:`");
    cursor.last_use().role = TokenRole::label_colon;
    return label;
}

// After a label that could not be read the actions behind its colon are still a step's.
void skip_label(Cursor& cursor) {
    while (!cursor.at_item_end()) {
        if (cursor.take().kind == TokenKind::colon) return;
    }
}

ast::DeliverAction read_deliver(Cursor& cursor) {
    ast::DeliverAction action;
    action.to_members = cursor.is(Keyword::send);
    action.verb_span = cursor.take(action.to_members ? Keyword::send : Keyword::post).span;
    if (cursor.is(TokenKind::string_open)) {
        action.message = read_text(cursor, "a text");
    } else {
        action.message = cursor.expect_name("a text or the name of a content");
    }
    return action;
}

ast::Action read_action(Cursor& cursor) {
    if (cursor.is(Keyword::post) || cursor.is(Keyword::send)) return read_deliver(cursor);
    if (cursor.is(Keyword::tag) || cursor.is(Keyword::untag)) {
        ast::TagAction action;
        action.add = cursor.is(Keyword::tag);
        cursor.take(action.add ? Keyword::tag : Keyword::untag);
        action.tag = cursor.expect_name("a tag");
        return action;
    }
    if (!cursor.is(TokenKind::word)) cursor.fail_expecting("an action such as `post`");
    cursor.fail_unknown(code::unknown_action, "action",
                        "`post`, `send`, `tag` or `untag` stands here",
                        {Keyword::post, Keyword::send, Keyword::tag, Keyword::untag});
}

// One item of a rule's block: a label with the action behind it, if there is one, or an action.
void read_step_item(Cursor& cursor, ast::Rule& rule) {
    ast::Trivia trivia = cursor.take_leading_trivia();
    if (cursor.has_colon_in_item()) {
        auto& step = rule.steps.emplace_back();
        step.trivia = std::move(trivia);
        trivia = {};
        try {
            step.label = read_label(cursor);
        } catch (const BrokenItem&) {
            rule.broken_steps = true;
            step.label_broken = true;
            skip_label(cursor);
        }
        if (cursor.at_item_end()) {
            cursor.take_trailing_comment(step.trivia);
            return;
        }
    } else if (rule.steps.empty()) {
        rule.steps.emplace_back();
    }
    ast::Action action = read_action(cursor);
    cursor.expect_item_end("an action");
    cursor.take_trailing_comment(trivia);
    std::visit([&](auto& node) { node.trivia = std::move(trivia); }, action);
    rule.steps.back().actions.push_back(std::move(action));
}

// The opening brace is missing (which was reported) and the steps stand below all the same.
bool steps_follow_without_brace(const Cursor& cursor) {
    std::size_t ahead = 0;
    while (cursor.is(TokenKind::line_end, ahead)) ++ahead;
    const auto keyword = cursor.keyword_at(ahead);
    const bool named = cursor.is(TokenKind::colon, ahead + 1);
    if (named) return keyword == Keyword::start || keyword == Keyword::end;
    for (const Keyword begins : {Keyword::start, Keyword::end, Keyword::after, Keyword::next,
                                 Keyword::post, Keyword::send, Keyword::tag, Keyword::untag}) {
        if (keyword == begins) return true;
    }
    return false;
}

// True when the block ended with its brace, false when a rule began inside it.
bool read_steps(Cursor& cursor, ast::Rule& rule) {
    const SourceSpan opener = cursor.peek().span;
    cursor.take_if(TokenKind::open_brace);
    rule.block.after_open = cursor.take_comment_on_this_line();
    while (true) {
        cursor.skip_line_ends();
        if (cursor.is(TokenKind::close_brace) || cursor.is(TokenKind::end_of_file)) break;
        if (at_rule_head(cursor)) {
            cursor
                .report(code::bracket_not_closed, opener,
                        "this bracket is never closed: `}` is missing", "opened here")
                .related.push_back({cursor.peek().span, "`}` expected before this"});
            return false;
        }
        try {
            read_step_item(cursor, rule);
        } catch (const BrokenItem&) {
            rule.broken_steps = true;
            cursor.skip_item();
        }
    }
    rule.block.before_close = cursor.take_comments_before_here();
    cursor.take();
    return true;
}

// To the brace that opens the steps of a rule with a broken head, or to the item's end when there
// is none.
void skip_to_steps(Cursor& cursor) {
    while (!cursor.is(TokenKind::open_brace) && head_goes_on(cursor) &&
           !cursor.is(TokenKind::close_brace) && !cursor.is(TokenKind::end_of_file)) {
        cursor.take();
    }
}

// ---- the playbook's block
// -------------------------------------------------------------------------------------------

void read_setting(Cursor& cursor, ast::Playbook& playbook, ast::Trivia trivia) {
    if (!at_clause(cursor)) {
        if (!cursor.is(TokenKind::word)) cursor.fail_expecting("a setting or a rule");
        cursor.fail_unknown(code::unknown_setting, "setting",
                            "a setting or `name: every …` stands here", clause_keywords);
    }
    ast::Setting setting{read_clause(cursor), {}};
    cursor.expect_item_end("a setting");
    cursor.take_trailing_comment(trivia);
    setting.trivia = std::move(trivia);
    playbook.items.emplace_back(std::move(setting));
}

// What stands below is read as the playbook's all the same, up to its closing brace.
void report_missing_opener(Cursor& cursor) {
    if (!cursor.is(TokenKind::line_end)) cursor.fail_expecting("`{`");
    const SourceSpan here{cursor.peek().span.begin, cursor.peek().span.begin};
    auto& diagnostic = cursor.report(code::syntax, here, "expected `{`, found the end of the line");
    diagnostic.fix = Fix{here, " {", "add `{`"};
}

// Returns false when the playbook ended early, at the brace that was meant for it.
bool read_playbook_item(Cursor& cursor, ast::Playbook& playbook, std::size_t& closers_missing,
                        SourceSpan opener) {
    if (closers_missing > 0 && cursor.is(TokenKind::close_brace)) {
        --closers_missing;
        cursor.drop_report(code::bracket_not_closed, opener);
        cursor.take();
        return false;
    }
    if (cursor.at_named_label()) {
        ReadRule read = read_rule(cursor);
        if (read.closer_missing) ++closers_missing;
        if (read.rule) playbook.items.emplace_back(std::move(*read.rule));
        return true;
    }
    try {
        read_setting(cursor, playbook, cursor.take_leading_trivia());
    } catch (const BrokenItem&) {
        playbook.broken_settings = true;
        cursor.skip_item();
    }
    return true;
}

}  // namespace

ReadRule read_rule(Cursor& cursor) {
    ReadRule read;
    ast::Rule rule;
    rule.trivia = cursor.take_leading_trivia();
    try {
        rule.name = cursor.expect_name("the rule's name");
    } catch (const BrokenItem&) {
        const Token& token = cursor.take();
        rule.name = {std::string(cursor.text(token)), token.span};
    }
    if (cursor.is(TokenKind::string_open)) rule.title = read_text(cursor, "a title");
    try {
        if (cursor.is(TokenKind::error)) throw BrokenItem{};
        cursor.take();
        read_head(cursor, rule);
        if (cursor.is(TokenKind::error)) throw BrokenItem{};
    } catch (const BrokenItem&) {
        rule.trigger = std::monostate{};
        skip_to_steps(cursor);
    }
    if (!cursor.is(TokenKind::open_brace) && !steps_follow_without_brace(cursor)) {
        rule.broken_steps = true;
        cursor.skip_item();
        read.rule = std::move(rule);
        return read;
    }
    read.closer_missing = !read_steps(cursor, rule);
    if (!read.closer_missing) {
        cursor.take_trailing_comment(rule.trivia);
        if (!cursor.at_item_end() && !cursor.at_named_label()) {
            try {
                cursor.expect_item_end("a rule");
            } catch (const BrokenItem&) {
                cursor.skip_item();
            }
        }
    }
    read.rule = std::move(rule);
    return read;
}

ast::Playbook read_playbook(Cursor& cursor) {
    ast::Playbook playbook;
    playbook.name = cursor.expect_name("the playbook's name");
    if (cursor.is(TokenKind::string_open)) playbook.title = read_text(cursor, "a title");
    const SourceSpan opener = cursor.peek().span;
    if (!cursor.take_if(TokenKind::open_brace)) report_missing_opener(cursor);
    playbook.block.after_open = cursor.take_comment_on_this_line();
    std::size_t closers_missing = 0;
    while (true) {
        cursor.skip_line_ends();
        if (cursor.is(TokenKind::end_of_file)) break;
        if (cursor.is(TokenKind::close_brace) && closers_missing == 0) {
            // Without its closer the playbook may be cut short.
            if (cursor.peek().span.begin == cursor.peek().span.end) playbook.broken_settings = true;
            playbook.block.before_close = cursor.take_comments_before_here();
            cursor.take();
            break;
        }
        if (!read_playbook_item(cursor, playbook, closers_missing, opener)) break;
    }
    return playbook;
}

}  // namespace sop::lang::reader
