-- Who may log in. The keys are the names without regard to case; they stay taken as long as the row exists.
CREATE TABLE auth_users (
  id               BLOB NOT NULL PRIMARY KEY,
  username         TEXT NOT NULL,
  username_key     TEXT NOT NULL UNIQUE,
  email            TEXT NOT NULL,
  email_key        TEXT NOT NULL UNIQUE,
  password_hash    TEXT NOT NULL,
  password_version INTEGER NOT NULL,
  roles            INTEGER NOT NULL CHECK (roles BETWEEN 1 AND 15),
  status           TEXT NOT NULL CHECK (status IN ('ACTIVE', 'SUSPENDED', 'DELETING', 'DELETED')),
  version          INTEGER NOT NULL CHECK (version > 0),
  profile          TEXT NOT NULL,
  invite_code      TEXT NOT NULL UNIQUE,
  invited_by       BLOB,
  last_login_at    INTEGER,
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER NOT NULL,
  deleted_at       INTEGER,
  deleted_by       BLOB
) STRICT;

-- The one live session of a user. Its tokens are derived from its id, the counter and a secret; none is stored.
CREATE TABLE auth_sessions (
  user_id         BLOB NOT NULL PRIMARY KEY REFERENCES auth_users (id),
  session_id      BLOB NOT NULL,
  refresh_counter INTEGER NOT NULL CHECK (refresh_counter >= 0),
  refreshed_at    INTEGER NOT NULL,
  created_at      INTEGER NOT NULL,
  expires_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
