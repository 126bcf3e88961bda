-- What a deletion has taken out of sight, word for word as it was; `deleted_by` says which one. Kept apart, so that
-- whatever reads facts and states can't count them by mistake.
CREATE TABLE progress_deleted_logins (
  user_id    BLOB NOT NULL,
  at         INTEGER NOT NULL,
  deleted_by BLOB NOT NULL,
  PRIMARY KEY (user_id, deleted_by, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE progress_deleted_states (
  event_id    BLOB NOT NULL,
  user_id     BLOB NOT NULL,
  progress    INTEGER NOT NULL,
  required    INTEGER NOT NULL,
  met_at      INTEGER,
  last_update INTEGER NOT NULL,
  state       TEXT NOT NULL,
  id          BLOB NOT NULL,
  deleted_by  BLOB NOT NULL,
  deleted_at  INTEGER NOT NULL,
  PRIMARY KEY (user_id, event_id, deleted_by)
) STRICT, WITHOUT ROWID;
CREATE INDEX progress_deleted_states_by_event ON progress_deleted_states (event_id, id);

-- Users whose facts have come back, and up to which event their progress has been derived anew.
CREATE TABLE progress_user_rebuilds (
  user_id     BLOB NOT NULL PRIMARY KEY,
  after_event BLOB
) STRICT, WITHOUT ROWID;
