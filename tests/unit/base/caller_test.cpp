// Who a caller is in rows, and whose data they may ask for.
#include "guerdon/caller.hpp"

#include <catch2/catch.hpp>

using namespace guerdon;

namespace {

template <class T>
T id(std::uint8_t fill) {
  Uuid uuid;
  uuid.bytes.fill(fill);
  return T{uuid};
}

Caller user(RoleSet roles) {
  Caller caller;
  caller.user = id<UserId>(1);
  caller.roles = roles;
  return caller;
}

Caller key(RoleSet roles) {
  Caller caller;
  caller.key = id<KeyId>(2);
  caller.roles = roles;
  return caller;
}

}  // namespace

TEST_CASE("an actor is a user or a service key, and nobody else") {
  CHECK(user({Role::user}).actor() == user({}).id().to_string());
  CHECK(key({Role::operator_}).actor() == id<KeyId>(2).to_string());
  CHECK_THROWS_AS(Caller{}.actor(), std::logic_error);
  CHECK_THROWS_AS(key({Role::admin}).id(), std::logic_error);
  CHECK(ActorId::fault("evt_01jd3q6p8hfvmt3e8zkx0v9c2a"));
  CHECK(ActorId::fault("key_91jd3q6p8hfvmt3e8zkx0v9c2a"));
}

TEST_CASE("everybody may ask for their own data, only staff for another's") {
  const auto other = id<UserId>(7);
  CHECK(subject_of(user({Role::user}), std::nullopt).value() == id<UserId>(1));
  CHECK(subject_of(user({Role::user}), id<UserId>(1)).value() == id<UserId>(1));
  CHECK(subject_of(user({Role::user}), other).error().problem == problems::not_found);
  for (const auto role : {Role::operator_, Role::auditor, Role::admin})
    CHECK(subject_of(user({role}), other).value() == other);
}

TEST_CASE("a service key has no data of its own and must say whose it wants") {
  CHECK(subject_of(key({Role::operator_}), id<UserId>(7)).value() == id<UserId>(7));
  const auto refused = subject_of(key({Role::operator_}), std::nullopt).error();
  REQUIRE(refused.faults.size() == 1);
  CHECK(refused.faults[0].where == "userId");
  CHECK(refused.faults[0].is_parameter);
}
