-- Events that are softly deleted, whose event data is, and what lists look for.
ALTER TABLE event_events ADD COLUMN deleted_at INTEGER;

-- The few among many: what is not active, and what is not over. Lists of one type go by their own.
CREATE INDEX event_events_by_activity ON event_events (is_active, id);
CREATE INDEX event_events_open ON event_events (end_at) WHERE is_active;
CREATE INDEX event_events_by_type ON event_events (condition_type, id);

-- One row a user whose event data is hidden. `id` is the mark on the rows that this deletion hid, whoever owns them.
CREATE TABLE event_user_deletions (
  user_id    BLOB NOT NULL PRIMARY KEY,
  id         BLOB NOT NULL UNIQUE,
  deleted_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
