-- A session is also found by its id, and limits how often it is refreshed: when its bucket will be full again. A new
-- log-in leaves that as it is.
ALTER TABLE auth_sessions ADD COLUMN refresh_full_at timestamptz NOT NULL DEFAULT 'epoch';
CREATE UNIQUE INDEX auth_sessions_by_id ON auth_sessions (session_id);

-- Few among many; asked for when one of them is to go.
CREATE INDEX auth_users_admins ON auth_users (id) WHERE (roles & 8) <> 0;
