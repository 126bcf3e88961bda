// A user from the deletion they asked for to the last byte, over HTTP: the saga, thirty days, the nightly run.
#include <catch2/catch.hpp>
#include <fstream>

#include "guerdon/store.hpp"
#include "guerdon/testing.hpp"
#include "support/databases.hpp"
#include "support/eventually.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace std::chrono_literals;
using testing::Server;

namespace {

const std::string name = "zqmarker";

class Site {
 public:
  explicit Site(Engine engine) : place_(engine), server(options()) {}

  [[nodiscard]] bool names_the_user() const {
    const auto file = place_.url().substr(place_.url().find(':') + 1);
    for (const std::string suffix : {"", "-wal"}) {
      std::ifstream in{file + suffix, std::ios::binary};
      const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
      if (bytes.find(name) != std::string::npos) return true;
    }
    return false;
  }

 private:
  testing::ServerOptions options() const {
    testing::ServerOptions options;
    options.configure = [this](Config& config) {
      config.database.url = *DatabaseUrl::parse(place_.url());
      config.outbox.retention.value = 3000 * 24h;
      config.auth.access_token_ttl.value = config.auth.refresh_token_ttl.value = 365 * 24h;
      config.jobs.hard_delete = CronSchedule::parse("0 0 * * *").value();
    };
    options.data_folder = folder_.path().string();
    return options;
  }

  const test::TempFolder folder_;
  const test::DatabasePlace place_;

 public:
  Server server;
};

}  // namespace

TEST_CASE("who deletes their account is gone for good after thirty days, with a receipt and without a byte left") {
  Site site{GENERATE(from_range(test::engines()))};
  auto& server = site.server;
  const auto admin = server.make_admin();
  const auto user = server.register_user(name);
  const auto token = server.login(name);
  REQUIRE(server.post("/api/auth/platforms", {{"platform", "steam"}, {"platformUserId", name + "77"}}, token).status ==
          201);
  server.settle();
  const auto deletion = server.del("/api/auth", token);
  REQUIRE(deletion.status == 202);
  server.settle();
  const auto saga = "/api/admin/sagas/" + deletion.text("/sagaId");
  CHECK(server.get(saga, admin).text("/state") == "SUCCEEDED");

  server.advance(29 * 24h);
  CHECK(server.get("/api/users/" + user, admin).text("/status") == "DELETED");
  server.advance(2 * 24h);
  CHECK(server.get("/api/users/" + user, admin).status == 404);
  CHECK(server.post("/api/users/" + user + "/restore", {}, admin).status == 404);
  const auto receipt = server.get(saga, admin);
  INFO(receipt.body);
  CHECK(receipt.at("/receipt/removed.auth_users") == 1);
  CHECK(receipt.at("/receipt/removed.auth_platforms") == 1);

  const auto [sagas, messages] = server.database().read([&](Snapshot& s) {
    return std::pair{
        s.get<std::int64_t>("SELECT count(*) FROM saga_sagas WHERE user_id = $1", UserId::parse(user).value()),
        s.get<std::int64_t>("SELECT count(*) FROM outbox WHERE topic LIKE 'user.deletion.%' AND key = $1", user)};
  });
  CHECK(sagas == 1);
  CHECK(messages == 2);  // requested and succeeded
  if (server.database().engine() == Engine::sqlite)
    CHECK(test::eventually([&] { return !site.names_the_user(); }));
  else
    CHECK(server.database().read([&](Snapshot& s) {
      return s.get<std::int64_t>("SELECT count(*) FROM outbox WHERE payload LIKE $1", "%" + name + "%");
    }) == 0);
}
