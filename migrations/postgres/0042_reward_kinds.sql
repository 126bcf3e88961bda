-- Every kind of reward: coupons whose stock are the codes of their pool, and rewards that are no longer offered.
ALTER TABLE reward_rewards DROP CONSTRAINT reward_rewards_check1;
ALTER TABLE reward_rewards
  ADD COLUMN codes bigint CHECK (codes >= 0),
  ADD COLUMN deleted_at timestamptz,
  ADD CHECK (type IN ('POINT', 'ITEM', 'COUPON', 'BADGE')),
  ADD CHECK (codes IS NULL OR (type = 'COUPON' AND remaining <= codes)),
  ADD CHECK ((quantity IS NULL AND codes IS NULL) = (remaining IS NULL));

-- What a user owns.
CREATE INDEX reward_grants_by_user ON reward_grants (user_id, type);
