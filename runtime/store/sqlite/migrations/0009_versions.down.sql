DROP TABLE version_request;
ALTER TABLE plan DROP COLUMN held_back;
ALTER TABLE plan DROP COLUMN rollback_to;

PRAGMA user_version = 8;
