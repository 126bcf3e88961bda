-- What a deletion has taken out of sight, word for word as it was; `deleted_by` says which one. Kept apart, so that
-- whatever reads facts and states can't count them by mistake.
CREATE TABLE progress_deleted_logins (
  user_id    uuid NOT NULL,
  at         timestamptz NOT NULL,
  deleted_by uuid NOT NULL,
  PRIMARY KEY (user_id, deleted_by, at)
);

CREATE TABLE progress_deleted_states (
  event_id    uuid NOT NULL,
  user_id     uuid NOT NULL,
  progress    bigint NOT NULL,
  required    bigint NOT NULL,
  met_at      timestamptz,
  last_update timestamptz NOT NULL,
  state       text NOT NULL,
  id          uuid NOT NULL,
  deleted_by  uuid NOT NULL,
  deleted_at  timestamptz NOT NULL,
  PRIMARY KEY (user_id, event_id, deleted_by)
);
CREATE INDEX progress_deleted_states_by_event ON progress_deleted_states (event_id, id);

-- Users whose facts have come back, and up to which event their progress has been derived anew.
CREATE TABLE progress_user_rebuilds (
  user_id     uuid PRIMARY KEY,
  after_event uuid
);
