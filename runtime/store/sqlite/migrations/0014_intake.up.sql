-- Version 14. Events stand in the order in which they came, so that new ones are written side by side; what their senders say
-- that no playbook declares; how many came, and what was not taken.

CREATE TABLE event_in_order (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    group_id TEXT,
    member_id TEXT,
    at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    fields TEXT NOT NULL,
    processed INTEGER NOT NULL DEFAULT 0,
    extra TEXT
) STRICT;

INSERT INTO event_in_order (id, type, group_id, member_id, at, received_at, fields, processed)
SELECT id, type, group_id, member_id, at, received_at, fields, processed FROM event ORDER BY received_at, id;

DROP TABLE event;
ALTER TABLE event_in_order RENAME TO event;

CREATE UNIQUE INDEX event_id ON event (id);
CREATE INDEX event_due ON event (at, id) WHERE processed = 0;
CREATE INDEX event_of_group ON event (group_id, type, at) WHERE group_id IS NOT NULL;
CREATE INDEX event_of_member ON event (member_id, type, at) WHERE member_id IS NOT NULL;

-- `reason` is '' for events that were accepted or were there already.
CREATE TABLE intake_count (
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (outcome, reason)
) STRICT, WITHOUT ROWID;

-- The latest of them alone.
CREATE TABLE rejected_event (
    id INTEGER PRIMARY KEY,
    received_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    line INTEGER NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    excerpt TEXT NOT NULL
) STRICT;

-- As of when conditions were looked at last: whatever tells of a time before that comes late.
CREATE TABLE condition_look (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    through INTEGER NOT NULL
) STRICT;

PRAGMA user_version = 14;
