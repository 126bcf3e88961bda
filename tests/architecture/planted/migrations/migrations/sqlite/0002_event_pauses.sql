-- Planted.
CREATE TABLE event_pauses (id INTEGER);
