-- Runs of the hard delete, continued: subjects that one could not remove are left out until the next run.
ALTER TABLE purge_runs ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;

CREATE TABLE purge_failures (
  kind TEXT NOT NULL CHECK (kind IN ('USER', 'EVENT')),
  id   BLOB NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
