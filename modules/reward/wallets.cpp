// Shows what a user owns: their own, or anybody's to staff.
#include "wallets.hpp"

#include "auth/ports.hpp"
#include "grants.hpp"
#include "repository.hpp"

namespace guerdon::reward {

Result<WalletView> Wallets::get_wallet(Snapshot& snapshot, const Caller& caller, const WalletQuery& query) const {
  const auto owner = auth::find_subject(snapshot, caller, query.user_id);
  if (!owner) return owner.error();
  WalletView wallet{.points = sum_points(snapshot, *owner),
                    .items = list_items(snapshot, *owner),
                    .coupons = {},
                    .badges = list_badges(snapshot, *owner)};
  const auto codes = codes_for(caller, *owner);
  for (const auto& row : list_coupons(snapshot, *owner)) wallet.coupons.push_back(show_coupon(row, codes));
  return wallet;
}

Result<Page<LedgerEntry>> Wallets::list_ledger(Snapshot& snapshot, const Caller& caller,
                                               const LedgerQuery& query) const {
  const auto owner = auth::find_subject(snapshot, caller, query.user_id);
  if (!owner) return owner.error();
  return page_by_id<LedgerEntry>(
      cursors_, query,
      [&](std::optional<Uuid> before, std::int64_t limit) { return page_ledger(snapshot, *owner, before, limit); },
      [](const LedgerEntry& entry) { return entry.id.uuid(); });
}

}  // namespace guerdon::reward
