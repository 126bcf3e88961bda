-- The books: which entry of the user's a movement of points is, counted by their wallet, so that balances follow one
-- another whatever the clocks of several servers said (so far amounts are above 0, and the balance tells it); and
-- decisions that never change.
ALTER TABLE reward_wallets ADD COLUMN entries bigint NOT NULL DEFAULT 0 CHECK (entries >= 0);
ALTER TABLE reward_ledger ADD COLUMN number bigint NOT NULL DEFAULT 0 CHECK (number >= 0);

UPDATE reward_ledger SET number = counted.number FROM (
  SELECT id, row_number() OVER (PARTITION BY user_id ORDER BY balance, id) AS number FROM reward_ledger
) AS counted WHERE counted.id = reward_ledger.id;

UPDATE reward_wallets SET entries = (
  SELECT count(*) FROM reward_ledger WHERE reward_ledger.user_id = reward_wallets.user_id
);

DROP INDEX reward_ledger_by_user;
CREATE UNIQUE INDEX reward_ledger_by_user ON reward_ledger (user_id, number);

CREATE FUNCTION reward_requests_refuse() RETURNS trigger LANGUAGE plpgsql AS
'BEGIN RAISE EXCEPTION ''a decision is never changed''; END';
CREATE TRIGGER reward_requests_keep_decisions BEFORE UPDATE OF status ON reward_requests
FOR EACH ROW WHEN (OLD.status <> 'PENDING' AND NEW.status <> OLD.status)
EXECUTE FUNCTION reward_requests_refuse();
