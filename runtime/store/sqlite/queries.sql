-- Every statement the store runs. Each section becomes a constant of its name; columns are read in the order of the SELECT
-- and parameters are bound by number.

-- name: configure
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
-- One huge transaction must not leave a huge log for ever.
PRAGMA journal_size_limit = 134217728;
PRAGMA cache_size = -65536;

-- name: be_volatile
PRAGMA synchronous = OFF

-- name: vacuum_into
VACUUM INTO ?1

-- name: vacuum
VACUUM

-- name: empty_wal
PRAGMA wal_checkpoint(TRUNCATE)

-- name: use_wal
PRAGMA journal_mode = WAL

-- name: read_application_id
PRAGMA application_id

-- name: read_schema_version
PRAGMA user_version

-- name: has_tables
SELECT EXISTS (SELECT 1 FROM sqlite_schema)

-- name: begin_transaction
BEGIN IMMEDIATE

-- name: commit_transaction
COMMIT

-- name: roll_back_transaction
ROLLBACK

-- name: insert_plan
INSERT INTO plan (deployed_at, hash, json) VALUES (?1, ?2, ?3)

-- name: select_latest_plan
SELECT version, deployed_at, hash, json, rollback_to, held_back FROM plan ORDER BY version DESC LIMIT 1

-- name: select_plan
SELECT version, deployed_at, hash, json, rollback_to, held_back FROM plan WHERE version = ?1

-- name: update_rollback
UPDATE plan SET rollback_to = ?2, held_back = ?3 WHERE version = ?1

-- name: select_plans
WITH open_run AS (
    SELECT firing.plan, count(*) AS count
    FROM run INDEXED BY run_open
    CROSS JOIN firing ON firing.id = run.firing
    WHERE run.due_at IS NOT NULL
    GROUP BY firing.plan
)
SELECT version, deployed_at, hash, rollback_to, coalesce(open_run.count, 0),
       EXISTS (SELECT 1 FROM firing WHERE firing.plan = plan.version)
FROM plan
LEFT JOIN open_run ON open_run.plan = plan.version
ORDER BY version

-- name: insert_version_request
INSERT INTO version_request (kind, asked_at, plan, version, mapping, dry_run) VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- name: delete_old_version_requests
DELETE FROM version_request WHERE answered_at < ?1

-- name: select_version_requests
SELECT id, kind, asked_at, plan, version, mapping, dry_run
FROM version_request
WHERE answered_at IS NULL
ORDER BY id

-- name: update_to_answered
UPDATE version_request
SET answered_at = ?2, outcome = ?3, in_force = ?4, moved = ?5, answer = ?6
WHERE id = ?1 AND answered_at IS NULL

-- name: select_version_answer
SELECT outcome, in_force, moved, answer FROM version_request WHERE id = ?1 AND answered_at IS NOT NULL

-- name: delete_version_request
DELETE FROM version_request WHERE id = ?1

-- name: insert_rule
INSERT INTO rule (playbook, name, fired_through) VALUES (?1, ?2, ?3) ON CONFLICT (playbook, name) DO NOTHING

-- name: select_rule
SELECT id, playbook, name, fired_through FROM rule WHERE playbook = ?1 AND name = ?2

-- name: update_fired_through
UPDATE rule SET fired_through = ?2 WHERE id = ?1

-- name: select_zone_fired_through
SELECT fired_through FROM zone_firing WHERE rule = ?1 AND zone = ?2

-- name: upsert_zone_fired_through
INSERT INTO zone_firing (rule, zone, fired_through) VALUES (?1, ?2, ?3)
ON CONFLICT (rule, zone) DO UPDATE SET fired_through = excluded.fired_through

-- name: select_rules
SELECT id, playbook, name, fired_through FROM rule ORDER BY id

-- name: insert_firing
INSERT INTO firing (rule, key, plan, subject_kind, start_at, end_at, event, expanded, expanded_through)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (rule, key) DO NOTHING

-- name: select_firing
SELECT id, rule, key, plan, subject_kind, start_at, end_at, event, expanded, expanded_through
FROM firing
WHERE id = ?1

-- name: select_firings_to_expand
SELECT id, rule, key, plan, subject_kind, start_at, end_at, event, expanded, expanded_through
FROM firing
WHERE expanded = 0
ORDER BY start_at, id
LIMIT ?1

-- name: update_expanded
UPDATE firing SET expanded_through = ?2, expanded = ?3 WHERE id = ?1

-- name: update_window
UPDATE firing SET start_at = ?2, end_at = ?3 WHERE id = ?1

-- name: insert_run
INSERT INTO run (firing, rule, subject, state, next_step, next_action, waits_since, due_at, reason)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
ON CONFLICT (firing, subject) DO NOTHING

-- name: update_run
UPDATE run SET state = ?2, next_step = ?3, next_action = ?4, waits_since = ?5, due_at = ?6, reason = ?7 WHERE id = ?1

-- name: select_run
SELECT id, firing, rule, subject, state, next_step, next_action, waits_since, due_at, reason FROM run WHERE id = ?1

-- name: select_due_runs
SELECT id, firing, rule, subject, state, next_step, next_action, waits_since, due_at, reason
FROM run
WHERE state IN ('running', 'arrived') AND due_at <= ?1
ORDER BY due_at, id
LIMIT ?2

-- name: select_next_run_due
SELECT due_at FROM run WHERE state IN ('running', 'arrived') ORDER BY due_at LIMIT 1

-- name: select_ended_waits
SELECT id, firing, rule, subject, state, next_step, next_action, waits_since, due_at, reason
FROM run
WHERE state = 'waiting' AND due_at <= ?1
ORDER BY due_at, id
LIMIT ?2

-- name: select_next_wait_end
SELECT due_at FROM run WHERE state = 'waiting' ORDER BY due_at LIMIT 1

-- name: select_waits_after_outcome
SELECT run.id, run.firing, run.rule, run.subject, run.state, run.next_step, run.next_action, run.waits_since, run.due_at,
       run.reason, delivery.settled_at
FROM run
CROSS JOIN delivery
    ON delivery.run = run.id AND delivery.step = run.next_step AND delivery.action = run.next_action - 1
WHERE run.state = 'waiting' AND run.due_at = ?1 AND delivery.settled_at IS NOT NULL

-- name: select_open_runs_of_subject
SELECT id, firing, rule, subject, state, next_step, next_action, waits_since, due_at, reason
FROM run
WHERE subject = ?1 AND due_at IS NOT NULL AND state IN ('running', 'held', 'waiting')
ORDER BY id

-- name: select_unfinished_runs_of_subject
SELECT run.id, run.firing, run.rule, run.subject, run.state, run.next_step, run.next_action, run.waits_since, run.due_at,
       run.reason
FROM run INDEXED BY run_of_subject
CROSS JOIN firing ON firing.id = run.firing
WHERE run.subject = ?1 AND run.due_at IS NOT NULL AND firing.subject_kind = ?2
ORDER BY run.id

-- name: select_unfinished_runs_of_members
-- Those of members of a group as such: the ids of their subjects begin with the group and a unit separator.
SELECT id, firing, rule, subject, state, next_step, next_action, waits_since, due_at, reason
FROM run INDEXED BY run_of_subject
WHERE subject > ?1 || char(31) AND subject < ?1 || char(32) AND due_at IS NOT NULL
ORDER BY id

-- name: select_open_runs
SELECT id, firing, rule, subject, state, next_step, next_action, waits_since, due_at, reason
FROM run
WHERE rule = ?1 AND due_at IS NOT NULL AND state IN ('running', 'held', 'waiting') AND (subject, id) > (?2, ?3)
ORDER BY subject, id
LIMIT ?4

-- name: select_unfinished_runs
SELECT id, firing, rule, subject, state, next_step, next_action, waits_since, due_at, reason
FROM run
WHERE rule = ?1 AND due_at IS NOT NULL AND (subject, id) > (?2, ?3)
ORDER BY subject, id
LIMIT ?4

-- name: exists_open_run
SELECT EXISTS (
    SELECT 1 FROM run
    WHERE rule = ?1 AND subject = ?2 AND due_at IS NOT NULL AND state IN ('running', 'held', 'waiting'))

-- name: select_queued_runs
SELECT id, firing, rule, subject, state, next_step, next_action, waits_since, due_at, reason
FROM run
WHERE rule = ?1 AND subject = ?2 AND due_at IS NOT NULL AND state = 'queued'
ORDER BY due_at, id
LIMIT ?3

-- name: update_runs_of_rule
UPDATE run SET state = ?3 WHERE rule = ?1 AND due_at IS NOT NULL AND state = ?2

-- name: select_message_id
SELECT id FROM message WHERE hash = ?1

-- name: insert_message
INSERT INTO message (hash, text, form) VALUES (?1, ?2, nullif(?3, '')) ON CONFLICT (hash) DO NOTHING

-- name: insert_delivery
INSERT INTO delivery (run, step, action, channel, message, planned_for, due_at, state, reason, attempts, settled_at,
                      moved_to, priority, target_kind, target, variant)
VALUES (?1, ?2, ?3, ?4, nullif(?5, 0), ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, nullif(?16, ''))
ON CONFLICT (run, step, action, target) DO NOTHING

-- name: select_has_delivery
SELECT 1 FROM delivery WHERE run = ?1 AND step = ?2 AND action = ?3 AND target = ?4

-- name: select_due_deliveries
SELECT id, run, step, action, channel, message, planned_for, due_at, state, reason, attempts, settled_at,
       moved_to, priority, in_doubt, skipped_as, asks, unless_taken, target_kind, target, variant,
       firing, rule_id, key, plan, run_subject_kind, start_at, end_at, event,
       expanded, expanded_through, playbook, rule, run_subject, subject_kind, subject, subject_name,
       text, form
