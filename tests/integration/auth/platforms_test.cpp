// Platform accounts through the module's transaction functions, on every engine.
#include <thread>

#include "auth/platform_messages.hpp"
#include "integration/auth/fixture.hpp"
#include "modules/auth/platforms/platforms.hpp"

namespace guerdon::auth {
namespace {

struct PlatformsOnDatabase : AuthOnDatabase {
  using AuthOnDatabase::AuthOnDatabase;

  Caller user(const std::string& name) {
    Caller who = caller;
    who.user = register_user(name).value().id;
    who.roles = {Role::user};
    return who;
  }

  Result<PlatformView> connect(const Caller& who, const std::string& platform, const std::string& account) {
    const ConnectRequest request{.platform = PlatformName::parse(platform).value(),
                                 .platform_user_id = PlatformUserId::parse(account).value()};
    return store->write([&](Tx& tx) { return platforms.connect(tx, who, request); });
  }

  Result<None> disconnect(const Caller& who, const std::string& platform) {
    return store->write([&](Tx& tx) { return platforms.disconnect(tx, who, PlatformName::parse(platform).value()); });
  }

  std::vector<std::string> connected(const Caller& who) {
    const auto page = store->read([&](Snapshot& s) { return platforms.list_platforms(s, who, {}); }).value();
    std::vector<std::string> names;
    for (const auto& item : page.items) names.push_back(item.platform + " " + item.platform_user_id);
    return names;
  }

  std::vector<std::string> audited() {
    return store->read([](Snapshot& s) {
      return s.list<std::string>("SELECT action || ' ' || subject || ' ' || details FROM audit_log ORDER BY position");
    });
  }

  CursorCodec cursors{"a key for the cursors of this test"};
  Platforms platforms{cursors};
};

TEST_CASE("A user connects, sees and disconnects accounts of platforms") {
  PlatformsOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto bob = auth.user("bob");
  const auto eve = auth.user("eve");
  const auto made = auth.connect(bob, "steam", "7656");
  REQUIRE(made);
  CHECK(made->connected_at == auth.store.clock.now());
  REQUIRE(auth.connect(bob, "discord", "bob#1"));
  CHECK(auth.connected(bob) == std::vector<std::string>{"discord bob#1", "steam 7656"});
  CHECK(auth.connected(eve).empty());

  CHECK(code_of(auth.disconnect(eve, "steam")) == "not-found");
  REQUIRE(auth.disconnect(bob, "steam"));
  CHECK(code_of(auth.disconnect(bob, "steam")) == "not-found");
  CHECK(auth.connected(bob) == std::vector<std::string>{"discord bob#1"});
  CHECK(auth.connect(eve, "steam", "7656"));
}

TEST_CASE("An account of a platform is one user's, and a user has one of each platform") {
  PlatformsOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto bob = auth.user("bob");
  const auto eve = auth.user("eve");
  REQUIRE(auth.connect(bob, "steam", "7656"));
  CHECK(code_of(auth.connect(eve, "steam", "7656")) == "platform-account-taken");
  CHECK(code_of(auth.connect(bob, "steam", "7656")) == "platform-connected");
  CHECK(code_of(auth.connect(bob, "steam", "another")) == "platform-connected");
  CHECK(auth.connect(eve, "steam", "another"));
  CHECK(auth.connect(eve, "discord", "7656"));
  CHECK(auth.said<PlatformConnected>().size() == 3);
}

TEST_CASE("Connecting and disconnecting is said and audited, the audit log without who it is there") {
  PlatformsOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto bob = auth.user("bob");
  const auto before = auth.audited().size();
  REQUIRE(auth.connect(bob, "steam", "7656"));
  REQUIRE(auth.disconnect(bob, "steam"));

  const auto id = bob.id().to_string();
  const auto now = to_rfc3339(auth.store.clock.now());
  const auto connected = auth.said<PlatformConnected>();
  REQUIRE(connected.size() == 1);
  CHECK(connected.front().topic == "auth.events.platform");
  CHECK(connected.front().key == id);
  CHECK(connected.front().payload == R"({"userId":")" + id + R"(","platform":"steam","platformUserId":"7656",)" +
                                         R"("connectedAt":")" + now + "\"}");
  const auto disconnected = auth.said<PlatformDisconnected>();
  REQUIRE(disconnected.size() == 1);
  CHECK(disconnected.front().payload ==
        R"({"userId":")" + id + R"(","platform":"steam","disconnectedAt":")" + now + "\"}");
  auto entries = auth.audited();
  entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(before));
  CHECK(entries == std::vector<std::string>{"platform.connected " + id + R"( {"platform":"steam"})",
                                            "platform.disconnected " + id + R"( {"platform":"steam"})"});
}

