-- Work that comes round by the calendar: one row a job, with the lease of the server that is at it, and one row a run.
CREATE TABLE jobs (
  name         TEXT NOT NULL PRIMARY KEY,
  schedule     TEXT NOT NULL,    -- what next_at was worked out from; empty = off
  time_zone    TEXT NOT NULL,
  next_at      INTEGER,
  last_due_at  INTEGER,          -- the latest occurrence that was run: none is run again
  runs         INTEGER NOT NULL, -- begun so far: the number of the last one
  is_running   INTEGER NOT NULL,
  has_begun    INTEGER NOT NULL, -- the first part of the run is done
  holder       BLOB,             -- the process that is at it; NULL = whoever comes
  beat         INTEGER NOT NULL, -- raised whenever the holder gives a sign of life
  failures     INTEGER NOT NULL, -- of the present pass
  lost         INTEGER NOT NULL, -- how often the holder ended during the present pass
  retry_at     INTEGER,
  counts       TEXT NOT NULL,    -- of the run that is going on
  memory       TEXT NOT NULL,    -- what its passes hand on
  asked_at     INTEGER,          -- somebody wants it to run now
  asked_by     TEXT,
  is_confirmed INTEGER NOT NULL  -- of the run that is asked for or going on
) STRICT, WITHOUT ROWID;

CREATE TABLE job_runs (
  job         TEXT NOT NULL,
  number      INTEGER NOT NULL,
  due_at      INTEGER, -- the occurrence; NULL = somebody asked for it
  asked_by    TEXT,
  started_at  INTEGER NOT NULL,
  finished_at INTEGER,
  outcome     TEXT CHECK (outcome IN ('SUCCEEDED', 'REFUSED', 'FAILED')),
  counts      TEXT NOT NULL,
  error       TEXT,
  PRIMARY KEY (job, number),
  UNIQUE (job, due_at),
  CHECK ((finished_at IS NULL) = (outcome IS NULL))
) STRICT, WITHOUT ROWID;
