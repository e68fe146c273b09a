-- Version 10. Runs that wait for an event, and what finds them, and events, by whom they are about.

-- `next_step` counts a rule's steps depth first, those of branches too; `next_action` is where a run goes on within one.
ALTER TABLE run ADD COLUMN next_action INTEGER NOT NULL DEFAULT 0;

-- While it waits: from when on an event answers it. `due_at` is then its end.
ALTER TABLE run ADD COLUMN waits_since INTEGER;

CREATE INDEX run_waiting ON run (due_at) WHERE state = 'waiting';
CREATE INDEX run_of_subject ON run (subject) WHERE due_at IS NOT NULL;

CREATE INDEX event_of_group ON event (group_id, type, at) WHERE group_id IS NOT NULL;
CREATE INDEX event_of_member ON event (member_id, type, at) WHERE member_id IS NOT NULL;

PRAGMA user_version = 10;
