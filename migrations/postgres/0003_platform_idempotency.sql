-- Answers kept under the caller's Idempotency-Key, so that a repeat gets the first one. Written in the command's own
-- transaction; rows past expires_at mean nothing and are pruned.
CREATE TABLE idempotency_keys (
  scope BYTEA PRIMARY KEY,    -- SHA-256 of caller, method, path and key: the key itself is not kept
  request BYTEA NOT NULL,     -- SHA-256 of query and body
  status INTEGER NOT NULL,    -- 0 only within the transaction that runs the command
  headers TEXT NOT NULL,      -- [[name, value], …]
  body TEXT NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX idempotency_keys_expired ON idempotency_keys (expires_at);
