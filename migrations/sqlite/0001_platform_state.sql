-- What the server remembers about itself between runs: single values under a name.
CREATE TABLE server_state (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
