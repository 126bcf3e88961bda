// The use cases of the wallet: what a user owns, and every movement that led there.
#pragma once

#include "dto.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/store.hpp"

namespace guerdon::reward {

class Wallets {
 public:
  explicit Wallets(const CursorCodec& cursors) : cursors_(cursors) {}

  /// The balance is the sum of the ledger; items are summed, a badge is there once, coupon codes are in clear for their
  /// owner alone; nothing of what a deletion has hidden, unless it is asked for. Errors: not-found (another user's, by
  /// a plain user), forbidden (what is deleted, by who may not see it).
  Result<WalletView> get_wallet(Snapshot& snapshot, const Caller& caller, const WalletQuery& query) const;
  /// Newest first, with the running balance. Errors: as above, validation-failed (cursor).
  Result<Page<LedgerEntry>> list_ledger(Snapshot& snapshot, const Caller& caller, const LedgerQuery& query) const;

 private:
  const CursorCodec& cursors_;
};

}  // namespace guerdon::reward
