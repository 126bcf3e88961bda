// What the routes of platform accounts take and answer.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "guerdon/page.hpp"

namespace guerdon::auth {

struct PlatformNameRule : AnyText {
  static constexpr std::string_view pattern = "^[a-z0-9-]+$";
  static std::optional<std::string_view> fault(std::string_view text);
};
using PlatformName = Text<2, 32, PlatformNameRule>;
using PlatformUserId = Text<1, 128>;  ///< as the platform writes it: compared to the letter

struct ConnectRequest {
  PlatformName platform;
  PlatformUserId platform_user_id;
};
BOOST_DESCRIBE_STRUCT(ConnectRequest, (), (platform, platform_user_id))

struct PlatformPath {
  PlatformName platform;
};
BOOST_DESCRIBE_STRUCT(PlatformPath, (), (platform))

struct PlatformView {
  std::string platform;
  std::string platform_user_id;
  Instant connected_at;
};
BOOST_DESCRIBE_STRUCT(PlatformView, (), (platform, platform_user_id, connected_at))

}  // namespace guerdon::auth