FROM delivery_detail
WHERE channel = ?1 AND state = 'pending' AND asks IS NULL AND due_at <= ?2
ORDER BY due_at, priority, planned_for, id
LIMIT ?3

-- name: select_deliveries_due_between
SELECT id, run, step, action, channel, message, planned_for, due_at, state, reason, attempts, settled_at,
       moved_to, priority, in_doubt, skipped_as, asks, unless_taken, target_kind, target, variant,
       firing, rule_id, key, plan, run_subject_kind, start_at, end_at, event,
       expanded, expanded_through, playbook, rule, run_subject, subject_kind, subject, subject_name,
       text, form
FROM delivery_detail
WHERE channel = ?1 AND state = 'pending' AND asks IS NULL AND due_at > ?2 AND due_at <= ?3 AND +id > ?4
ORDER BY id
LIMIT ?5

-- name: select_next_delivery_due
SELECT due_at FROM delivery WHERE channel = ?1 AND state = 'pending' AND asks IS NULL ORDER BY due_at LIMIT 1

-- name: update_to_attempting
UPDATE delivery SET state = 'attempting', due_at = NULL, attempts = attempts + 1 WHERE id = ?1 AND state = 'pending'

-- name: update_to_pending
UPDATE delivery
SET state = 'pending', due_at = ?2, reason = ?3
WHERE id = ?1 AND state IN ('pending', 'attempting')

-- name: update_to_resend
UPDATE delivery
SET state = 'pending', due_at = ?2, reason = ?3, in_doubt = 1, asks = NULL, unless_taken = NULL
WHERE id = ?1 AND (state = 'attempting' OR asks IS NOT NULL)

-- name: update_attempting_to_resend
UPDATE delivery
SET state = 'pending', due_at = max(?2, coalesce(moved_to, planned_for)), reason = ?3, in_doubt = 1,
    attempts = attempts - 1
WHERE channel = ?1 AND state = 'attempting' AND unless_taken IS NULL

-- name: update_to_settled
UPDATE delivery
SET state = ?2, due_at = NULL, reason = ?3, settled_at = ?4, asks = NULL, unless_taken = NULL
WHERE id = ?1 AND state IN ('pending', 'attempting', 'sent', 'unknown')

-- name: update_attempting_to_unknown
UPDATE delivery SET state = 'unknown', reason = ?2, settled_at = ?1, unless_taken = NULL WHERE state = 'attempting'

-- name: update_moved
UPDATE delivery SET moved_to = ?2, due_at = ?2 WHERE id = ?1 AND state = 'pending'

-- name: update_to_asked_about
UPDATE delivery
SET state = 'pending', due_at = ?2, reason = iif(unless_taken IS NULL, ?3, reason), in_doubt = 1, asks = 0
WHERE id = ?1 AND state = 'attempting'

-- name: update_attempting_to_asked_about
UPDATE delivery
SET state = 'pending', due_at = ?2, reason = iif(unless_taken IS NULL, ?3, reason), in_doubt = 1, asks = 0,
    attempts = attempts - 1
WHERE channel = ?1 AND state = 'attempting'

-- name: select_asked_about_of_channel
SELECT id, run, step, action, channel, message, planned_for, due_at, state, reason, attempts, settled_at,
       moved_to, priority, in_doubt, skipped_as, asks, unless_taken, target_kind, target, variant,
       firing, rule_id, key, plan, run_subject_kind, start_at, end_at, event,
       expanded, expanded_through, playbook, rule, run_subject, subject_kind, subject, subject_name,
       text, form
FROM delivery_detail
WHERE channel = ?1 AND asks IS NOT NULL
ORDER BY due_at, id
LIMIT ?2

-- name: select_asked_about
SELECT id, run, step, action, channel, message, planned_for, due_at, state, reason, attempts, settled_at,
       moved_to, priority, in_doubt, skipped_as, asks, unless_taken, target_kind, target, variant,
       firing, rule_id, key, plan, run_subject_kind, start_at, end_at, event,
       expanded, expanded_through, playbook, rule, run_subject, subject_kind, subject, subject_name,
       text, form
FROM delivery_detail
WHERE id IN (SELECT id FROM delivery INDEXED BY delivery_asked_about WHERE asks IS NOT NULL)
ORDER BY id
LIMIT ?1

-- name: update_to_asked_again
UPDATE delivery
SET due_at = ?2, asks = asks + 1, reason = iif(unless_taken IS NULL, ?3, reason)
WHERE id = ?1 AND asks IS NOT NULL

-- name: update_unless_taken
UPDATE delivery SET unless_taken = ?2, reason = ?3 WHERE id = ?1 AND (state = 'attempting' OR asks IS NOT NULL) AND unless_taken IS NULL

-- name: update_to_asked_no_more
UPDATE delivery
SET due_at = ?2, reason = ?3, in_doubt = 0, asks = NULL, unless_taken = NULL
WHERE id = ?1 AND asks IS NOT NULL

-- name: update_to_pending_again
UPDATE delivery
SET state = 'pending', due_at = ?2, moved_to = ?2, reason = 'sent again by hand', settled_at = NULL, in_doubt = 1
WHERE id = ?1 AND state = 'unknown'

-- name: insert_channel_use
INSERT INTO channel_use (channel, at, delivery, subject_kind, subject, taken)
VALUES (?1, ?2, ?3, ?4, ?5, 1)
ON CONFLICT (channel, at, delivery) DO NOTHING

-- name: update_to_not_taken
UPDATE channel_use SET taken = 0 WHERE channel = ?1 AND at = ?2 AND delivery = ?3

-- name: update_all_to_not_taken
UPDATE channel_use INDEXED BY channel_use_subject
SET taken = 0
WHERE channel = ?1 AND subject_kind = ?2 AND subject = ?3 AND delivery = ?4 AND taken = 1

-- name: delete_channel_uses_before
DELETE FROM channel_use WHERE channel = ?1 AND at < ?2

-- name: count_channel_uses
SELECT count(*) FROM channel_use WHERE channel = ?1 AND at > ?2 AND at <= ?3

-- name: select_latest_channel_use
SELECT at FROM channel_use WHERE channel = ?1 AND at <= ?2 ORDER BY at DESC LIMIT 1 OFFSET ?3

-- name: count_channel_uses_taken
SELECT count(*)
FROM channel_use
WHERE channel = ?1 AND subject_kind = ?2 AND subject = ?3 AND at > ?4 AND at <= ?5 AND taken = 1
  AND delivery <> ?6

-- name: select_present_until
SELECT until FROM presence

-- name: upsert_present_until
INSERT INTO presence (id, until) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET until = excluded.until

-- name: select_identity
SELECT instance, epoch, machine, inode, born_at, backed_up_at FROM identity

-- name: upsert_identity
INSERT INTO identity (id, instance, epoch, machine, inode, born_at, backed_up_at)
VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (id) DO UPDATE
SET instance = excluded.instance, epoch = excluded.epoch, machine = excluded.machine, inode = excluded.inode,
    born_at = excluded.born_at, backed_up_at = excluded.backed_up_at

-- name: upsert_backed_up_at
INSERT INTO identity (id, instance, epoch, backed_up_at) VALUES (1, '', 0, ?1)
ON CONFLICT (id) DO UPDATE SET backed_up_at = excluded.backed_up_at

-- name: insert_contact
INSERT INTO contact (subject_kind, subject, at, delivery, rule, priority, made) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)

-- name: update_contact
UPDATE contact SET at = ?4, made = ?5 WHERE subject_kind = ?1 AND subject = ?2 AND delivery = ?3

-- name: delete_contact
DELETE FROM contact WHERE subject_kind = ?1 AND subject = ?2 AND delivery = ?3

-- name: delete_contacts_before
DELETE FROM contact WHERE subject_kind = ?1 AND subject = ?2 AND at < ?3

-- name: count_contacts_made
SELECT count(*) FROM contact WHERE subject_kind = ?1 AND subject = ?2 AND at >= ?3 AND at < ?4 AND made = 1

-- name: count_contacts_waiting
SELECT count(*)
FROM contact
WHERE subject_kind = ?1 AND subject = ?2 AND at >= ?3 AND at < ?4 AND made = 0 AND priority < ?5

-- name: select_latest_contact
SELECT at FROM contact WHERE subject_kind = ?1 AND subject = ?2 AND made = 1 ORDER BY at DESC LIMIT 1

-- name: select_latest_contact_of_rule
SELECT at FROM contact WHERE subject_kind = ?1 AND subject = ?2 AND rule = ?3 ORDER BY at DESC LIMIT 1

-- name: exists_contact
SELECT EXISTS (SELECT 1 FROM contact)

-- name: delete_contacts
DELETE FROM contact

-- name: insert_contacts_since
INSERT INTO contact (subject_kind, subject, at, delivery, rule, priority, made)
SELECT coalesce(delivery.target_kind, firing.subject_kind),
       iif(delivery.target_kind IS NULL, substr(run.subject, instr(run.subject, char(31)) + 1), delivery.target),
       coalesce(delivery.settled_at, delivery.due_at, delivery.planned_for), delivery.id, run.rule,
       delivery.priority, delivery.state <> 'pending'
FROM delivery
CROSS JOIN run ON run.id = delivery.run
CROSS JOIN firing ON firing.id = run.firing
WHERE delivery.state IN ('pending', 'attempting', 'sent', 'confirmed', 'unknown')
  AND coalesce(delivery.settled_at, delivery.due_at, delivery.planned_for) >= ?1
  AND NOT EXISTS (SELECT 1 FROM command WHERE command.delivery = delivery.id)

-- name: select_unsettled_of_run
SELECT id, run, step, action, channel, message, planned_for, due_at, state, reason, attempts, settled_at,
       moved_to, priority, in_doubt, skipped_as, asks, unless_taken, target_kind, target, variant,
       firing, rule_id, key, plan, run_subject_kind, start_at, end_at, event,
       expanded, expanded_through, playbook, rule, run_subject, subject_kind, subject, subject_name,
       text, form
