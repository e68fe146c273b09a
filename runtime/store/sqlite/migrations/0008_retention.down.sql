DROP INDEX contact_delivery;
DROP INDEX firing_plan;
DROP INDEX delivery_message;
DROP TABLE sweep;
DROP TABLE forgotten_event;
DROP TABLE forgotten_delivery;

PRAGMA user_version = 7;
