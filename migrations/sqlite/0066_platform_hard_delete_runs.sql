-- Runs of the hard delete, continued: they have numbers, since ids go by a clock that may go back; and subjects that one
-- could not remove are left out until the next run.
ALTER TABLE purge_runs ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE purge_runs ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
UPDATE purge_runs SET number = (SELECT count(*) FROM purge_runs AS earlier WHERE earlier.id <= purge_runs.id);
CREATE UNIQUE INDEX purge_runs_number ON purge_runs (number);

CREATE TABLE purge_failures (
  kind TEXT NOT NULL CHECK (kind IN ('USER', 'EVENT')),
  id   BLOB NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- Under which keys, besides its id, messages speak of a subject that is gone.
ALTER TABLE purge_subjects ADD COLUMN message_keys TEXT NOT NULL DEFAULT '{}';
