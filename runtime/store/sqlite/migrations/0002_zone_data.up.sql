-- Version 2. With which zone data the instants of this file were counted, so that other data, which may come while nothing
-- runs, find what they have to move.

-- The zones that plans use, each as the bytes it was last read from: one to three thousand a zone.
CREATE TABLE zone (
    name TEXT PRIMARY KEY,
    data BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Each time other zone data came into use; the newest row says which are.
CREATE TABLE zone_change (
    id INTEGER PRIMARY KEY,
    release TEXT NOT NULL,
    release_before TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    moved INTEGER NOT NULL
) STRICT;

-- The planned times that the newest change moved. `step` is empty for a firing to come, `subject` when several share the
-- time.
CREATE TABLE moved_time (
    rule INTEGER NOT NULL REFERENCES rule (id),
    step TEXT NOT NULL,
    subject TEXT NOT NULL,
    count INTEGER NOT NULL,
    local TEXT NOT NULL,
    before INTEGER NOT NULL,
    after INTEGER NOT NULL
) STRICT;

PRAGMA user_version = 2;
