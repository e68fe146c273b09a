-- Version 7. Which database this is and where it was last held, so that a copy of it is told from itself. What lies beside
-- the file, and how the two are compared: runtime/store/identity.h.

-- `machine`, `inode` and `born_at` are NULL where they cannot be told. `backed_up_at` is there in a backup alone.
CREATE TABLE identity (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    instance TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    machine TEXT,
    inode INTEGER,
    born_at INTEGER,
    backed_up_at INTEGER
) STRICT;

PRAGMA user_version = 7;
