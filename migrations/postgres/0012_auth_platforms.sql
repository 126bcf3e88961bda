-- Which account of another platform is whose: one of each platform a user, and each with one user only.
CREATE TABLE auth_platforms (
  id               uuid NOT NULL PRIMARY KEY, -- orders the list
  user_id          uuid NOT NULL REFERENCES auth_users (id),
  platform         text NOT NULL,
  platform_user_id text NOT NULL,
  connected_at     timestamptz NOT NULL,
  UNIQUE (user_id, platform),
  UNIQUE (platform, platform_user_id)
);
