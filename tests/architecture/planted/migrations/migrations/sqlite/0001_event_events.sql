-- Planted.
CREATE TABLE event_events (id INTEGER);
CREATE INDEX x ON auth_users (id);
