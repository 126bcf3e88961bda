-- What an account was before its deletion, for its restoration; and accounts on other platforms that a deletion has hidden.
ALTER TABLE auth_users ADD COLUMN status_before TEXT CHECK (status_before IN ('ACTIVE', 'SUSPENDED'));
ALTER TABLE auth_platforms ADD COLUMN deleted_by BLOB;
