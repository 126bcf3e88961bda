-- Planted.
CREATE TABLE event_events (id INTEGER);
