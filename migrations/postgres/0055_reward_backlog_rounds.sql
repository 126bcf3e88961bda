-- Rounds of serving an event's users: whoever begins one adds a row and waits for nobody. A user who could not be served
-- has a row of their own.
ALTER TABLE reward_backlog RENAME TO reward_backlog_of_events;

CREATE TABLE reward_backlog (
  id         uuid PRIMARY KEY NOT NULL,
  event_id   uuid NOT NULL,
  only_user  uuid,
  after_user uuid,
  failures   bigint NOT NULL CHECK (failures >= 0),
  next_at    timestamptz NOT NULL
);

INSERT INTO reward_backlog (id, event_id, after_user, failures, next_at)
  SELECT event_id, event_id, after_user, 0, timestamptz '1970-01-01 00:00:00+00' FROM reward_backlog_of_events;

DROP TABLE reward_backlog_of_events;

CREATE INDEX reward_backlog_due ON reward_backlog (next_at, id);
CREATE INDEX reward_backlog_by_event ON reward_backlog (event_id);