TEST_CASE("Of two users who connect one account at once one gets it") {
  PlatformsOnDatabase auth{GENERATE(from_range(test::engines()))};
  const std::vector<Caller> users{auth.user("bob"), auth.user("eve")};
  for (int round = 0; round < 20; ++round) {
    const auto account = "account" + std::to_string(round);
    std::array<std::string, 2> codes;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < users.size(); ++i)
      threads.emplace_back([&, i] { codes[i] = code_of(auth.connect(users[i], "steam", account)); });
    for (auto& thread : threads) thread.join();
    std::ranges::sort(codes);
    CHECK(codes == std::array<std::string, 2>{"none", "platform-account-taken"});
    const std::size_t winner = auth.connected(users[0]).empty() ? 1 : 0;
    CHECK(auth.connected(users[1 - winner]).empty());
    REQUIRE(auth.disconnect(users[winner], "steam"));
  }
}

TEST_CASE("An account that is not active any more connects and disconnects nothing, whoever was let in before") {
  PlatformsOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto bob = auth.user("bob");
  const auto eve = auth.user("eve");
  REQUIRE(auth.connect(bob, "steam", "7656"));
  REQUIRE(auth.delete_user(bob, bob.id()));
  auth.execute("UPDATE auth_users SET status = 'SUSPENDED' WHERE id = $1", eve.id());
  for (const auto& who : {bob, eve}) {
    CHECK(code_of(auth.connect(who, "discord", "7656")) == "token-revoked");
    CHECK(code_of(auth.disconnect(who, "steam")) == "token-revoked");
  }
  CHECK(auth.connected(bob) == std::vector<std::string>{"steam 7656"});
}

TEST_CASE("Among connections and a deletion none is connected after the account is going") {
  PlatformsOnDatabase auth{GENERATE(from_range(test::engines()))};
  for (int round = 0; round < 10; ++round) {
    const auto bob = auth.user("bob" + std::to_string(round));
    std::vector<std::thread> threads;
    std::array<std::string, 6> codes;
    for (std::size_t i = 0; i < codes.size(); ++i)
      threads.emplace_back([&, i] {
        const auto name = std::to_string(round) + "-" + std::to_string(i);
        codes[i] = i == 3 ? code_of(auth.delete_user(bob, bob.id())) : code_of(auth.connect(bob, "p" + name, name));
      });
    for (auto& thread : threads) thread.join();
    for (std::size_t i = 0; i < codes.size(); ++i)
      CHECK((codes[i] == "none" || (i != 3 && codes[i] == "token-revoked")));
    const auto made = std::ranges::count(codes, "none") - 1;
    // The chain of the audit log has them in the order in which they happened.
    std::vector<std::string> entries;
    for (const auto& entry : auth.audited())
      if (entry.find(bob.id().to_string()) != std::string::npos) entries.push_back(entry);
    CHECK(std::ssize(entries) == made + 2);
    CHECK(entries.back().starts_with("account.deletion-requested"));
    CHECK(std::ssize(auth.connected(bob)) == made);
  }
}

TEST_CASE("Of one user's parallel connections to a platform one is made") {
  PlatformsOnDatabase auth{GENERATE(from_range(test::engines()))};
  const auto bob = auth.user("bob");
  std::array<std::string, 8> codes;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < codes.size(); ++i)
    threads.emplace_back([&, i] { codes[i] = code_of(auth.connect(bob, "steam", "account" + std::to_string(i))); });
  for (auto& thread : threads) thread.join();
  CHECK(std::ranges::count(codes, "none") == 1);
  CHECK(std::ranges::count(codes, "platform-connected") == 7);
  CHECK(auth.connected(bob).size() == 1);
}

TEST_CASE("A platform's name is short and plain, a user's id there any text") {
  for (const std::string name : {"", "x", "Steam", "steam ", "st_eam",
                                 "st\xC3\xA9"
                                 "am",
                                 "a/b"}) {
    CAPTURE(name);
    CHECK_FALSE(PlatformName::parse(name));
  }
  CHECK_FALSE(PlatformName::parse(std::string(33, 'a')));
  CHECK(PlatformName::parse(std::string(32, 'a')));
  CHECK(PlatformName::parse("x-2"));
  CHECK_FALSE(PlatformUserId::parse(""));
  CHECK_FALSE(PlatformUserId::parse(std::string(129, 'a')));
  CHECK(
      PlatformUserId::parse("b\xC3\xB6"
                            "b #1"));
}

}  // namespace
}  // namespace guerdon::auth
