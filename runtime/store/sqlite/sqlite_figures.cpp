#include "runtime/store/sqlite/sqlite_figures.h"

#include <fmt/format.h>

#include "runtime/store/sqlite/columns.h"
#include "runtime/store/sqlite/rows.h"
#include "runtime/store/sqlite/sql.h"
#include "runtime/store/store.h"

namespace sop::runtime {

namespace {

using namespace sqlite;

StoredMeasure read_measure(SqliteQuery& row) {
    return {.id = row.integer(),
            .key = row.text(),
            .counted_through = row.text(),
            .complete = row.boolean()};
}

DayCount read_count(SqliteQuery& row) {
    return {.count = row.integer(), .sums = row.text(), .different = row.blob()};
}

SubjectDay read_subject_day(SqliteQuery& row) {
    SubjectDay day{.subject = row.text(), .day = day_from(row.integer())};
    day.count = read_count(row);
    return day;
}

Stay read_stay(SqliteQuery& row) {
    return {.group = row.text(),
            .member = row.text(),
            .joined_at = instant_from(row.optional_integer()),
            .left_at = instant_from(row.optional_integer())};
}

TierChange read_tier_change(SqliteQuery& row) {
    return {.rule = row.integer(),
            .kind = subject_kind_from(row.text()),
            .subject = row.text(),
            .at = instant_from(row.integer()),
            .before = row.text(),
            .level = row.text(),
            .why = row.text()};
}

}  // namespace

// As the store's own: what follows an undone transaction must not be kept by itself.
template <typename... Values>
SqliteQuery SqliteFigures::query(std::string_view sql, const Values&... values) {
    if (transaction_is_open_ && !connection_.in_transaction())
        throw StoreError(
            fmt::format("{}: the transaction was undone by the failure before; begin a new one",
                        connection_.path()));
    return connection_.query(sql, values...);
}

// ---- counts by the day --------------------------------------------------------------------------

StoredMeasure SqliteFigures::find_or_add_measure(const std::string& key, bool complete) {
    if (auto known = find_measure(key)) return *known;
    query(sql::insert_measure, key, std::int64_t{complete}).next();
    return find_measure(key).value();
}

std::optional<StoredMeasure> SqliteFigures::find_measure(const std::string& key) {
    SqliteQuery row = query(sql::select_measure, key);
    return row.next() ? std::optional(read_measure(row)) : std::nullopt;
}

std::vector<StoredMeasure> SqliteFigures::list_measures() {
    return all(query(sql::select_measures), read_measure);
}

void SqliteFigures::remove_measure(MeasureId measure) {
    query(sql::delete_day_counts_of, measure).next();
    query(sql::delete_measure, measure).next();
}

void SqliteFigures::set_counted_through(MeasureId measure, const std::string& event,
                                        bool complete) {
    query(sql::update_counted_through, measure, event, std::int64_t{complete}).next();
}

std::optional<DayCount> SqliteFigures::find_day(MeasureId measure, const std::string& subject,
                                                date::local_days day) {
    SqliteQuery row = query(sql::select_day_count, measure, subject, to_column(day));
    return row.next() ? std::optional(read_count(row)) : std::nullopt;
}

void SqliteFigures::put_day(MeasureId measure, const SubjectDay& day) {
    query(sql::upsert_day_count, measure, day.subject, to_column(day.day), day.count.count,
          day.count.sums, SqliteBlob{day.count.different})
        .next();
}

std::vector<SubjectDay> SqliteFigures::days_of(MeasureId measure, const std::string& subject,
                                               date::local_days from, date::local_days to) {
    return all(query(sql::select_day_counts_of, measure, subject, to_column(from), to_column(to)),
               read_subject_day);
}

std::vector<SubjectDay> SqliteFigures::days_of_all(MeasureId measure, date::local_days from,
                                                   date::local_days to) {
    return all(query(sql::select_day_counts, measure, to_column(from), to_column(to)),
               read_subject_day);
}

// ---- stays --------------------------------------------------------------------------------------

void SqliteFigures::end_stay(const std::string& group, const std::string& member, Instant left_at) {
    query(sql::insert_past_stay, group, member, to_column(left_at)).next();
}

std::vector<Stay> SqliteFigures::stays_in(const std::string& group) {
    return all(query(sql::select_stays_in, group), read_stay);
}

std::vector<Stay> SqliteFigures::all_stays() {
    return all(query(sql::select_all_stays), read_stay);
}

std::vector<Stay> SqliteFigures::past_stays_of(const std::string& member) {
    return all(query(sql::select_past_stays_of, member), read_stay);
}

// ---- tiers --------------------------------------------------------------------------------------

void SqliteFigures::add_tier_change(const TierChange& change) {
    query(sql::insert_tier_change, change.rule, to_text(change.kind), change.subject,
          to_column(change.at), change.before, change.level, change.why)
        .next();
}

std::vector<TierChange> SqliteFigures::tier_changes_of(SubjectKind kind, const std::string& subject,
                                                       Instant from, Instant to) {
    return all(
        query(sql::select_tier_changes_of, to_text(kind), subject, to_column(from), to_column(to)),
        read_tier_change);
}

std::vector<TierChange> SqliteFigures::latest_tier_changes(RuleId rule) {
    return all(query(sql::select_latest_tier_changes, rule), read_tier_change);
}

// ---- flows --------------------------------------------------------------------------------------

void SqliteFigures::add_flow_count(const FlowCount& count) {
    query(sql::upsert_flow_count, count.rule, count.step, count.what, to_column(count.day),
          count.count)
        .next();
}

std::vector<FlowCount> SqliteFigures::flow_counts(date::local_days from, date::local_days to) {
    std::vector<FlowCount> counts;
    SqliteQuery row = query(sql::select_flow_counts, to_column(from), to_column(to));
    while (row.next()) {
        FlowCount count{.rule = row.integer(), .step = row.text(), .what = row.text(), .day = from};
        count.count = row.integer();
        counts.push_back(std::move(count));
    }
    return counts;
}

}  // namespace sop::runtime
