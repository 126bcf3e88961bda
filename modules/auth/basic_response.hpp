// The answer of calls that have nothing to show: it was done, or it will be.
#pragma once

#include <boost/describe.hpp>

namespace guerdon::auth {

enum class Outcome { ok, accepted };
BOOST_DESCRIBE_ENUM(Outcome, ok, accepted)

struct BasicResponse {
  Outcome result = Outcome::ok;
};
BOOST_DESCRIBE_STRUCT(BasicResponse, (), (result))

}  // namespace guerdon::auth
