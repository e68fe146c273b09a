-- Version 17. What events are counted by the day, who was in which group, tiers, how far people get in rules, and what is
-- left of points that were given.

-- What is counted (scheduler/measure.h). Until it is `complete`, events processed before it was known are still to be added:
-- those with an id after `counted_through`.
CREATE TABLE measure (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    counted_through TEXT NOT NULL,
    complete INTEGER NOT NULL
) STRICT;

-- A date's events of a subject, '' for those of no group; `day` counts from 1970. `sums` has an amount for each currency,
-- `different` the values that came (scheduler/distinct_count.h).
CREATE TABLE day_count (
    measure INTEGER NOT NULL,
    subject TEXT NOT NULL,
    day INTEGER NOT NULL,
    count INTEGER NOT NULL,
    sums TEXT NOT NULL,
    different BLOB NOT NULL,
    PRIMARY KEY (measure, subject, day)
) STRICT, WITHOUT ROWID;

-- Reports ask for a few dates of all subjects.
CREATE INDEX day_count_of_measure ON day_count (measure, day);

-- Memberships that are over.
CREATE TABLE past_stay (
    group_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    left_at INTEGER NOT NULL,
    joined_at INTEGER,
    PRIMARY KEY (group_id, member_id, left_at)
) STRICT, WITHOUT ROWID;

CREATE INDEX past_stay_left ON past_stay (left_at);

-- A subject that changed its level, from and to '' for none.
CREATE TABLE tier_change (
    id INTEGER PRIMARY KEY,
    rule INTEGER NOT NULL,
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    at INTEGER NOT NULL,
    level_before TEXT NOT NULL,
    level TEXT NOT NULL,
    why TEXT NOT NULL
) STRICT;

CREATE INDEX tier_change_of_subject ON tier_change (rule, subject_kind, subject, id);

-- How many runs of a rule came to a step, and what became of them there, by the date of their time.
CREATE TABLE flow_count (
    rule INTEGER NOT NULL,
    step TEXT NOT NULL,
    what TEXT NOT NULL,
    day INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (rule, step, what, day)
) STRICT, WITHOUT ROWID;

-- What is not spent of the points that an entry gave: the oldest are spent first. The sum of a member is the balance, or
-- nothing where that is below zero.
ALTER TABLE point_entry ADD COLUMN unspent INTEGER NOT NULL DEFAULT 0;

WITH taken AS (
    SELECT undoes AS id, -amount AS amount FROM point_entry WHERE undoes IS NOT NULL AND amount < 0
), given AS (
    SELECT point_entry.id, point_entry.member, point_entry.amount - coalesce(taken.amount, 0) AS amount,
           sum(point_entry.amount - coalesce(taken.amount, 0))
               OVER (PARTITION BY point_entry.member ORDER BY point_entry.at, point_entry.id) AS through
    FROM point_entry
    LEFT JOIN taken ON taken.id = point_entry.id
    WHERE point_entry.amount > 0
), spent AS (
    SELECT member, -sum(amount) AS amount
    FROM point_entry
    WHERE amount < 0 AND NOT (undoes IS NOT NULL AND undoes IN (SELECT id FROM given))
    GROUP BY member
)
UPDATE point_entry
SET unspent = max(0, min(given.amount, given.through - coalesce(spent.amount, 0)))
FROM given LEFT JOIN spent ON spent.member = given.member
WHERE given.id = point_entry.id;

CREATE INDEX point_entry_unspent ON point_entry (at, id) WHERE unspent > 0;
CREATE INDEX point_entry_unspent_of_member ON point_entry (member, at, id) WHERE unspent > 0;

PRAGMA user_version = 17;
