#include "lang/sentence.h"

#include "lang/keyword_runs.h"
#include "lang/library.h"
#include "lang/parse.h"
#include "lang/reader/clauses.h"
#include "lang/reader/schedule.h"
#include "lang/schedule_check.h"
#include "lang/settings.h"

#include <algorithm>

namespace sop::lang {

namespace {

// What was read, as far as it could be.
struct Sentence {
    std::optional<ast::CalendarHead> head;
    std::vector<ast::Clause> clauses;
};

// Names are set apart by spaces, which a run of Chinese words may lack.
void hint_at_unsplit_run(const TokenList& tokens, const Source& source, Dialect dialect,
                         std::vector<Diagnostic>& diagnostics) {
    if (diagnostics.empty()) return;
    for (const Token& token : tokens.tokens) {
        std::string_view word = source.text(token.span);
        if (token.kind == TokenKind::measure) {
            word.remove_prefix(std::min(word.find_first_not_of("0123456789"), word.size()));
            if (find_unit(word, dialect)) continue;
        } else if (token.kind != TokenKind::word || find_keyword(word, dialect)) {
            continue;
        }
        if (!longest_keyword(word, dialect)) continue;
        diagnostics.front().notes.push_back(
            "`{}` cannot be taken apart: write spaces round names, as in `除 cn.holidays`"_say(
                source.text(token.span)));
        return;
    }
}

Sentence read_sentence(reader::Cursor& cursor) {
    if (!reader::at_schedule(cursor) && !cursor.is(Keyword::on))
        cursor.fail_expecting("`every` or `on` and days, as in `every thursday at 20:00`"_say);
    Sentence sentence;
    ast::CalendarHead head = reader::begin_schedule(cursor);
    while (!cursor.is(TokenKind::end_of_file)) {
        const bool of_schedule =
            cursor.is(Keyword::calendar) || cursor.is(Keyword::gap) || cursor.is(Keyword::overlap);
        if (of_schedule) {
            sentence.clauses.push_back(reader::read_clause(cursor));
        } else if (reader::at_schedule_clause(cursor)) {
            reader::read_schedule_clause(cursor, head);
        } else {
            break;
        }
    }
    reader::finish_schedule(cursor, head);
    if (!cursor.is(TokenKind::end_of_file))
        cursor.fail_expecting("a clause such as `at 20:00` or the end of the schedule"_say);
    sentence.head = std::move(head);
    return sentence;
}

struct ReadSentence {
    Sentence sentence;
    Checked<calendar::Schedule> checked;
};

ReadSentence read(const Source& source) {
    // Its words are those of the dialect and English.
    constexpr Dialect dialect = Dialect::zh_cn;
    ReadSentence result;
    auto& diagnostics = result.checked.diagnostics;
    TokenList tokens = split_keyword_runs(tokenize(source), source, dialect);
    diagnostics = tokens.diagnostics;
    try {
        reader::Cursor cursor(source, tokens, diagnostics, dialect);
        result.sentence = read_sentence(cursor);
    } catch (const reader::BrokenItem&) {
        hint_at_unsplit_run(tokens, source, dialect, diagnostics);
    }
    ClausesSeen seen;
    for (const auto& clause : result.sentence.clauses) seen.add(clause, diagnostics);
    if (has_errors(diagnostics)) result.sentence.head.reset();
    if (!result.sentence.head) return result;
    const Calendars& calendars = library_calendars();
    check_schedule(*result.sentence.head, calendars, diagnostics);
    const EffectiveSettings settings = effective_settings({}, result.sentence.clauses);
    if (settings.calendar) check_calendar_name(settings.calendar->calendar, calendars, diagnostics);
    if (!has_errors(diagnostics))
        result.checked.value = schedule_of(*result.sentence.head, settings, calendars);
    return result;
}

}  // namespace

Checked<calendar::Schedule> parse_schedule(const Source& source) {
    return read(source).checked;
}

std::vector<std::shared_ptr<const calendar::Calendar>> calendars_kept_in(std::string_view zone) {
    std::vector<std::shared_ptr<const calendar::Calendar>> kept;
    for (const auto& [name, calendar] : library_calendars()) {
        if (calendar->timezone == zone) kept.push_back(calendar);
    }
    return kept;
}

Checked<calendar::Schedule> check_sentence(const Source& source, const calendar::Zone& zone,
                                           date::local_days from) {
    ReadSentence result = read(source);
    if (result.checked.value) {
        check_coming_dates(*result.sentence.head, *result.checked.value,
                           effective_settings({}, result.sentence.clauses), zone,
                           {from, from + horizon_default}, result.checked.diagnostics);
    }
    return std::move(result.checked);
}

}  // namespace sop::lang
