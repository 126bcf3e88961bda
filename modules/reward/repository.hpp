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
struct RewardRow : RewardView {
  std::optional<std::int64_t> codes;
};
BOOST_DESCRIBE_STRUCT(RewardRow, (RewardView), (codes))

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

// rewards; those that were deleted are not found
void add_reward(Tx& tx, const RewardRow& reward);
std::optional<RewardView> find_reward(Snapshot& snapshot, event::EventId event, RewardId id);
std::vector<RewardView> list_rewards(Snapshot& snapshot, event::EventId event);
std::vector<RewardView> page_rewards(Snapshot& snapshot, event::EventId event, std::optional<RewardType> type,
                                     std::optional<Uuid> before, std::int64_t limit);
/// The same, which nobody else grants or changes until the commit.
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
void add_grant(Tx& tx, const RequestRow& request, const RewardView& reward);
std::vector<GrantRow> list_grants(Snapshot& snapshot, RequestId request);
/// Adds to the balance and returns the new one; entries of one user follow one another.
std::int64_t add_points(Tx& tx, UserId user, std::int64_t amount);
void add_ledger_entry(Tx& tx, UserId user, const LedgerEntry& entry);
// Those that a deletion has hidden only `with_deleted`.
std::int64_t sum_points(Snapshot& snapshot, UserId user, bool with_deleted);
std::vector<LedgerEntry> page_ledger(Snapshot& snapshot, UserId user, bool with_deleted, std::optional<Uuid> before,
                                     std::int64_t limit);

// what a user owns, by their grants; hidden ones only `with_deleted`
std::vector<WalletItem> list_items(Snapshot& snapshot, UserId user, bool with_deleted);
/// Newest first.
std::vector<CouponRow> list_coupons(Snapshot& snapshot, UserId user, bool with_deleted);
/// Newest first, each badge as it was granted first.
std::vector<WalletBadge> list_badges(Snapshot& snapshot, UserId user, bool with_deleted);

// backlog
/// From the first user on, also where it was under way.
void begin_backlog(Tx& tx, event::EventId event);
struct Backlog {
  event::EventId event_id;
  std::optional<UserId> after_user;
};
BOOST_DESCRIBE_STRUCT(Backlog, (), (event_id, after_user))
/// The oldest, which nobody else changes or resets until the commit.
std::optional<Backlog> next_backlog(Tx& tx);
void save_backlog(Tx& tx, const Backlog& backlog);
void end_backlog(Tx& tx, event::EventId event);

}  // namespace guerdon::reward
