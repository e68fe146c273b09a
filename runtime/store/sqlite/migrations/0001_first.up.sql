-- Version 1. What each table is for and how it grows: runtime/store/README.md.
--
-- Every time is UTC in milliseconds since 1970. States are the words of the program, without a CHECK on their list: a later
-- version may add a word, and changing a CHECK would mean copying the largest tables. Few indexes, and partial ones, on
-- the tables that every post goes through: an index on rows still to be worked on stays as small as the work.

CREATE TABLE plan (
    version INTEGER PRIMARY KEY,
    deployed_at INTEGER NOT NULL,
    hash TEXT NOT NULL,
    json TEXT NOT NULL
) STRICT;

CREATE TABLE rule (
    id INTEGER PRIMARY KEY,
    playbook TEXT NOT NULL,
    name TEXT NOT NULL,
    fired_through INTEGER NOT NULL,
    UNIQUE (playbook, name)
) STRICT;

-- `event` points at a row that retention may take away, so it is no foreign key.
CREATE TABLE firing (
    id INTEGER PRIMARY KEY,
    rule INTEGER NOT NULL REFERENCES rule (id),
    key TEXT NOT NULL,
    plan INTEGER NOT NULL REFERENCES plan (version),
    subject_kind TEXT NOT NULL,
    start_at INTEGER NOT NULL,
    end_at INTEGER NOT NULL,
    event TEXT,
    expanded INTEGER NOT NULL,
    expanded_through TEXT NOT NULL,
    UNIQUE (rule, key)
) STRICT;

CREATE INDEX firing_to_expand ON firing (start_at) WHERE expanded = 0;

-- `rule` repeats firing.rule, for the index on open runs.
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    firing INTEGER NOT NULL REFERENCES firing (id),
    rule INTEGER NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL,
    next_step INTEGER NOT NULL,
    due_at INTEGER,
    reason TEXT NOT NULL,
    UNIQUE (firing, subject)
) STRICT;

CREATE INDEX run_due ON run (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX run_open ON run (rule, subject) WHERE state = 'running';

-- `hash` is the first half of the text's SHA-256.
CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    text TEXT NOT NULL
) STRICT;

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
    UNIQUE (run, step, action),
    CONSTRAINT due_while_pending CHECK ((state = 'pending') = (due_at IS NOT NULL))
) STRICT;

CREATE INDEX delivery_due ON delivery (channel, due_at) WHERE state = 'pending';
CREATE INDEX delivery_attempting ON delivery (id) WHERE state = 'attempting';

CREATE TABLE event (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    group_id TEXT,
    member_id TEXT,
    at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    fields TEXT NOT NULL,
    processed INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE INDEX event_due ON event (at) WHERE processed = 0;

CREATE TABLE chat_group (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    owner TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE member (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Tags come first in the keys: an audience is read off in the order of ids, page by page.
CREATE TABLE group_tag (
    tag TEXT NOT NULL,
    group_id TEXT NOT NULL REFERENCES chat_group (id),
    PRIMARY KEY (tag, group_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX group_tag_of ON group_tag (group_id);

CREATE TABLE member_tag (
    tag TEXT NOT NULL,
    member_id TEXT NOT NULL REFERENCES member (id),
    PRIMARY KEY (tag, member_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX member_tag_of ON member_tag (member_id);

CREATE TABLE membership (
    member_id TEXT NOT NULL REFERENCES member (id),
    group_id TEXT NOT NULL REFERENCES chat_group (id),
    PRIMARY KEY (member_id, group_id)
) STRICT, WITHOUT ROWID;

-- A delivery with all it belongs to. The joins are CROSS so that they are made in this order: from a few deliveries found
-- by index, never from the other tables.
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

-- "sop1": marks the file as ours.
PRAGMA application_id = 1936683057;
PRAGMA user_version = 1;
