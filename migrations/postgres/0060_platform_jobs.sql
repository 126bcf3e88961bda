-- Work that comes round by the calendar: one row a job, with the lease of the server that is at it, and one row a run.
CREATE TABLE jobs (
  name         text NOT NULL PRIMARY KEY,
  schedule     text NOT NULL,    -- what next_at was worked out from; empty = off
  time_zone    text NOT NULL,
  next_at      timestamptz,
  last_due_at  timestamptz,      -- the latest occurrence that was run: none is run again
  runs         bigint NOT NULL,  -- begun so far: the number of the last one
  is_running   boolean NOT NULL,
  has_begun    boolean NOT NULL, -- the first part of the run is done
  holder       uuid,             -- the process that is at it; NULL = whoever comes
  beat         bigint NOT NULL,  -- raised whenever the holder gives a sign of life
  failures     bigint NOT NULL,  -- of the present pass
  lost         bigint NOT NULL,  -- how often the holder ended during the present pass
  retry_at     timestamptz,
  counts       jsonb NOT NULL,   -- of the run that is going on
  memory       jsonb NOT NULL,   -- what its passes hand on
  asked_at     timestamptz,      -- somebody wants it to run now
  asked_by     text,
  is_confirmed boolean NOT NULL  -- of the run that is asked for or going on
);

CREATE TABLE job_runs (
  job         text NOT NULL,
  number      bigint NOT NULL,
  due_at      timestamptz, -- the occurrence; NULL = somebody asked for it
  asked_by    text,
  started_at  timestamptz NOT NULL,
  finished_at timestamptz,
  outcome     text CHECK (outcome IN ('SUCCEEDED', 'REFUSED', 'FAILED')),
  counts      jsonb NOT NULL,
  error       text,
  PRIMARY KEY (job, number),
  UNIQUE (job, due_at),
  CHECK ((finished_at IS NULL) = (outcome IS NULL))
);
