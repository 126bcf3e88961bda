// What must never stand in a log: a server at level debug goes through the calls there are, and every line is searched
// for what was secret or personal in them, whatever the answers brought included.
#include <catch2/catch.hpp>

#include <mutex>
#include <string>
#include <vector>

#include "auth/messages.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/json.hpp"
#include "guerdon/testing.hpp"
#include "support/result.hpp"
#include "telemetry/log.hpp"

using namespace guerdon;
using namespace std::chrono_literals;

namespace {

/// The whole log of the process while it lives.
class CapturedLog {
 public:
  CapturedLog()
      : output_({.level = log::Level::debug, .format = log::Format::json, .sink = [this](std::string_view line) {
                   const std::lock_guard lock{mutex_};
                   lines_.emplace_back(line);
                 }}) {}

  std::vector<std::string> lines() const {
    const std::lock_guard lock{mutex_};
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
  log::Output output_;  // last: writes what is queued as it goes
};

/// Secrets of answers: members that hold one, wherever they stand.
void collect_secrets(const json::value& value, std::vector<std::string>& found) {
  if (const auto* array = value.if_array()) {
    for (const auto& item : *array) collect_secrets(item, found);
    return;
  }
  const auto* object = value.if_object();
  if (object == nullptr) return;
  for (const auto& [name, member] : *object) {
    for (const std::string_view secret : {"accessToken", "refreshToken", "resetToken", "secret", "key", "code"})
      if (std::string_view{name.data(), name.size()} == secret && member.is_string() &&
          member.get_string().size() >= 20)
        found.emplace_back(member.get_string());
    collect_secrets(member, found);
  }
}

constexpr std::string_view password = "marker-password-7f3a", other_password = "marker-wrong-91bc",
                           new_password = "marker-renewed-40de", address = "203.0.113.77";

/// Makes calls, remembers what was secret in them. New kinds of call are a line in `play`.
class Talker {
 public:
  explicit Talker(testing::Server& server) : server_(server) {}

  testing::Response call(const std::string& method, const std::string& path, const json::value& body,
                         const std::string& token = {}) {
    auto call = testing::json_call(method, path, body, token);
    call.headers.emplace_back("X-Forwarded-For", std::string{address});
    auto answer = server_.send(call);
    if (const auto told = parse_json(answer.body)) collect_secrets(*told, secrets);
    return answer;
  }

  void play() {
    const json::object account{{"username", "marker-name"},
                               {"email", "marker-mail@example.com"},
                               {"password", password},
                               {"profile", json::object{{"note", "marker-profile"}}}};
    REQUIRE(call("POST", "/api/auth/register", account).status == 201);
    call("POST", "/api/auth/register", account);
    call("GET", "/api/auth/duplicate/marker-name", {});
    const json::object credentials{{"username", "marker-name"}, {"password", password}};
    call("POST", "/api/auth/login", {{"email", "marker-mail@example.com"}, {"password", password}});
    const auto login = call("POST", "/api/auth/login", credentials);
    REQUIRE(login.status == 200);
    const auto token = login.text("/accessToken"), refresh = login.text("/refreshToken");
    call("GET", "/api/auth/info", {}, token);
    call("GET", "/api/auth/info", {}, token + "x");
    call("GET", "/api/auth/info?token=" + token, {});
    call("GET", "/api/auth/verify", {}, token);
    call("PUT", "/api/auth/info", {{"email", "marker-new@example.com"}, {"currentPassword", other_password}}, token);
    call("POST", "/api/auth/refresh", {{"refreshToken", refresh}});
    call("POST", "/api/auth/refresh", {{"refreshToken", refresh + "x"}});
    call("POST", "/api/auth/password", {{"resetToken", refresh}, {"password", new_password}});
    play_changes(credentials);
    for (int i = 0; i < 7; ++i) {
      call("POST", "/api/auth/login", {{"username", "marker-name"}, {"password", other_password}});
      call("POST", "/api/auth/login", {{"username", "marker-mail@example.com"}, {"password", i}});
    }
    const auto admin = server_.make_admin("marker-admin");
    secrets.push_back(admin);
    call("POST", "/api/admin/keys", {{"name", "marker-key"}, {"roles", json::array{"OPERATOR", "AUDITOR"}}}, admin);
    call("GET", "/api/auth/all-users?q=marker-mail", {}, admin);
    const auto made = call(
        "POST", "/api/users",
        {{"username", "marker-made"}, {"email", "marker-made@example.com"}, {"roles", json::array{"USER"}}}, admin);
    REQUIRE(made.status == 201);
    call("POST", "/api/auth/password", {{"resetToken", made.text("/resetToken")}, {"password", new_password}});
    call("POST", "/api/users/" + made.text("/id") + "/password-reset", {}, admin);
    call("PUT", "/api/users/" + made.text("/id"), {{"email", "marker-made-2@example.com"}}, admin);
    call("PUT", "/api/users/" + made.text("/id") + "/roles", {{"roles", json::array{"USER", "OPERATOR"}}}, admin);
    call("PUT", "/api/users/" + made.text("/id") + "/status", {{"status", "SUSPENDED"}, {"reason", "marker-reason"}},
         admin);
    call("POST", "/api/auth/platforms", {{"platform", "steam"}, {"platformUserId", "marker-steam"}}, admin);
    call("DELETE", "/api/users/" + made.text("/id"), {}, admin);
    play_coupons(admin);
    call("POST", "/api/auth/logout", {}, token);
    server_.settle();
  }

