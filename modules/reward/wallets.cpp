// Shows what a user owns: their own, or anybody's to staff.
#include "wallets.hpp"

#include <charconv>

#include "auth/ports.hpp"
#include "event/visibility.hpp"
#include "grants.hpp"
#include "repository.hpp"

namespace guerdon::reward {
namespace {

/// The number of the last entry that was shown.
Result<std::optional<std::int64_t>> open(const CursorCodec& cursors, const LedgerQuery& query) {
  if (!query.cursor) return std::optional<std::int64_t>{};
  const auto payload = cursors.open(query.cursor->value()).value_or("");
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(payload.data(), payload.data() + payload.size(), number);
  if (fault == std::errc{} && end == payload.data() + payload.size()) return std::optional{number};
  return Error{Fault{
      .where = "cursor", .is_parameter = true, .code = "bad-format", .detail = "use nextCursor of the page before"}};
}

}  // namespace

Result<WalletView> Wallets::get_wallet(Snapshot& snapshot, const Caller& caller, const WalletQuery& query) const {
  if (const auto may = event::check_may_include_deleted(caller, query.include_deleted); !may) return may.error();
  const auto owner = auth::find_subject(snapshot, caller, query.user_id);
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
  const auto owner = auth::find_subject(snapshot, caller, query.user_id);
  if (!owner) return owner.error();
  const auto before = open(cursors_, query);
  if (!before) return before.error();
  const std::int64_t limit = query.limit ? query.limit->value() : 20;
  auto rows = page_ledger(snapshot, *owner, query.include_deleted.value_or(false), *before, limit + 1);
  Page<LedgerEntry> page;
  if (static_cast<std::int64_t>(rows.size()) > limit) {
    rows.pop_back();
    page.next_cursor = cursors_.seal(std::to_string(rows.back().number));
  }
  page.items.assign(rows.begin(), rows.end());
  return page;
}

}  // namespace guerdon::reward
