// A server with an operator, an auditor and an administrator, and events whose condition one log-in meets: for tests of
// rewards over HTTP.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "guerdon/caller.hpp"
#include "guerdon/testing.hpp"
#include "support/databases.hpp"
#include "support/temp_folder.hpp"

namespace guerdon::test {

struct RewardSite {
  explicit RewardSite(Engine engine = Engine::sqlite) : place(engine), server(options()) {
    admin = server.make_admin();
    operator_ = with_role("opal", Role::operator_);
    auditor = with_role("audrey", Role::auditor);
  }

  testing::ServerOptions options() const {
    testing::ServerOptions result;
    result.data_folder = folder.path().string();
    result.configure = [this](Config& config) { config.database.url = *DatabaseUrl::parse(place.url()); };
    return result;
  }

  std::string with_role(const std::string& name, Role role) {
    const auto id = UserId::parse(server.register_user(name)).value();
    const auto changed = server.database().write([&](Tx& tx) -> Result<std::int64_t> {
      return tx.exec("UPDATE auth_users SET roles = $2 WHERE id = $1", id, RoleSet{role}.bits());
    });
    REQUIRE(changed.value() == 1);
    return server.login(name);
  }

  /// The path of a new event, `/api/events/evt_…`.
  std::string new_event(const std::string& approval = "AUTO") {
    const auto made = server.post("/api/events",
                                  {{"name", "Come by"},
                                   {"conditionType", "CONSECUTIVE_LOGIN"},
                                   {"conditionParams", {{"days", 1}}},
                                   {"startAt", to_rfc3339(server.clock().now())},
                                   {"approval", approval}},
                                  operator_);
    INFO(made.body);
    REQUIRE(made.status == 201);
    return "/api/events/" + made.text("/id");
  }

  /// The path of a new reward.
  std::string new_reward(const std::string& event, const json::value& body) {
    const auto made = server.post(event + "/rewards", body, operator_);
    INFO(made.body);
    REQUIRE(made.status == 201);
    return event + "/rewards/" + made.text("/id");
  }

  std::string new_user(const std::string& name) {
    server.register_user(name);
    return server.login(name);
  }

  TempFolder folder;
  DatabasePlace place;
  testing::Server server;
  std::string admin, operator_, auditor;
};

}  // namespace guerdon::test
