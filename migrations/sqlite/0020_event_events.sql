-- Campaigns, and when each of them was paused.
CREATE TABLE event_events (
  id               BLOB PRIMARY KEY NOT NULL,
  name             TEXT NOT NULL,
  description      TEXT,
  condition_type   TEXT NOT NULL,
  condition_params TEXT NOT NULL,
  start_at         INTEGER NOT NULL,
  end_at           INTEGER,
  is_active        INTEGER NOT NULL,
  was_active       INTEGER NOT NULL,
  time_zone        TEXT NOT NULL,
  approval         TEXT NOT NULL CHECK (approval IN ('AUTO', 'MANUAL')),
  has_progress     INTEGER NOT NULL DEFAULT 0,
  created_by       TEXT NOT NULL, -- a user or a service key
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER NOT NULL,
  CHECK (end_at > start_at),
  CHECK (was_active OR NOT is_active)
) STRICT, WITHOUT ROWID;

-- What a fact looks for: active events by what they listen to.
CREATE INDEX event_events_listening ON event_events (condition_type, start_at) WHERE is_active;

CREATE TABLE event_pauses (
  event_id BLOB NOT NULL,
  from_at  INTEGER NOT NULL,
  to_at    INTEGER,
  PRIMARY KEY (event_id, from_at),
  CHECK (to_at >= from_at)
) STRICT, WITHOUT ROWID;
