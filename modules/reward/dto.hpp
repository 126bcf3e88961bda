// What the reward routes take and answer.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <vector>

#include "guerdon/actor.hpp"
#include "guerdon/page.hpp"
#include "reward/messages.hpp"
#include "terms.hpp"

namespace guerdon::reward {

enum class RequestStatus { pending, approved, rejected };
BOOST_DESCRIBE_ENUM(RequestStatus, pending, approved, rejected)

struct EventPath {
  event::EventId event_id;
};
BOOST_DESCRIBE_STRUCT(EventPath, (), (event_id))

struct RewardPath {
  event::EventId event_id;
  RewardId id;
};
BOOST_DESCRIBE_STRUCT(RewardPath, (), (event_id, id))

struct RewardQuery {
  std::optional<bool> include_deleted;  ///< AUDITOR and ADMIN only
};
BOOST_DESCRIBE_STRUCT(RewardQuery, (), (include_deleted))

struct RequestPath {
  RequestId id;
};
BOOST_DESCRIBE_STRUCT(RequestPath, (), (id))

struct RequestQuery {
  std::optional<bool> include_deleted;  ///< AUDITOR and ADMIN only
};
BOOST_DESCRIBE_STRUCT(RequestQuery, (), (include_deleted))

struct RewardRegisterRequest {
  RewardType type = RewardType::point;
  std::optional<Text<1, 100>> name;
  FreeForm metadata;                                  ///< terms.hpp says what each type's must hold
  std::optional<Bounded<0, 1'000'000'000>> quantity;  ///< null = unlimited
};
BOOST_DESCRIBE_STRUCT(RewardRegisterRequest, (), (type, name, metadata, quantity))

struct RewardUpdateRequest {
  std::optional<RewardType> type;  ///< never another one
  std::optional<Text<1, 100>> name;
  FreeForm metadata;
  std::optional<Bounded<0, 1'000'000'000>> quantity;
};
BOOST_DESCRIBE_STRUCT(RewardUpdateRequest, (), (type, name, metadata, quantity))

struct CodesRequest {
  List<CouponCode, 1, 5000> codes;
};
BOOST_DESCRIBE_STRUCT(CodesRequest, (), (codes))

struct CodesAdded {
  std::int64_t added = 0;
  std::int64_t duplicates = 0;
};
BOOST_DESCRIBE_STRUCT(CodesAdded, (), (added, duplicates))

struct RewardFields {
  RewardId id;
  event::EventId event_id;
  RewardType type = RewardType::point;
  std::optional<std::string> name;
  json::object metadata;
  std::optional<std::int64_t> quantity;
  std::int64_t granted = 0;
  std::optional<std::int64_t> remaining;
  Instant created_at, updated_at;
};
BOOST_DESCRIBE_STRUCT(RewardFields, (),
                      (id, event_id, type, name, metadata, quantity, granted, remaining, created_at, updated_at))

struct RewardView : RewardFields {
  Omittable<Instant> deleted_at{};
};
BOOST_DESCRIBE_STRUCT(RewardView, (RewardFields), (deleted_at))

struct RewardListQuery : PageQuery {
  std::optional<RewardType> type;
  std::optional<bool> include_deleted;  ///< AUDITOR and ADMIN only
};
BOOST_DESCRIBE_STRUCT(RewardListQuery, (PageQuery), (type, include_deleted))

struct GrantView {
  RewardId reward_id;
  RewardType type = RewardType::point;
  std::optional<std::string> name;
  json::object metadata;
  Instant granted_at;
};
BOOST_DESCRIBE_STRUCT(GrantView, (), (reward_id, type, name, metadata, granted_at))

struct RequestView {
  RequestId id;
  UserId user_id;
  event::EventId event_id;
  RequestStatus status = RequestStatus::pending;
  bool eligible = false;
  Instant requested_at;
  std::optional<Instant> processed_at;
  std::optional<ActorId> operator_id;  ///< empty where the server decided
  std::optional<std::string> reason;
  std::vector<GrantView> grants;
  Instant created_at, updated_at;
  Omittable<Instant> deleted_at{};
};
BOOST_DESCRIBE_STRUCT(RequestView, (),
                      (id, user_id, event_id, status, eligible, requested_at, processed_at, operator_id, reason, grants,
                       created_at, updated_at, deleted_at))

struct RequestListQuery : PageQuery {
  std::optional<RequestStatus> status;
  std::optional<event::EventId> event_id;
  std::optional<UserId> user_id;        ///< staff only
  std::optional<Instant> from, to;      ///< made in [from, to)
  std::optional<bool> include_deleted;  ///< AUDITOR and ADMIN only
};
BOOST_DESCRIBE_STRUCT(RequestListQuery, (PageQuery), (status, event_id, user_id, from, to, include_deleted))

struct WalletQuery {
  std::optional<UserId> user_id;        ///< staff only
  std::optional<bool> include_deleted;  ///< AUDITOR and ADMIN only
};
BOOST_DESCRIBE_STRUCT(WalletQuery, (), (user_id, include_deleted))

struct WalletItem {
  std::string item_id;
  std::int64_t quantity = 0;
};
BOOST_DESCRIBE_STRUCT(WalletItem, (), (item_id, quantity))

struct WalletCoupon {
  std::string code;
  RewardId reward_id;
  event::EventId event_id;
  std::optional<Instant> expires_at;
  Instant granted_at;
};
BOOST_DESCRIBE_STRUCT(WalletCoupon, (), (code, reward_id, event_id, expires_at, granted_at))

struct WalletBadge {
  std::string badge_id;
  event::EventId event_id;
  Instant granted_at;
};
BOOST_DESCRIBE_STRUCT(WalletBadge, (), (badge_id, event_id, granted_at))

/// Whatever kinds of reward there are, a client finds all four members.
struct WalletView {
  std::int64_t points = 0;
  std::vector<WalletItem> items;
  std::vector<WalletCoupon> coupons;
  std::vector<WalletBadge> badges;
};
BOOST_DESCRIBE_STRUCT(WalletView, (), (points, items, coupons, badges))

struct LedgerQuery : PageQuery {
  std::optional<UserId> user_id;        ///< staff only
  std::optional<bool> include_deleted;  ///< AUDITOR and ADMIN only
};
BOOST_DESCRIBE_STRUCT(LedgerQuery, (PageQuery), (user_id, include_deleted))

struct LedgerTag {
  static constexpr std::string_view prefix = "led";
};
using LedgerId = Id<LedgerTag>;

struct LedgerEntry {
  LedgerId id;
  std::int64_t amount = 0;
  std::int64_t balance = 0;
  event::EventId event_id;
  RewardId reward_id;
  RequestId request_id;
  Instant created_at;
};
BOOST_DESCRIBE_STRUCT(LedgerEntry, (), (id, amount, balance, event_id, reward_id, request_id, created_at))

}  // namespace guerdon::reward
