-- What trusted callers say that users did. The same id from the same source counts once.
CREATE TABLE progress_activities (
  id          BLOB PRIMARY KEY NOT NULL,
  source      TEXT NOT NULL, -- a user or a service key
  external_id TEXT NOT NULL,
  user_id     BLOB NOT NULL,
  type        TEXT NOT NULL,
  at          INTEGER NOT NULL,
  attributes  TEXT NOT NULL,
  counted     INTEGER NOT NULL DEFAULT 0,
  deleted_by  BLOB, -- the deletion that hides it
  UNIQUE (source, external_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX progress_activities_by_user ON progress_activities (user_id, type, at);

-- Stored and not yet counted: a few at any time.
CREATE INDEX progress_activities_uncounted ON progress_activities (user_id) WHERE NOT counted AND deleted_by IS NULL;
