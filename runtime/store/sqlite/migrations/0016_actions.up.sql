-- Version 16. What staff are asked to do, what platforms are asked to do besides bringing messages, and groups made by runs.

-- A task, or an approval, from when its step was done. Its run may be let go before it; `rule` stays.
CREATE TABLE task (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    rule INTEGER NOT NULL,
    step INTEGER NOT NULL,
    action INTEGER NOT NULL,
    is_approval INTEGER NOT NULL,
    text TEXT NOT NULL,
    role TEXT NOT NULL,
    group_id TEXT,
    member_id TEXT,
    made_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    remind_at INTEGER,
    state TEXT NOT NULL,
    settled_at INTEGER,
    by_whom TEXT NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT reminded_while_open CHECK (state = 'open' OR remind_at IS NULL),
    CONSTRAINT settled_or_open CHECK ((state = 'open') = (settled_at IS NULL))
) STRICT;

CREATE INDEX task_reminder ON task (remind_at) WHERE remind_at IS NOT NULL;
CREATE INDEX task_open ON task (run) WHERE state = 'open';

-- What a delivery asks of its platform; one without a row is a message. `fields` and `members` are JSON.
CREATE TABLE command (
    delivery INTEGER PRIMARY KEY REFERENCES delivery (id) ON DELETE CASCADE,
    verb TEXT NOT NULL,
    fields TEXT NOT NULL,
    members TEXT NOT NULL
) STRICT;

-- Groups that runs create, from when it was decided.
CREATE TABLE run_group (
    run INTEGER NOT NULL,
    number INTEGER NOT NULL,
    group_id TEXT NOT NULL UNIQUE,
    PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

-- Whom a group's runs have invited; a row goes when the invitation certainly did not arrive.
CREATE TABLE invitation (
    group_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    delivery INTEGER NOT NULL,
    PRIMARY KEY (group_id, member_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX invitation_of_delivery ON invitation (delivery);

PRAGMA user_version = 16;
