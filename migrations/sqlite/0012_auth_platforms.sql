-- Which account of another platform is whose: one of each platform a user, and each with one user only.
CREATE TABLE auth_platforms (
  id               BLOB NOT NULL PRIMARY KEY, -- orders the list
  user_id          BLOB NOT NULL REFERENCES auth_users (id),
  platform         TEXT NOT NULL,
  platform_user_id TEXT NOT NULL,
  connected_at     INTEGER NOT NULL,
  UNIQUE (user_id, platform),
  UNIQUE (platform, platform_user_id)
) STRICT, WITHOUT ROWID;
