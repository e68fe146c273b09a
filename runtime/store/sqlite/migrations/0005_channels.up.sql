-- Version 5. How much channels were used, and which messages may have been taken though they go on.

-- 1 when an attempt may have been taken: what then does not end as sent ends as unknown.
ALTER TABLE delivery ADD COLUMN in_doubt INTEGER NOT NULL DEFAULT 0;

-- An attempt by a channel with a budget or quota, as long as one of them counts it; `taken` while it may have reached the
-- subject.
CREATE TABLE channel_use (
    channel TEXT NOT NULL,
    at INTEGER NOT NULL,
    delivery INTEGER NOT NULL,
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    taken INTEGER NOT NULL,
    PRIMARY KEY (channel, at, delivery)
) STRICT, WITHOUT ROWID;

CREATE INDEX channel_use_subject ON channel_use (channel, subject_kind, subject, at) WHERE taken = 1;

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

PRAGMA user_version = 5;
