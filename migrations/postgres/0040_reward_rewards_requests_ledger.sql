-- Rewards and their stock, requests, what they granted, and the points ledger.
CREATE TABLE reward_rewards (
  id         uuid PRIMARY KEY,
  event_id   uuid NOT NULL,
  type       text NOT NULL,
  name       text,
  metadata   jsonb NOT NULL,
  quantity   bigint CHECK (quantity >= 0),
  granted    bigint NOT NULL DEFAULT 0 CHECK (granted >= 0),
  remaining  bigint CHECK (remaining >= 0 AND remaining <= quantity),
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CHECK ((quantity IS NULL) = (remaining IS NULL))
);

CREATE INDEX reward_rewards_by_event ON reward_rewards (event_id, id);

CREATE TABLE reward_requests (
  id           uuid PRIMARY KEY,
  user_id      uuid NOT NULL,
  event_id     uuid NOT NULL,
  status       text NOT NULL CHECK (status IN ('PENDING', 'APPROVED', 'REJECTED')),
  holds_stock  boolean NOT NULL DEFAULT false,
  requested_at timestamptz NOT NULL,
  processed_at timestamptz,
  operator_id  uuid CHECK (operator_id <> user_id),
  reason       text,
  updated_at   timestamptz NOT NULL,
  CHECK ((status = 'PENDING') = (processed_at IS NULL))
);

-- One live request per user and event, whatever runs in parallel.
CREATE UNIQUE INDEX reward_requests_live ON reward_requests (user_id, event_id) WHERE status <> 'REJECTED';
CREATE INDEX reward_requests_by_user ON reward_requests (user_id, id);
CREATE INDEX reward_requests_by_event ON reward_requests (event_id, id);

CREATE TABLE reward_grants (
  request_id uuid NOT NULL,
  reward_id  uuid NOT NULL,
  user_id    uuid NOT NULL,
  type       text NOT NULL,
  name       text,
  metadata   jsonb NOT NULL,
  granted_at timestamptz NOT NULL,
  PRIMARY KEY (request_id, reward_id)
);

-- Every movement of points, each with its cause. The balance is their sum; `balance` is the running one.
CREATE TABLE reward_ledger (
  id         uuid PRIMARY KEY,
  user_id    uuid NOT NULL,
  amount     bigint NOT NULL CHECK (amount <> 0),
  balance    bigint NOT NULL CHECK (balance >= 0),
  event_id   uuid NOT NULL,
  reward_id  uuid NOT NULL,
  request_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  UNIQUE (request_id, reward_id)
);

CREATE INDEX reward_ledger_by_user ON reward_ledger (user_id, id);

-- The lock that makes a user's ledger entries follow one another.
CREATE TABLE reward_wallets (
  user_id uuid PRIMARY KEY,
  points  bigint NOT NULL CHECK (points >= 0)
);

-- Events whose first reward came after users had met the condition, and how far they have been served.
CREATE TABLE reward_backlog (
  event_id   uuid PRIMARY KEY,
  after_user uuid
);
