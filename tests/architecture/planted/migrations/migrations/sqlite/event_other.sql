-- Planted.
CREATE TABLE event_other (id INTEGER);
