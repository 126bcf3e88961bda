// The parameters of each kind of condition, as `conditionParams` holds them. What is stored always decodes.
#pragma once

#include <boost/describe.hpp>
#include <limits>
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

/// Different calendar days with a login, in a row or not.
struct LoginCount {
  static constexpr std::string_view kind = "LOGIN_COUNT";
  Bounded<1, 3660> count;
};
BOOST_DESCRIBE_STRUCT(LoginCount, (), (count))

/// When an invited user counts: with the first login, or with the registration already.
enum class Qualify { first_login, signup };
BOOST_DESCRIBE_ENUM(Qualify, first_login, signup)

struct InviteFriends {
  static constexpr std::string_view kind = "INVITE_FRIENDS";
  Bounded<1, 100'000> count;
  Defaulted<Qualify, Qualify::first_login> qualify;
};
BOOST_DESCRIBE_STRUCT(InviteFriends, (), (count, qualify))

struct ActivityTypeRule : AnyText {
  static constexpr std::string_view pattern = "^[A-Za-z0-9][A-Za-z0-9._:-]*$";
  static std::optional<std::string_view> fault(std::string_view text);
};
using ActivityType = Text<1, 64, ActivityTypeRule>;  ///< "purchase", "quiz.finished": whatever is posted under it
using AttributeName = Text<1, 64>;
using Amount = Bounded<1, std::numeric_limits<std::int64_t>::max()>;  ///< in minor units

/// `where` is equality on attributes: texts, integers and booleans, ten at most.
struct ActivityCount {
  static constexpr std::string_view kind = "ACTIVITY_COUNT";
  ActivityType activity;
  Bounded<1, 1'000'000'000> count;
  Omittable<FreeForm> where;
};
BOOST_DESCRIBE_STRUCT(ActivityCount, (), (activity, count, where))

/// The sum of an attribute. Only integers above 0 add to it, so that what came once is never taken back.
struct ActivitySum {
  static constexpr std::string_view kind = "ACTIVITY_SUM";
  ActivityType activity;
  AttributeName field;
  Amount amount;
  Omittable<FreeForm> where;
};
BOOST_DESCRIBE_STRUCT(ActivitySum, (), (activity, field, amount, where))

/// The largest value of an attribute.
struct ActivityMax {
  static constexpr std::string_view kind = "ACTIVITY_MAX";
  ActivityType activity;
  AttributeName field;
  Amount amount;
  Omittable<FreeForm> where;
};
BOOST_DESCRIBE_STRUCT(ActivityMax, (), (activity, field, amount, where))

/// The sum of `amount` of activities `purchase`.
struct Purchase {
  static constexpr std::string_view kind = "PURCHASE";
  static constexpr std::string_view activity = "purchase", field = "amount";
  Amount amount;
};
BOOST_DESCRIBE_STRUCT(Purchase, (), (amount))

/// The largest `level` of activities `level`.
struct LevelUp {
  static constexpr std::string_view kind = "LEVEL_UP";
  static constexpr std::string_view activity = "level", field = "level";
  Amount level;
};
BOOST_DESCRIBE_STRUCT(LevelUp, (), (level))

struct Part {
  Text<1, 40> condition_type;
  json::object condition_params;
};
BOOST_DESCRIBE_STRUCT(Part, (), (condition_type, condition_params))

struct AllOf {
  static constexpr std::string_view kind = "ALL";
  List<Part, 1, 10> of;
};
BOOST_DESCRIBE_STRUCT(AllOf, (), (of))

struct AnyOf {
  static constexpr std::string_view kind = "ANY";
  List<Part, 1, 10> of;
};
BOOST_DESCRIBE_STRUCT(AnyOf, (), (of))

}  // namespace guerdon::event
