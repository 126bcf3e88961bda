// Shows what a user owns: their own, or anybody's to staff.
#include "wallets.hpp"

#include "event/visibility.hpp"
#include "grants.hpp"
#include "repository.hpp"

namespace guerdon::reward {

Result<WalletView> Wallets::get_wallet(Snapshot& snapshot, const Caller& caller, const WalletQuery& query) const {
  if (const auto may = event::check_may_include_deleted(caller, query.include_deleted); !may) return may.error();
  const auto owner = subject_of(caller, query.user_id);
  if (!owner) return owner.error();
  const bool with_deleted = query.include_deleted.value_or(false);
  WalletView wallet{.points = sum_points(snapshot, *owner, with_deleted),
                    .items = list_items(snapshot, *owner, with_deleted),
                    .coupons = {},
                    .badges = list_badges(snapshot, *owner, with_deleted)};
  const auto codes = codes_for(caller, *owner);
  for (const auto& row : list_coupons(snapshot, *owner, with_deleted))
    wallet.coupons.push_back(show_coupon(row, codes));
  return wallet;
}

Result<Page<LedgerEntry>> Wallets::list_ledger(Snapshot& snapshot, const Caller& caller,
                                               const LedgerQuery& query) const {
  if (const auto may = event::check_may_include_deleted(caller, query.include_deleted); !may) return may.error();
  const auto owner = subject_of(caller, query.user_id);
  if (!owner) return owner.error();
  return page_by_id<LedgerEntry>(
      cursors_, query,
      [&](std::optional<Uuid> before, std::int64_t limit) {
        return page_ledger(snapshot, *owner, query.include_deleted.value_or(false), before, limit);
      },
      [](const LedgerEntry& entry) { return entry.id.uuid(); });
}

}  // namespace guerdon::reward
