-- Failed attempts to log in. A row past forget_at means nothing and is pruned; one is locked while locked_until lies
-- ahead.
CREATE TABLE auth_throttle (
  key          bytea NOT NULL PRIMARY KEY, -- a hash of the account, the name or the address: none of them is kept
  failures     bigint NOT NULL CHECK (failures > 0),
  since        timestamptz NOT NULL,
  locked_until timestamptz NOT NULL,
  forget_at    timestamptz NOT NULL
);
CREATE INDEX auth_throttle_forget_at ON auth_throttle (forget_at);
