-- What trusted callers say that users did. The same id from the same source counts once.
CREATE TABLE progress_activities (
  id          uuid PRIMARY KEY,
  source      text NOT NULL, -- a user or a service key
  external_id text NOT NULL,
  user_id     uuid NOT NULL,
  type        text NOT NULL,
  at          timestamptz NOT NULL,
  attributes  jsonb NOT NULL,
  counted     boolean NOT NULL DEFAULT false,
  deleted_by  uuid, -- the deletion that hides it
  UNIQUE (source, external_id)
);

CREATE INDEX progress_activities_by_user ON progress_activities (user_id, type, at);

-- Stored and not yet counted: a few at any time.
CREATE INDEX progress_activities_uncounted ON progress_activities (user_id) WHERE NOT counted AND deleted_by IS NULL;
