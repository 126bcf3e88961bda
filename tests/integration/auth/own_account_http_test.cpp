// Sessions and one's own account over HTTP: each route's success, its documented errors, each role.
#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "guerdon/caller.hpp"
#include "guerdon/testing.hpp"
#include "support/databases.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace std::chrono_literals;

namespace {

const json::value no_body;

std::string code_of(const testing::Response& answer) { return answer.text("/code"); }

bool challenges(const testing::Response& answer) {
  return answer.header("www-authenticate").find("error=\"invalid_token\"") != std::string::npos;
}

struct Site {
  explicit Site(Engine engine = Engine::sqlite, bool limits = false) : place(engine), server(options(limits)) {}

  testing::ServerOptions options(bool limits) const {
    testing::ServerOptions result;
    result.data_folder = folder.path().string();
    result.configure = [this, limits](Config& config) {
      config.database.url = *DatabaseUrl::parse(place.url());
      config.limits.enabled = limits;
    };
    return result;
  }

  testing::Response log_in(const std::string& name, std::string_view password = testing::Server::password) {
    return server.post("/api/auth/login", {{"username", name}, {"password", std::string{password}}});
  }

  testing::Response refresh(const std::string& token) {
    return server.post("/api/auth/refresh", {{"refreshToken", token}});
  }

  int use(const std::string& token) { return server.get("/api/auth/info", token).status; }

  /// An account with exactly this role, logged in: id and access token.
  std::pair<std::string, std::string> with_role(Role role) {
    const auto name = "someone" + std::to_string(++made);
    const auto id = server.register_user(name);
    const auto done = server.database().write([&](Tx& tx) -> Result<std::int64_t> {
      return tx.exec("UPDATE auth_users SET roles = $2 WHERE id = $1", UserId::parse(id).value(), RoleSet{role}.bits());
    });
    REQUIRE(done.value() == 1);
    return {id, server.login(name)};
  }

  test::TempFolder folder;
  test::DatabasePlace place;
  testing::Server server;
  int made = 0;
};

constexpr auto every_role = {Role::user, Role::operator_, Role::auditor, Role::admin};

}  // namespace

TEST_CASE("a refresh token is taken from the body or as Bearer, and spent") {
  Site site{GENERATE(from_range(test::engines()))};
  site.server.register_user("bob");
  const auto first = site.log_in("bob");
  const auto second = site.refresh(first.text("/refreshToken"));
  REQUIRE(second.status == 200);
  CHECK(second.text("/tokenType") == "Bearer");
  CHECK(second.at("/expiresIn") == 900);
  CHECK(second.at("/refreshExpiresIn") == 604800);
  CHECK(second.text("/user/username") == "bob");
  CHECK(site.use(first.text("/accessToken")) == 401);
  CHECK(site.use(second.text("/accessToken")) == 200);

  site.server.clock().advance(11s);
  const auto third = site.server.post("/api/auth/refresh", no_body, second.text("/refreshToken"));
  REQUIRE(third.status == 200);
  site.server.clock().advance(11s);
  const auto reused = site.refresh(second.text("/refreshToken"));
  CHECK(reused.status == 401);
  CHECK(code_of(reused) == "token-revoked");
  CHECK(challenges(reused));
  CHECK(site.use(third.text("/accessToken")) == 401);
}

TEST_CASE("what is no refresh token is 401, what is no request is 400") {
  Site site;
  site.server.register_user("bob");
  const auto access = site.log_in("bob").text("/accessToken");
  CHECK(code_of(site.server.post("/api/auth/refresh", no_body)) == "unauthenticated");
  CHECK(code_of(site.server.post("/api/auth/refresh", json::object{})) == "unauthenticated");
  const auto shown = site.server.post("/api/auth/refresh", no_body, access);
  CHECK(code_of(shown) == "unauthenticated");
  CHECK(challenges(shown));
  CHECK_FALSE(challenges(site.server.post("/api/auth/refresh", no_body)));
  CHECK(code_of(site.refresh("rt_nonsense")) == "unauthenticated");
  CHECK(site.refresh(std::string(257, 'x')).status == 400);
  CHECK(site.server.post("/api/auth/refresh", {{"refreshToken", 7}}).status == 400);
  CHECK(site.server.post("/api/auth/refresh", {{"token", "x"}}).status == 400);
  CHECK(site.use(access) == 200);
}

TEST_CASE("a refresh after seven days is token-expired") {
  Site site;
  site.server.register_user("bob");
  const auto token = site.log_in("bob").text("/refreshToken");
  site.server.advance(24h * 7);
  const auto late = site.refresh(token);
  CHECK(late.status == 401);
  CHECK(code_of(late) == "token-expired");
  CHECK(challenges(late));
}

