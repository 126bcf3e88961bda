-- Who may log in. The keys are the names without regard to case; they stay taken as long as the row exists.
CREATE TABLE auth_users (
  id               uuid NOT NULL PRIMARY KEY,
  username         text NOT NULL,
  username_key     text NOT NULL UNIQUE,
  email            text NOT NULL,
  email_key        text NOT NULL UNIQUE,
  password_hash    text NOT NULL,
  password_version bigint NOT NULL,
  roles            bigint NOT NULL CHECK (roles BETWEEN 1 AND 15),
  status           text NOT NULL CHECK (status IN ('ACTIVE', 'SUSPENDED', 'DELETING', 'DELETED')),
  version          bigint NOT NULL CHECK (version > 0),
  profile          jsonb NOT NULL,
  invite_code      text NOT NULL UNIQUE,
  invited_by       uuid,
  last_login_at    timestamptz,
  created_at       timestamptz NOT NULL,
  updated_at       timestamptz NOT NULL,
  deleted_at       timestamptz,
  deleted_by       uuid
);

-- The one live session of a user. Its tokens are derived from its id, the counter and a secret; none is stored.
CREATE TABLE auth_sessions (
  user_id         uuid NOT NULL PRIMARY KEY REFERENCES auth_users (id),
  session_id      uuid NOT NULL,
  refresh_counter bigint NOT NULL CHECK (refresh_counter >= 0),
  refreshed_at    timestamptz NOT NULL,
  created_at      timestamptz NOT NULL,
  expires_at      timestamptz NOT NULL
);
