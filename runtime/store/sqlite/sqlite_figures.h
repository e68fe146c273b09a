// Counts, stays, tiers and flows in the tables of migration 14. Private to sqlite/.
#pragma once

#include "runtime/store/figures.h"
#include "runtime/store/sqlite/sqlite.h"

namespace sop::runtime {

class SqliteFigures : public Figures {
  public:
    // Both are the store's; `transaction_is_open` as it believes.
    SqliteFigures(SqliteConnection& connection, const bool& transaction_is_open)
        : connection_(connection), transaction_is_open_(transaction_is_open) {}

    StoredMeasure find_or_add_measure(const std::string& key, bool complete) override;
    std::optional<StoredMeasure> find_measure(const std::string& key) override;
    std::vector<StoredMeasure> list_measures() override;
    void remove_measure(MeasureId measure) override;
    void set_counted_through(MeasureId measure, const std::string& event, bool complete) override;
    std::optional<DayCount> find_day(MeasureId measure, const std::string& subject,
                                     date::local_days day) override;
    void put_day(MeasureId measure, const SubjectDay& day) override;
    std::vector<SubjectDay> days_of(MeasureId measure, const std::string& subject,
                                    date::local_days from, date::local_days to) override;
    std::vector<SubjectDay> days_of_all(MeasureId measure, date::local_days from,
                                        date::local_days to) override;

    void end_stay(const std::string& group, const std::string& member, Instant left_at) override;
    std::vector<Stay> stays_in(const std::string& group) override;
    std::vector<Stay> all_stays() override;
    std::vector<Stay> past_stays_of(const std::string& member) override;

    void add_tier_change(const TierChange& change) override;
    std::vector<TierChange> tier_changes_of(lang::SubjectKind kind, const std::string& subject,
                                            Instant from, Instant to) override;
    std::vector<TierChange> latest_tier_changes(RuleId rule) override;

    void add_flow_count(const FlowCount& count) override;
    std::vector<FlowCount> flow_counts(date::local_days from, date::local_days to) override;

  private:
    template <typename... Values>
    SqliteQuery query(std::string_view sql, const Values&... values);

    SqliteConnection& connection_;
    const bool& transaction_is_open_;
};

}  // namespace sop::runtime
