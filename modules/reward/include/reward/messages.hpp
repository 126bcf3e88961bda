// What the reward module says to others.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "event/messages.hpp"
#include "guerdon/actor.hpp"
#include "guerdon/ids.hpp"
#include "guerdon/json.hpp"
#include "guerdon/time.hpp"

namespace guerdon::reward {

struct RewardTag {
  static constexpr std::string_view prefix = "rwd";
};
using RewardId = Id<RewardTag>;

struct RequestTag {
  static constexpr std::string_view prefix = "req";
};
using RequestId = Id<RequestTag>;

enum class RewardType { point, item, coupon, badge };
BOOST_DESCRIBE_ENUM(RewardType, point, item, coupon, badge)

/// A user asked for an event's rewards, or met its condition without asking.
struct RewardRequested {
  static constexpr std::string_view topic = "reward.requests", type = "RewardRequested";
  RequestId request_id;
  UserId user_id;
  event::EventId event_id;
  Instant requested_at;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(RewardRequested, (), (request_id, user_id, event_id, requested_at))

struct RewardRequestApproved {
  static constexpr std::string_view topic = "reward.requests", type = "RewardRequestApproved";
  RequestId request_id;
  UserId user_id;
  event::EventId event_id;
  Instant processed_at;
  std::optional<ActorId> operator_id;  ///< empty where the server decided
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(RewardRequestApproved, (), (request_id, user_id, event_id, processed_at, operator_id))

struct RewardRequestRejected {
  static constexpr std::string_view topic = "reward.requests", type = "RewardRequestRejected";
  RequestId request_id;
  UserId user_id;
  event::EventId event_id;
  Instant processed_at;
  std::string reason;
  std::optional<ActorId> operator_id;  ///< empty where the server decided
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(RewardRequestRejected, (), (request_id, user_id, event_id, processed_at, reason, operator_id))

/// One reward went into the user's wallet; once per request and reward. The metadata lacks a coupon's code: whose it is
/// finds it in the wallet.
struct RewardGranted {
  static constexpr std::string_view topic = "reward.grants", type = "RewardGranted";
  RequestId request_id;
  RewardId reward_id;
  UserId user_id;
  event::EventId event_id;
  RewardType reward_type = RewardType::point;
  json::object metadata;
  Instant granted_at;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(RewardGranted, (), (request_id, reward_id, user_id, event_id, reward_type, metadata, granted_at))

}  // namespace guerdon::reward