TEST_CASE("fifty clients that refresh one token at once get one pair of tokens") {
  Site site{GENERATE(from_range(test::engines()))};
  site.server.register_user("bob");
  const auto token = site.log_in("bob").text("/refreshToken");
  std::vector<testing::Response> answers(50);
  std::vector<std::thread> threads;
  for (auto& answer : answers) {
    threads.emplace_back([&] {
      testing::Client client{site.server.port()};
      answer = client.send(testing::json_call("POST", "/api/auth/refresh", {{"refreshToken", token}}));
    });
  }
  for (auto& thread : threads) thread.join();
  std::set<std::string> pairs;
  for (const auto& answer : answers) {
    REQUIRE(answer.status == 200);
    pairs.insert(answer.text("/refreshToken") + ' ' + answer.text("/accessToken"));
  }
  CHECK(pairs.size() == 1);
  CHECK(site.use(answers.front().text("/accessToken")) == 200);
}

TEST_CASE("an eleventh refresh in a minute is 429 with Retry-After, unless limits are off") {
  const bool limits = GENERATE(true, false);
  Site site{Engine::sqlite, limits};
  site.server.register_user("bob");
  auto token = site.log_in("bob").text("/refreshToken");
  for (int i = 0; i < 10; ++i) token = site.refresh(token).text("/refreshToken");
  const auto eleventh = site.refresh(token);
  CHECK(eleventh.status == (limits ? 429 : 200));
  if (!limits) return;
  CHECK(code_of(eleventh) == "too-many-requests");
  CHECK(eleventh.header("retry-after") == "6");
  site.server.clock().advance(6s);
  CHECK(site.refresh(token).status == 200);
}

TEST_CASE("every role may log out, whereupon both tokens are dead") {
  Site site{GENERATE(from_range(test::engines()))};
  for (const auto role : every_role) {
    const auto token = site.with_role(role).second;
    const auto answer = site.server.post("/api/auth/logout", no_body, token);
    CHECK(answer.status == 200);
    CHECK(answer.body == R"({"result":"OK"})");
    CHECK(site.use(token) == 401);
    const auto again = site.server.post("/api/auth/logout", no_body, token);
    CHECK(again.status == 401);
    CHECK(code_of(again) == "token-revoked");
  }
  CHECK(site.server.post("/api/auth/logout", no_body).status == 401);
  site.server.register_user("bob");
  const auto session = site.log_in("bob");
  CHECK(site.server.post("/api/auth/logout", json::object{}, session.text("/accessToken")).status == 200);
  CHECK(code_of(site.refresh(session.text("/refreshToken"))) == "token-revoked");
}

TEST_CASE("verify tells a proxy who it is, in headers") {
  Site site{GENERATE(from_range(test::engines()))};
  const auto admin = site.server.make_admin("ada");
  const auto id = site.server.get("/api/auth/info", admin).text("/id");
  REQUIRE(site.server.database()
              .write([&](Tx& tx) -> Result<std::int64_t> {
                return tx.exec("UPDATE auth_users SET roles = 9 WHERE id = $1", UserId::parse(id).value());
              })
              .value() == 1);
  const auto answer = site.server.get("/api/auth/verify", admin);
  CHECK(answer.status == 200);
  CHECK(answer.body.empty());
  CHECK(answer.header("x-user-id") == id);
  CHECK(answer.header("x-user-name") == "ada");
  CHECK(answer.header("x-user-roles") == "USER,ADMIN");
  for (const auto role : every_role)
    CHECK(site.server.get("/api/auth/verify", site.with_role(role).second).status == 200);
  for (const std::string token : {"", "nonsense"}) {
    const auto refused = site.server.get("/api/auth/verify", token);
    CHECK(refused.status == 401);
    CHECK(refused.header("x-user-id").empty());
  }
  CHECK(site.server.post("/api/auth/logout", no_body, admin).status == 200);
  CHECK(site.server.get("/api/auth/verify", admin).status == 401);
}

TEST_CASE("every role changes its own account") {
  Site site;
  for (const auto role : every_role) {
    const auto token = site.with_role(role).second;
    const auto answer = site.server.put("/api/auth/info", {{"profile", {{"city", "Jeju"}}}}, token);
    CHECK(answer.status == 200);
    CHECK(answer.body == R"({"result":"OK"})");
    const auto dead = site.server.get("/api/auth/info", token);
    CHECK(dead.status == 401);
    CHECK(code_of(dead) == "token-revoked");
  }
  CHECK(site.server.put("/api/auth/info", {{"profile", json::object{}}}).status == 401);
}

