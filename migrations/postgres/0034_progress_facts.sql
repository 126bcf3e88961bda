-- Who has done anything, and when: for working through users from one to the next.
CREATE VIEW progress_facts (user_id, at) AS
  SELECT user_id, at FROM progress_logins
  UNION ALL SELECT user_id, at FROM progress_sessions WHERE deleted_by IS NULL
  UNION ALL SELECT user_id, at FROM progress_activities WHERE deleted_by IS NULL
  UNION ALL SELECT inviter_id, signed_up_at FROM progress_invitations WHERE deleted_by IS NULL
  UNION ALL SELECT inviter_id, first_login_at FROM progress_invitations
    WHERE first_login_at IS NOT NULL AND deleted_by IS NULL;

-- Nobody looks for facts by their time alone any more.
DROP INDEX progress_logins_by_time;
