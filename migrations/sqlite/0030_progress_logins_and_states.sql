-- What users did: one row a log-in, whatever events exist.
CREATE TABLE progress_logins (
  user_id BLOB NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (user_id, at)
) STRICT, WITHOUT ROWID;

-- By time, to find who has facts in an event's window.
CREATE INDEX progress_logins_by_time ON progress_logins (at, user_id);

-- What it amounts to in an event: a fold over the facts of its window, kept as they arrive.
CREATE TABLE progress_states (
  event_id    BLOB NOT NULL,
  user_id     BLOB NOT NULL,
  progress    INTEGER NOT NULL CHECK (progress >= 0),
  required    INTEGER NOT NULL CHECK (required > 0),
  met_at      INTEGER,
  last_update INTEGER NOT NULL,
  state       TEXT NOT NULL,
  id          BLOB NOT NULL UNIQUE,
  PRIMARY KEY (event_id, user_id),
  CHECK ((met_at IS NOT NULL) = (progress >= required))
) STRICT, WITHOUT ROWID;

CREATE INDEX progress_states_by_user ON progress_states (user_id, id);
CREATE INDEX progress_states_met ON progress_states (event_id, user_id) WHERE met_at IS NOT NULL;

-- Events whose progress is being derived anew: first the states there are, by user, then the facts of the window, by time.
CREATE TABLE progress_rebuilds (
  event_id   BLOB PRIMARY KEY NOT NULL,
  stage      TEXT NOT NULL CHECK (stage IN ('STATES', 'FACTS')),
  after_user BLOB,
  after_at   INTEGER
) STRICT, WITHOUT ROWID;
