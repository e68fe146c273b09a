DROP VIEW delivery_detail;
DROP TABLE membership;
DROP TABLE member_tag;
DROP TABLE group_tag;
DROP TABLE member;
DROP TABLE chat_group;
DROP TABLE event;
DROP TABLE delivery;
DROP TABLE message;
DROP TABLE run;
DROP TABLE firing;
DROP TABLE rule;
DROP TABLE plan;

PRAGMA application_id = 0;
PRAGMA user_version = 0;
