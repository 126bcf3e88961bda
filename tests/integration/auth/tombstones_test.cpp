// Who was removed for good and comes back: the name is free, the friend is not paid for again.
#include "integration/auth/fixture.hpp"
#include "modules/auth/names.hpp"
#include "modules/auth/removal/removal.hpp"

namespace guerdon::auth {
namespace {

using namespace std::chrono_literals;

void remove_for_good(AuthOnDatabase& auth, UserId user) {
  auth.execute("UPDATE auth_users SET status = 'DELETED', deleted_at = created_at WHERE id = $1", user);
  const auto source = account_source(auth.tombstones, auth.name_keys);
  const auto taken = auth.store->write([&](Tx& tx) -> Result<bool> {
    PurgeBatch batch{100};
    return source.take(tx, user.uuid(), tx.now(), batch);
  });
  REQUIRE(taken.value());
}

Result<Account> register_invited(AuthOnDatabase& auth, const std::string& name, const std::string& email,
                                 const std::string& code) {
  return auth.register_with(R"({"username":")" + name + R"(","email":")" + email +
                            R"(","password":"a fine password","inviteCode":")" + code + R"("})");
}

std::optional<UserId> inviter_of(AuthOnDatabase& auth, UserId user) {
  return auth.store->read([&](Snapshot& s) { return find_inviter(s, user); });
}

std::string details_of(AuthOnDatabase& auth, UserId user) {
  return auth.store->read([&](Snapshot& s) {
    return s.get<std::string>("SELECT details FROM audit_log WHERE action = 'account.created' AND subject = $1",
                              user.to_string());
  });
}

}  // namespace

TEST_CASE("A removed account's name and address are free, and whoever takes the address is nobody's invited friend") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto inviter = auth.register_user("ann").value();
  const auto first = register_invited(auth, "bob", "bob@example.com", inviter.invite_code).value();
  REQUIRE(inviter_of(auth, first.id) == inviter.id);
  CHECK(auth.register_user("bob").error().problem == username_taken);
  remove_for_good(auth, first.id);

  const auto again = register_invited(auth, "Bob", "Bob+again@Example.com", inviter.invite_code).value();
  CHECK_FALSE(inviter_of(auth, again.id));
  CHECK(details_of(auth, again.id) == R"({"roles":["USER"],"returned":["username","email"]})");
  const auto stranger = register_invited(auth, "carol", "carol@example.com", inviter.invite_code).value();
  CHECK(inviter_of(auth, stranger.id) == inviter.id);
  CHECK(details_of(auth, stranger.id) == R"({"roles":["USER"]})");
}

TEST_CASE("Who takes a removed account's name with another address counts as a friend: the name may be anybody's") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto inviter = auth.register_user("ann").value();
  remove_for_good(auth, auth.register_user("bob").value().id);
  const auto other = register_invited(auth, "bob", "robert@example.com", inviter.invite_code).value();
  CHECK(inviter_of(auth, other.id) == inviter.id);
  CHECK(details_of(auth, other.id) == R"({"roles":["USER"],"returned":["username"]})");
}

TEST_CASE("Tombstones hold no name, outlive a change of the secret, and are forgotten after half a year") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  remove_for_good(auth, auth.register_user("bob").value().id);
  const Tombstones rotated{{.current = std::string(32, 'n'), .previous = auth.secrets.current}};
  const Tombstones others{{.current = std::string(32, 'n'), .previous = {}}};
  const auto known = [&](const Tombstones& tombstones) {
    return auth.store->read([&](Snapshot& s) { return tombstones.find(s, "BOB", "b.o.b@example.com"); });
  };
  CHECK(known(auth.tombstones).username);
  CHECK_FALSE(known(auth.tombstones).email);
  CHECK(known(rotated).username);
  CHECK_FALSE(known(others).username);
  const auto count = [&] {
    return auth.store->read([](Snapshot& s) { return s.get<std::int64_t>("SELECT count(*) FROM auth_tombstones"); });
  };
  const auto prune = [&] {
    return auth.store->write([](Tx& tx) -> Result<std::int64_t> { return prune_tombstones(tx, 100); }).value();
  };
  CHECK(count() == 2);
  auth.store.clock.advance(179 * 24h);
  CHECK(prune() == 0);
  auth.store.clock.advance(24h);
  CHECK_FALSE(known(auth.tombstones).username);
  CHECK(prune() == 2);
  CHECK(count() == 0);
}

TEST_CASE("Only a DELETED account is taken, and only once it has been so for long enough") {
  AuthOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto user = auth.register_user("bob").value().id;
  const auto source = account_source(auth.tombstones, auth.name_keys);
  const auto take = [&](Instant until) {
    return auth.store
        ->write([&](Tx& tx) -> Result<bool> {
          PurgeBatch batch{100};
          return source.take(tx, user.uuid(), until, batch);
        })
        .value();
  };
  const auto now = auth.store.clock.now();
  CHECK_FALSE(take(now));
  auth.execute("UPDATE auth_users SET status = 'DELETING', deleted_at = created_at WHERE id = $1", user);
  CHECK_FALSE(take(now));
  auth.execute("UPDATE auth_users SET status = 'DELETED' WHERE id = $1", user);
  CHECK_FALSE(take(now - 1ms));
  CHECK(take(now));
  CHECK_FALSE(take(now));
}

TEST_CASE("A mailbox is the same whatever its case and its tag") {
  CHECK(mailbox_key("Ann+shop@Example.com") == "ann@example.com");
  CHECK(mailbox_key("ann@example.com") == "ann@example.com");
  CHECK(mailbox_key("+x@example.com") == "+x@example.com");
  CHECK(mailbox_key("a+b+c@example.com") == "a@example.com");
}

}  // namespace guerdon::auth
