DROP TABLE presence;

PRAGMA user_version = 3;
