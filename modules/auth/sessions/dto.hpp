// What the routes of sessions take.
#pragma once

#include <boost/describe.hpp>
#include <optional>

#include "guerdon/codec.hpp"

namespace guerdon::auth {

/// Absent where the token comes as Bearer.
struct RefreshRequest {
  std::optional<Secret<Text<1, 256>>> refresh_token;
};
BOOST_DESCRIBE_STRUCT(RefreshRequest, (), (refresh_token))

}  // namespace guerdon::auth
