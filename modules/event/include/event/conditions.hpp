// The parameters of each kind of condition, as `conditionParams` holds them. What is stored always decodes.
#pragma once

#include <boost/describe.hpp>
#include <string_view>

#include "guerdon/codec.hpp"

namespace guerdon::event {

/// What counts as the login of a day: a login alone, or also a session that goes on (a refresh).
enum class LoginSource { login, session };
BOOST_DESCRIBE_ENUM(LoginSource, login, session)

/// `days` calendar days in a row with a login; `freeze_days` missed ones are bridged without being counted.
struct ConsecutiveLogin {
  static constexpr std::string_view kind = "CONSECUTIVE_LOGIN";
  Bounded<1, 3660> days;
  Defaulted<Bounded<0, 366>, 0> freeze_days;
  Defaulted<LoginSource, LoginSource::login> source;
};
BOOST_DESCRIBE_STRUCT(ConsecutiveLogin, (), (days, freeze_days, source))

}  // namespace guerdon::event
