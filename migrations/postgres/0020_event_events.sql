-- Campaigns, and when each of them was paused.
CREATE TABLE event_events (
  id               uuid PRIMARY KEY,
  name             text NOT NULL,
  description      text,
  condition_type   text NOT NULL,
  condition_params jsonb NOT NULL,
  start_at         timestamptz NOT NULL,
  end_at           timestamptz,
  is_active        boolean NOT NULL,
  was_active       boolean NOT NULL,
  time_zone        text NOT NULL,
  approval         text NOT NULL CHECK (approval IN ('AUTO', 'MANUAL')),
  has_progress     boolean NOT NULL DEFAULT false,
  created_by       text NOT NULL, -- a user or a service key
  created_at       timestamptz NOT NULL,
  updated_at       timestamptz NOT NULL,
  CHECK (end_at > start_at),
  CHECK (was_active OR NOT is_active)
);

-- What a fact looks for: active events by what they listen to.
CREATE INDEX event_events_listening ON event_events (condition_type, start_at) WHERE is_active;

CREATE TABLE event_pauses (
  event_id uuid NOT NULL,
  from_at  timestamptz NOT NULL,
  to_at    timestamptz,
  PRIMARY KEY (event_id, from_at),
  CHECK (to_at >= from_at)
);
