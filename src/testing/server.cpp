// A whole server for tests (testing.hpp).
#include <stdexcept>

#include "guerdon/testing.hpp"

namespace guerdon::testing {
namespace {

Config test_config(const ServerOptions& options) {
  Config config = Config::defaults();
  config.http.listen = Endpoint{"127.0.0.1", 0};
  config.http.threads = *Bounded<0, 64>::make(1);
  config.admin.listen = Endpoint{};
  config.admin.metrics_wait.value = std::chrono::seconds{20};  // a machine may be slow
  config.database.url = *DatabaseUrl::parse("sqlite::memory:");
  config.auth.argon2_memory_kib = *Bounded<8, 4'194'304>::make(8);
  config.auth.argon2_iterations = *Bounded<1, 100>::make(1);
  config.auth.hash_threads = *Bounded<0, 256>::make(1);
  config.limits.enabled = false;
  config.jobs.self_check = {};
  config.log.level = LogLevel::off;
  if (options.configure) options.configure(config);
  return config;
}

AppOptions app_options(const ServerOptions& options, FakeClock& clock) {
  AppOptions app;
  app.clock = &clock;
  app.data_folder = options.data_folder;
  app.extend = options.extend;
  return app;
}

void expect(const Response& response, int status, std::string_view what) {
  if (response.status == status) return;
  throw std::runtime_error(std::string{what} + ": status " + std::to_string(response.status) + ": " + response.body);
}

}  // namespace

struct Server::Impl {
  explicit Impl(const ServerOptions& options)
      : clock(options.now), app(test_config(options), app_options(options, clock)) {
    app.start();
    client = std::make_unique<Client>(app.port());
  }

  FakeClock clock;
  App app;
  std::unique_ptr<Client> client;
};

Server::Server(ServerOptions options) : impl_(std::make_unique<Impl>(options)) {}

Server::~Server() = default;

Response Server::get(const std::string& path, const std::string& token) {
  return send(json_call("GET", path, {}, token));
}

Response Server::post(const std::string& path, const json::value& body, const std::string& token) {
  return send(json_call("POST", path, body, token));
}

Response Server::put(const std::string& path, const json::value& body, const std::string& token) {
  return send(json_call("PUT", path, body, token));
}

Response Server::patch(const std::string& path, const json::value& body, const std::string& token) {
  return send(json_call("PATCH", path, body, token));
}

Response Server::del(const std::string& path, const std::string& token) {
  return send(json_call("DELETE", path, {}, token));
}

Response Server::send(const Call& call) { return impl_->client->send(call); }

std::string Server::register_user(const std::string& name) {
  const auto answer = post("/api/auth/register",
                           {{"username", name}, {"email", name + "@example.com"}, {"password", std::string{password}}});
  expect(answer, 201, "registering " + name);
  return answer.text("/id");
}

std::string Server::login(const std::string& name) {
  const auto answer = post("/api/auth/login", {{"username", name}, {"password", std::string{password}}});
  expect(answer, 200, "logging in " + name);
  return answer.text("/accessToken");
}

std::string Server::make_admin(const std::string& name) {
  std::string said;
  const json::object arguments{
      {"username", name}, {"email", name + "@example.com"}, {"password", std::string{password}}};
  const int code = impl_->app.command("admin create", arguments, [&](std::string_view line) {
    said += line;
    return true;
  });
  if (code != 0) throw std::runtime_error("making the administrator " + name + ": " + said);
  return login(name);
}

FakeClock& Server::clock() { return impl_->clock; }

void Server::advance(std::chrono::milliseconds by) {
  impl_->clock.advance(by);
  settle();
}

void Server::settle() {
  if (!impl_->app.settle(std::chrono::seconds{60})) throw std::runtime_error("the server did not come to rest");
}

std::uint16_t Server::port() const { return impl_->app.port(); }

Database& Server::database() { return impl_->app.database(); }

App& Server::app() { return impl_->app; }

}  // namespace guerdon::testing
