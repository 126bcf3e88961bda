-- Of the calls that delete and restore a user's data at the same time, the last one has its way.
ALTER TABLE event_user_deletions ADD COLUMN turn uuid;
