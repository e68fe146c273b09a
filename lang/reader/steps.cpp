#include "lang/reader/steps.h"

#include "lang/codes.h"
#include "lang/reader/actions.h"
#include "lang/reader/days.h"
#include "lang/reader/expressions.h"
#include "lang/reader/literals.h"

namespace sop::lang::reader {

namespace {

void read_time_of_offset(Cursor& cursor, calendar::Offset& offset) {
    const std::size_t begin = cursor.peek().span.begin;
    const bool has_at = cursor.take_if(Keyword::at);
    if (!has_at && !at_time(cursor)) return;
    cursor.mark_literal_times();
    const ast::TimeOfDay time = read_time(cursor);
    if (!offset.span.is_calendar()) {
        auto& diagnostic = cursor.report(code::time_after_elapsed, cursor.span_from(begin),
                                         "a time of day follows calendar units only"_say,
                                         "elapsed units move the clock itself"_say);
        diagnostic.notes.push_back("write `start - 1 day at 12:00`, or leave the time out"_say);
        throw BrokenItem{};
    }
    offset.at = time.value;
}

void require_time(Cursor& cursor) {
    if (!cursor.is(Keyword::at) && !at_time(cursor)) cursor.fail_expecting("`at` and a time"_say);
}

void read_anchored_label(Cursor& cursor, ast::StepLabel& label) {
    const bool start = cursor.is(Keyword::start);
    cursor.take(start ? Keyword::start : Keyword::end);
    label.when.anchor = start ? StepTime::Anchor::start : StepTime::Anchor::end;
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

// `next day`, `next workday`, `next friday`
void read_next_label(Cursor& cursor, ast::StepLabel& label) {
    cursor.take(Keyword::next);
    label.when.anchor = StepTime::Anchor::previous;
    label.when.offset.span.days = 1;
    if (at_weekday(cursor)) {
        label.when.next = StepTime::Next::weekday;
        label.when.weekday = static_cast<int>(read_weekday(cursor));
    } else if (cursor.take_if(Keyword::workday)) {
        label.when.next = StepTime::Next::workday;
    } else {
        if (!cursor.is(Keyword::day)) cursor.fail_expecting("`day`, `workday` or a weekday"_say);
        cursor.take(Keyword::day);
        label.next_day = true;
    }
    require_time(cursor);
    read_time_of_offset(cursor, label.when.offset);
}

// `2026-11-11 at 20:00`
void read_date_label(Cursor& cursor, ast::StepLabel& label) {
    label.when.anchor = StepTime::Anchor::date;
    label.when.date = read_date(cursor);
    require_time(cursor);
    cursor.take_if(Keyword::at);
    cursor.mark_literal_times();
    label.when.offset.at = read_time(cursor).value;
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
    } else if (at_date(cursor)) {
        read_date_label(cursor, label);
    } else {
        cursor.fail_unknown(code::unknown_step, "step"_say,
                            "`start`, `end`, `after …` or `next day` begins a step"_say,
                            {Keyword::start, Keyword::end, Keyword::after, Keyword::next});
    }
    if (cursor.take_if(Keyword::if_)) label.condition = read_expression(cursor);
    label.span = cursor.span_from(begin);
    cursor.expect(TokenKind::colon, "`:`"_say);
    cursor.last_use().role = TokenRole::label_colon;
    return label;
}

// After a label that could not be read the actions behind its colon are still a step's.
void skip_label(Cursor& cursor) {
    while (!cursor.at_item_end()) {
        if (cursor.take().kind == TokenKind::colon) return;
    }
}

}  // namespace

bool at_step_label(const Cursor& cursor) {
    return (cursor.has_colon_in_item() && !at_action(cursor)) || cursor.is(Keyword::start) ||
           cursor.is(Keyword::end) || at_date(cursor);
}

void read_step_item(Cursor& cursor, ast::Steps& steps, bool& broken) {
    if (at_step_label(cursor)) {
        auto& step = steps.emplace_back();
        try {
            step.label = read_label(cursor);
        } catch (const BrokenItem&) {
            broken = true;
            step.label_broken = true;
            skip_label(cursor);
        }
        if (cursor.at_item_end()) return;
    } else if (steps.empty()) {
        steps.emplace_back();
    }
    ast::Action action = read_action(cursor, broken);
    cursor.expect_item_end("an action"_say);
    steps.back().actions.push_back(std::move(action));
}

ast::Steps read_steps_block(Cursor& cursor, bool& broken) {
    cursor.expect(TokenKind::open_brace, "`{{`"_say);
    ast::Steps steps;
    while (true) {
        cursor.skip_line_ends();
        if (cursor.is(TokenKind::close_brace) || cursor.is(TokenKind::end_of_file)) break;
        try {
            read_step_item(cursor, steps, broken);
        } catch (const BrokenItem&) {
            broken = true;
            cursor.skip_item();
        }
    }
    cursor.take();
    return steps;
}

}  // namespace sop::lang::reader
