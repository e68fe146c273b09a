DROP INDEX membership_of_group;
ALTER TABLE membership DROP COLUMN joined_at;
DROP TABLE condition_met;
DROP TABLE entry;
DROP TABLE point_entry;
ALTER TABLE member DROP COLUMN points;

PRAGMA user_version = 12;
