DROP TABLE moved_time;
DROP TABLE zone_change;
DROP TABLE zone;

PRAGMA user_version = 1;
