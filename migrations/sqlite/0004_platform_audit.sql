-- The audit log: who did what to whom, from where. Each row's hash covers the row and the hash before it, so that none
-- can be changed or taken out unnoticed. Only where somebody called from may be forgotten later: the chain covers it as
-- a salted digest.
CREATE TABLE audit_head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  position INTEGER NOT NULL, -- of the last row
  hash BLOB NOT NULL         -- of the last row
) STRICT;
INSERT INTO audit_head (id, position, hash) VALUES (1, 0, zeroblob(32));

CREATE TABLE audit_log (
  position INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  actor TEXT,             -- a user or a service key; NULL = the server itself or its command line
  action TEXT NOT NULL,
  subject TEXT NOT NULL,  -- the id of what it was done to
  details TEXT NOT NULL,  -- a JSON object, kept to the letter
  ip TEXT,
  ip_salt BLOB,
  ip_digest BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;
CREATE INDEX audit_log_by_actor ON audit_log (actor, id);
CREATE INDEX audit_log_by_subject ON audit_log (subject, id);
CREATE INDEX audit_log_by_action ON audit_log (action, id);

CREATE TRIGGER audit_log_keeps_rows BEFORE DELETE ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_log_keeps_words BEFORE UPDATE OF position, id, at, actor, action, subject, details, ip_digest, hash
ON audit_log
BEGIN
  SELECT RAISE(ABORT, 'the audit log is append-only');
END;
