-- Version 3. What guards need: when a message is wanted, how urgent it is, and what a subject got.

-- Where quiet hours and spread have moved it from planned_for; NULL where they have not.
ALTER TABLE delivery ADD COLUMN moved_to INTEGER;

-- 0 high, 1 normal, 2 low.
ALTER TABLE delivery ADD COLUMN priority INTEGER NOT NULL DEFAULT 1;

-- What is due at one time goes by urgency, then by when it was first planned.
DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (channel, due_at, priority, planned_for) WHERE state = 'pending';

-- Messages that caps and spacing count, by whom they are for: `made` when they may have reached the subject, at that time;
-- else waiting, at the time they are wanted. Kept from the first plan on that has such a rule.
CREATE TABLE contact (
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at INTEGER NOT NULL,
    delivery INTEGER NOT NULL REFERENCES delivery (id),
    rule INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    made INTEGER NOT NULL,
    PRIMARY KEY (subject_kind, subject, at, delivery)
) STRICT, WITHOUT ROWID;

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

PRAGMA user_version = 3;
