-- Version 14. Lists that members fill, draws that can be checked, and codes that are given once.

-- What a `collect` of a run takes while its window is open. `taken` is the sum of what is not given back.
CREATE TABLE collection (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    step INTEGER NOT NULL,
    action INTEGER NOT NULL,
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    closes_at INTEGER NOT NULL,
    taken INTEGER NOT NULL DEFAULT 0,
    is_full INTEGER NOT NULL DEFAULT 0,
    UNIQUE (run, step, action)
) STRICT;

CREATE INDEX collection_of_subject ON collection (subject, closes_at);

-- One event that was taken.
CREATE TABLE collected (
    collection INTEGER NOT NULL,
    event TEXT NOT NULL,
    member TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    at INTEGER NOT NULL,
    given_back INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (collection, event)
) STRICT, WITHOUT ROWID;

-- A draw that was held, and who took part: `place` is that of a winner.
CREATE TABLE draw (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL,
    step INTEGER NOT NULL,
    action INTEGER NOT NULL,
    seed TEXT NOT NULL,
    name TEXT NOT NULL,
    drawn_at INTEGER NOT NULL,
    UNIQUE (run, step, action)
) STRICT;

CREATE TABLE draw_entry (
    draw INTEGER NOT NULL,
    event TEXT NOT NULL,
    member TEXT NOT NULL,
    place INTEGER,
    PRIMARY KEY (draw, event)
) STRICT, WITHOUT ROWID;

-- From which the seeds of draws are made. Nobody may know it before they are held.
CREATE TABLE draw_secret (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    secret TEXT NOT NULL
) STRICT;

-- The codes of a pool, in the order in which they are given.
CREATE TABLE pool_code (
    id INTEGER PRIMARY KEY,
    pool TEXT NOT NULL,
    code TEXT NOT NULL,
    run INTEGER,
    step INTEGER,
    action INTEGER,
    member TEXT,
    given_at INTEGER,
    UNIQUE (pool, code)
) STRICT;

CREATE INDEX pool_code_left ON pool_code (pool, id) WHERE given_at IS NULL;
CREATE UNIQUE INDEX pool_code_of_run ON pool_code (run, step, action) WHERE given_at IS NOT NULL;

PRAGMA user_version = 14;
