-- Service keys: callers of their own for back ends and scripts. A revoked key's row stays: its id is in what it did.
CREATE TABLE auth_keys (
  id            BLOB NOT NULL PRIMARY KEY,
  name          TEXT NOT NULL,
  roles         INTEGER NOT NULL CHECK (roles BETWEEN 2 AND 14 AND roles % 2 = 0), -- never USER
  secret_digest BLOB NOT NULL CHECK (length(secret_digest) = 32),                  -- SHA-256
  expires_at    INTEGER,
  created_by    BLOB NOT NULL,
  created_at    INTEGER NOT NULL,
  revoked_at    INTEGER,
  revoked_by    BLOB,
  CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
) STRICT, WITHOUT ROWID;