FROM delivery_detail
WHERE run = ?1 AND state IN ('pending', 'attempting')

-- name: select_unsettled_of_subjects
-- ?1 is 'group' or 'member', ?2 a list of ids. A group's are also those of its members as such.
SELECT id, run, step, action, channel, message, planned_for, due_at, state, reason, attempts, settled_at,
       moved_to, priority, in_doubt, skipped_as, asks, unless_taken, target_kind, target, variant,
       firing, rule_id, key, plan, run_subject_kind, start_at, end_at, event,
       expanded, expanded_through, playbook, rule, run_subject, subject_kind, subject, subject_name,
       text, form
FROM delivery_detail
WHERE id IN (
    SELECT open.id
    FROM (
        SELECT id, run, target_kind, target FROM delivery INDEXED BY delivery_due WHERE state = 'pending' AND asks IS NULL
        UNION ALL
        SELECT id, run, target_kind, target FROM delivery INDEXED BY delivery_asked_about WHERE asks IS NOT NULL
        UNION ALL
        SELECT id, run, target_kind, target FROM delivery INDEXED BY delivery_attempting WHERE state = 'attempting'
    ) AS open
    CROSS JOIN run ON run.id = open.run
    WHERE iif(open.target_kind IS NULL, substr(run.subject, instr(run.subject, char(31)) + 1), open.target)
          IN (SELECT value FROM json_each(?2))
       OR (?1 = 'group' AND substr(run.subject, 1, instr(run.subject, char(31)) - 1) IN (SELECT value FROM json_each(?2))))
  AND ((subject_kind = ?1 AND subject IN (SELECT value FROM json_each(?2)))
       OR (?1 = 'group' AND instr(run_subject, char(31)) > 0
           AND substr(run_subject, 1, instr(run_subject, char(31)) - 1) IN (SELECT value FROM json_each(?2))))
ORDER BY id

-- name: select_pending_of_rule
SELECT id, run, step, action, channel, message, planned_for, due_at, state, reason, attempts, settled_at,
       moved_to, priority, in_doubt, skipped_as, asks, unless_taken, target_kind, target, variant,
       firing, rule_id, key, plan, run_subject_kind, start_at, end_at, event,
       expanded, expanded_through, playbook, rule, run_subject, subject_kind, subject, subject_name,
       text, form
FROM delivery_detail
WHERE id IN (
    SELECT delivery.id
    FROM delivery INDEXED BY delivery_due
    CROSS JOIN run ON run.id = delivery.run
    WHERE delivery.state = 'pending' AND delivery.asks IS NULL AND delivery.due_at = ?2 AND run.rule = ?1)
ORDER BY id

-- name: select_skipped_between
SELECT id, run, step, action, channel, message, planned_for, due_at, state, reason, attempts, settled_at,
       moved_to, priority, in_doubt, skipped_as, asks, unless_taken, target_kind, target, variant,
       firing, rule_id, key, plan, run_subject_kind, start_at, end_at, event, expanded,
       expanded_through, playbook, rule, run_subject, subject_kind, subject, subject_name,
       text, form
FROM delivery_detail
WHERE id IN (
    SELECT id
    FROM delivery
    WHERE state = 'skipped' AND planned_for < ?2 AND (planned_for, id) > (?1, ?3)
    ORDER BY planned_for, id
    LIMIT ?4)
ORDER BY planned_for, id

-- name: update_to_backfilled
UPDATE delivery
SET state = 'pending', due_at = ?3, moved_to = ?3, reason = 'backfill', settled_at = NULL, skipped_as = reason, message = ?2,
    variant = coalesce(nullif(?4, ''), variant)
WHERE id = ?1 AND state = 'skipped'

-- name: upsert_pause
INSERT INTO pause (playbook, rule, mode, since, resumed_at) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (playbook, rule)
DO UPDATE SET mode = excluded.mode, since = excluded.since, resumed_at = excluded.resumed_at

-- name: delete_pause
DELETE FROM pause WHERE playbook = ?1 AND rule = ?2

-- name: select_pauses
SELECT playbook, rule, mode, since, resumed_at FROM pause ORDER BY playbook, rule

-- name: select_delivery_summary
SELECT rule.playbook, rule.name, counted.state, counted.reason, sum(counted.count)
FROM (
    SELECT run.rule, delivery.state, delivery.reason, count(*) AS count
    FROM delivery
    CROSS JOIN run ON run.id = delivery.run
    GROUP BY run.rule, delivery.state, delivery.reason
    UNION ALL
    SELECT rule, state, reason, count FROM forgotten_delivery
) AS counted
JOIN rule ON rule.id = counted.rule
GROUP BY rule.id, counted.state, counted.reason
ORDER BY rule.playbook, rule.name, counted.state, counted.reason

-- name: count_deliveries
SELECT (SELECT count(*) FROM delivery) + (SELECT coalesce(sum(count), 0) FROM forgotten_delivery)

-- name: select_deliveries
SELECT id, run, step, action, channel, message, planned_for, due_at, state, reason, attempts, settled_at,
       moved_to, priority, in_doubt, skipped_as, asks, unless_taken, target_kind, target, variant,
       firing, rule_id, key, plan, run_subject_kind, start_at, end_at, event,
       expanded, expanded_through, playbook, rule, run_subject, subject_kind, subject, subject_name,
       text, form
FROM delivery_detail
WHERE id > ?1
  AND (?2 IS NULL OR state = ?2)
  AND (?4 IS NULL OR (subject_kind = ?4 AND subject = ?5 AND planned_for >= ?6 AND planned_for < ?7))
ORDER BY id
LIMIT ?3

-- name: select_delivery
SELECT id, run, step, action, channel, message, planned_for, due_at, state, reason, attempts, settled_at,
       moved_to, priority, in_doubt, skipped_as, asks, unless_taken, target_kind, target, variant,
       firing, rule_id, key, plan, run_subject_kind, start_at, end_at, event,
       expanded, expanded_through, playbook, rule, run_subject, subject_kind, subject, subject_name,
       text, form
FROM delivery_detail
WHERE id = ?1

-- name: insert_mailing
INSERT INTO mailing (run, step, action, planned_for, decided_at, newer, state, reason, through)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)

-- name: select_next_mailing
SELECT id, run, step, action, planned_for, decided_at, newer, state, reason, through FROM mailing ORDER BY id LIMIT 1

-- name: update_mailing
UPDATE mailing SET through = ?2 WHERE id = ?1

-- name: delete_mailing
DELETE FROM mailing WHERE id = ?1

-- name: select_turns
SELECT turns FROM rotation WHERE content = ?1 AND subject_kind = ?2 AND subject = ?3

-- name: upsert_turn
INSERT INTO rotation (content, subject_kind, subject, turns) VALUES (?1, ?2, ?3, 1)
ON CONFLICT (content, subject_kind, subject) DO UPDATE SET turns = turns + 1

-- name: insert_event
-- One that is not to be taken has no id, and is left out as one that is there already. Of an INSERT … SELECT SQLite would
-- copy each page that it changes, to undo it by itself.
INSERT OR IGNORE INTO event (id, type, group_id, member_id, at, received_at, fields, extra)
VALUES (iif(EXISTS (SELECT 1 FROM forgotten_event WHERE hash = ?9)
            OR EXISTS (SELECT 1 FROM erased_member WHERE hash = ?10), NULL, ?1),
        ?2, ?3, ?4, ?5, ?6, ?7, ?8)

-- name: select_due_events
SELECT id, type, group_id, member_id, at, received_at, fields, processed, extra, number
FROM event
WHERE processed = 0 AND at <= ?1
ORDER BY at, id
LIMIT ?2

-- name: select_next_event_at
SELECT at FROM event WHERE processed = 0 ORDER BY at LIMIT 1

-- name: update_to_processed
UPDATE event SET processed = 1 WHERE id = ?1

-- name: update_numbered_to_processed
UPDATE event SET processed = 1 WHERE number = ?2 AND id = ?1

-- name: select_event
SELECT id, type, group_id, member_id, at, received_at, fields, processed, extra FROM event WHERE id = ?1

-- name: select_events_of_group
SELECT id, type, group_id, member_id, at, received_at, fields, processed, extra
FROM event
WHERE group_id = ?1 AND type = ?2 AND at >= ?3 AND at < ?4
ORDER BY at, id

-- name: select_events_of_member
SELECT id, type, group_id, member_id, at, received_at, fields, processed, extra
FROM event
WHERE member_id = ?1 AND type = ?2 AND at >= ?3 AND at < ?4
ORDER BY at, id

-- name: select_latest_events_of_group
SELECT id, type, group_id, member_id, at, received_at, fields, processed, extra
FROM event
WHERE group_id = ?1
ORDER BY at DESC, id DESC
LIMIT ?2

-- name: select_latest_events_of_member
SELECT id, type, group_id, member_id, at, received_at, fields, processed, extra
FROM event
WHERE member_id = ?1
ORDER BY at DESC, id DESC
LIMIT ?2

-- name: select_backlog
SELECT count(*), min(at) FROM event WHERE processed = 0 AND at <= ?1

-- name: upsert_intake_count
INSERT INTO intake_count (outcome, reason, count) VALUES (?1, ?2, ?3)
ON CONFLICT (outcome, reason) DO UPDATE SET count = count + excluded.count

-- name: select_intake_counts
SELECT outcome, reason, count FROM intake_count ORDER BY outcome, reason

-- name: insert_rejected_event
INSERT INTO rejected_event (received_at, source, line, reason, message, excerpt) VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- name: delete_old_rejected_events
DELETE FROM rejected_event WHERE id <= (SELECT max(id) FROM rejected_event) - ?1

