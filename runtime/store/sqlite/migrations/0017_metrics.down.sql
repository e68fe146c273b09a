-- Back to version 16. Counts, past stays, changes of tiers and flow counts are gone.

DROP INDEX point_entry_unspent_of_member;
DROP INDEX point_entry_unspent;
ALTER TABLE point_entry DROP COLUMN unspent;
DROP TABLE flow_count;
DROP TABLE tier_change;
DROP TABLE past_stay;
DROP TABLE day_count;
DROP TABLE measure;

PRAGMA user_version = 16;
