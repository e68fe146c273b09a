DROP TABLE condition_look;
DROP TABLE rejected_event;
DROP TABLE intake_count;

CREATE TABLE event_by_id (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    group_id TEXT,
    member_id TEXT,
    at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    fields TEXT NOT NULL,
    processed INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

INSERT INTO event_by_id (id, type, group_id, member_id, at, received_at, fields, processed)
SELECT id, type, group_id, member_id, at, received_at, fields, processed FROM event;

DROP TABLE event;
ALTER TABLE event_by_id RENAME TO event;

CREATE INDEX event_due ON event (at) WHERE processed = 0;
CREATE INDEX event_of_group ON event (group_id, type, at) WHERE group_id IS NOT NULL;
CREATE INDEX event_of_member ON event (member_id, type, at) WHERE member_id IS NOT NULL;

PRAGMA user_version = 13;
