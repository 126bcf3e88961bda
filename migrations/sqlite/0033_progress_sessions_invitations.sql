-- When a user's session went on (a refresh).
CREATE TABLE progress_sessions (
  user_id    BLOB NOT NULL,
  at         INTEGER NOT NULL,
  deleted_by BLOB, -- the deletion that hides it
  PRIMARY KEY (user_id, at)
) STRICT, WITHOUT ROWID;

-- Who was invited by whom, for ever; when they registered and, as far as is known, first logged in.
CREATE TABLE progress_invitations (
  invitee_id     BLOB PRIMARY KEY NOT NULL,
  inviter_id     BLOB NOT NULL,
  signed_up_at   INTEGER NOT NULL,
  first_login_at INTEGER,
  deleted_by     BLOB -- the deletion, of the inviter, that hides it
) STRICT, WITHOUT ROWID;

CREATE INDEX progress_invitations_by_inviter ON progress_invitations (inviter_id, signed_up_at);
