-- Requests that a deletion has hidden; `deleted_by` says which one. The index of live requests still counts them.
ALTER TABLE reward_requests ADD COLUMN deleted_at INTEGER;
ALTER TABLE reward_requests ADD COLUMN deleted_by BLOB;
