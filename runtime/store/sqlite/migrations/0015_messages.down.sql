-- Messages to others than the subject of their run cannot be told here: an earlier version would send them to that one.
DROP VIEW delivery_detail;
DROP TABLE rotation;
DROP TABLE mailing;
CREATE TABLE contact_before AS
SELECT * FROM contact WHERE delivery IN (SELECT id FROM delivery WHERE target_kind IS NULL);
DROP TABLE contact;
ALTER TABLE delivery RENAME TO delivery_before;
DROP INDEX delivery_due;
DROP INDEX delivery_asked_about;
DROP INDEX delivery_attempting;
DROP INDEX delivery_message;
DROP INDEX delivery_skipped;
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    step INTEGER NOT NULL,
    action INTEGER NOT NULL,
    channel TEXT NOT NULL,
    message INTEGER REFERENCES message (id),
    planned_for INTEGER NOT NULL,
    due_at INTEGER,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    settled_at INTEGER,
    moved_to INTEGER,
    priority INTEGER NOT NULL DEFAULT 1,
    in_doubt INTEGER NOT NULL DEFAULT 0,
    skipped_as TEXT,
    asks INTEGER,
    unless_taken TEXT,
    UNIQUE (run, step, action),
    CONSTRAINT due_while_pending CHECK ((state = 'pending') = (due_at IS NOT NULL))
) STRICT;
INSERT INTO delivery (
       id, run, step, action, channel, message, planned_for, due_at, state, reason, attempts, settled_at, moved_to, priority, in_doubt,
       skipped_as, asks, unless_taken)
SELECT id, run, step, action, channel, message, planned_for, due_at, state, reason, attempts, settled_at, moved_to, priority, in_doubt,
       skipped_as, asks, unless_taken
FROM delivery_before
WHERE target_kind IS NULL;
DROP TABLE delivery_before;
CREATE INDEX delivery_due ON delivery (channel, due_at, priority, planned_for) WHERE state = 'pending' AND asks IS NULL;
CREATE INDEX delivery_asked_about ON delivery (channel, due_at) WHERE asks IS NOT NULL;
CREATE INDEX delivery_attempting ON delivery (id) WHERE state = 'attempting';
CREATE INDEX delivery_message ON delivery (message);
CREATE INDEX delivery_skipped ON delivery (planned_for) WHERE state = 'skipped';
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
INSERT INTO contact SELECT subject_kind, subject, at, delivery, rule, priority, made FROM contact_before;
DROP TABLE contact_before;
CREATE INDEX contact_delivery ON contact (delivery);
ALTER TABLE message DROP COLUMN form;
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

PRAGMA user_version = 14;
