-- Version 8. What is kept of the rows that retention has let go, and what finds the rows that it may.

-- How many messages were let go, by what became of them: planned = outcomes + pending stays true. The reasons of `failed` are
-- the platforms' own words, without end; those are left out.
CREATE TABLE forgotten_delivery (
    rule INTEGER NOT NULL REFERENCES rule (id),
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (rule, state, reason)
) STRICT, WITHOUT ROWID;

-- Events that are gone and must not be taken once more, each as the first 8 bytes of its id's SHA-256.
CREATE TABLE forgotten_event (
    hash INTEGER PRIMARY KEY,
    received_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sweep (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    finished_at INTEGER NOT NULL
) STRICT;

-- Without these, each row that goes would be looked for in all of the table that refers to it.
CREATE INDEX delivery_message ON delivery (message);
CREATE INDEX firing_plan ON firing (plan);
CREATE INDEX contact_delivery ON contact (delivery);

PRAGMA user_version = 8;