-- name: select_rejected_events
SELECT received_at, source, line, reason, message, excerpt FROM rejected_event ORDER BY id DESC LIMIT ?1

-- name: select_events_of_type
SELECT id, type, group_id, member_id, at, received_at, fields, processed, extra
FROM event
WHERE type = ?1 AND at >= ?2 AND at < ?3
ORDER BY at, id

-- name: select_events_of_membership
SELECT id, type, group_id, member_id, at, received_at, fields, processed, extra
FROM event INDEXED BY event_of_member
WHERE member_id = ?1 AND type = ?2 AND at >= ?3 AND at < ?4 AND group_id = ?5
ORDER BY at, id

-- name: select_delivery_page
-- Retention looks at each table page by page. Ids grow as rows are made, so that behind a page without a row from before the
-- given time there is nothing that may go; it says how many there are. The last row of a table stays, so that no id is given
-- twice.
SELECT max(id), total(planned_for < ?2)
FROM (SELECT id, planned_for FROM delivery WHERE id > ?1 ORDER BY id LIMIT ?3)

-- name: select_deliveries_to_forget
SELECT id
FROM delivery
WHERE id > ?1 AND id <= ?2 AND id < (SELECT max(id) FROM delivery)
  AND state NOT IN ('pending', 'attempting', 'unknown')
  AND settled_at < ?3

-- name: count_forgotten_deliveries
INSERT INTO forgotten_delivery (rule, state, reason, count)
SELECT run.rule, delivery.state, iif(delivery.state = 'failed', '', delivery.reason) AS why, count(*)
FROM json_each(?1) AS forgotten
CROSS JOIN delivery ON delivery.id = forgotten.value
CROSS JOIN run ON run.id = delivery.run
WHERE true
GROUP BY run.rule, delivery.state, why
ON CONFLICT (rule, state, reason) DO UPDATE SET count = count + excluded.count

-- name: select_messages_of
SELECT DISTINCT message FROM delivery WHERE id IN (SELECT value FROM json_each(?1)) AND message IS NOT NULL

-- name: delete_contacts_of
DELETE FROM contact WHERE delivery IN (SELECT value FROM json_each(?1))

-- name: delete_deliveries
DELETE FROM delivery WHERE id IN (SELECT value FROM json_each(?1))

-- name: delete_unused_messages
DELETE FROM message
WHERE id IN (SELECT value FROM json_each(?1))
  AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.message = message.id)

-- name: select_forgotten_deliveries
SELECT rule.playbook, rule.name, state, reason, count
FROM forgotten_delivery
JOIN rule ON rule.id = forgotten_delivery.rule
ORDER BY rule.playbook, rule.name, state, reason

-- name: select_run_page
SELECT max(id), total(start_at < ?2)
FROM (
    SELECT run.id, firing.start_at
    FROM run
    CROSS JOIN firing ON firing.id = run.firing
    WHERE run.id > ?1
    ORDER BY run.id
    LIMIT ?3
)

-- name: delete_runs
DELETE FROM run
WHERE id > ?1 AND id <= ?2 AND id < (SELECT max(id) FROM run)
  AND due_at IS NULL
  AND (SELECT max(start_at, end_at) FROM firing WHERE firing.id = run.firing) < ?3
  AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.run = run.id)

-- name: select_firing_page
SELECT max(id), total(start_at < ?2)
FROM (SELECT id, start_at FROM firing WHERE id > ?1 ORDER BY id LIMIT ?3)

-- name: delete_firings
-- What a firing's key is for, to fire once, is done by fired_through, and by the ids of events.
DELETE FROM firing
WHERE id > ?1 AND id <= ?2 AND id < (SELECT max(id) FROM firing)
  AND expanded = 1
  AND max(start_at, end_at) < ?3
  AND (event IS NOT NULL OR start_at <= (SELECT fired_through FROM rule WHERE rule.id = firing.rule))
  AND NOT EXISTS (SELECT 1 FROM run WHERE run.firing = firing.id)

-- name: select_event_page
SELECT max(number), total(received_at < ?2)
FROM (SELECT number, received_at FROM event WHERE number > ?1 ORDER BY number LIMIT ?3)

-- name: select_events_to_forget
-- While a firing of an event is kept, its runs may still need the event for their texts. Migrated ones have a firing with
-- the version after the key.
SELECT id, received_at
FROM event
WHERE number > ?1 AND number <= ?2 AND processed = 1 AND received_at < ?3
  AND NOT EXISTS (
      SELECT 1 FROM rule CROSS JOIN firing ON firing.rule = rule.id AND firing.key = 'event:' || event.id)
  AND NOT EXISTS (
      SELECT 1
      FROM rule
      CROSS JOIN firing ON firing.rule = rule.id
      WHERE firing.key > 'event:' || event.id || ' (version ' AND firing.key < 'event:' || event.id || ' (version :')

-- name: insert_forgotten_event
INSERT INTO forgotten_event (hash, received_at) VALUES (?1, ?2) ON CONFLICT (hash) DO NOTHING

-- name: delete_event
DELETE FROM event WHERE id = ?1

-- name: select_forgotten_event_page
-- In no order of time: one that is young says nothing of those behind it.
SELECT max(hash), ?2 IS NOT NULL FROM (SELECT hash FROM forgotten_event WHERE hash > ?1 ORDER BY hash LIMIT ?3)

-- name: delete_forgotten_events
DELETE FROM forgotten_event WHERE hash > ?1 AND hash <= ?2 AND received_at < ?3

-- name: select_plan_page
SELECT max(version), total(deployed_at < ?2)
FROM (SELECT version, deployed_at FROM plan WHERE version > ?1 ORDER BY version LIMIT ?3)

-- name: delete_plans
DELETE FROM plan
WHERE version > ?1 AND version <= ?2 AND deployed_at < ?3
  AND version NOT IN (SELECT version FROM plan ORDER BY version DESC LIMIT 2)
  AND NOT EXISTS (SELECT 1 FROM firing WHERE firing.plan = plan.version)

-- name: select_zone_change_page
SELECT max(id), total(changed_at < ?2)
FROM (SELECT id, changed_at FROM zone_change WHERE id > ?1 ORDER BY id LIMIT ?3)

-- name: delete_zone_changes
DELETE FROM zone_change
WHERE id > ?1 AND id <= ?2 AND id < (SELECT max(id) FROM zone_change) AND changed_at < ?3

-- name: select_swept_at
SELECT finished_at FROM sweep

-- name: upsert_swept_at
INSERT INTO sweep (id, finished_at) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET finished_at = excluded.finished_at

-- name: upsert_group
INSERT INTO chat_group (id, name, owner, zone, created_at, dissolved_at, attributes)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (id) DO UPDATE
SET name = excluded.name, owner = excluded.owner, zone = excluded.zone, created_at = excluded.created_at,
    dissolved_at = excluded.dissolved_at, attributes = excluded.attributes

-- name: delete_other_group_tags
DELETE FROM group_tag WHERE group_id = ?1 AND tag NOT IN (SELECT value FROM json_each(?2))

-- name: insert_group_tags
INSERT INTO group_tag (tag, group_id) SELECT value, ?1 FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING

-- name: delete_group_staff
DELETE FROM group_staff WHERE group_id = ?1

