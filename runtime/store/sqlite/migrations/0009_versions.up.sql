-- Version 9. How versions came to be, and what people ask of the executor about them.

-- The version whose plan a rollback brought back; NULL for a plan deployed from files. `held_back` are the hashes of the
-- plans that were rolled back from, a JSON list: a start does not deploy them.
ALTER TABLE plan ADD COLUMN rollback_to INTEGER;
ALTER TABLE plan ADD COLUMN held_back TEXT NOT NULL DEFAULT '[]';

-- A deploy, rollback or migration that another process asked for, and the executor's answer, until it has been read. `plan`
-- is the JSON to deploy, `mapping` a JSON list.
CREATE TABLE version_request (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    plan TEXT NOT NULL,
    version INTEGER,
    mapping TEXT NOT NULL,
    dry_run INTEGER NOT NULL,
    answered_at INTEGER,
    outcome TEXT,
    in_force INTEGER,
    moved INTEGER,
    answer TEXT
) STRICT;

CREATE INDEX version_request_open ON version_request (id) WHERE answered_at IS NULL;

PRAGMA user_version = 9;
