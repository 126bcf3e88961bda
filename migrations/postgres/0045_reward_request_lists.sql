-- Requests by the time they were made, of a user, of an event or of all: every filter of the list has its index.
DROP INDEX reward_requests_by_user;
DROP INDEX reward_requests_by_event;
DROP INDEX reward_requests_pending;
CREATE INDEX reward_requests_by_user ON reward_requests (user_id, requested_at, id);
CREATE INDEX reward_requests_by_event ON reward_requests (event_id, status, requested_at, id);
CREATE INDEX reward_requests_by_status ON reward_requests (status, requested_at, id);
-- Whom an operator has rejected, by user: an event may have rejected many.
CREATE INDEX reward_requests_rejected ON reward_requests (user_id, event_id) WHERE status = 'REJECTED';
