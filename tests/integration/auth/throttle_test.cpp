// Guessing passwords, through the module's transaction functions on every engine: who is locked out, when and how long,
// and what cannot be learnt from it.
#include "integration/auth/fixture.hpp"
#include "modules/auth/throttle/repository.hpp"

namespace guerdon::auth {
namespace {

using namespace std::chrono_literals;

int hashed = 0;

bool count_and_verify(std::string_view phc, std::string_view password) {
  ++hashed;
  return verify_password(phc, password);
}

struct Guessing : AuthOnDatabase {
  explicit Guessing(Engine engine) : AuthOnDatabase(engine, count_and_verify) { hashed = 0; }

  /// As a request: a refusal of the check is one of the request.
  Result<LoginResponse> attempt(const std::string& name, const std::string& password) {
    const auto request = login_request(name, password);
    const auto found = store->read([&](Snapshot& snapshot) { return login.check_password(snapshot, caller, request); });
    if (!found) return found.error();
    return finish_login(request, *found);
  }
  /// A failure's code, "none" for a success.
  std::string guess(const std::string& name, const std::string& password = "a wrong password") {
    return code_of(attempt(name, password));
  }
  std::string right(const std::string& name) { return guess(name, "a fine password"); }

  /// Fails so often, waiting for each lock to end, from an address of its own each time.
  void fail(const std::string& name, int times) {
    for (int i = 0; i < times; ++i) {
      caller.address = "198.51.100." + std::to_string(++addresses % 250);
      if (guess(name) == "too-many-attempts") {
        store.clock.advance(16min);
        REQUIRE(guess(name) == "bad-credentials");
      }
    }
  }

  std::int64_t rows() {
    return store->read([](Snapshot& s) { return s.get<std::int64_t>("SELECT count(*) FROM auth_throttle"); });
  }

  int addresses = 0;
};

TEST_CASE("Five failures lock an account for a minute, right password or not, and nothing is hashed meanwhile") {
  Guessing auth{GENERATE(from_range(test::engines()))};
  const auto account = auth.register_user("bob").value();
  for (int i = 0; i < 5; ++i) CHECK(auth.guess("bob") == "bad-credentials");
  const int before = hashed;
  const auto refused = auth.attempt("bob", "a wrong password");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().problem == too_many_attempts);
  CHECK(refused.error().retry_after == 60s);
  CHECK(auth.right("bob") == "too-many-attempts");
  CHECK(hashed == before);

