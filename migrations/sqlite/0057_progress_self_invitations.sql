-- An invitation of oneself, under another spelling of one's own address: kept, for the explanation, and never counted.
ALTER TABLE progress_invitations ADD COLUMN is_self INTEGER NOT NULL DEFAULT 0;
