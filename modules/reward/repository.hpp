// The rows of the reward module. SQL only; no decisions.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "dto.hpp"
#include "guerdon/store.hpp"

namespace guerdon::reward {

struct RequestRow {
  RequestId id;
  UserId user_id;
  event::EventId event_id;
  RequestStatus status = RequestStatus::pending;
  bool holds_stock = false;
  Instant requested_at;
  std::optional<Instant> processed_at;
  std::optional<UserId> operator_id;
  std::optional<KeyId> operator_key;  ///< instead of a user
  std::optional<std::string> reason;
  Instant updated_at;
  std::optional<Instant> deleted_at{};  ///< hidden since then, and frozen
};
BOOST_DESCRIBE_STRUCT(RequestRow, (),
                      (id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id,
                       operator_key, reason, updated_at, deleted_at))

/// Why a request was decided, and by whom: a user, a service key, or nobody but the server.
struct Verdict {
  std::optional<std::string> reason;
  std::optional<UserId> operator_id;
  std::optional<KeyId> operator_key;
};

/// The place of a request in lists.
struct RequestKey {
  Instant requested_at;
  RequestId id;
  friend auto operator<=>(const RequestKey&, const RequestKey&) = default;
};

/// Requests from `from` on and before `below`. Without a user there must be a status: each has its own index.
struct RequestFilter {
  std::optional<UserId> user;
  std::optional<event::EventId> event;
  std::optional<RequestStatus> status;
  Instant from;
  RequestKey below;
  bool with_deleted = false;
};

/// A reward as its row, with the number of codes that its pool ever had; empty where it is no pool.
struct RewardRow : RewardFields {
  std::optional<std::int64_t> codes;
  std::optional<Instant> deleted_at;
};
BOOST_DESCRIBE_STRUCT(RewardRow, (RewardFields), (codes, deleted_at))

/// A grant with the code of the pool that it took.
struct GrantRow : GrantView {
  std::optional<std::string> code;
};
BOOST_DESCRIBE_STRUCT(GrantRow, (GrantView), (code))

struct CouponRow {
  RewardId reward_id;
  event::EventId event_id;
  json::object metadata;
  std::optional<std::string> code;  ///< of the pool
  Instant granted_at;
};
BOOST_DESCRIBE_STRUCT(CouponRow, (), (reward_id, event_id, metadata, code, granted_at))

struct RewardFilter {
  std::optional<RewardType> type;
  bool with_deleted = false;
};

// rewards
void add_reward(Tx& tx, const RewardRow& reward);
/// Also one that was deleted.
std::optional<RewardRow> find_reward(Snapshot& snapshot, event::EventId event, RewardId id);
/// Those that the event has, by id.
std::vector<RewardRow> list_rewards(Snapshot& snapshot, event::EventId event);
std::vector<RewardRow> page_rewards(Snapshot& snapshot, event::EventId event, const RewardFilter& filter,
                                    std::optional<Uuid> before, std::int64_t limit);
/// Those that the event has, by id. Nobody else grants or changes one of them until the commit, nor gives back the
/// stock of one that was deleted.
std::vector<RewardRow> lock_rewards(Tx& tx, event::EventId event);
/// The same, for a request that holds nothing yet; none, and no lock, where one of them is exhausted.
std::vector<RewardRow> lock_rewards_in_stock(Tx& tx, event::EventId event);
/// One that was not deleted, which nobody else grants or changes until the commit.
std::optional<RewardRow> lock_reward(Tx& tx, event::EventId event, RewardId id);
/// Its name, metadata and stock.
void save_reward(Tx& tx, const RewardRow& reward);
/// How many waiting requests will have one without taking stock again.
std::int64_t count_held(Snapshot& snapshot, RewardId id);
void mark_deleted(Tx& tx, RewardId id);
/// Takes one of the stock; false when none is left. Unlimited stock never runs out.
bool take_stock(Tx& tx, RewardId id);
void count_grant(Tx& tx, RewardId id);
/// Both in one statement, for requests that hold no stock yet; false when none is left.
bool take_stock_and_count_grant(Tx& tx, RewardId id);

// codes of pools
/// The number of those that the pool did not have.
std::int64_t add_codes(Tx& tx, RewardId id, const std::vector<CouponCode>& codes);
/// Gives a free code to the request, once its stock has been taken in this transaction; false when there is none.
bool assign_code(Tx& tx, RewardId id, RequestId request);

// requests
/// False when the user has a live request for the event already.
bool add_request(Tx& tx, const RequestRow& request);
/// Nothing for a hidden one.
std::optional<RequestRow> find_request(Snapshot& snapshot, RequestId id);
std::optional<RequestRow> find_request_or_deleted(Snapshot& snapshot, RequestId id);
/// Also a hidden one: it is live still.
std::optional<RequestRow> find_live_request(Snapshot& snapshot, UserId user, event::EventId event);
/// The row, also a hidden one, which nobody else decides until the commit.
std::optional<RequestRow> lock_request(Tx& tx, RequestId id);
/// PENDING → APPROVED or REJECTED; false when it is no longer pending, or hidden.
bool decide_request(Tx& tx, RequestId id, RequestStatus status, const Verdict& verdict);
/// Did an operator reject a request of this user?
bool was_turned_down(Snapshot& snapshot, UserId user, event::EventId event);
bool has_pending(Snapshot& snapshot, event::EventId event);
/// Newest first.
std::vector<RequestRow> page_requests(Snapshot& snapshot, const RequestFilter& filter, std::int64_t limit);

// grants and ledger
void add_grant(Tx& tx, const RequestRow& request, const RewardRow& reward);
std::vector<GrantRow> list_grants(Snapshot& snapshot, RequestId request);
/// Makes the wallet the transaction's own before points come, where that order matters (PostgreSQL).
void lock_wallet(Tx& tx, UserId user);
struct Balance {
  std::int64_t points = 0;
  std::int64_t entries = 0;
};
BOOST_DESCRIBE_STRUCT(Balance, (), (points, entries))
/// Adds to the balance and returns the new one; entries of one user follow one another.
Balance add_points(Tx& tx, UserId user, std::int64_t amount);
/// An entry as its row: `number` is the user's how-manieth it is.
struct LedgerRow : LedgerEntry {
  std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(LedgerRow, (LedgerEntry), (number))
void add_ledger_entry(Tx& tx, UserId user, const LedgerRow& entry);
/// Entries that a deletion has hidden only `with_deleted`.
std::int64_t sum_points(Snapshot& snapshot, UserId user, bool with_deleted);
/// The same, the latest first, those with a number below `before`, if given.
std::vector<LedgerRow> page_ledger(Snapshot& snapshot, UserId user, bool with_deleted,
                                   std::optional<std::int64_t> before, std::int64_t limit);

// what a user owns, by their grants; hidden ones only `with_deleted`
std::vector<WalletItem> list_items(Snapshot& snapshot, UserId user, bool with_deleted);
/// Newest first.
std::vector<CouponRow> list_coupons(Snapshot& snapshot, UserId user, bool with_deleted);
/// Newest first, each badge as it was granted first.
std::vector<WalletBadge> list_badges(Snapshot& snapshot, UserId user, bool with_deleted);

}  // namespace guerdon::reward
