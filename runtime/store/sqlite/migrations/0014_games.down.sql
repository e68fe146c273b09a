DROP TABLE pool_code;
DROP TABLE draw_secret;
DROP TABLE draw_entry;
DROP TABLE draw;
DROP TABLE collected;
DROP TABLE collection;

PRAGMA user_version = 13;
