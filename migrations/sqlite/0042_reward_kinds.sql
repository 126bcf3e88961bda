-- Every kind of reward: coupons whose stock are the codes of their pool, and rewards that are no longer offered.
-- Made anew because a table's checks can't be changed.
CREATE TABLE reward_rewards_anew (
  id         BLOB PRIMARY KEY NOT NULL,
  event_id   BLOB NOT NULL,
  type       TEXT NOT NULL CHECK (type IN ('POINT', 'ITEM', 'COUPON', 'BADGE')),
  name       TEXT,
  metadata   TEXT NOT NULL,
  quantity   INTEGER CHECK (quantity >= 0),
  codes      INTEGER CHECK (codes >= 0),
  granted    INTEGER NOT NULL DEFAULT 0 CHECK (granted >= 0),
  remaining  INTEGER CHECK (remaining >= 0 AND remaining <= quantity),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  deleted_at INTEGER,
  CHECK (codes IS NULL OR (type = 'COUPON' AND remaining <= codes)),
  CHECK ((quantity IS NULL AND codes IS NULL) = (remaining IS NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO reward_rewards_anew (id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at)
SELECT id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at FROM reward_rewards;

DROP TABLE reward_rewards;
ALTER TABLE reward_rewards_anew RENAME TO reward_rewards;

CREATE INDEX reward_rewards_by_event ON reward_rewards (event_id, id);
-- What a user owns.
CREATE INDEX reward_grants_by_user ON reward_grants (user_id, type);
