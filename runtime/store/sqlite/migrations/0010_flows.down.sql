DROP INDEX event_of_member;
DROP INDEX event_of_group;
DROP INDEX run_of_subject;
DROP INDEX run_waiting;
ALTER TABLE run DROP COLUMN waits_since;
ALTER TABLE run DROP COLUMN next_action;

PRAGMA user_version = 9;