-- name: insert_group_staff
INSERT INTO group_staff (group_id, role, member_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING

-- name: select_group
SELECT id, name, owner,
       (SELECT json_group_array(tag) FROM group_tag WHERE group_id = ?1),
       zone, created_at, dissolved_at,
       (SELECT json_group_array(json_array(role, member_id)) FROM group_staff WHERE group_id = ?1),
       attributes, size, talked_at
FROM chat_group
WHERE id = ?1

-- name: upsert_member
INSERT INTO member (id, name, zone, invited_by, opted_out_at, gone_at, attributes)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
WHERE NOT EXISTS (SELECT 1 FROM erased_member WHERE hash = ?8)
ON CONFLICT (id) DO UPDATE
SET name = excluded.name, zone = excluded.zone, invited_by = excluded.invited_by,
    opted_out_at = excluded.opted_out_at, gone_at = excluded.gone_at, attributes = excluded.attributes

-- name: delete_other_member_tags
DELETE FROM member_tag WHERE member_id = ?1 AND tag NOT IN (SELECT value FROM json_each(?2))

-- name: insert_member_tags
INSERT INTO member_tag (tag, member_id) SELECT value, ?1 FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING

-- name: delete_other_memberships
DELETE FROM membership WHERE member_id = ?1 AND group_id NOT IN (SELECT value FROM json_each(?2))

-- name: insert_memberships
INSERT INTO membership (member_id, group_id) SELECT ?1, value FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING

-- name: select_member
SELECT id,
       name,
       (SELECT json_group_array(group_id) FROM membership WHERE member_id = ?1),
       (SELECT json_group_array(tag) FROM member_tag WHERE member_id = ?1),
       zone, invited_by, opted_out_at, gone_at, attributes,
       (SELECT min(joined_at) FROM membership WHERE member_id = ?1)
FROM member
WHERE id = ?1

-- name: upsert_attribute
INSERT INTO attribute (kind, name, is_number) VALUES (?1, ?2, ?3)
ON CONFLICT (kind, name) DO UPDATE SET is_number = 0 WHERE is_number = 1 AND excluded.is_number = 0

-- name: select_attributes
SELECT name, is_number FROM attribute WHERE kind = ?1 ORDER BY name

-- name: count_directory
SELECT (SELECT count(*) FROM chat_group), (SELECT count(*) FROM member)

-- name: select_group_name
SELECT name FROM chat_group WHERE id = ?1

-- name: select_member_name
SELECT name FROM member WHERE id = ?1

-- name: select_group_ids
SELECT id FROM chat_group WHERE id > ?1 ORDER BY id LIMIT ?2

-- name: select_member_ids
SELECT id FROM member WHERE id > ?1 ORDER BY id LIMIT ?2

-- name: select_groups_page
SELECT id FROM chat_group WHERE id > ?1 AND dissolved_at IS NULL ORDER BY id LIMIT ?2

-- name: select_members_page
SELECT id FROM member WHERE id > ?1 AND gone_at IS NULL ORDER BY id LIMIT ?2

-- name: select_members_in_zone
SELECT id FROM member INDEXED BY member_in_zone WHERE zone = ?1 AND zone <> '' AND id > ?2 ORDER BY id LIMIT ?3

-- name: select_member_zones
-- From one zone to the next, as there are few of them and many members.
WITH RECURSIVE walk (zone) AS (
    SELECT (SELECT min(zone) FROM member INDEXED BY member_in_zone WHERE zone <> '')
    UNION ALL
    SELECT (SELECT min(zone) FROM member INDEXED BY member_in_zone WHERE zone <> '' AND zone > walk.zone)
    FROM walk
    WHERE walk.zone IS NOT NULL
)
SELECT zone FROM walk WHERE zone IS NOT NULL

-- name: select_members_of_group
SELECT member_id
FROM membership
WHERE group_id = ?1 AND member_id > ?2
  AND NOT EXISTS (SELECT 1 FROM member INDEXED BY member_gone WHERE member.id = member_id AND gone_at IS NOT NULL)
ORDER BY member_id
LIMIT ?3

-- name: select_tagged_groups_page
-- Clauses come as JSON: [["member"], ["reader", "buyer"]] is member and (reader or buyer). The walk goes from one id that
-- carries a tag of the first clause to the next, one seek a tag: a page costs as much as its ids, however large the
-- audience, where a join would sort all that is left of it for each page.
WITH RECURSIVE walk (id) AS (
    SELECT ?2
    UNION ALL
    SELECT (
        SELECT min((
            SELECT group_id FROM group_tag
            WHERE tag = wanted.value AND group_id > walk.id
            ORDER BY group_id LIMIT 1))
        FROM json_each(?1, '$[0]') AS wanted)
    FROM walk
    WHERE walk.id IS NOT NULL
)
SELECT id
FROM walk
WHERE id > ?2
  AND NOT EXISTS (
      SELECT 1 FROM chat_group INDEXED BY chat_group_dissolved
      WHERE chat_group.id = walk.id AND dissolved_at IS NOT NULL)
  AND NOT EXISTS (
      SELECT 1
      FROM json_each(?1) AS clause
      WHERE clause.key > 0
        AND NOT EXISTS (
            SELECT 1
            FROM json_each(clause.value) AS wanted
            JOIN group_tag ON group_tag.tag = wanted.value AND group_tag.group_id = walk.id))
LIMIT ?3

-- name: select_tagged_members_page
WITH RECURSIVE walk (id) AS (
    SELECT ?2
    UNION ALL
    SELECT (
        SELECT min((
            SELECT member_id FROM member_tag
            WHERE tag = wanted.value AND member_id > walk.id
            ORDER BY member_id LIMIT 1))
        FROM json_each(?1, '$[0]') AS wanted)
    FROM walk
    WHERE walk.id IS NOT NULL
)
SELECT id
FROM walk
WHERE id > ?2
  AND NOT EXISTS (
      SELECT 1 FROM member INDEXED BY member_gone WHERE member.id = walk.id AND gone_at IS NOT NULL)
  AND NOT EXISTS (
      SELECT 1
      FROM json_each(?1) AS clause
      WHERE clause.key > 0
        AND NOT EXISTS (
            SELECT 1
            FROM json_each(clause.value) AS wanted
            JOIN member_tag ON member_tag.tag = wanted.value AND member_tag.member_id = walk.id))
LIMIT ?3

-- name: select_tag_count
SELECT count FROM tag_count WHERE kind = ?1 AND tag = ?2

-- name: count_groups
SELECT (SELECT count(*) FROM chat_group) - (SELECT count(*) FROM chat_group INDEXED BY chat_group_dissolved
                                            WHERE dissolved_at IS NOT NULL)

-- name: count_members
SELECT (SELECT count(*) FROM member) - (SELECT count(*) FROM member INDEXED BY member_gone WHERE gone_at IS NOT NULL)

-- name: count_groups_with_tag
SELECT coalesce((SELECT count FROM tag_count WHERE kind = 'group' AND tag = ?1), 0)
     - (SELECT count(*)
        FROM chat_group INDEXED BY chat_group_dissolved
        CROSS JOIN group_tag ON group_tag.tag = ?1 AND group_tag.group_id = chat_group.id
        WHERE dissolved_at IS NOT NULL)

-- name: count_members_with_tag
SELECT coalesce((SELECT count FROM tag_count WHERE kind = 'member' AND tag = ?1), 0)
     - (SELECT count(*)
        FROM member INDEXED BY member_gone
        CROSS JOIN member_tag ON member_tag.tag = ?1 AND member_tag.member_id = member.id
        WHERE gone_at IS NOT NULL)

-- name: count_groups_with_tag_alone
-- Those that carry none of the tags of a list.
SELECT count(*)
FROM group_tag AS first
WHERE tag = ?1
  AND NOT EXISTS (
      SELECT 1 FROM group_tag AS other
      WHERE other.tag IN (SELECT value FROM json_each(?2)) AND other.group_id = first.group_id)
  AND NOT EXISTS (
      SELECT 1 FROM chat_group INDEXED BY chat_group_dissolved
      WHERE chat_group.id = first.group_id AND dissolved_at IS NOT NULL)

-- name: count_members_with_tag_alone
SELECT count(*)
FROM member_tag AS first
WHERE tag = ?1
  AND NOT EXISTS (
      SELECT 1 FROM member_tag AS other
      WHERE other.tag IN (SELECT value FROM json_each(?2)) AND other.member_id = first.member_id)
  AND NOT EXISTS (
      SELECT 1 FROM member INDEXED BY member_gone WHERE member.id = first.member_id AND gone_at IS NOT NULL)

-- name: count_tagged_groups
SELECT count(*)
FROM (SELECT DISTINCT group_id FROM group_tag WHERE tag IN (SELECT value FROM json_each(?1, '$[0]'))) AS first
WHERE NOT EXISTS (
      SELECT 1 FROM chat_group INDEXED BY chat_group_dissolved
      WHERE chat_group.id = first.group_id AND dissolved_at IS NOT NULL)
  AND NOT EXISTS (
      SELECT 1
      FROM json_each(?1) AS clause
      WHERE clause.key > 0
        AND NOT EXISTS (
            SELECT 1
            FROM json_each(clause.value) AS wanted
            JOIN group_tag ON group_tag.tag = wanted.value AND group_tag.group_id = first.group_id))

-- name: count_tagged_members
SELECT count(*)
FROM (SELECT DISTINCT member_id FROM member_tag WHERE tag IN (SELECT value FROM json_each(?1, '$[0]'))) AS first
WHERE NOT EXISTS (
      SELECT 1 FROM member INDEXED BY member_gone WHERE member.id = first.member_id AND gone_at IS NOT NULL)
  AND NOT EXISTS (
      SELECT 1
      FROM json_each(?1) AS clause
      WHERE clause.key > 0
        AND NOT EXISTS (
            SELECT 1
            FROM json_each(clause.value) AS wanted
            JOIN member_tag ON member_tag.tag = wanted.value AND member_tag.member_id = first.member_id))

-- name: exists_group_there
SELECT EXISTS (SELECT 1 FROM chat_group WHERE id = ?1 AND dissolved_at IS NULL)

-- name: exists_member_there
SELECT EXISTS (SELECT 1 FROM member WHERE id = ?1 AND gone_at IS NULL)

-- name: exists_group_tag
SELECT EXISTS (SELECT 1 FROM group_tag WHERE tag = ?1 AND group_id = ?2)

-- name: exists_member_tag
SELECT EXISTS (SELECT 1 FROM member_tag WHERE tag = ?1 AND member_id = ?2)

-- name: insert_known_group
INSERT INTO chat_group (id, name, owner) VALUES (?1, '', '') ON CONFLICT DO NOTHING

-- name: insert_known_member
INSERT INTO member (id, name) SELECT ?1, '' WHERE NOT EXISTS (SELECT 1 FROM erased_member WHERE hash = ?2)
ON CONFLICT (id) DO UPDATE SET gone_at = NULL WHERE gone_at IS NOT NULL

-- name: insert_membership
INSERT INTO membership (member_id, group_id, joined_at)
SELECT ?1, ?2, ?3 WHERE EXISTS (SELECT 1 FROM member WHERE id = ?1)
ON CONFLICT (member_id, group_id) DO UPDATE SET joined_at = excluded.joined_at WHERE membership.joined_at IS NULL

-- name: update_inviter
UPDATE member
SET invited_by = ?2
WHERE id = ?1 AND invited_by IS NULL AND NOT EXISTS (SELECT 1 FROM erased_member WHERE hash = ?3)

-- name: update_member_name
UPDATE member SET name = ?2 WHERE id = ?1

-- name: delete_membership
DELETE FROM membership WHERE member_id = ?1 AND group_id = ?2

-- name: select_membership
SELECT joined_at FROM membership WHERE member_id = ?1 AND group_id = ?2

-- name: update_to_dissolved
UPDATE chat_group SET dissolved_at = ?2 WHERE id = ?1 AND dissolved_at IS NULL

-- name: update_talked_at
UPDATE chat_group SET talked_at = ?2 WHERE id = ?1 AND (talked_at IS NULL OR talked_at < ?2)

-- name: update_to_opted_out
UPDATE member SET opted_out_at = ?2 WHERE id = ?1 AND opted_out_at IS NULL

-- name: update_to_opted_in
UPDATE member SET opted_out_at = NULL WHERE id = ?1 AND opted_out_at IS NOT NULL

-- name: insert_import
INSERT INTO directory_import (kind, source, imported_by, at, added, changed, unchanged, marked, finished)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)

