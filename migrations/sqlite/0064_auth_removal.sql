-- Who is to be removed for good, and what is remembered of those who were: keyed hashes of their name and address, which
-- tell somebody who comes back, and nothing else.
CREATE INDEX auth_users_deleted ON auth_users (deleted_at, id) WHERE status = 'DELETED';

CREATE TABLE auth_tombstones (
  hash       BLOB NOT NULL PRIMARY KEY,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX auth_tombstones_expired ON auth_tombstones (expires_at);
