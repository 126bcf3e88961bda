-- What users own and a deletion has hidden; `deleted_by` says which one. Balances and totals still count it.
ALTER TABLE reward_grants ADD COLUMN deleted_by BLOB;
ALTER TABLE reward_ledger ADD COLUMN deleted_by BLOB;
ALTER TABLE reward_wallets ADD COLUMN deleted_by BLOB;
