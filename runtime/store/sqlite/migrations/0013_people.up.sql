-- Version 13. What members have earned, how often they began a rule, and since when they are in their groups.

-- The sum of the member's entries below.
ALTER TABLE member ADD COLUMN points INTEGER NOT NULL DEFAULT 0;

-- Append-only. `event` started the run that gave the points; `undoes` is the entry that this one takes back.
CREATE TABLE point_entry (
    id INTEGER PRIMARY KEY,
    member TEXT NOT NULL,
    amount INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL,
    rule INTEGER NOT NULL,
    event TEXT,
    undoes INTEGER UNIQUE
) STRICT;

CREATE INDEX point_entry_of_member ON point_entry (member, id);
CREATE INDEX point_entry_of_event ON point_entry (event) WHERE event IS NOT NULL AND undoes IS NULL;

-- How often a subject, or a member in a rule for groups, began a rule that says how often it may. `period` is a word for
-- the periods that begin at `since`, '' for ever; 'run' keeps when the last run began or ended.
CREATE TABLE entry (
    rule INTEGER NOT NULL,
    per TEXT NOT NULL,
    subject TEXT NOT NULL,
    period TEXT NOT NULL,
    since INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (rule, per, subject, period)
) STRICT, WITHOUT ROWID;

-- For whom the condition of a rule was so when it was last looked at.
CREATE TABLE condition_met (
    rule INTEGER NOT NULL,
    subject TEXT NOT NULL,
    PRIMARY KEY (rule, subject)
) STRICT, WITHOUT ROWID;

-- NULL where nobody told.
ALTER TABLE membership ADD COLUMN joined_at INTEGER;
CREATE INDEX membership_of_group ON membership (group_id, member_id);

PRAGMA user_version = 13;
