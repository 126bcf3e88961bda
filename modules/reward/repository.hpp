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
  std::optional<std::string> reason;
  Instant updated_at;
};
BOOST_DESCRIBE_STRUCT(RequestRow, (),
                      (id, user_id, event_id, status, holds_stock, requested_at, processed_at, operator_id, reason,
                       updated_at))

// rewards
void add_reward(Tx& tx, const RewardView& reward);
std::optional<RewardView> find_reward(Snapshot& snapshot, event::EventId event, RewardId id);
std::vector<RewardView> list_rewards(Snapshot& snapshot, event::EventId event);
std::vector<RewardView> page_rewards(Snapshot& snapshot, event::EventId event, std::optional<RewardType> type,
                                     std::optional<Uuid> before, std::int64_t limit);
/// Takes one of the stock; false when none is left. Unlimited stock never runs out.
bool take_stock(Tx& tx, RewardId id);
void count_grant(Tx& tx, RewardId id);
/// Both in one statement, for requests that hold no stock yet; false when none is left.
bool take_stock_and_count_grant(Tx& tx, RewardId id);

// requests
/// False when the user has a live request for the event already.
bool add_request(Tx& tx, const RequestRow& request);
std::optional<RequestRow> find_request(Snapshot& snapshot, RequestId id);
std::optional<RequestRow> find_live_request(Snapshot& snapshot, UserId user, event::EventId event);
/// PENDING → APPROVED or REJECTED; false when it is no longer pending.
bool decide_request(Tx& tx, RequestId id, RequestStatus status, const std::optional<std::string>& reason);
std::vector<RequestRow> page_requests(Snapshot& snapshot, std::optional<UserId> user, const RequestListQuery& query,
                                      std::optional<Uuid> before, std::int64_t limit);

// grants and ledger
void add_grant(Tx& tx, const RequestRow& request, const RewardView& reward);
std::vector<GrantView> list_grants(Snapshot& snapshot, RequestId request);
/// Adds to the balance and returns the new one; entries of one user follow one another.
std::int64_t add_points(Tx& tx, UserId user, std::int64_t amount);
void add_ledger_entry(Tx& tx, UserId user, const LedgerEntry& entry);
std::int64_t sum_points(Snapshot& snapshot, UserId user);
std::vector<LedgerEntry> page_ledger(Snapshot& snapshot, UserId user, std::optional<Uuid> before, std::int64_t limit);

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
