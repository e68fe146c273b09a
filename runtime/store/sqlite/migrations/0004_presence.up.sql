-- Version 4. Until when the executor was there, so that a start can tell what waited for its channel from what a stop kept.

CREATE TABLE presence (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    until INTEGER NOT NULL
) STRICT;

PRAGMA user_version = 4;
