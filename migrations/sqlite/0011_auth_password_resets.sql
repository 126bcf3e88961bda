-- A password that is to be set by whoever holds a token: one a user at most, known by the token's SHA-256 only.
CREATE TABLE auth_password_resets (
  user_id          BLOB NOT NULL PRIMARY KEY REFERENCES auth_users (id) ON DELETE CASCADE,
  token_hash       BLOB NOT NULL UNIQUE,
  password_version INTEGER NOT NULL, -- the account's when it was issued: another change of the password ends it
  issued_by        TEXT NOT NULL,    -- a user or a service key
  created_at       INTEGER NOT NULL,
  expires_at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Why the status is what it is, in an administrator's words. They may speak of a person: they go when the account goes.
ALTER TABLE auth_users ADD COLUMN status_reason TEXT;

-- The few among many that administrators ask for.
CREATE INDEX auth_users_staff ON auth_users (id) WHERE (roles & 14) <> 0;
CREATE INDEX auth_users_inactive ON auth_users (status, id) WHERE status <> 'ACTIVE';
