DROP TABLE identity;

PRAGMA user_version = 6;
