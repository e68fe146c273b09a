DROP TABLE pause;
DROP INDEX run_open;
CREATE INDEX run_open ON run (rule, subject) WHERE state = 'running';
DROP INDEX run_due;
CREATE INDEX run_due ON run (due_at) WHERE due_at IS NOT NULL;

PRAGMA user_version = 5;