  /// One's own account, and back again: every one of them succeeds.
  void play_changes(const json::object& credentials) {
    const auto token = [&](std::string_view known) {
      auto found = credentials;
      found["password"] = known;
      const auto login = call("POST", "/api/auth/login", found);
      REQUIRE(login.status == 200);
      return login.text("/accessToken");
    };
    const auto change = [&](std::string_view known, const json::object& what) {
      CHECK(call("PUT", "/api/auth/info", what, token(known)).status == 200);
    };
    change(password, {{"email", "marker-new@example.com"}, {"currentPassword", password}});
    change(password, {{"email", "marker-mail@example.com"}, {"currentPassword", password}});
    change(password, {{"password", new_password}, {"currentPassword", password}});
    change(new_password, {{"password", password}, {"currentPassword", new_password}});
    change(password, {{"profile", json::object{{"note", "marker-profile"}}}});
  }

  /// Codes of pools and of everybody: written, refused, granted, looked at.
  void play_coupons(const std::string& admin) {
    const json::object event{{"name", "A day"},
                             {"conditionType", "CONSECUTIVE_LOGIN"},
                             {"conditionParams", {{"days", 1}}},
                             {"startAt", to_rfc3339(server_.clock().now())}};
    const auto rewards = "/api/events/" + call("POST", "/api/events", event, admin).text("/id") + "/rewards";
    const json::object shared{{"type", "COUPON"}, {"metadata", {{"code", "marker-shared-code"}}}};
    const auto made = call("POST", rewards, shared, admin);
    REQUIRE(made.status == 201);
    call("PUT", rewards + "/" + made.text("/id"), {{"metadata", {{"code", "marker-shared-code "}}}}, admin);
    const auto pool = rewards + "/" +
                      call("POST", rewards, {{"type", "COUPON"}, {"metadata", json::object{}}}, admin).text("/id") +
                      "/codes";
    // For everybody who has logged in today.
    const json::array codes{"marker-pool-code", "marker-pool-code-2", "marker-pool-code-3", "marker-pool-code-4"};
    REQUIRE(call("POST", pool, {{"codes", codes}}, admin).status == 200);
    call("POST", pool, {{"codes", {"marker-pool-code", "marker pool-code", 1}}}, admin);
    server_.register_user("holder");
    const auto holder = server_.login("holder");
    secrets.push_back(holder);
    server_.settle();
    const auto wallet = call("GET", "/api/wallet", {}, holder);
    REQUIRE(wallet.body.find("marker-pool-code") != std::string::npos);
    call("GET", "/api/events/requests", {}, holder);
  }

  std::vector<std::string> secrets{std::string{password},
                                   std::string{other_password},
                                   std::string{new_password},
                                   "marker-name",
                                   "marker-mail",
                                   "marker-new@",
                                   "marker-profile",
                                   "marker-admin@",
                                   "marker-made",
                                   "marker-reason",
                                   "marker-steam",
                                   "$argon2",
                                   "marker-shared-code",
                                   "marker-pool-code",
                                   "marker pool-code",
                                   std::string{address},
                                   std::string{testing::Server::password}};

 private:
  testing::Server& server_;
};

testing::ServerOptions with_a_failing_subscriber() {
  return {.configure =
              [](Config& config) {
                config.limits.enabled = true;
                config.http.trusted_proxies = {*Network::parse("127.0.0.1")};
              },
          .extend =
              [](Platform& platform) {
                platform.bus.subscribe<auth::UserCreated>(
                    "test.failing", [](Tx&, const auth::UserCreated&) -> Result<void> { return problems::internal; },
                    {.max_attempts = 1});
              }};
}

std::string found_in(const std::string& line, const std::vector<std::string>& secrets) {
  for (const auto& secret : secrets)
    if (line.find(secret) != std::string::npos) return secret;
  return {};
}

}  // namespace

TEST_CASE("no secret, name or address gets into the log, whatever is called") {
  std::vector<std::string> secrets, lines;
  {
    CapturedLog captured;
    testing::Server server{with_a_failing_subscriber()};
    Talker talker{server};
    talker.play();
    secrets = talker.secrets;
    log::info("test", "planted", {{"value", "before " + secrets.back() + " behind"}});
    server.app().stop();
    lines = captured.lines();
  }
  REQUIRE(secrets.size() >= 14);  // the tokens of three log-ins are among them
  REQUIRE(lines.size() >= 4);
  for (const auto& line : lines) {
    INFO(line);
    REQUIRE(line.ends_with('\n'));
    const auto parsed = parse_json(std::string_view{line}.substr(0, line.size() - 1));
    REQUIRE(parsed);
    const bool is_planted = parsed->at("message") == "planted";
    CHECK(found_in(line, secrets).empty() != is_planted);
  }
}
