-- Hard deletes: one row a run, and the subjects of which rows are left. What the run looks for has its index.
CREATE TABLE purge_runs (
  id            BLOB NOT NULL PRIMARY KEY,
  state         TEXT NOT NULL CHECK (state IN ('RUNNING', 'DONE', 'REFUSED')),
  stage         TEXT NOT NULL CHECK (stage IN ('USERS', 'EVENTS', 'ANSWERS', 'TIDY')),
  refusal       TEXT, -- one of the server's own words
  until_at      INTEGER NOT NULL, -- who was softly deleted by then is due
  due_users     INTEGER NOT NULL,
  due_events    INTEGER NOT NULL,
  users         INTEGER NOT NULL,
  events        INTEGER NOT NULL,
  counts        TEXT NOT NULL, -- rows by table
  answers_after BLOB NOT NULL,
  confirmed_by  TEXT,
  started_at    INTEGER NOT NULL,
  finished_at   INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX purge_runs_running ON purge_runs (state) WHERE state = 'RUNNING';

-- Gone already, and not all of it: a subject with more rows than one transaction may touch.
CREATE TABLE purge_subjects (
  kind   TEXT NOT NULL CHECK (kind IN ('USER', 'EVENT')),
  id     BLOB NOT NULL,
  counts TEXT NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- A user's messages that may say something personal. The topics stand in src/bus/scrubbing.cpp too.
CREATE INDEX outbox_personal ON outbox (key, position) WHERE topic IN ('auth.events.user', 'auth.events.login',
  'auth.events.platform', 'auth.events.security', 'auth.events.dlq', 'event.progress.failed', 'event.progress.dlq');
CREATE INDEX parked_of_key ON parked (key);
CREATE INDEX dead_letters_of_key ON dead_letters (key);

-- The few events among many that are softly deleted.
CREATE INDEX event_events_deleted ON event_events (deleted_at, id) WHERE deleted_at IS NOT NULL;
