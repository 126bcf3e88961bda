-- One row a saga. `position` is the step whose turn it is; `begun_by` names the process that is at it.
CREATE TABLE saga_sagas (
  id          BLOB NOT NULL PRIMARY KEY,
  type        TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('RUNNING', 'COMPENSATING', 'SUCCEEDED', 'FAILED')),
  user_id     BLOB,
  position    INTEGER NOT NULL,
  data        TEXT NOT NULL,
  failures    INTEGER NOT NULL CHECK (failures >= 0),
  lost        INTEGER NOT NULL CHECK (lost >= 0),
  begun_by    BLOB,
  next_at     INTEGER,
  failed_step TEXT,
  reason      TEXT,
  receipt     TEXT,
  created_at  INTEGER NOT NULL,
  finished_at INTEGER
) STRICT;
CREATE INDEX saga_sagas_next ON saga_sagas (next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX saga_sagas_user ON saga_sagas (user_id, type) WHERE user_id IS NOT NULL;

CREATE TABLE saga_steps (
  saga_id     BLOB NOT NULL REFERENCES saga_sagas (id),
  position    INTEGER NOT NULL CHECK (position >= 0),
  name        TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('PENDING', 'APPLIED', 'FAILED', 'UNDONE')),
  attempts    INTEGER NOT NULL CHECK (attempts >= 0),
  error       TEXT,
  started_at  INTEGER,
  finished_at INTEGER,
  PRIMARY KEY (saga_id, position)
) STRICT, WITHOUT ROWID;
