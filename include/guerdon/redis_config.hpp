// The settings of Redis; part of config.hpp.
#pragma once

#include <boost/describe.hpp>

#include "guerdon/config_types.hpp"
#include "guerdon/hidden_text.hpp"

namespace guerdon {

struct RedisConfig {
  Text<0, 253> host;  ///< empty = no Redis
  Bounded<1, 65'535> port;
  Text<0, 200> username;  ///< empty = Redis's default user
  HiddenText password;
  Within<1, second_ms> timeout;  ///< of one command: what a request may lose
  Bounded<1, 1000> breaker_failures;
  Within<10, hour_ms> breaker_pause;
};
BOOST_DESCRIBE_STRUCT(RedisConfig, (), (host, port, username, password, timeout, breaker_failures, breaker_pause))

}  // namespace guerdon
