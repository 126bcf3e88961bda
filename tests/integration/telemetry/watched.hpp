// A whole server of either engine, with a listener for operators whose page of metrics a test takes.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "guerdon/platform.hpp"
#include "guerdon/testing.hpp"
#include "support/databases.hpp"
#include "support/scrape.hpp"
#include "support/temp_folder.hpp"

namespace guerdon::test {

struct Watched {
  explicit Watched(Engine engine = Engine::sqlite, std::function<void(Config&)> configure = {},
                   std::function<void(Platform&)> extend = {})
      : place(engine) {
    testing::ServerOptions options;
    options.data_folder = folder.path().string();
    options.extend = std::move(extend);
    options.configure = [&](Config& config) {
      config.database.url = *DatabaseUrl::parse(place.url());
      config.admin.listen = Endpoint{"127.0.0.1", 0};
      if (configure) configure(config);
    };
    server = std::make_unique<testing::Server>(options);
  }

  [[nodiscard]] Scrape scrape() const { return Scrape::of(server->app().admin_port()); }
  /// So that what comes from rows is read anew.
  [[nodiscard]] Scrape later_scrape() {
    server->advance(std::chrono::seconds{10});
    return scrape();
  }
  testing::Response log_in(const std::string& name, const std::string& password) {
    return server->post("/api/auth/login", {{"username", name}, {"password", password}});
  }

  TempFolder folder;
  DatabasePlace place;
  std::unique_ptr<testing::Server> server;
};

}  // namespace guerdon::test