-- name: update_import
UPDATE directory_import SET added = ?2, changed = ?3, unchanged = ?4, marked = ?5, finished = ?6 WHERE id = ?1

-- name: select_imports
SELECT id, kind, source, imported_by, at, added, changed, unchanged, marked, finished
FROM directory_import
ORDER BY id DESC
LIMIT ?1

-- name: select_import_of_group
SELECT import FROM chat_group WHERE id = ?1 AND import IS NOT NULL

-- name: select_import_of_member
SELECT import FROM member WHERE id = ?1 AND import IS NOT NULL

-- name: update_import_of_group
UPDATE chat_group SET import = ?2 WHERE id = ?1

-- name: update_import_of_member
UPDATE member SET import = ?2 WHERE id = ?1

-- name: exists_erased_member
SELECT EXISTS (SELECT 1 FROM erased_member WHERE hash = ?1)

-- name: select_events_about
SELECT id, type, group_id, member_id, at, received_at, fields, processed, extra
FROM event
WHERE member_id = ?1 AND (at, id) > (?2, ?3)
ORDER BY at, id
LIMIT ?4

-- name: overwrite_what_is_deleted
PRAGMA secure_delete = ON

-- name: insert_erased_member
-- The erasure of a member, in this order: what is its own goes, what counts stays under the pseudonym ?2.
INSERT INTO erased_member (hash, at, erased_by) VALUES (?1, ?2, ?3)

-- name: select_runs_about_member
-- Those for the member, also as one of a group, and those that its events and conditions began for others. Looks at all.
SELECT run.id
FROM run
CROSS JOIN firing ON firing.id = run.firing
WHERE (firing.subject_kind = 'member' AND substr(run.subject, instr(run.subject, char(31)) + 1) = ?1)
   OR (firing.event IS NOT NULL AND EXISTS (SELECT 1 FROM event WHERE event.id = firing.event AND event.member_id = ?1))

-- name: update_deliveries_to_erased
UPDATE delivery
SET state = 'exited', reason = 'erased', due_at = NULL, settled_at = ?2
WHERE state = 'pending' AND asks IS NULL
  AND (run IN (SELECT value FROM json_each(?1)) OR (target_kind = 'member' AND target = ?3))

-- name: update_deliveries_to_erased_unless_taken
UPDATE delivery
SET unless_taken = 'exited', reason = 'erased'
WHERE (state = 'attempting' OR asks IS NOT NULL) AND unless_taken IS NULL
  AND (run IN (SELECT value FROM json_each(?1)) OR (target_kind = 'member' AND target = ?2))

-- name: update_commands_to_empty
-- What its runs ask of platforms, and its place in what others ask.
UPDATE command
SET fields = '{}', members = '[]'
WHERE delivery IN (SELECT id FROM delivery WHERE run IN (SELECT value FROM json_each(?1)))

-- name: update_commands_without_member
UPDATE command
SET members = (SELECT json_group_array(value) FROM json_each(members) WHERE value <> ?1)
WHERE EXISTS (SELECT 1 FROM json_each(members) WHERE value = ?1)

-- name: update_mentions_in_commands
UPDATE command SET fields = replace(fields, ?1, ?2) WHERE instr(fields, ?1) > 0

-- name: update_tasks_to_erased
-- Staff have nothing more to do for it.
UPDATE task
SET state = iif(state = 'open', 'cancelled', state), settled_at = coalesce(settled_at, ?3), remind_at = NULL,
    member_id = iif(member_id = ?2, ?4, member_id), text = '', note = iif(state = 'open', 'erased', '')
WHERE member_id = ?2 OR run IN (SELECT value FROM json_each(?1))

-- name: update_task_answers_to_pseudonym
UPDATE task SET by_whom = ?2, note = '' WHERE by_whom = ?1

-- name: update_runs_to_erased
UPDATE run
SET state = 'done', due_at = NULL, waits_since = NULL, reason = 'erased'
WHERE due_at IS NOT NULL AND id IN (SELECT value FROM json_each(?1))

-- name: update_condition_firings_to_pseudonym
-- Their keys name whom they are for. Before the runs, which lead to them, have the pseudonym.
UPDATE firing
SET key = 'when:' || ?2 || ' ' || id, expanded_through = ?2
WHERE key GLOB 'when:*' AND expanded = 1
  AND id IN (SELECT firing FROM run WHERE id IN (SELECT value FROM json_each(?1)))

-- name: update_other_firings_to_pseudonym
-- Of branches that an event of the member led to, whose keys name it in some way.
UPDATE firing
SET key = 'erased:' || ?2 || ' ' || id, event = NULL
WHERE key NOT GLOB 'event:*' AND event IS NOT NULL
  AND id IN (SELECT firing FROM run WHERE id IN (SELECT value FROM json_each(?1)))

-- name: update_firings_through_pseudonym
-- Where the walk over an audience still stands at the member, it goes on from there.
UPDATE firing
SET expanded_through = ?2
WHERE expanded = 1 AND substr(expanded_through, instr(expanded_through, char(31)) + 1) = ?1

-- name: update_runs_to_pseudonym
-- Those for the member, not those for others.
UPDATE run
SET subject = iif(instr(subject, char(31)) > 0, substr(subject, 1, instr(subject, char(31))) || ?2, ?2)
WHERE id IN (SELECT value FROM json_each(?1)) AND substr(subject, instr(subject, char(31)) + 1) = ?3

-- name: select_messages_of_runs
-- And those that others' runs send to the member. Looks at all.
SELECT DISTINCT message
FROM delivery
WHERE message IS NOT NULL
  AND (run IN (SELECT value FROM json_each(?1)) OR (target_kind = 'member' AND target = ?2))

-- name: update_deliveries_to_textless
UPDATE delivery
SET message = NULL
WHERE run IN (SELECT value FROM json_each(?1)) OR (target_kind = 'member' AND target = ?2)

-- name: update_targets_to_pseudonym
UPDATE delivery SET target = ?2 WHERE target_kind = 'member' AND target = ?1

-- name: select_event_ids_about
SELECT id, received_at FROM event WHERE member_id = ?1 ORDER BY at, id

-- name: update_event_to_pseudonym
UPDATE event SET id = ?2, member_id = ?3, fields = '{}', extra = NULL, processed = 1 WHERE id = ?1

-- name: update_firings_of_event
-- A run that was moved to another version has a firing with that behind the key.
UPDATE firing
SET key = 'event:' || ?2 || substr(key, length('event:' || ?1) + 1), event = ?2,
    expanded_through = iif(substr(expanded_through, instr(expanded_through, char(31)) + 1) = ?3, '', expanded_through)
WHERE id IN (
    SELECT firing.id
    FROM rule
    CROSS JOIN firing ON firing.rule = rule.id AND firing.key >= 'event:' || ?1 AND firing.key < 'event:' || ?1 || ' (version :')
  AND event = ?1

-- name: update_mentions_in_events
-- As a value of others' events: who was invited, whom a coupon was given to. Looks at all.
UPDATE event
SET fields = replace(fields, ?1, ?2), extra = replace(extra, ?1, ?2)
WHERE instr(fields, ?1) > 0 OR instr(extra, ?1) > 0

-- name: update_imports_in_events
-- What an import tells the executor holds lists within a text.
UPDATE event
SET fields = replace(fields, ?1, ?2)
WHERE type = 'sop.imported' AND instr(fields, ?1) > 0

-- name: update_points_to_pseudonym
UPDATE point_entry SET member = ?2, event = NULL WHERE member = ?1

-- name: update_collected_to_pseudonym
-- The ids of events stay: lists are given back by them, and draws are checked.
UPDATE collected SET member = ?2 WHERE member = ?1

-- name: update_drawn_to_pseudonym
UPDATE draw_entry SET member = ?2 WHERE member = ?1

-- name: update_codes_to_pseudonym
UPDATE pool_code SET member = ?2 WHERE member = ?1

-- name: insert_stays_of_pseudonym
-- Who was in a group until now is counted on, as nobody in particular.
INSERT INTO past_stay (group_id, member_id, left_at, joined_at)
SELECT group_id, ?2, ?3, joined_at
FROM membership
WHERE member_id = ?1 AND (joined_at IS NULL OR joined_at < ?3)
  AND member_id NOT IN (SELECT owner FROM chat_group WHERE id = membership.group_id)
  AND member_id NOT IN (SELECT group_staff.member_id FROM group_staff WHERE group_staff.group_id = membership.group_id)

-- name: update_stays_to_pseudonym
UPDATE past_stay SET member_id = ?2 WHERE member_id = ?1

-- name: update_tier_changes_to_pseudonym
UPDATE tier_change SET subject = ?2 WHERE subject_kind = 'member' AND subject = ?1

-- name: update_day_counts_to_pseudonym
UPDATE day_count
SET subject = ?2
WHERE subject = ?1 AND measure IN (SELECT id FROM measure WHERE key GLOB 'member *')

-- name: delete_member_invitations
DELETE FROM invitation WHERE member_id = ?1

-- name: delete_member_rotations
DELETE FROM rotation WHERE subject_kind = 'member' AND subject = ?1

-- name: delete_member_rejections
-- The beginnings of lines that were not taken.
DELETE FROM rejected_event WHERE instr(excerpt, ?1) > 0 OR instr(message, ?1) > 0

-- name: delete_member_contacts
DELETE FROM contact WHERE subject_kind = 'member' AND subject = ?1

-- name: delete_member_uses
DELETE FROM channel_use WHERE subject_kind = 'member' AND subject = ?1

-- name: delete_member_entries
DELETE FROM entry WHERE per = 'member' AND (subject = ?1 OR substr(subject, instr(subject, char(31)) + 1) = ?1)

