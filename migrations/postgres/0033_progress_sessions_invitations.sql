-- When a user's session went on (a refresh).
CREATE TABLE progress_sessions (
  user_id    uuid NOT NULL,
  at         timestamptz NOT NULL,
  deleted_by uuid, -- the deletion that hides it
  PRIMARY KEY (user_id, at)
);

-- Who was invited by whom, for ever; when they registered and, as far as is known, first logged in.
CREATE TABLE progress_invitations (
  invitee_id     uuid PRIMARY KEY,
  inviter_id     uuid NOT NULL,
  signed_up_at   timestamptz NOT NULL,
  first_login_at timestamptz,
  deleted_by     uuid -- the deletion, of the inviter, that hides it
);

CREATE INDEX progress_invitations_by_inviter ON progress_invitations (inviter_id, signed_up_at);
