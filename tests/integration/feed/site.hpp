// A whole server of either engine with messages of the test's own, an ADMIN and an AUDITOR, which can be restarted.
#pragma once

#include <catch2/catch.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "guerdon/bus.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/testing.hpp"
#include "support/bus_notes.hpp"
#include "support/databases.hpp"
#include "support/result.hpp"
#include "support/temp_folder.hpp"

namespace guerdon::test {

class FeedSite {
 public:
  using Extend = std::function<void(Platform&)>;
  using Configure = std::function<void(Config&)>;

  explicit FeedSite(Engine engine, Extend extend = {}, Configure configure = {})
      : place_(engine), extend_(std::move(extend)), configure_(std::move(configure)) {
    restart();
    admin = server->make_admin();
    auditor = token_of("audrey", {Role::auditor});
  }

  /// Another run over the same data; tokens stay good, since the keys lie in the data folder.
  void restart() {
    const auto now = server ? server->clock().now() : testing::FakeClock::start;
    server.reset();
    testing::ServerOptions options;
    options.now = now;
    options.configure = [this](Config& config) {
      config.database.url = *DatabaseUrl::parse(place_.url());
      if (configure_) configure_(config);
    };
    options.data_folder = folder_.path().string();
    options.extend = [this](Platform& platform) {
      platform.bus.declare<Noted>();
      platform.bus.declare<Other>();
      if (extend_) extend_(platform);
    };
    server = std::make_unique<testing::Server>(options);
  }

  std::string token_of(const std::string& name, RoleSet roles) {
    server->register_user(name);
    write([&](Tx& tx) { tx.exec("UPDATE auth_users SET roles = $1 WHERE username = $2", roles.bits(), name); });
    return server->login(name);
  }

  void write(const std::function<void(Tx&)>& fn) {
    REQUIRE(server->database().write([&](Tx& tx) -> Result<void> {
      fn(tx);
      return {};
    }));
  }
  template <class T>
  T read(Sql sql) {
    return server->database().read([&](Snapshot& snapshot) { return snapshot.get<T>(sql); });
  }

  template <class... M>
  void publish_all(const M&... messages) {
    write([&](Tx& tx) { (publish(tx, messages), ...); });
  }
  /// Numbers from `first` on, one transaction each, of subjects in turn.
  void publish_notes(int first, int count, int subjects = 3) {
    for (int n = first; n < first + count; ++n) {
      server->clock().advance(std::chrono::milliseconds{1});
      publish_all(Noted{"subject-" + std::to_string(n % subjects), n});
    }
  }

  testing::Response get(const std::string& path) { return server->get(path, admin); }
  testing::Response commit(const std::string& consumer, const std::string& cursor) {
    return server->post("/api/admin/feed/test.notes/commit", {{"consumer", consumer}, {"cursor", cursor}}, admin);
  }

 private:
  const TempFolder folder_;
  DatabasePlace place_;
  const Extend extend_;
  const Configure configure_;

 public:
  std::unique_ptr<testing::Server> server;
  std::string admin, auditor;
};

/// So much time passes that what is old enough is pruned by then.
inline void forget_old_messages(FeedSite& site, std::chrono::milliseconds by) {
  site.server->advance(by);
  for (int i = 0; i < 3; ++i) site.server->advance(std::chrono::hours{1});
  site.admin = site.server->login("admin");
}

inline const std::string notes_feed = "/api/admin/feed/test.notes";

/// The numbers of the notes of a page, in its order.
inline Numbers numbers_of(const testing::Response& page) {
  INFO(page.body);
  REQUIRE(page.status == 200);
  Numbers numbers;
  const auto body = page.json();
  for (const auto& item : body.at("items").as_array())
    numbers.push_back(item.at("message").at("payload").at("number").as_int64());
  return numbers;
}

}  // namespace guerdon::test