-- name: delete_member_conditions
DELETE FROM condition_met WHERE subject = ?1 OR substr(subject, instr(subject, char(31)) + 1) = ?1

-- name: delete_member_tags
DELETE FROM member_tag WHERE member_id = ?1

-- name: delete_member_memberships
DELETE FROM membership WHERE member_id = ?1

-- name: delete_member_as_staff
DELETE FROM group_staff WHERE member_id = ?1

-- name: update_invited_by
UPDATE member SET invited_by = NULL WHERE invited_by = ?1

-- name: update_owner
UPDATE chat_group SET owner = '' WHERE owner = ?1

-- name: update_moved_times_of
UPDATE moved_time SET subject = '' WHERE subject = ?1 OR substr(subject, instr(subject, char(31)) + 1) = ?1

-- name: delete_member
DELETE FROM member WHERE id = ?1

-- name: select_entry
SELECT since, count FROM entry WHERE rule = ?1 AND per = ?2 AND subject = ?3 AND period = ?4

-- name: upsert_entry
INSERT INTO entry (rule, per, subject, period, since, count) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (rule, per, subject, period) DO UPDATE SET since = excluded.since, count = excluded.count

-- name: insert_condition_met
INSERT INTO condition_met (rule, subject) VALUES (?1, ?2) ON CONFLICT DO NOTHING

-- name: select_looked_through
SELECT through FROM condition_look

-- name: upsert_looked_through
INSERT INTO condition_look (id, through) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET through = excluded.through

-- name: delete_condition_met
DELETE FROM condition_met WHERE rule = ?1 AND subject = ?2

-- name: delete_conditions_met
DELETE FROM condition_met WHERE rule = ?1

-- name: insert_measure
INSERT INTO measure (key, counted_through, complete) VALUES (?1, '', ?2) ON CONFLICT (key) DO NOTHING

-- name: select_measure
SELECT id, key, counted_through, complete FROM measure WHERE key = ?1

-- name: select_measures
SELECT id, key, counted_through, complete FROM measure ORDER BY id

-- name: delete_day_counts_of
DELETE FROM day_count WHERE measure = ?1

-- name: delete_measure
DELETE FROM measure WHERE id = ?1

-- name: update_counted_through
UPDATE measure SET counted_through = ?2, complete = ?3 WHERE id = ?1

-- name: select_day_count
SELECT count, sums, different FROM day_count WHERE measure = ?1 AND subject = ?2 AND day = ?3

-- name: upsert_day_count
INSERT INTO day_count (measure, subject, day, count, sums, different) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (measure, subject, day)
DO UPDATE SET count = excluded.count, sums = excluded.sums, different = excluded.different

-- name: select_day_counts_of
SELECT subject, day, count, sums, different
FROM day_count
WHERE measure = ?1 AND subject = ?2 AND day >= ?3 AND day < ?4
ORDER BY day

-- name: select_day_counts
SELECT subject, day, count, sums, different
FROM day_count INDEXED BY day_count_of_measure
WHERE measure = ?1 AND day >= ?2 AND day < ?3
ORDER BY subject, day

-- name: delete_old_day_counts
DELETE FROM day_count
WHERE (measure, subject, day) IN (
    SELECT day_count.measure, day_count.subject, day_count.day
    FROM measure
    CROSS JOIN day_count INDEXED BY day_count_of_measure ON day_count.measure = measure.id AND day_count.day < ?1
    LIMIT ?2)

-- name: select_events_by_id
-- Whatever became of them: what is processed is counted by who comes later.
SELECT id, type, group_id, member_id, at, received_at, fields, processed FROM event WHERE id > ?1 ORDER BY id LIMIT ?2

-- name: exists_processed_event
SELECT EXISTS (SELECT 1 FROM event WHERE processed = 1)

-- name: insert_past_stay
INSERT INTO past_stay (group_id, member_id, left_at, joined_at)
SELECT group_id, member_id, ?3, joined_at
FROM membership
WHERE member_id = ?2 AND group_id = ?1 AND (joined_at IS NULL OR joined_at < ?3)
ON CONFLICT DO NOTHING

-- name: select_stays_in
-- The owner of a group is staff, as is whoever has a role in it.
SELECT group_id, member_id, joined_at, NULL AS left_at
FROM membership
WHERE group_id = ?1 AND member_id NOT IN (SELECT owner FROM chat_group WHERE id = ?1)
  AND member_id NOT IN (SELECT member_id FROM group_staff WHERE group_id = ?1)
UNION ALL
SELECT group_id, member_id, joined_at, left_at
FROM past_stay
WHERE group_id = ?1 AND member_id NOT IN (SELECT owner FROM chat_group WHERE id = ?1)
  AND member_id NOT IN (SELECT member_id FROM group_staff WHERE group_id = ?1)
ORDER BY 2, 4

-- name: select_all_stays
SELECT membership.group_id, membership.member_id, membership.joined_at, NULL AS left_at
FROM membership
LEFT JOIN chat_group ON chat_group.id = membership.group_id
WHERE membership.member_id IS NOT chat_group.owner
  AND NOT EXISTS (
      SELECT 1 FROM group_staff
      WHERE group_staff.group_id = membership.group_id AND group_staff.member_id = membership.member_id)
UNION ALL
SELECT past_stay.group_id, past_stay.member_id, past_stay.joined_at, past_stay.left_at
FROM past_stay
LEFT JOIN chat_group ON chat_group.id = past_stay.group_id
WHERE past_stay.member_id IS NOT chat_group.owner
  AND NOT EXISTS (
      SELECT 1 FROM group_staff
      WHERE group_staff.group_id = past_stay.group_id AND group_staff.member_id = past_stay.member_id)
ORDER BY 1, 2, 4

-- name: select_past_stays_of
SELECT group_id, member_id, joined_at, left_at FROM past_stay WHERE member_id = ?1 ORDER BY left_at, group_id

-- name: delete_old_past_stays
DELETE FROM past_stay
WHERE (group_id, member_id, left_at) IN (SELECT group_id, member_id, left_at FROM past_stay WHERE left_at < ?1 LIMIT ?2)

-- name: insert_tier_change
INSERT INTO tier_change (rule, subject_kind, subject, at, level_before, level, why) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)

-- name: select_tier_changes_of
SELECT rule, subject_kind, subject, at, level_before, level, why
FROM tier_change
WHERE rule IN (SELECT id FROM rule) AND subject_kind = ?1 AND subject = ?2 AND at >= ?3 AND at < ?4
ORDER BY at, id

-- name: select_latest_tier_changes
SELECT rule, subject_kind, subject, at, level_before, level, why
FROM tier_change
WHERE id IN (SELECT max(id) FROM tier_change WHERE rule = ?1 GROUP BY subject_kind, subject)
ORDER BY subject

-- name: select_tier_change_page
SELECT max(id), total(at < ?2) FROM (SELECT id, at FROM tier_change WHERE id > ?1 ORDER BY id LIMIT ?3)

-- name: delete_tier_changes
-- Where somebody stands stays known, however long ago they came there.
DELETE FROM tier_change
WHERE id > ?1 AND id <= ?2 AND at < ?3
  AND EXISTS (
      SELECT 1
      FROM tier_change AS later
      WHERE later.rule = tier_change.rule AND later.subject_kind = tier_change.subject_kind
        AND later.subject = tier_change.subject AND later.id > tier_change.id)

-- name: upsert_flow_count
INSERT INTO flow_count (rule, step, what, day, count) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (rule, step, what, day) DO UPDATE SET count = count + excluded.count

-- name: select_flow_counts
SELECT rule, step, what, sum(count)
FROM flow_count
WHERE day >= ?1 AND day < ?2
GROUP BY rule, step, what
ORDER BY rule, step, what

-- name: select_points
SELECT points FROM member WHERE id = ?1

-- name: insert_point_entry
-- What pays a debt is spent at once. For a member that is not there it is left out, as in insert_event.
INSERT OR IGNORE INTO point_entry (member, amount, reason, at, rule, event, undoes, unspent)
VALUES ((SELECT id FROM member WHERE id = ?1), ?2, ?3, ?4, ?5, ?6, ?7,
        (SELECT max(0, min(?2, points + ?2)) FROM member WHERE id = ?1))

-- name: update_unspent
UPDATE point_entry SET unspent = ?2 WHERE id = ?1

-- name: select_unspent_of_entry
SELECT id, member, at, unspent FROM point_entry WHERE id = ?1

-- name: select_oldest_unspent_of
SELECT id, member, at, unspent FROM point_entry WHERE member = ?1 AND unspent > 0 ORDER BY at, id LIMIT 1

-- name: select_unspent_points
SELECT id, member, at, unspent FROM point_entry WHERE unspent > 0 ORDER BY at, id LIMIT ?1

-- name: select_most_points
SELECT id, name, points FROM member WHERE points > 0 ORDER BY points DESC, id LIMIT ?1

-- name: select_most_points_until
SELECT member.id, member.name, total.points
FROM (SELECT member, sum(amount) AS points FROM point_entry WHERE at <= ?1 GROUP BY member) AS total
CROSS JOIN member ON member.id = total.member
WHERE total.points > 0
ORDER BY total.points DESC, member.id
LIMIT ?2

-- name: update_points
UPDATE member SET points = points + ?2 WHERE id = ?1

-- name: select_points_given_by
SELECT id, member, amount, reason, at, rule, event, undoes
FROM point_entry AS given
WHERE event = ?1 AND undoes IS NULL AND NOT EXISTS (SELECT 1 FROM point_entry WHERE undoes = given.id)
ORDER BY id

-- name: select_point_entries
SELECT id, member, amount, reason, at, rule, event, undoes
FROM point_entry
WHERE member = ?1 AND id > ?2
ORDER BY id
LIMIT ?3

