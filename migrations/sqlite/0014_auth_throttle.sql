-- Failed attempts to log in. A row past forget_at means nothing and is pruned; one is locked while locked_until lies
-- ahead.
CREATE TABLE auth_throttle (
  key          BLOB NOT NULL PRIMARY KEY, -- a hash of the account, the name or the address: none of them is kept
  failures     INTEGER NOT NULL CHECK (failures > 0),
  since        INTEGER NOT NULL,
  locked_until INTEGER NOT NULL,
  forget_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX auth_throttle_forget_at ON auth_throttle (forget_at);
