-- Version 12. Messages of which the platform is asked whether it took them.

-- How often it was asked to no avail; NULL when it is not being asked about. Such a row is pending, and `due_at` is when it is
-- asked next.
ALTER TABLE delivery ADD COLUMN asks INTEGER;

-- Of one that is under way or asked about and not to be sent any more: what it ends as, for `reason`, unless it was taken.
ALTER TABLE delivery ADD COLUMN unless_taken TEXT;

DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (channel, due_at, priority, planned_for) WHERE state = 'pending' AND asks IS NULL;
CREATE INDEX delivery_asked_about ON delivery (channel, due_at) WHERE asks IS NOT NULL;

DROP VIEW delivery_detail;
CREATE VIEW delivery_detail AS
SELECT
    delivery.id,
    delivery.run,
    delivery.step,
    delivery.action,
    delivery.channel,
    delivery.message,
    delivery.planned_for,
    delivery.due_at,
    delivery.state,
    delivery.reason,
    delivery.attempts,
    delivery.settled_at,
    delivery.moved_to,
    delivery.priority,
    delivery.in_doubt,
    delivery.skipped_as,
    delivery.asks,
    delivery.unless_taken,
    firing.id AS firing,
    firing.rule AS rule_id,
    firing.key,
    firing.plan,
    firing.subject_kind,
    firing.start_at,
    firing.end_at,
    firing.event,
    firing.expanded,
    firing.expanded_through,
    rule.playbook,
    rule.name AS rule,
    run.subject,
    coalesce(chat_group.name, member.name, '') AS subject_name,
    coalesce(message.text, '') AS text
FROM delivery
CROSS JOIN run ON run.id = delivery.run
CROSS JOIN firing ON firing.id = run.firing
CROSS JOIN rule ON rule.id = firing.rule
LEFT JOIN message ON message.id = delivery.message
LEFT JOIN chat_group ON firing.subject_kind = 'group' AND chat_group.id = run.subject
LEFT JOIN member ON firing.subject_kind = 'member' AND member.id = run.subject;

PRAGMA user_version = 12;
