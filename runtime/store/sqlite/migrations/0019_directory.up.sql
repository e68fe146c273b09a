-- Version 19. What is known of groups and members besides their tags, who is gone, and what was imported when.

-- An import that wrote to the directory; `finished` is 0 while it goes on, and for ever when it was stopped halfway.
CREATE TABLE directory_import (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    imported_by TEXT NOT NULL,
    at INTEGER NOT NULL,
    added INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    marked INTEGER NOT NULL DEFAULT 0,
    finished INTEGER NOT NULL DEFAULT 0
) STRICT;

-- '' where nothing is known. `size` is how many members are in the group now; `import` is the last one that changed the row.
ALTER TABLE chat_group ADD COLUMN zone TEXT NOT NULL DEFAULT '';
ALTER TABLE chat_group ADD COLUMN created_at INTEGER;
ALTER TABLE chat_group ADD COLUMN dissolved_at INTEGER;
ALTER TABLE chat_group ADD COLUMN talked_at INTEGER;
ALTER TABLE chat_group ADD COLUMN size INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chat_group ADD COLUMN attributes TEXT NOT NULL DEFAULT '{}';
ALTER TABLE chat_group ADD COLUMN import INTEGER;

ALTER TABLE member ADD COLUMN zone TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN invited_by TEXT;
ALTER TABLE member ADD COLUMN opted_out_at INTEGER;
ALTER TABLE member ADD COLUMN gone_at INTEGER;
ALTER TABLE member ADD COLUMN attributes TEXT NOT NULL DEFAULT '{}';
ALTER TABLE member ADD COLUMN import INTEGER;

-- Small, as few are: audiences leave them out by a look at these.
CREATE INDEX chat_group_dissolved ON chat_group (id) WHERE dissolved_at IS NOT NULL;
CREATE INDEX member_gone ON member (id) WHERE gone_at IS NOT NULL;
CREATE INDEX member_in_zone ON member (zone, id) WHERE zone <> '';

CREATE TABLE group_staff (
    group_id TEXT NOT NULL REFERENCES chat_group (id),
    role TEXT NOT NULL,
    member_id TEXT NOT NULL,
    PRIMARY KEY (group_id, role, member_id)
) STRICT, WITHOUT ROWID;

-- Which attributes there are, and whether all values of one so far are numbers.
CREATE TABLE attribute (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    is_number INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;

UPDATE chat_group SET size = (SELECT count(*) FROM membership WHERE membership.group_id = chat_group.id);
CREATE TRIGGER membership_added AFTER INSERT ON membership BEGIN
    UPDATE chat_group SET size = size + 1 WHERE id = new.group_id;
END;
CREATE TRIGGER membership_removed AFTER DELETE ON membership BEGIN
    UPDATE chat_group SET size = size - 1 WHERE id = old.group_id;
END;

-- How many carry a tag, those that are gone too: one row where counting would look at a million.
CREATE TABLE tag_count (
    kind TEXT NOT NULL,
    tag TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (kind, tag)
) STRICT, WITHOUT ROWID;

INSERT INTO tag_count (kind, tag, count) SELECT 'group', tag, count(*) FROM group_tag GROUP BY tag;
INSERT INTO tag_count (kind, tag, count) SELECT 'member', tag, count(*) FROM member_tag GROUP BY tag;
CREATE TRIGGER group_tag_added AFTER INSERT ON group_tag BEGIN
    INSERT INTO tag_count (kind, tag, count) VALUES ('group', new.tag, 1)
    ON CONFLICT (kind, tag) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER group_tag_removed AFTER DELETE ON group_tag BEGIN
    UPDATE tag_count SET count = count - 1 WHERE kind = 'group' AND tag = old.tag;
END;
CREATE TRIGGER member_tag_added AFTER INSERT ON member_tag BEGIN
    INSERT INTO tag_count (kind, tag, count) VALUES ('member', new.tag, 1)
    ON CONFLICT (kind, tag) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER member_tag_removed AFTER DELETE ON member_tag BEGIN
    UPDATE tag_count SET count = count - 1 WHERE kind = 'member' AND tag = old.tag;
END;

-- Of rules by the clock of each member: how far the calendar has been fired for those of a zone.
CREATE TABLE zone_firing (
    rule INTEGER NOT NULL,
    zone TEXT NOT NULL,
    fired_through INTEGER NOT NULL,
    PRIMARY KEY (rule, zone)
) STRICT, WITHOUT ROWID;

-- A member whose data were erased; no name, and of the id half a SHA-256, by which it does not come back.
CREATE TABLE erased_member (
    hash BLOB PRIMARY KEY,
    at INTEGER NOT NULL,
    erased_by TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The runs of a member of a group are for "GROUP<unit separator>MEMBER"; their messages go to the member.
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
    iif(delivery.target_kind IS NULL, substr(run.subject, instr(run.subject, char(31)) + 1), delivery.target) AS subject,
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
    AND member.id = iif(delivery.target_kind IS NULL, substr(run.subject, instr(run.subject, char(31)) + 1), delivery.target);

PRAGMA user_version = 19;
