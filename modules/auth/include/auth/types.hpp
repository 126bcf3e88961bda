// Words of auth that its messages use too.
#pragma once

#include <boost/describe.hpp>

namespace guerdon::auth {

enum class AccountStatus { active, suspended, deleting, deleted };
BOOST_DESCRIBE_ENUM(AccountStatus, active, suspended, deleting, deleted)

}  // namespace guerdon::auth
