// The states of an account and what may be done in them.
#pragma once

#include <boost/describe.hpp>

namespace guerdon::auth {

enum class AccountStatus { active, suspended, deleting, deleted };
BOOST_DESCRIBE_ENUM(AccountStatus, active, suspended, deleting, deleted)

}  // namespace guerdon::auth
