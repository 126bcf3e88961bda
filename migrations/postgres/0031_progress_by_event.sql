-- An event's progress page by page; and rebuilds that go from user to user, not from fact to fact.
CREATE INDEX progress_states_by_event ON progress_states (event_id, id);
ALTER TABLE progress_rebuilds DROP COLUMN after_at;
