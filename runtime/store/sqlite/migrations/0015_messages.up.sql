-- Version 15. Messages to others than the subject of their run, how they are said, and which form of a content they took.

DROP VIEW delivery_detail;

-- What pictures, card, verb, mentions and the message it answers make of a text, as JSON; NULL for a text that is posted or sent.
ALTER TABLE message ADD COLUMN form TEXT;

-- (run, step, action) is unique no more: one action may have many targets. SQLite cannot drop a constraint, so the table is
-- copied, and so is `contact`, which refers to it.
CREATE TABLE contact_before AS SELECT * FROM contact;
DROP TABLE contact;
ALTER TABLE delivery RENAME TO delivery_before;
DROP INDEX delivery_due;
DROP INDEX delivery_asked_about;
DROP INDEX delivery_attempting;
DROP INDEX delivery_message;
DROP INDEX delivery_skipped;

-- `target` is whom the message goes to, of `target_kind`; '' for the subject of the run. `variant` is the form of its content
-- that was taken, where there are several: a name, or the place of one without a name, from 1.
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
    target TEXT NOT NULL DEFAULT '',
    target_kind TEXT,
    variant TEXT,
    UNIQUE (run, step, action, target),
    CONSTRAINT due_while_pending CHECK ((state = 'pending') = (due_at IS NOT NULL))
) STRICT;
INSERT INTO delivery (
       id, run, step, action, channel, message, planned_for, due_at, state, reason, attempts, settled_at, moved_to, priority, in_doubt,
       skipped_as, asks, unless_taken)
SELECT id, run, step, action, channel, message, planned_for, due_at, state, reason, attempts, settled_at, moved_to, priority, in_doubt,
       skipped_as, asks, unless_taken
FROM delivery_before;
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

-- A message to many that was decided and has not reached all of its audience yet: `through` is the last target that has its
-- delivery. Withheld from all alike when `state` says so.
CREATE TABLE mailing (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES run (id),
    step INTEGER NOT NULL,
    action INTEGER NOT NULL,
    planned_for INTEGER NOT NULL,
    decided_at INTEGER NOT NULL,
    newer INTEGER NOT NULL,
    state TEXT,
    reason TEXT NOT NULL,
    through TEXT NOT NULL,
    UNIQUE (run, step, action)
) STRICT;

-- How many messages of a content that takes its forms in turn a group or member was given.
CREATE TABLE rotation (
    content TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    turns INTEGER NOT NULL,
    PRIMARY KEY (content, subject_kind, subject)
) STRICT, WITHOUT ROWID;

-- `subject` is whom the message goes to, `run_subject` whom its run is for.
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
    delivery.target_kind,
    delivery.target,
    delivery.variant,
    firing.id AS firing,
    firing.rule AS rule_id,
    firing.key,
    firing.plan,
    firing.subject_kind AS run_subject_kind,
    firing.start_at,
    firing.end_at,
    firing.event,
    firing.expanded,
    firing.expanded_through,
    rule.playbook,
    rule.name AS rule,
    run.subject AS run_subject,
    coalesce(delivery.target_kind, firing.subject_kind) AS subject_kind,
    iif(delivery.target_kind IS NULL, run.subject, delivery.target) AS subject,
    coalesce(chat_group.name, member.name, '') AS subject_name,
    coalesce(message.text, '') AS text,
    message.form
FROM delivery
CROSS JOIN run ON run.id = delivery.run
CROSS JOIN firing ON firing.id = run.firing
CROSS JOIN rule ON rule.id = firing.rule
LEFT JOIN message ON message.id = delivery.message
LEFT JOIN chat_group
    ON coalesce(delivery.target_kind, firing.subject_kind) = 'group'
    AND chat_group.id = iif(delivery.target_kind IS NULL, run.subject, delivery.target)
LEFT JOIN member
    ON coalesce(delivery.target_kind, firing.subject_kind) = 'member'
    AND member.id = iif(delivery.target_kind IS NULL, run.subject, delivery.target);

PRAGMA user_version = 15;
