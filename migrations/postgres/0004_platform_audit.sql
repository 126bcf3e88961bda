-- The audit log: who did what to whom, from where. Each row's hash covers the row and the hash before it, so that none
-- can be changed or taken out unnoticed. Only where somebody called from may be forgotten later: the chain covers it as
-- a salted digest.
CREATE TABLE audit_head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  position BIGINT NOT NULL, -- of the last row
  hash BYTEA NOT NULL       -- of the last row
);
INSERT INTO audit_head (id, position, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));

CREATE TABLE audit_log (
  position BIGINT PRIMARY KEY,
  id UUID NOT NULL UNIQUE,
  at TIMESTAMPTZ NOT NULL,
  actor TEXT,             -- a user or a service key; NULL = the server itself or its command line
  action TEXT NOT NULL,
  subject TEXT NOT NULL,  -- the id of what it was done to
  details TEXT NOT NULL,  -- a JSON object, kept to the letter
  ip TEXT,
  ip_salt BYTEA,
  ip_digest BYTEA NOT NULL,
  hash BYTEA NOT NULL
);
CREATE INDEX audit_log_by_actor ON audit_log (actor, id);
CREATE INDEX audit_log_by_subject ON audit_log (subject, id);
CREATE INDEX audit_log_by_action ON audit_log (action, id);

CREATE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN RAISE EXCEPTION ''the audit log is append-only''; END';
CREATE TRIGGER audit_log_keeps_rows BEFORE DELETE OR TRUNCATE ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse();
CREATE TRIGGER audit_log_keeps_words
BEFORE UPDATE OF position, id, at, actor, action, subject, details, ip_digest, hash ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION audit_log_refuse();
