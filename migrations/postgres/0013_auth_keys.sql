-- Service keys: callers of their own for back ends and scripts. A revoked key's row stays: its id is in what it did.
CREATE TABLE auth_keys (
  id            uuid NOT NULL PRIMARY KEY,
  name          text NOT NULL,
  roles         bigint NOT NULL CHECK (roles BETWEEN 2 AND 14 AND roles % 2 = 0), -- never USER
  secret_digest bytea NOT NULL CHECK (length(secret_digest) = 32),                -- SHA-256
  expires_at    timestamptz,
  created_by    uuid NOT NULL,
  created_at    timestamptz NOT NULL,
  revoked_at    timestamptz,
  revoked_by    uuid,
  CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
