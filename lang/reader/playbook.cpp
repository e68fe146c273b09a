#include "lang/reader/playbook.h"

#include <algorithm>

#include "lang/codes.h"
#include "lang/reader/actions.h"
#include "lang/reader/clauses.h"
#include "lang/reader/events.h"
#include "lang/reader/expressions.h"
#include "lang/reader/literals.h"
#include "lang/reader/parameters.h"
#include "lang/reader/schedule.h"
#include "lang/reader/steps.h"
#include "lang/report.h"
#include "lang/unicode.h"

namespace sop::lang::reader {

namespace {

const std::vector<Keyword> trigger_keywords{Keyword::every, Keyword::on, Keyword::when};

bool at_trigger(const Cursor& cursor, std::size_t ahead) {
    return std::any_of(trigger_keywords.begin(), trigger_keywords.end(),
                       [&](Keyword keyword) { return cursor.is(keyword, ahead); });
}

std::size_t line_ends_ahead(const Cursor& cursor) {
    std::size_t ahead = 0;
    while (cursor.is(TokenKind::line_end, ahead)) ++ahead;
    return ahead;
}

// ---- triggers ----

ast::ConditionHead read_condition_head(Cursor& cursor) {
    ast::ConditionHead head;
    const std::size_t begin = cursor.take(Keyword::when).span.begin;
    head.condition = read_expression(cursor);
    if (cursor.take_if(Keyword::including)) {
        cursor.expect(Keyword::now);
        head.including_now = true;
    }
    if (cursor.take_if(Keyword::once)) head.once = true;
    head.span = cursor.span_from(begin);
    return head;
}

void read_trigger(Cursor& cursor, ast::Rule& rule) {
    const std::size_t begin = cursor.peek().span.begin;
    if (at_schedule(cursor)) {
        rule.trigger = begin_schedule(cursor);
    } else if (cursor.take_if(Keyword::on)) {
        ast::EventHead head;
        head.event = read_event_pattern(cursor);
        head.span = cursor.span_from(begin);
        rule.trigger = std::move(head);
    } else if (cursor.is(Keyword::when)) {
        rule.trigger = read_condition_head(cursor);
    } else if (cursor.is(TokenKind::word)) {
        const Token& token = cursor.peek();
        auto& diagnostic = cursor.report(
            code::syntax, token.span,
            "a rule begins with `every`, `on` or `when`, not with `{}`"_say(cursor.text(token)));
        if (!cursor.suggest_own_word(diagnostic, trigger_keywords))
            suggest(diagnostic, cursor.text(token), cursor.spellings_here(trigger_keywords));
        throw BrokenItem{};
    } else {
        cursor.fail_expecting("`every`, `on` or `when`"_say);
    }
}

void read_schedule_clause_of(Cursor& cursor, ast::Rule& rule) {
    if (auto* head = std::get_if<ast::CalendarHead>(&rule.trigger)) {
        read_schedule_clause(cursor, *head);
        return;
    }
    const SourceSpan span = cursor.peek().span;
    const bool on_event = std::holds_alternative<ast::EventHead>(rule.trigger);
    cursor.report(
        code::syntax, span,
        on_event ? "an event happens when it happens"_say : "a condition is met when it is met"_say,
        "`{}` goes with a time"_say(cursor.text(cursor.peek())));
    throw BrokenItem{};
}

void read_event_clause_of(Cursor& cursor, ast::Rule& rule) {
    if (auto* head = std::get_if<ast::EventHead>(&rule.trigger)) {
        read_event_clause(cursor, *head);
        return;
    }
    cursor.report(code::syntax, cursor.peek().span,
                  "`{}` goes with an event"_say(cursor.text(cursor.peek())),
                  "a rule `on …` counts how often it is started"_say);
    throw BrokenItem{};
}

// A head may run over lines, up to its brace; a line that begins with a label of its own is the
// next item.
bool head_goes_on(Cursor& cursor) {
    if (!cursor.is(TokenKind::line_end)) return true;
    const std::size_t ahead = line_ends_ahead(cursor);
    if (cursor.is(TokenKind::colon, ahead + 1)) return false;
    return cursor.is(TokenKind::open_brace, ahead) || at_schedule_clause(cursor, ahead) ||
           at_clause(cursor, ahead) || cursor.is(Keyword::once, ahead) ||
           cursor.is(Keyword::again, ahead) || cursor.is(Keyword::exit, ahead);
}

// One clause of a head; false when none stands here.
bool read_head_clause(Cursor& cursor, ast::Rule& rule) {
    // Those of a schedule and of events have the first ranks.
    constexpr int exit_rank = 90;
    const std::size_t begin = cursor.position();
    if (at_clause(cursor)) {
        rule.clauses.push_back(read_clause(cursor));
        cursor.mark_clause(begin, clause_rank(rule.clauses.back()));
    } else if (at_exit_on(cursor)) {
        rule.exits.push_back(read_exit(cursor));
        cursor.mark_clause(begin, exit_rank);
    } else if (at_event_clause(cursor)) {
        read_event_clause_of(cursor, rule);
        cursor.mark_clause(begin, 0);
    } else if (at_schedule_clause(cursor)) {
        const auto* head = std::get_if<ast::CalendarHead>(&rule.trigger);
        const int rank = head ? schedule_clause_rank(cursor, *head) : 0;
        read_schedule_clause_of(cursor, rule);
        cursor.mark_clause(begin, rank);
    } else {
        return false;
    }
    return true;
}

void read_head(Cursor& cursor, ast::Rule& rule) {
    if (at_trigger(cursor, line_ends_ahead(cursor))) cursor.skip_line_ends();
    read_trigger(cursor, rule);
    cursor.open_head();
    while (head_goes_on(cursor)) {
        cursor.skip_line_ends();
        if (!read_head_clause(cursor, rule)) break;
    }
    if (auto* head = std::get_if<ast::CalendarHead>(&rule.trigger)) finish_schedule(cursor, *head);
    if (cursor.is(TokenKind::open_brace) || cursor.is(TokenKind::error)) return;
    const Token& token = cursor.peek();
    if (token.kind != TokenKind::word) cursor.fail_expecting("`{{` and the rule's steps"_say);
    std::vector<Keyword> known = schedule_clause_keywords;
    known.insert(known.end(), clause_keywords.begin(), clause_keywords.end());
    cursor.fail_unknown(code::unknown_setting, "clause"_say,
                        "`at`, `for`, `via`, another clause or `{{` stands here"_say, known);
}

// ---- the block of a rule ----

bool at_rule_head(const Cursor& cursor) {
    if (!cursor.at_named_label()) return false;
    std::size_t ahead = 1;
    while (!cursor.is(TokenKind::colon, ahead)) {
        if (cursor.is(TokenKind::line_end, ahead) || cursor.is(TokenKind::end_of_file, ahead))
            return false;
        ++ahead;
    }
    return at_trigger(cursor, ahead + 1);
}

// The opening brace is missing (which was reported) and the steps stand below all the same.
bool steps_follow_without_brace(const Cursor& cursor) {
    const std::size_t ahead = line_ends_ahead(cursor);
    const bool at_moment = cursor.is(Keyword::start, ahead) || cursor.is(Keyword::end, ahead);
    if (cursor.is(TokenKind::colon, ahead + 1)) return at_moment;
    return at_moment || cursor.is(Keyword::after, ahead) || cursor.is(Keyword::next, ahead) ||
           at_action(cursor, ahead);
}

// True when the block ended with its brace, false when a rule began inside it.
bool read_steps(Cursor& cursor, ast::Rule& rule) {
    const SourceSpan opener = cursor.peek().span;
    cursor.take_if(TokenKind::open_brace);
    while (true) {
        cursor.skip_line_ends();
        if (cursor.is(TokenKind::close_brace) || cursor.is(TokenKind::end_of_file)) break;
        if (at_rule_head(cursor)) {
            cursor
                .report(code::bracket_not_closed, opener,
                        "this bracket is never closed: `}}` is missing"_say, "opened here"_say)
                .related.push_back({cursor.peek().span, "`}}` expected before this"_say});
            return false;
        }
        try {
            read_step_item(cursor, rule.steps, rule.broken_steps);
        } catch (const BrokenItem&) {
            rule.broken_steps = true;
            cursor.skip_item();
        }
    }
    cursor.take();
    return true;
}

// To the brace that opens the steps of a rule with a broken head, or to the item's end when there
// is none.
void skip_to_steps(Cursor& cursor) {
    const auto goes_on = [&] {
        return head_goes_on(cursor) || at_trigger(cursor, line_ends_ahead(cursor));
    };
    while (!cursor.is(TokenKind::open_brace) && goes_on() && !cursor.is(TokenKind::close_brace) &&
           !cursor.is(TokenKind::end_of_file)) {
        cursor.take();
    }
}

// ---- instances of templates ----

bool at_instance(const Cursor& cursor) {
    return cursor.is(TokenKind::word) && !at_trigger(cursor, 0) &&
           cursor.is(TokenKind::open_parenthesis, cursor.peek().run);
}

// `countdown(what: sale_card, which: friday)`, behind its own name and colon
ast::Instance read_instance(Cursor& cursor, ast::Name name) {
    ast::Instance instance;
    const std::size_t begin = name.span.begin;
    instance.name = std::move(name);
    instance.of = cursor.expect_name("the name of a template"_say);
    instance.arguments = read_arguments(cursor);
    instance.span = cursor.span_from(begin);
    cursor.expect_item_end("an instance of a template"_say);
    return instance;
}

// ---- the playbook's block ----

void read_setting(Cursor& cursor, ast::Playbook& playbook) {
    if (!at_clause(cursor)) {
        if (!cursor.is(TokenKind::word)) cursor.fail_expecting("a setting or a rule"_say);
        cursor.fail_unknown(code::unknown_setting, "setting"_say,
                            "a setting or `name: every …` stands here"_say, clause_keywords);
    }
    ast::Setting setting{read_clause(cursor)};
    cursor.expect_item_end("a setting"_say);
    playbook.items.emplace_back(std::move(setting));
}

// What stands below is read as the playbook's all the same, up to its closing brace.
void report_missing_opener(Cursor& cursor) {
    if (!cursor.is(TokenKind::line_end)) cursor.fail_expecting("`{{`"_say);
    const SourceSpan here{cursor.peek().span.begin, cursor.peek().span.begin};
    auto& diagnostic =
        cursor.report(code::syntax, here, "expected `{{`, found the end of the line"_say);
    diagnostic.fix = Fix{here, " {", "add `{{`"_say};
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
        if (read.instance) playbook.items.emplace_back(std::move(*read.instance));
        return true;
    }
    try {
        read_setting(cursor, playbook);
    } catch (const BrokenItem&) {
        playbook.broken_settings = true;
        cursor.skip_item();
    }
    return true;
}

// What is left behind a rule's closing brace.
void finish_rule(Cursor& cursor) {
    if (cursor.at_item_end() || cursor.at_named_label()) return;
    try {
        cursor.expect_item_end("a rule"_say);
    } catch (const BrokenItem&) {
        cursor.skip_item();
    }
}

}  // namespace

