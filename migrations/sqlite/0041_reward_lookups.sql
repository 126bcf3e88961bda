-- The operators' queue of waiting requests, however many are decided; and what a reward was granted to.
CREATE INDEX reward_requests_pending ON reward_requests (id) WHERE status = 'PENDING';
CREATE INDEX reward_grants_by_reward ON reward_grants (reward_id);
