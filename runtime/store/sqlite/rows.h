// Rows of the database as values, their members read in the order of the columns that queries.sql
// selects. Private to sqlite/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/store/sqlite/sqlite.h"
#include "runtime/store/store.h"

namespace sop::runtime::sqlite {

StoredPlan read_plan(SqliteQuery& row);
PlanSummary read_plan_summary(SqliteQuery& row);
VersionRequest read_version_request(SqliteQuery& row);
VersionAnswer read_version_answer(SqliteQuery& row);
Firing read_firing(SqliteQuery& row);
Run read_run(SqliteQuery& row);
std::pair<Run, Instant> read_run_and_instant(SqliteQuery& row);
Delivery read_delivery(SqliteQuery& row);
Mailing read_mailing(SqliteQuery& row);
DueDelivery read_delivery_detail(SqliteQuery& row);
Event read_event(SqliteQuery& row);
EventBacklog read_backlog(SqliteQuery& row);
IntakeCount read_intake_count(SqliteQuery& row);
RejectedEvent read_rejected_event(SqliteQuery& row);
Pause read_pause(SqliteQuery& row);
std::int64_t read_integer(SqliteQuery& row);
std::string read_text(SqliteQuery& row);
Instant read_instant(SqliteQuery& row);
StoredRule read_rule(SqliteQuery& row);

struct RowPage {
    std::optional<std::int64_t> through{};  // nothing when there was no row
    bool has_old = false;
};

RowPage read_page(SqliteQuery& row);

struct OldEvent {
    std::string id{};
    std::int64_t received_at = 0;
};

OldEvent read_old_event(SqliteQuery& row);
DeliverySummary read_summary(SqliteQuery& row);
StoredIdentity read_identity(SqliteQuery& row);
StoredZone read_zone(SqliteQuery& row);
ZoneChange read_zone_change(SqliteQuery& row);
MovedTime read_moved_time(SqliteQuery& row);
Entry read_entry(SqliteQuery& row);
PointEntry read_point_entry(SqliteQuery& row);
ActionOfRun read_action(SqliteQuery& row);
Collection read_collection(SqliteQuery& row);
CollectedEntry read_collected(SqliteQuery& row);
StoredDraw read_draw(SqliteQuery& row);
StoredDrawEntry read_draw_entry(SqliteQuery& row);
PoolCounts read_pool(SqliteQuery& row);
PoolCode read_pool_code(SqliteQuery& row);
UnspentPoints read_unspent_points(SqliteQuery& row);
MemberPoints read_member_points(SqliteQuery& row);
Task read_task(SqliteQuery& row);
Command read_command(SqliteQuery& row);
Group read_group(SqliteQuery& row);
Member read_member(SqliteQuery& row);
Joined read_joined(SqliteQuery& row);
AttributeName read_attribute(SqliteQuery& row);
ImportEntry read_import(SqliteQuery& row);
DirectoryCounts read_counts(SqliteQuery& row);

template <typename Row>
std::optional<Row> first(SqliteQuery&& query, Row (*read)(SqliteQuery&)) {
    return query.next() ? std::optional(read(query)) : std::nullopt;
}

template <typename Row>
std::vector<Row> all(SqliteQuery&& query, Row (*read)(SqliteQuery&)) {
    std::vector<Row> rows;
    while (query.next()) {
        rows.push_back(read(query));
    }
    return rows;
}

// The one number of its one row.
bool holds(SqliteQuery&& query);

}  // namespace sop::runtime::sqlite
