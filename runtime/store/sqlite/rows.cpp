#include "runtime/store/sqlite/rows.h"

#include <algorithm>
#include <map>

#include "runtime/store/sqlite/columns.h"
#include "runtime/store/sqlite/message_form.h"

namespace sop::runtime::sqlite {

namespace {

std::optional<Target> read_target(SqliteQuery& row) {
    const auto kind = row.optional_text();
    std::string id = row.text();
    return kind ? std::optional(Target{subject_kind_from(*kind), std::move(id)}) : std::nullopt;
}

std::map<std::string, std::vector<std::string>> staff_from(const std::string& column) {
    std::map<std::string, std::vector<std::string>> staff;
    for (auto& [role, member] : json_from<std::vector<std::pair<std::string, std::string>>>(column))
        staff[role].push_back(std::move(member));
    for (auto& [role, members] : staff) std::sort(members.begin(), members.end());
    return staff;
}

// Most have none.
Attributes attributes_from(const std::string& column) {
    return column == "{}" ? Attributes{} : json_from<Attributes>(column);
}

}  // namespace

StoredPlan read_plan(SqliteQuery& row) {
    StoredPlan plan{.version = row.integer(),
                    .deployed_at = instant_from(row.integer()),
                    .hash = row.text(),
                    .json = row.text()};
    const auto rollback_to = row.optional_integer();
    auto held_back = json_from<std::vector<std::string>>(row.text());
    if (rollback_to) plan.rollback = Rollback{*rollback_to, std::move(held_back)};
    return plan;
}

PlanSummary read_plan_summary(SqliteQuery& row) {
    return {.version = row.integer(),
            .deployed_at = instant_from(row.integer()),
            .hash = row.text(),
            .rollback_to = row.optional_integer(),
            .open_runs = row.integer(),
            .has_firings = row.boolean()};
}

VersionRequest read_version_request(SqliteQuery& row) {
    return {.id = row.integer(),
            .kind = request_kind_from(row.text()),
            .asked_at = instant_from(row.integer()),
            .plan = row.text(),
            .version = row.optional_integer(),
            .mapping = json_from<std::vector<std::string>>(row.text()),
            .dry_run = row.boolean()};
}

VersionAnswer read_version_answer(SqliteQuery& row) {
    return {.outcome = version_outcome_from(row.text()),
            .in_force = row.integer(),
            .moved = row.integer(),
            .text = row.text()};
}

Firing read_firing(SqliteQuery& row) {
    return {.id = row.integer(),
            .rule = row.integer(),
            .key = row.text(),
            .plan = row.integer(),
            .subject_kind = subject_kind_from(row.text()),
            .start_at = instant_from(row.integer()),
            .end_at = instant_from(row.integer()),
            .event = row.optional_text(),
            .expanded = row.boolean(),
            .expanded_through = row.text()};
}

Run read_run(SqliteQuery& row) {
    return {.id = row.integer(),
            .firing = row.integer(),
            .rule = row.integer(),
            .subject = row.text(),
            .state = run_state_from(row.text()),
            .next_step = size_from(row.integer()),
            .next_action = size_from(row.integer()),
            .waits_since = instant_from(row.optional_integer()),
            .due_at = instant_from(row.optional_integer()),
            .reason = row.text()};
}

std::pair<Run, Instant> read_run_and_instant(SqliteQuery& row) {
    Run run = read_run(row);
    return {std::move(run), instant_from(row.integer())};
}

Delivery read_delivery(SqliteQuery& row) {
    return {.id = row.integer(),
            .run = row.integer(),
            .step = size_from(row.integer()),
            .action = size_from(row.integer()),
            .channel = row.text(),
            .message = row.optional_integer().value_or(0),
            .planned_for = instant_from(row.integer()),
            .due_at = instant_from(row.optional_integer()),
            .state = delivery_state_from(row.text()),
            .reason = row.text(),
            .attempts = static_cast<int>(row.integer()),
            .settled_at = instant_from(row.optional_integer()),
            .moved_to = instant_from(row.optional_integer()),
            .priority = priority_from(row.integer()),
            .in_doubt = row.boolean(),
            .skipped_as = row.optional_text(),
            .asks = count_from(row.optional_integer()),
            .unless_taken = delivery_state_from(row.optional_text()),
            .target = read_target(row),
            .variant = row.optional_text().value_or("")};
}

Mailing read_mailing(SqliteQuery& row) {
    return {.id = row.integer(),
            .run = row.integer(),
            .step = size_from(row.integer()),
            .action = size_from(row.integer()),
            .planned_for = instant_from(row.integer()),
            .decided_at = instant_from(row.integer()),
            .newer = static_cast<int>(row.integer()),
            .withheld = delivery_state_from(row.optional_text()),
            .reason = row.text(),
            .through = row.text()};
}

DueDelivery read_delivery_detail(SqliteQuery& row) {
    DueDelivery detail{.delivery = read_delivery(row),
                       .firing = read_firing(row),
                       .playbook = row.text(),
                       .rule = row.text(),
                       .run_subject = row.text(),
                       .subject_kind = subject_kind_from(row.text()),
                       .subject = row.text(),
                       .subject_name = row.text(),
                       .text = row.text()};
    const auto form = row.optional_text();
    if (form) detail.form = read_message_form(*form);
    const bool is_sent = !form && detail.subject_kind == SubjectKind::member;
    if (is_sent) detail.form.verb = lang::Verb::send;
    if (auto membership = membership_from(detail.run_subject))
        detail.in_group = std::move(membership->group);
    return detail;
}

Event read_event(SqliteQuery& row) {
    return {.id = row.text(),
            .type = row.text(),
            .group = row.optional_text(),
            .member = row.optional_text(),
            .at = instant_from(row.integer()),
            .received_at = instant_from(row.integer()),
            .fields = fields_from(row.text()),
            .processed = row.boolean(),
            .extra = row.optional_text().value_or("")};
}

EventBacklog read_backlog(SqliteQuery& row) {
    return {.count = row.integer(), .oldest_at = instant_from(row.optional_integer())};
}

IntakeCount read_intake_count(SqliteQuery& row) {
    return {
        .outcome = intake_outcome_from(row.text()), .reason = row.text(), .count = row.integer()};
}

RejectedEvent read_rejected_event(SqliteQuery& row) {
    return {.received_at = instant_from(row.integer()),
            .source = row.text(),
            .line = row.integer(),
            .reason = row.text(),
            .message = row.text(),
            .excerpt = row.text()};
}

Pause read_pause(SqliteQuery& row) {
    return {.playbook = row.text(),
            .rule = row.text(),
            .mode = pause_mode_from(row.text()),
            .since = instant_from(row.integer()),
            .resumed_at = instant_from(row.optional_integer())};
}

std::int64_t read_integer(SqliteQuery& row) {
    return row.integer();
}

std::string read_text(SqliteQuery& row) {
    return row.text();
}

Instant read_instant(SqliteQuery& row) {
    return instant_from(row.integer());
}

StoredRule read_rule(SqliteQuery& row) {
    return {.id = row.integer(),
            .playbook = row.text(),
            .name = row.text(),
            .fired_through = instant_from(row.integer())};
}

RowPage read_page(SqliteQuery& row) {
    return {.through = row.optional_integer(), .has_old = row.boolean()};
}

OldEvent read_old_event(SqliteQuery& row) {
    return {.id = row.text(), .received_at = row.integer()};
}

DeliverySummary read_summary(SqliteQuery& row) {
    return {.playbook = row.text(),
            .rule = row.text(),
            .state = delivery_state_from(row.text()),
            .reason = row.text(),
            .count = row.integer()};
}

StoredIdentity read_identity(SqliteQuery& row) {
    return {
        .instance = row.text(),
        .epoch = row.integer(),
        .machine = row.optional_text(),
        .file = {.inode = row.optional_integer(), .born_at = instant_from(row.optional_integer())},
        .backed_up_at = instant_from(row.optional_integer())};
}

StoredZone read_zone(SqliteQuery& row) {
    return {.name = row.text(), .data = row.blob()};
}

ZoneChange read_zone_change(SqliteQuery& row) {
    return {.release = row.text(),
            .release_before = row.text(),
            .changed_at = instant_from(row.integer()),
            .moved = row.integer()};
}

MovedTime read_moved_time(SqliteQuery& row) {
    return {.rule_id = row.integer(),
            .playbook = row.text(),
            .rule = row.text(),
            .step = row.text(),
            .subject = row.text(),
            .count = row.integer(),
            .local = row.text(),
            .before = instant_from(row.integer()),
            .after = instant_from(row.integer())};
}

Entry read_entry(SqliteQuery& row) {
    return {.since = instant_from(row.integer()), .count = row.integer()};
}

PointEntry read_point_entry(SqliteQuery& row) {
    return {.id = row.integer(),
            .member = row.text(),
            .amount = row.integer(),
            .reason = row.text(),
            .at = instant_from(row.integer()),
            .rule = row.integer(),
            .event = row.optional_text(),
            .undoes = row.optional_integer()};
}

ActionOfRun read_action(SqliteQuery& row) {
    return {
        .run = row.integer(), .step = size_from(row.integer()), .action = size_from(row.integer())};
}

Collection read_collection(SqliteQuery& row) {
    return {.id = row.integer(),
            .of = read_action(row),
            .subject_kind = subject_kind_from(row.text()),
            .subject = row.text(),
            .opened_at = instant_from(row.integer()),
            .closes_at = instant_from(row.integer()),
            .taken = row.integer(),
            .is_full = row.boolean()};
}

CollectedEntry read_collected(SqliteQuery& row) {
    return {.event = row.text(),
            .member = row.text(),
            .quantity = row.integer(),
            .at = instant_from(row.integer())};
}

StoredDraw read_draw(SqliteQuery& row) {
    return {.id = row.integer(),
            .of = read_action(row),
            .seed = row.text(),
            .name = row.text(),
            .drawn_at = instant_from(row.integer())};
}

StoredDrawEntry read_draw_entry(SqliteQuery& row) {
    return {.event = row.text(), .member = row.text(), .place = row.optional_integer()};
}

PoolCounts read_pool(SqliteQuery& row) {
    return {.pool = row.text(), .codes = row.integer(), .given = row.integer()};
}

PoolCode read_pool_code(SqliteQuery& row) {
    return {.id = row.integer(),
            .code = row.text(),
            .member = row.optional_text(),
            .given_at = instant_from(row.optional_integer())};
}

UnspentPoints read_unspent_points(SqliteQuery& row) {
    return {.entry = row.integer(),
            .member = row.text(),
            .at = instant_from(row.integer()),
            .amount = row.integer()};
}

MemberPoints read_member_points(SqliteQuery& row) {
    return {.member = row.text(), .name = row.text(), .points = row.integer()};
}

Task read_task(SqliteQuery& row) {
    return {.id = row.integer(),
            .run = row.integer(),
            .rule = row.integer(),
            .step = size_from(row.integer()),
            .action = size_from(row.integer()),
            .is_approval = row.boolean(),
            .text = row.text(),
            .role = row.text(),
            .group = row.optional_text(),
            .member = row.optional_text(),
            .made_at = instant_from(row.integer()),
            .due_at = instant_from(row.integer()),
            .remind_at = instant_from(row.optional_integer()),
            .state = task_state_from(row.text()),
            .settled_at = instant_from(row.optional_integer()),
            .by = row.text(),
            .note = row.text()};
}

Command read_command(SqliteQuery& row) {
    return {.verb = row.text(),
            .fields = fields_from(row.text()),
            .members = json_from<std::vector<std::string>>(row.text())};
}

Group read_group(SqliteQuery& row) {
    return {.id = row.text(),
            .name = row.text(),
            .owner = row.text(),
            .tags = sorted_texts_from(row.text()),
            .zone = row.text(),
            .created_at = instant_from(row.optional_integer()),
            .dissolved_at = instant_from(row.optional_integer()),
            .staff = staff_from(row.text()),
            .attributes = attributes_from(row.text()),
            .size = row.integer(),
            .talked_at = instant_from(row.optional_integer())};
}

Member read_member(SqliteQuery& row) {
    return {.id = row.text(),
            .name = row.text(),
            .groups = sorted_texts_from(row.text()),
            .tags = sorted_texts_from(row.text()),
            .zone = row.text(),
            .invited_by = row.optional_text(),
            .opted_out_at = instant_from(row.optional_integer()),
            .gone_at = instant_from(row.optional_integer()),
            .attributes = attributes_from(row.text()),
            .joined_at = instant_from(row.optional_integer())};
}

Joined read_joined(SqliteQuery& row) {
    return {.at = instant_from(row.optional_integer())};
}

AttributeName read_attribute(SqliteQuery& row) {
    return {.name = row.text(), .is_number = row.boolean()};
}

ImportEntry read_import(SqliteQuery& row) {
    return {.id = row.integer(),
            .kind = subject_kind_from(row.text()),
            .source = row.text(),
            .by = row.text(),
            .at = instant_from(row.integer()),
            .added = row.integer(),
            .changed = row.integer(),
            .unchanged = row.integer(),
            .marked = row.integer(),
            .finished = row.boolean()};
}

DirectoryCounts read_counts(SqliteQuery& row) {
    return {.groups = row.integer(), .members = row.integer()};
}

bool holds(SqliteQuery&& query) {
    return first(std::move(query), read_integer).value() != 0;
}

}  // namespace sop::runtime::sqlite
