// What the auth module says of users' accounts on other platforms. Who somebody is there is personal.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <string>
#include <string_view>

#include "guerdon/codec.hpp"
#include "guerdon/ids.hpp"
#include "guerdon/time.hpp"

namespace guerdon::auth {

struct PlatformConnected {
  static constexpr std::string_view topic = "auth.events.platform", type = "PlatformConnected";
  static constexpr std::array<std::string_view, 1> personal{"platformUserId"};
  UserId user_id;
  std::string platform;
  Omittable<std::string> platform_user_id;
  Instant connected_at;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(PlatformConnected, (), (user_id, platform, platform_user_id, connected_at))

struct PlatformDisconnected {
  static constexpr std::string_view topic = "auth.events.platform", type = "PlatformDisconnected";
  UserId user_id;
  std::string platform;
  Instant disconnected_at;
  [[nodiscard]] std::string key() const { return user_id.to_string(); }
};
BOOST_DESCRIBE_STRUCT(PlatformDisconnected, (), (user_id, platform, disconnected_at))

}  // namespace guerdon::auth