ReadRule read_rule(Cursor& cursor) {
    ReadRule read;
    ast::Rule rule;
    try {
        rule.name = cursor.expect_name("the rule's name"_say);
    } catch (const BrokenItem&) {
        const Token& token = cursor.take();
        rule.name = {std::string(cursor.text(token)), token.span};
    }
    if (cursor.is(TokenKind::string_open)) rule.title = read_text(cursor, "a title"_say);
    try {
        if (cursor.is(TokenKind::error)) throw BrokenItem{};
        cursor.take();
        if (at_instance(cursor)) {
            read.instance = read_instance(cursor, std::move(rule.name));
            return read;
        }
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
    if (!read.closer_missing) finish_rule(cursor);
    read.rule = std::move(rule);
    return read;
}

ast::Playbook read_playbook(Cursor& cursor) {
    ast::Playbook playbook;
    playbook.name = cursor.expect_name("the playbook's name"_say);
    if (cursor.is(TokenKind::string_open)) playbook.title = read_text(cursor, "a title"_say);
    const SourceSpan opener = cursor.peek().span;
    if (!cursor.take_if(TokenKind::open_brace)) report_missing_opener(cursor);
    std::size_t closers_missing = 0;
    while (true) {
        cursor.skip_line_ends();
        if (cursor.is(TokenKind::end_of_file)) break;
        if (cursor.is(TokenKind::close_brace) && closers_missing == 0) {
            // Without its closer the playbook may be cut short.
            if (cursor.peek().span.begin == cursor.peek().span.end) playbook.broken_settings = true;
            cursor.take();
            break;
        }
        if (!read_playbook_item(cursor, playbook, closers_missing, opener)) break;
    }
    return playbook;
}

}  // namespace sop::lang::reader