  auth.store.clock.advance(59'999ms);
  CHECK(auth.right("bob") == "too-many-attempts");
  auth.store.clock.advance(1ms);
  CHECK(auth.right("bob") == "none");

  const auto suspected = auth.said<BruteForceSuspected>();
  REQUIRE(suspected.size() == 1);
  CHECK(suspected.front().topic == "auth.events.security");
  CHECK(suspected.front().key == account.id.to_string());
  CHECK(auth.said<LoginFailed>().size() == 5);  // nothing is said of what is refused while locked
}

TEST_CASE("Each failure after a lock doubles the next one, up to a quarter of an hour") {
  Guessing auth{GENERATE(from_range(test::engines()))};
  REQUIRE(auth.register_user("bob"));
  for (int i = 0; i < 4; ++i) CHECK(auth.guess("bob") == "bad-credentials");
  int number = 0;
  for (const auto lock : {1min, 2min, 4min, 8min, 15min, 15min}) {
    auth.caller.address = "192.0.2." + std::to_string(++number);
    CHECK(auth.guess("bob") == "bad-credentials");
    CHECK(auth.attempt("bob", "a wrong password").error().retry_after == std::chrono::seconds{lock});
    auth.store.clock.advance(lock);
  }
  CHECK(auth.right("bob") == "none");
}

TEST_CASE("An attempt while locked makes the lock no longer") {
  Guessing auth{GENERATE(from_range(test::engines()))};
  REQUIRE(auth.register_user("bob"));
  for (int i = 0; i < 5; ++i) CHECK(auth.guess("bob") == "bad-credentials");
  for (int i = 0; i < 59; ++i) {
    auth.store.clock.advance(1s);
    CHECK(auth.guess("bob") == "too-many-attempts");
  }
  auth.store.clock.advance(1s);
  CHECK(auth.right("bob") == "none");
}

TEST_CASE("A success ends the count of an account, so that only failures in a row lock it") {
  Guessing auth{GENERATE(from_range(test::engines()))};
  REQUIRE(auth.register_user("bob"));
  for (int i = 0; i < 2; ++i) {
    for (int n = 0; n < 4; ++n) CHECK(auth.guess("bob") == "bad-credentials");
    CHECK(auth.right("bob") == "none");
  }
  CHECK(auth.said<BruteForceSuspected>().empty());
}

TEST_CASE("The username and the e-mail address of an account share its count, in any case") {
  Guessing auth{GENERATE(from_range(test::engines()))};
  REQUIRE(auth.register_user("bob"));
  for (const auto* name : {"bob", "BOB", "bob@example.com", "Bob@Example.com", "bob"})
    CHECK(auth.guess(name) == "bad-credentials");
  CHECK(auth.right("bob@example.com") == "too-many-attempts");
  CHECK(auth.right("bob") == "too-many-attempts");
}

TEST_CASE("A name that is nobody's is locked as an account is, with the same answers") {
  Guessing auth{GENERATE(from_range(test::engines()))};
  REQUIRE(auth.register_user("bob"));
  std::vector<std::string> known, unknown;
  const auto ask = [&](const std::string& name, const std::string& address) {
    auth.caller.address = address;
    return problem_document(auth.attempt(name, "a wrong password").error(), "id");
  };
  for (int i = 0; i < 9; ++i) {
    known.push_back(ask("bob", "192.0.2.1"));
    unknown.push_back(ask("eve", "192.0.2.2"));
    auth.store.clock.advance(20s);
  }
  CHECK(known == unknown);
  CHECK(known.front() != known.back());
  const auto suspected = auth.said<BruteForceSuspected>();
  REQUIRE(suspected.size() == 4);  // two locks each
  for (const auto& message : suspected) CHECK(message.payload.find("eve") == std::string::npos);
  CHECK(suspected[1].key == suspected[3].key);
}

TEST_CASE("Ten failures in ten minutes lock an address for ten, whatever names were tried") {
  Guessing auth{GENERATE(from_range(test::engines()))};
  REQUIRE(auth.register_user("bob"));
  for (int i = 0; i < 10; ++i) CHECK(auth.guess("nobody" + std::to_string(i)) == "bad-credentials");
  CHECK(auth.right("bob") == "too-many-attempts");
  const auto suspected = auth.said<BruteForceSuspected>();
  REQUIRE(suspected.size() == 1);
  CHECK(suspected.front().payload.find(R"("userId":null,"addressHash":")") != std::string::npos);
  CHECK(suspected.front().key.find("203.0.113") == std::string::npos);

  auth.caller.address = "203.0.113.8";
  CHECK(auth.right("bob") == "none");
  auth.caller.address = "203.0.113.7";
  auth.store.clock.advance(10min - 1ms);
  CHECK(auth.right("bob") == "too-many-attempts");
  auth.store.clock.advance(1ms);
  CHECK(auth.right("bob") == "none");
}

TEST_CASE("A success does not end the count of an address, ten minutes without do") {
  Guessing auth{GENERATE(from_range(test::engines()))};
  REQUIRE(auth.register_user("bob"));
  for (int i = 0; i < 9; ++i) CHECK(auth.guess("nobody" + std::to_string(i)) == "bad-credentials");
  SECTION("a success") {
    CHECK(auth.right("bob") == "none");
    CHECK(auth.guess("another") == "bad-credentials");
    CHECK(auth.right("bob") == "too-many-attempts");
  }
  SECTION("time") {
    auth.store.clock.advance(10min);
    for (int i = 0; i < 9; ++i) CHECK(auth.guess("another" + std::to_string(i)) == "bad-credentials");
    CHECK(auth.right("bob") == "none");
  }
}

TEST_CASE("An IPv6 network of 64 bits is one address") {
  Guessing auth{Engine::sqlite};
  REQUIRE(auth.register_user("bob"));
  for (int i = 0; i < 10; ++i) {
    auth.caller.address = "2001:db8:1:2::" + std::to_string(i + 1);
    CHECK(auth.guess("nobody" + std::to_string(i)) == "bad-credentials");
  }
  auth.caller.address = "2001:db8:1:2:ffff::1";
  CHECK(auth.right("bob") == "too-many-attempts");
  auth.caller.address = "2001:db8:1:3::1";
  CHECK(auth.right("bob") == "none");
}

TEST_CASE("After a hundred failures in a row only a reset helps, and an unknown name looks the same for long") {
  Guessing auth{GENERATE(from_range(test::engines()))};
  const auto account = auth.register_user("bob").value();
  auth.fail("bob", 99);
  auth.store.clock.advance(16min);
  REQUIRE(auth.guess("bob") == "bad-credentials");
  auth.fail("eve", 99);
  auth.store.clock.advance(16min);
  REQUIRE(auth.guess("eve") == "bad-credentials");
  for (const auto wait : {16min, 60min, 40 * 24 * 60min}) {
    auth.store.clock.advance(wait);
    static_cast<void>(auth.store->write([](Tx& tx) -> Result<std::int64_t> { return prune_failures(tx, 500); }));
    for (const auto* name : {"bob", "eve"}) {
      const auto refused = auth.attempt(name, "a fine password");
      CHECK(code_of(refused) == "too-many-attempts");
      CHECK(refused.error().retry_after == 24h);
    }
  }
  CHECK(auth.said<BruteForceSuspected>().back().payload.find(R"("lockedUntil":null)") != std::string::npos);
  REQUIRE(auth.store->write([&](Tx& tx) -> Result<void> {
    clear_throttle(tx, account.id);
    return {};
  }));
  CHECK(auth.right("bob") == "none");
}

TEST_CASE("A lock outlives a restart of the server") {
  Guessing auth{GENERATE(from_range(test::engines()))};
  REQUIRE(auth.register_user("bob"));
  for (int i = 0; i < 5; ++i) CHECK(auth.guess("bob") == "bad-credentials");
  auth.store.reopen();
  CHECK(auth.right("bob") == "too-many-attempts");
}

TEST_CASE("Guesses that were hashed before the lock began are refused in the command, the right one as well") {
  Guessing auth{GENERATE(from_range(test::engines()))};
  REQUIRE(auth.register_user("bob"));
  const auto wrong = AuthOnDatabase::login_request("bob", "a wrong password");
  const auto right = AuthOnDatabase::login_request("bob");
  const auto wrong_check = auth.check(wrong), right_check = auth.check(right);
  for (int i = 0; i < 5; ++i) CHECK(code_of(auth.finish_login(wrong, wrong_check)) == "bad-credentials");
  CHECK(code_of(auth.finish_login(wrong, wrong_check)) == "too-many-attempts");
  CHECK(code_of(auth.finish_login(right, right_check)) == "too-many-attempts");
  CHECK(auth.said<LoginFailed>().size() == 5);
  CHECK(auth.said<BruteForceSuspected>().size() == 1);
}

TEST_CASE("A suspended account's right password is no guess") {
  Guessing auth{Engine::sqlite};
  const auto account = auth.register_user("bob").value();
  auth.execute("UPDATE auth_users SET status = 'SUSPENDED' WHERE id = $1", account.id);
  for (int i = 0; i < 12; ++i) CHECK(auth.right("bob") == "account-suspended");
  CHECK(auth.rows() == 0);
}

TEST_CASE("Failures of the day before mean nothing and are removed, locked or not they are few and hold no name") {
  Guessing auth{GENERATE(from_range(test::engines()))};
  REQUIRE(auth.register_user("bob"));
  for (int i = 0; i < 4; ++i) CHECK(auth.guess("bob") == "bad-credentials");
  CHECK(auth.rows() == 2);  // the account and the address
  const auto prune = [&] {
    return auth.store->write([](Tx& tx) -> Result<std::int64_t> { return prune_failures(tx, 1); }).value();
  };
  auth.store.clock.advance(24h - 1ms);
  CHECK(prune() == 0);
  auth.store.clock.advance(1ms);
  CHECK(auth.guess("bob") == "bad-credentials");  // the first again: the row counts from the start
  for (int i = 0; i < 3; ++i) CHECK(auth.guess("bob") == "bad-credentials");
  CHECK(auth.right("bob") == "none");
  auth.store.clock.advance(24h);
  CHECK(prune() == 1);
  CHECK(auth.rows() == 0);
}

TEST_CASE("Of more counts than can be kept those that failed longest ago go, but none that is locked") {
  Guessing auth{GENERATE(from_range(test::engines()))};
  REQUIRE(auth.register_user("bob"));
  for (int i = 0; i < 5; ++i) CHECK(auth.guess("bob") == "bad-credentials");  // locked for a minute
  for (int i = 0; i < 6; ++i) {
    auth.store.clock.advance(1s);
    auth.caller.address = "198.51.100." + std::to_string(i);
    CHECK(auth.guess("nobody") == (i < 5 ? "bad-credentials" : "too-many-attempts"));
  }
  const auto trim = [&](std::int64_t most, std::int64_t limit) {
    return auth.store->write([&](Tx& tx) -> Result<std::int64_t> { return trim_failures(tx, most, limit); }).value();
  };
  CHECK(auth.rows() == 8);  // two names and six addresses
  CHECK(trim(8, 500) == 0);
  CHECK(trim(5, 1) == 1);  // the first address
  CHECK(trim(5, 500) == 2);
  CHECK(trim(5, 500) == 0);
  CHECK(trim(0, 500) == 3);
  CHECK(auth.rows() == 2);
  CHECK(auth.right("bob") == "too-many-attempts");
  CHECK(auth.guess("nobody") == "too-many-attempts");
}

TEST_CASE("Where limits are off accounts are locked all the same, addresses are not") {
  Guessing auth{Engine::sqlite};
  const LoginThrottle unlimited{auth.secrets, false};
  const auto fail = [&](const std::string& name) {
    return code_of(
        auth.store->write([&](Tx& tx) { return unlimited.note_failure(tx, auth.caller, {.user = {}, .name = name}); }));
  };
  for (int i = 0; i < 50; ++i) CHECK(fail("nobody" + std::to_string(i)) == "none");
  for (int i = 0; i < 5; ++i) CHECK(fail("eve") == "none");
  CHECK(fail("eve") == "too-many-attempts");
}

}  // namespace
}  // namespace guerdon::auth
