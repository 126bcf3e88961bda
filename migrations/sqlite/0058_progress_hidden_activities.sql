-- A deletion finds the next rows to hide, or to show, without going past those it has dealt with.
DROP INDEX progress_activities_by_user;
CREATE INDEX progress_activities_by_user ON progress_activities (user_id, deleted_by, type, at);