-- name: insert_task
INSERT INTO task (run, rule, step, action, is_approval, text, role, group_id, member_id, made_at, due_at, remind_at, state,
                  settled_at, by_whom, note)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)

-- name: select_task
SELECT id, run, rule, step, action, is_approval, text, role, group_id, member_id, made_at, due_at, remind_at, state,
       settled_at, by_whom, note
FROM task
WHERE id = ?1

-- name: select_tasks
SELECT id, run, rule, step, action, is_approval, text, role, group_id, member_id, made_at, due_at, remind_at, state,
       settled_at, by_whom, note
FROM task
WHERE id > ?1 AND (?2 IS NULL OR state = ?2) AND (?3 IS NULL OR role = ?3) AND (?4 IS NULL OR group_id = ?4)
ORDER BY id
LIMIT ?5

-- name: select_open_tasks_of_run
SELECT id, run, rule, step, action, is_approval, text, role, group_id, member_id, made_at, due_at, remind_at, state,
       settled_at, by_whom, note
FROM task
WHERE run = ?1 AND state = 'open'
ORDER BY id

-- name: update_to_task_end
UPDATE task
SET state = ?2, settled_at = ?3, by_whom = ?4, note = ?5, remind_at = NULL
WHERE id = ?1 AND state IN ('open', 'late')

-- name: select_due_reminders
SELECT id, run, rule, step, action, is_approval, text, role, group_id, member_id, made_at, due_at, remind_at, state,
       settled_at, by_whom, note
FROM task
WHERE remind_at <= ?1
  -- Not while its rule is held; the rule's own pause goes before its playbook's.
  AND NOT EXISTS (
    SELECT 1
    FROM rule
    JOIN pause ON pause.playbook = rule.playbook AND pause.rule IN ('', rule.name)
    WHERE rule.id = task.rule AND pause.resumed_at IS NULL AND pause.mode = 'hold'
      AND (pause.rule <> '' OR NOT EXISTS (
        SELECT 1 FROM pause AS own
        WHERE own.playbook = rule.playbook AND own.rule = rule.name AND own.resumed_at IS NULL)))
ORDER BY remind_at, id
LIMIT ?2

-- name: update_to_reminded
UPDATE task SET remind_at = NULL WHERE id = ?1

-- name: update_run_of_task
UPDATE task SET run = ?2, step = ?3, action = ?4 WHERE id = ?1

-- name: select_task_page
SELECT max(id), total(made_at < ?2)
FROM (SELECT id, made_at FROM task WHERE id > ?1 ORDER BY id LIMIT ?3)

-- name: delete_tasks
DELETE FROM task
WHERE id > ?1 AND id <= ?2 AND id < (SELECT max(id) FROM task) AND state <> 'open' AND settled_at < ?3

-- name: upsert_command
INSERT INTO command (delivery, verb, fields, members) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (delivery) DO UPDATE SET verb = excluded.verb, fields = excluded.fields, members = excluded.members

-- name: select_command
SELECT verb, fields, members FROM command WHERE delivery = ?1

-- name: insert_run_group
INSERT INTO run_group (run, number, group_id)
VALUES (?1, (SELECT count(*) + 1 FROM run_group WHERE run = ?1), ?2)

-- name: select_groups_of_run
SELECT group_id FROM run_group WHERE run = ?1 ORDER BY number

-- name: update_run_of_groups
UPDATE run_group SET run = ?2 WHERE run = ?1

-- name: insert_invitation
INSERT INTO invitation (group_id, member_id, delivery) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING

-- name: select_invited
SELECT member_id FROM invitation WHERE group_id = ?1 ORDER BY member_id

-- name: delete_invitations
DELETE FROM invitation WHERE delivery = ?1

-- name: insert_group_tag
INSERT INTO group_tag (tag, group_id) SELECT ?2, id FROM chat_group WHERE id = ?1 ON CONFLICT DO NOTHING

-- name: delete_group_tag
DELETE FROM group_tag WHERE group_id = ?1 AND tag = ?2

-- name: insert_member_tag
INSERT INTO member_tag (tag, member_id) SELECT ?2, id FROM member WHERE id = ?1 ON CONFLICT DO NOTHING

-- name: delete_member_tag
DELETE FROM member_tag WHERE member_id = ?1 AND tag = ?2

-- name: select_zones
SELECT name, data FROM zone ORDER BY name

-- name: upsert_zone
INSERT INTO zone (name, data) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET data = excluded.data

-- name: select_latest_zone_change
SELECT release, release_before, changed_at, moved FROM zone_change ORDER BY id DESC LIMIT 1

-- name: insert_zone_change
INSERT INTO zone_change (release, release_before, changed_at, moved) VALUES (?1, ?2, ?3, ?4)

-- name: delete_moved_times
DELETE FROM moved_time

-- name: insert_moved_time
INSERT INTO moved_time (rule, step, subject, count, local, before, after) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)

-- name: select_moved_times
SELECT moved_time.rule, rule.playbook, rule.name, step, subject, count, local, before, after
FROM moved_time
CROSS JOIN rule ON rule.id = moved_time.rule
ORDER BY after, rule.playbook, rule.name, moved_time.rowid

-- name: insert_collection
INSERT INTO collection (run, step, action, subject_kind, subject, opened_at, closes_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (run, step, action) DO NOTHING

-- name: select_collection
SELECT id, run, step, action, subject_kind, subject, opened_at, closes_at, taken, is_full
FROM collection
WHERE run = ?1 AND step = ?2 AND action = ?3

-- name: select_last_collection
SELECT id, run, step, action, subject_kind, subject, opened_at, closes_at, taken, is_full
FROM collection
WHERE run = ?1
ORDER BY id DESC
LIMIT 1

-- name: select_collections_at
SELECT id, run, step, action, subject_kind, subject, opened_at, closes_at, taken, is_full
FROM collection
WHERE subject = ?2 AND closes_at > ?3 AND subject_kind = ?1 AND opened_at <= ?3
ORDER BY id

-- name: close_collections_of_run
UPDATE collection SET closes_at = ?2 WHERE run = ?1 AND closes_at > ?2

-- name: update_collection_to_full
UPDATE collection SET is_full = 1 WHERE id = ?1

-- name: update_taken
UPDATE collection SET taken = taken + ?2 WHERE id = ?1

-- name: insert_collected
INSERT INTO collected (collection, event, member, quantity, at)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (collection, event) DO NOTHING

-- name: update_to_given_back
UPDATE collected SET given_back = 1 WHERE collection = ?1 AND event = ?2 AND given_back = 0

-- name: select_collected
SELECT event, member, quantity, at FROM collected WHERE collection = ?1 AND given_back = 0 ORDER BY at, event

-- name: sum_collected_of_member
SELECT coalesce(sum(quantity), 0) FROM collected WHERE collection = ?1 AND member = ?2 AND given_back = 0

-- name: delete_collected_without_run
DELETE FROM collected
WHERE collection IN (SELECT id FROM collection WHERE run > ?1 AND run <= ?2 AND NOT EXISTS (SELECT 1 FROM run WHERE run.id = collection.run))

-- name: delete_collections_without_run
DELETE FROM collection WHERE run > ?1 AND run <= ?2 AND NOT EXISTS (SELECT 1 FROM run WHERE run.id = collection.run)

-- name: insert_draw
INSERT INTO draw (run, step, action, seed, name, drawn_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (run, step, action) DO NOTHING

-- name: insert_draw_entry
INSERT INTO draw_entry (draw, event, member, place) VALUES (?1, ?2, ?3, ?4)

-- name: select_draw
SELECT id, run, step, action, seed, name, drawn_at FROM draw WHERE run = ?1 AND step = ?2 AND action = ?3

-- name: select_draw_by_id
SELECT id, run, step, action, seed, name, drawn_at FROM draw WHERE id = ?1

-- name: select_draws
SELECT id, run, step, action, seed, name, drawn_at FROM draw WHERE id < ?1 ORDER BY id DESC LIMIT ?2

-- name: select_draw_entries
SELECT event, member, place FROM draw_entry WHERE draw = ?1 ORDER BY event

-- name: delete_draw_entries_without_run
DELETE FROM draw_entry
WHERE draw IN (SELECT id FROM draw WHERE run > ?1 AND run <= ?2 AND NOT EXISTS (SELECT 1 FROM run WHERE run.id = draw.run))

-- name: delete_draws_without_run
DELETE FROM draw WHERE run > ?1 AND run <= ?2 AND NOT EXISTS (SELECT 1 FROM run WHERE run.id = draw.run)

-- name: select_draw_secret
SELECT secret FROM draw_secret

-- name: insert_draw_secret
INSERT INTO draw_secret (id, secret) VALUES (1, ?1) ON CONFLICT (id) DO NOTHING

-- name: insert_pool_code
INSERT INTO pool_code (pool, code) VALUES (?1, ?2) ON CONFLICT (pool, code) DO NOTHING

-- name: select_next_code
SELECT code FROM pool_code WHERE pool = ?1 AND given_at IS NULL ORDER BY id LIMIT 1

-- name: update_to_given
UPDATE pool_code
SET run = ?3, step = ?4, action = ?5, member = ?6, given_at = ?7
WHERE pool = ?1 AND code = ?2 AND given_at IS NULL

-- name: select_last_code_of_run
SELECT code FROM pool_code WHERE run = ?1 AND given_at IS NOT NULL ORDER BY given_at DESC, step DESC, action DESC LIMIT 1

-- name: select_pools
SELECT pool, count(*), count(given_at) FROM pool_code GROUP BY pool ORDER BY pool

-- name: select_pool
SELECT pool, count(*), count(given_at) FROM pool_code WHERE pool = ?1

-- name: select_pool_codes
SELECT id, code, member, given_at FROM pool_code WHERE pool = ?1 AND id > ?2 ORDER BY id LIMIT ?3
