-- One row a saga. `position` is the step whose turn it is; `begun_by` names the process that is at it.
CREATE TABLE saga_sagas (
  id          uuid NOT NULL PRIMARY KEY,
  type        text NOT NULL,
  state       text NOT NULL CHECK (state IN ('RUNNING', 'COMPENSATING', 'SUCCEEDED', 'FAILED')),
  user_id     uuid,
  position    bigint NOT NULL,
  data        jsonb NOT NULL,
  failures    bigint NOT NULL CHECK (failures >= 0),
  lost        bigint NOT NULL CHECK (lost >= 0),
  begun_by    uuid,
  next_at     timestamptz,
  failed_step text,
  reason      text,
  receipt     jsonb,
  created_at  timestamptz NOT NULL,
  finished_at timestamptz
);
CREATE INDEX saga_sagas_next ON saga_sagas (next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX saga_sagas_user ON saga_sagas (user_id, type) WHERE user_id IS NOT NULL;

CREATE TABLE saga_steps (
  saga_id     uuid NOT NULL REFERENCES saga_sagas (id),
  position    bigint NOT NULL CHECK (position >= 0),
  name        text NOT NULL,
  state       text NOT NULL CHECK (state IN ('PENDING', 'APPLIED', 'FAILED', 'UNDONE')),
  attempts    bigint NOT NULL CHECK (attempts >= 0),
  error       text,
  started_at  timestamptz,
  finished_at timestamptz,
  PRIMARY KEY (saga_id, position)
);
