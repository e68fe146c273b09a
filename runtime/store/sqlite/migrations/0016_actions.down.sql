DROP TABLE invitation;
DROP TABLE run_group;
DROP TABLE command;
DROP TABLE task;

PRAGMA user_version = 15;