TEST_CASE("a change of one's own account is refused with the code for its reason") {
  Site site{GENERATE(from_range(test::engines()))};
  site.server.register_user("eve");
  site.server.register_user("bob");
  const auto token = site.server.login("bob");
  const auto put = [&](const json::value& body) { return site.server.put("/api/auth/info", body, token); };
  const auto missing = put({{"password", "an even finer one"}});
  CHECK(missing.status == 400);
  CHECK(missing.text("/errors/0/pointer") == "/currentPassword");
  CHECK(put(json::object{}).status == 400);
  const auto wrong = put({{"password", "an even finer one"}, {"currentPassword", "another"}});
  CHECK(wrong.status == 403);
  CHECK(code_of(wrong) == "wrong-password");
  const std::string known{testing::Server::password};
  const auto taken = put({{"email", "EVE@example.com"}, {"currentPassword", known}});
  CHECK(taken.status == 409);
  CHECK(code_of(taken) == "email-taken");
  CHECK(site.use(token) == 200);

  CHECK(put({{"password", "an even finer one"}, {"currentPassword", known}}).status == 200);
  CHECK(site.use(token) == 401);
  CHECK(site.log_in("bob").status == 401);
  CHECK(site.log_in("bob", "an even finer one").status == 200);
}

TEST_CASE("info has an entity tag, and a change may be made to depend on it") {
  Site site;
  site.server.register_user("bob");
  auto token = site.server.login("bob");
  const auto tag = site.server.get("/api/auth/info", token).header("etag");
  REQUIRE_FALSE(tag.empty());
  auto call = testing::json_call("GET", "/api/auth/info", no_body, token);
  call.headers.emplace_back("If-None-Match", tag);
  CHECK(site.server.send(call).status == 304);

  const auto change = [&](const std::string& if_match, int city) {
    auto put = testing::json_call("PUT", "/api/auth/info", {{"profile", {{"city", city}}}}, token);
    put.headers.emplace_back("If-Match", if_match);
    return site.server.send(put);
  };
  CHECK(change("\"another\"", 1).status == 412);
  CHECK(change(tag, 2).status == 200);
  token = site.server.login("bob");
  const auto stale = change(tag, 3);
  CHECK(stale.status == 412);
  CHECK(code_of(stale) == "precondition-failed");
  CHECK(site.server.get("/api/auth/info", token).at("/profile/city") == 2);
}

TEST_CASE("every role but the last ADMIN deletes its own account") {
  Site site{GENERATE(from_range(test::engines()))};
  const auto admin = site.server.make_admin();
  const auto last = site.server.del("/api/auth", admin);
  CHECK(last.status == 409);
  CHECK(code_of(last) == "last-admin");
  CHECK(site.use(admin) == 200);
  for (const auto role : every_role) {
    const auto [id, token] = site.with_role(role);
    const auto answer = site.server.del("/api/auth", token);
    CHECK(answer.status == 202);
    CHECK(answer.text("/result") == "ACCEPTED");
    CHECK(answer.text("/sagaId").starts_with("sga_"));
    CHECK(code_of(site.server.del("/api/auth", token)) == "token-revoked");
    const auto again = site.server.del("/api/users/" + id, admin);
    CHECK(again.status == 202);
    CHECK(again.text("/sagaId") == answer.text("/sagaId"));
  }
  CHECK(site.server.del("/api/auth").status == 401);
}

TEST_CASE("only an ADMIN deletes another's account, and their own by either call") {
  Site site{GENERATE(from_range(test::engines()))};
  const auto admin = site.server.make_admin();
  const auto bob = site.server.register_user("bob");
  for (const auto role : {Role::user, Role::operator_, Role::auditor}) {
    const auto refused = site.server.del("/api/users/" + bob, site.with_role(role).second);
    CHECK(refused.status == 403);
    CHECK(code_of(refused) == "forbidden");
  }
  CHECK(site.server.del("/api/users/" + bob).status == 401);
  CHECK(site.server.del("/api/users/" + bob, admin).status == 202);
  CHECK(site.log_in("bob").status == 401);
  CHECK(code_of(site.server.del("/api/users/" + UserId{}.to_string(), admin)) == "not-found");

  const auto own = site.server.get("/api/auth/info", admin).text("/id");
  CHECK(code_of(site.server.del("/api/users/" + own, admin)) == "last-admin");
  site.with_role(Role::admin);
  CHECK(site.server.del("/api/users/" + own, admin).status == 202);
  CHECK(site.use(admin) == 401);
}
