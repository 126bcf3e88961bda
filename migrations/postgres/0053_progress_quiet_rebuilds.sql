-- A user's rebuild after which nothing that was met before is said to be so.
ALTER TABLE progress_user_rebuilds ADD COLUMN quiet boolean NOT NULL DEFAULT FALSE;
