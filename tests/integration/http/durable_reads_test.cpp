// Over HTTP, what is read while the store runs ahead of the disk: nobody is told of it before the disk has it.
#include <poll.h>
#include <catch2/catch.hpp>

#include <atomic>
#include <future>
#include <vector>

#include "support/sync_gate.hpp"
#include "support/toy_app.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

struct Fixture {
  store::DatabaseOptions options() {
    store::DatabaseOptions result;
    result.faults = &gate;
    result.on_fatal = [this](int code, const std::string&) { fatal = code; };
    return result;
  }
  /// Revokes all tokens, and is on its way to the disk when this returns.
  std::vector<std::future<void>> revoke_ahead() {
    gate.close();
    std::vector<std::future<void>> commands;
    queue_behind(*app.store, [&] {
      for (int i = 0; i < 20; ++i) {
        commands.push_back(submit(*app.store, [](Tx& tx) {
          tx.exec("UPDATE toy_users SET version = version + 1");
          return true;
        }));
      }
    });
    gate.wait_for_sync();
    return commands;
  }

  SyncGate gate;
  std::atomic<int> fatal{0};
  ToyApp app{Engine::sqlite, std::chrono::seconds{60}, nullptr, options()};
};

bool is_answered(const RawClient& client, int milliseconds) {
  pollfd socket{client.descriptor(), POLLIN, 0};
  return poll(&socket, 1, milliseconds) > 0;
}

}  // namespace

TEST_CASE("an answer that shows what is on its way to the disk waits for it, a refusal as well") {
  Fixture fixture;
  const auto token = fixture.app.account();
  auto client = fixture.app.connect();
  REQUIRE(client.ask(request("GET", "/api/items", token)).status == 200);
  auto commands = fixture.revoke_ahead();
  client.send(request("GET", "/api/items", token));
  CHECK_FALSE(is_answered(client, 100));
  fixture.gate.open();
  CHECK(client.receive().status == 401);
  for (auto& command : commands) CHECK_NOTHROW(command.get());
}

TEST_CASE("an answer that shows what the disk never took is 503") {
  Fixture fixture;
  const auto token = fixture.app.account();
  auto client = fixture.app.connect();
  auto commands = fixture.revoke_ahead();
  client.send(request("GET", "/api/items", token));
  CHECK_FALSE(is_answered(client, 100));
  fixture.gate.fail();
  CHECK(client.receive().status == 503);
  for (auto& command : commands) CHECK(failure_of(command).has_value());
  fixture.app.store->close();  // whoever was told was told before the server
  CHECK(fixture.fatal == 74);
}
