-- Version 6. Rules that are paused, and runs that wait for another to end.

-- `due_at` is there until a run is over, but not all wait for their time: a `held` one is of a paused rule, a `queued` one
-- waits to begin.
DROP INDEX run_due;
CREATE INDEX run_due ON run (due_at) WHERE state IN ('running', 'arrived');
DROP INDEX run_open;
CREATE INDEX run_open ON run (rule, subject) WHERE due_at IS NOT NULL;

-- What people asked for: `rule` is '' for a whole playbook. A row with `resumed_at` goes when the executor has gone on.
CREATE TABLE pause (
    playbook TEXT NOT NULL,
    rule TEXT NOT NULL,
    mode TEXT NOT NULL,
    since INTEGER NOT NULL,
    resumed_at INTEGER,
    PRIMARY KEY (playbook, rule)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 6;
