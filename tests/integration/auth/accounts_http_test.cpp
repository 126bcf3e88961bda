// The administration of accounts over HTTP: each route's success, its documented errors, who may, and the races.
#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "guerdon/testing.hpp"
#include "support/databases.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace std::chrono_literals;

namespace {

constexpr const char* fine_password = "four quiet green herons";

struct Office {
  explicit Office(Engine engine = Engine::sqlite) : place(engine), server(options()) {}

  testing::ServerOptions options() const {
    testing::ServerOptions result;
    result.data_folder = folder.path().string();
    result.configure = [this](Config& config) { config.database.url = *DatabaseUrl::parse(place.url()); };
    return result;
  }

  std::string make(const std::string& name, const json::array& roles = {"USER"}) {
    const auto made = server.post("/api/users",
                                  {{"username", name},
                                   {"email", name + "@example.com"},
                                   {"roles", roles},
                                   {"password", std::string{testing::Server::password}}},
                                  admin);
    INFO(made.body);
    REQUIRE(made.status == 201);
    return made.text("/id");
  }

  /// A service key with the role ADMIN: an administrator who is no account.
  std::string admin_key() {
    const auto made = server.post("/api/admin/keys", {{"name", "tool"}, {"roles", json::array{"ADMIN"}}}, admin);
    REQUIRE(made.status == 201);
    return made.text("/key");
  }

  testing::Response log_in(const std::string& name, const std::string& password) {
    return server.post("/api/auth/login", {{"username", name}, {"password", password}});
  }

  testing::Response set_password(const std::string& token, const std::string& password) {
    return server.post("/api/auth/password", {{"resetToken", token}, {"password", password}});
  }

  std::string reset_token(const std::string& user) {
    const auto made = server.post("/api/users/" + user + "/password-reset", nullptr, admin);
    INFO(made.body);
    REQUIRE(made.status == 201);
    return made.text("/resetToken");
  }

  std::vector<std::string> names(const std::string& query, const std::string& token) {
    const auto page = server.get("/api/auth/all-users" + query, token);
    INFO(page.body);
    REQUIRE(page.status == 200);
    std::vector<std::string> found;
    const auto items = page.at("/items");
    for (const auto& item : items.as_array()) found.emplace_back(item.at("username").as_string());
    return found;
  }

  std::vector<std::string> audited(const std::string& subject) {
    const auto page = server.get("/api/admin/audit?subjectId=" + subject, admin);
    std::vector<std::string> actions;
    const auto items = page.at("/items");
    for (const auto& item : items.as_array()) actions.emplace_back(item.at("action").as_string());
    return actions;
  }

  test::TempFolder folder;
  test::DatabasePlace place;
  testing::Server server;
  std::string admin = server.make_admin("ada");
};

std::string code_of(const testing::Response& answer) { return answer.text("/code"); }

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a name is free, taken whatever its case, or reserved") {
  Office office{GENERATE(from_range(test::engines()))};
  office.make("bob");
  const auto duplicate = [&](const std::string& name) {
    const auto answer = office.server.get("/api/auth/duplicate/" + name);
    REQUIRE(answer.status == 200);
    CHECK(answer.text("/username") == name);
    return answer.at("/duplicate").as_bool();
  };
  CHECK(duplicate("bob"));
  CHECK(duplicate("BOB"));
  CHECK(duplicate("guerdon"));
  CHECK_FALSE(duplicate("bobby"));
  const auto bad = office.server.get("/api/auth/duplicate/a%20b");
  CHECK(bad.status == 400);
  CHECK(bad.text("/errors/0/parameter") == "username");
}

TEST_CASE("an ADMIN makes an account with a password and roles, who can log in at once") {
  Office office{GENERATE(from_range(test::engines()))};
  const auto id = office.make("olga", {"OPERATOR", "USER"});
  const auto logged_in = office.log_in("olga", std::string{testing::Server::password});
  REQUIRE(logged_in.status == 200);
  CHECK(logged_in.at("/user/roles") == json::array{"USER", "OPERATOR"});
  CHECK(office.audited(id) == Names{"account.created"});
}

TEST_CASE("an account that an ADMIN makes without a password gets a token to set one with, which is kept nowhere") {
  Office office{GENERATE(from_range(test::engines()))};
  const auto body = json::serialize(
      json::object{{"username", "nina"}, {"email", "nina@example.com"}, {"roles", json::array{"USER"}}});
  const testing::Call call{
      "POST",
      "/api/users",
      {{"Authorization", "Bearer " + office.admin}, {"Content-Type", "application/json"}, {"Idempotency-Key", "k1"}},
      body};
  const auto made = office.server.send(call);
  REQUIRE(made.status == 201);
  const auto token = made.text("/resetToken");
  const auto again = office.server.send(call);  // its answer held a secret: it is not given a second time
  CHECK(again.status == 409);
  CHECK(code_of(again) == "username-taken");
  CHECK(again.header("idempotency-replayed").empty());

  CHECK(office.log_in("nina", fine_password).status == 401);
  CHECK(office.set_password(token, fine_password).status == 200);
  CHECK(office.log_in("nina", fine_password).status == 200);
}

TEST_CASE("all faults of an account to be made are told at once, and a name or address is one's only") {
  Office office;
  const auto bad = office.server.post(
      "/api/users",
      {{"username", "x"}, {"email", "nowhere"}, {"roles", json::array{"KING", "USER", "USER"}}, {"password", "short"}},
      office.admin);
  CHECK(bad.status == 400);
  std::set<std::string> pointers;
  const auto faults = bad.at("/errors");
  for (const auto& fault : faults.as_array()) pointers.emplace(fault.at("pointer").as_string());
  CHECK(pointers == std::set<std::string>{"/username", "/email", "/roles/0", "/roles/2", "/password"});
  CHECK(
      office.server
          .post("/api/users", {{"username", "eve"}, {"email", "e@example.com"}, {"roles", json::array{}}}, office.admin)
          .text("/errors/0/pointer") == "/roles");

  office.make("bob");
  const auto taken = [&](const char* name, const char* email) {
    return code_of(office.server.post(
        "/api/users", {{"username", name}, {"email", email}, {"roles", json::array{"USER"}}}, office.admin));
  };
  CHECK(taken("BOB", "new@example.com") == "username-taken");
  CHECK(taken("new", "Bob@Example.com") == "email-taken");
}

TEST_CASE("the list of accounts filters, pages, and shows addresses to an ADMIN only") {
  Office office{GENERATE(from_range(test::engines()))};
  for (const auto* name : {"anna", "berta", "clara"}) office.make(name);
  const auto dora = office.make("dora", {"OPERATOR"});
  office.make("emil", {"AUDITOR"});
  const auto operator_token = office.server.login("dora");
  const auto auditor = office.server.login("emil");

  CHECK(office.names("", office.admin) == Names{"emil", "dora", "clara", "berta", "anna", "ada"});
  CHECK(office.names("?role=OPERATOR", office.admin) == Names{"dora"});
  CHECK(office.names("?q=RT", operator_token) == Names{"berta"});
  CHECK(office.names("?q=anna@example", office.admin) == Names{"anna"});
  CHECK(office.names("?q=anna@example", operator_token).empty());  // nobody unmasks an address by searching
  CHECK(office.names("?q=%25", office.admin).empty());
  const auto page = office.server.get("/api/auth/all-users?limit=2", auditor);
  CHECK(page.text("/items/0/email") == "emil@example.com");  // one's own
  CHECK(page.text("/items/1/email") == "d***@example.com");
  CHECK(office.names("?limit=2&cursor=" + page.text("/nextCursor"), auditor) == Names{"clara", "berta"});

  REQUIRE(office.server.put("/api/users/" + dora + "/status", {{"status", "SUSPENDED"}}, office.admin).status == 200);
  CHECK(office.names("?status=SUSPENDED", auditor) == Names{"dora"});
  REQUIRE(office.server.del("/api/users/" + dora, office.admin).status == 202);
  CHECK(office.names("?role=OPERATOR", office.admin).empty());
  CHECK(office.names("?role=OPERATOR&includeDeleted=true", auditor) == Names{"dora"});
  office.make("fred", {"OPERATOR"});
  const auto refused = office.server.get("/api/auth/all-users?includeDeleted=true", office.server.login("fred"));
  CHECK(refused.status == 403);
  CHECK(office.server.get("/api/auth/all-users?color=red", office.admin).status == 400);
}

TEST_CASE("an account is shown to itself and to staff, with an ETag, and to others it does not exist") {
  Office office;
  const auto bob = office.make("bob");
  office.make("eve");
  office.make("olga", {"OPERATOR"});
  const auto own = office.server.get("/api/users/" + bob, office.server.login("bob"));
  CHECK(own.status == 200);
  CHECK(own.text("/email") == "bob@example.com");
  const auto hidden = office.server.get("/api/users/" + bob, office.server.login("eve"));
  CHECK(hidden.status == 404);
  CHECK(office.server.get("/api/users/" + bob, office.server.login("olga")).text("/email") == "b***@example.com");
  const auto seen = office.server.get("/api/users/" + bob, office.admin);
  const auto same =
      office.server.send({"GET",
                          "/api/users/" + bob,
                          {{"Authorization", "Bearer " + office.admin}, {"If-None-Match", seen.header("etag")}},
                          ""});
  CHECK(same.status == 304);
  CHECK(office.server.get("/api/users/usr_01jd3q6p8hfvmt3e8zkx0v9c2a", office.admin).status == 404);
  CHECK(office.server.get("/api/users/bob", office.admin).status == 400);
}

TEST_CASE("a profile and an invite code are shown to their owner and to an ADMIN, and to no other staff") {
  Office office;
  const auto bob = office.make("bob");
  REQUIRE(office.server.put("/api/users/" + bob, {{"profile", {{"city", "Jeju"}}}}, office.admin).status == 200);
  office.make("olga", {"OPERATOR"});
  office.make("emil", {"AUDITOR"});
  const auto seen = office.server.get("/api/users/" + bob, office.admin);
  const auto code = seen.text("/inviteCode");
  CHECK(seen.text("/profile/city") == "Jeju");
  const auto own = office.server.get("/api/users/" + bob, office.server.login("bob"));
  CHECK(own.text("/inviteCode") == code);
  CHECK(own.text("/profile/city") == "Jeju");
  CHECK(office.server.get("/api/auth/all-users", office.admin).body.find(code) != std::string::npos);
  for (const auto* name : {"olga", "emil"}) {
    const auto token = office.server.login(name);
    for (const auto& path : {"/api/users/" + bob, std::string{"/api/auth/all-users?q=bob"}}) {
      const auto answer = office.server.get(path, token);
      INFO(path << " as " << name);
      CHECK(answer.status == 200);
      for (const std::string& hidden : {code, std::string{"Jeju"}, std::string{"profile"}, std::string{"inviteCode"}})
        CHECK(answer.body.find(hidden) == std::string::npos);
    }
  }
}

TEST_CASE("an ADMIN changes nothing of their own that the password guards, which their token does not know") {
  Office office{GENERATE(from_range(test::engines()))};
  const auto ada = office.server.get("/api/auth/info", office.admin).text("/id");
  const auto path = "/api/users/" + ada;
  const auto details = office.server.put(path, {{"email", "thief@example.com"}}, office.admin);
  CHECK(details.status == 403);
  CHECK(code_of(details) == "own-details");
  const auto reset = office.server.post(path + "/password-reset", nullptr, office.admin);
  CHECK(reset.status == 403);
  CHECK(code_of(reset) == "own-password");
  CHECK(office.server.get("/api/auth/info", office.admin).text("/email") == "ada@example.com");
  const auto key = office.admin_key();
  CHECK(office.server.put(path, {{"profile", {{"level", 3}}}}, key).status == 200);
  CHECK(office.server.post(path + "/password-reset", nullptr, key).status == 201);
}

TEST_CASE("an ADMIN changes an address or a profile, the access token dies and the refresh token goes on") {
  Office office{GENERATE(from_range(test::engines()))};
  const auto bob = office.make("bob");
  office.make("eve");
  const auto session = office.log_in("bob", std::string{testing::Server::password});
  const auto changed = office.server.put("/api/users/" + bob,
                                         {{"email", "robert@example.com"}, {"profile", {{"level", 3}}}}, office.admin);
  CHECK(changed.status == 200);
  CHECK(changed.text("/email") == "robert@example.com");
  CHECK(changed.at("/profile/level") == 3);
  CHECK(office.server.get("/api/auth/info", session.text("/accessToken")).status == 401);
  CHECK(office.server.post("/api/auth/refresh", {{"refreshToken", session.text("/refreshToken")}}).status == 200);
  CHECK(code_of(office.server.put("/api/users/" + bob, {{"email", "EVE@example.com"}}, office.admin)) == "email-taken");
  CHECK(office.server.put("/api/users/" + bob, {{"roles", json::array{"ADMIN"}}}, office.admin).status == 400);
  CHECK(office.audited(bob) == Names{"account.updated", "account.created"});
}

TEST_CASE("new roles hold at the next request, end the session, and are said and recorded") {
  Office office{GENERATE(from_range(test::engines()))};
  const auto bob = office.make("bob");
  const auto token = office.server.login("bob");
  const auto answer =
      office.server.put("/api/auth/roles", {{"userId", bob}, {"roles", json::array{"AUDITOR"}}}, office.admin);
  CHECK(answer.status == 202);
  CHECK(answer.text("/result") == "ACCEPTED");
  CHECK(code_of(office.server.get("/api/auth/info", token)) == "token-revoked");
  CHECK(office.server.get("/api/admin/audit", office.server.login("bob")).status == 200);
  CHECK(office.server.put("/api/users/" + bob + "/roles", {{"roles", json::array{"AUDITOR"}}}, office.admin).status ==
        202);  // no change: nothing is recorded
  const auto entries = office.server.get("/api/admin/audit?action=account.roles-changed", office.admin);
  REQUIRE(entries.at("/items").as_array().size() == 1);
  CHECK(entries.at("/items/0/details/from") == json::array{"USER"});
  CHECK(entries.at("/items/0/details/to") == json::array{"AUDITOR"});
  CHECK(office.server.put("/api/users/" + bob + "/roles", {{"roles", json::array{}}}, office.admin).status == 400);
}

TEST_CASE("nobody changes their own roles or status, and the last ADMIN can't be lost") {
  Office office{GENERATE(from_range(test::engines()))};
  const auto ada = office.server.get("/api/auth/info", office.admin).text("/id");
  const json::object user{{"roles", json::array{"USER"}}};
  const json::object suspended{{"status", "SUSPENDED"}};
  CHECK(code_of(office.server.put("/api/users/" + ada + "/roles", user, office.admin)) == "own-roles");
  CHECK(code_of(office.server.put("/api/users/" + ada + "/status", suspended, office.admin)) == "own-status");
  const auto key = office.admin_key();
  CHECK(code_of(office.server.put("/api/users/" + ada + "/roles", user, key)) == "last-admin");
  CHECK(code_of(office.server.put("/api/users/" + ada + "/status", suspended, key)) == "last-admin");
  CHECK(code_of(office.server.del("/api/users/" + ada, key)) == "last-admin");
  office.make("bea", {"ADMIN"});
  CHECK(office.server.put("/api/users/" + ada + "/roles", user, key).status == 202);
  CHECK(code_of(office.server.get("/api/users/" + ada, office.admin)) == "token-revoked");
}

TEST_CASE("of two ADMINs who take the role from each other at once one is left") {
  Office office{GENERATE(from_range(test::engines()))};
  const auto ada = office.server.get("/api/auth/info", office.admin).text("/id");
  for (int round = 0; round < 5; ++round) {
    const auto name = "bea" + std::to_string(round);
    const auto bea = office.make(name, {"ADMIN"});
    const auto token = office.server.login(name);
    const json::object user{{"roles", json::array{"USER"}}};
    int first = 0;
    int second = 0;
    std::thread one{[&] {
      testing::Client client{office.server.port()};
      first = client.send(testing::json_call("PUT", "/api/users/" + bea + "/roles", user, office.admin)).status;
    }};
    std::thread two{[&] {
      testing::Client client{office.server.port()};
      second = client.send(testing::json_call("PUT", "/api/users/" + ada + "/roles", user, token)).status;
    }};
    one.join();
    two.join();
    CHECK((first == 202) != (second == 202));
    if (second == 202) {
      CHECK(office.server.put("/api/users/" + ada + "/roles", {{"roles", json::array{"ADMIN"}}}, token).status == 202);
      office.admin = office.server.login("ada");
      CHECK(office.server.put("/api/users/" + bea + "/roles", user, office.admin).status == 202);
    }
  }
}

TEST_CASE("a suspended account can do nothing until it is let in again, and its reason is for staff") {
  Office office{GENERATE(from_range(test::engines()))};
  const auto bob = office.make("bob");
  const auto session = office.log_in("bob", std::string{testing::Server::password});
  const auto suspended = office.server.put("/api/users/" + bob + "/status",
                                           {{"status", "SUSPENDED"}, {"reason", "three bots"}}, office.admin);
  CHECK(suspended.status == 200);
  CHECK(suspended.text("/status") == "SUSPENDED");
  CHECK(suspended.text("/statusReason") == "three bots");
  CHECK(code_of(office.server.get("/api/auth/info", session.text("/accessToken"))) == "token-revoked");
  CHECK(code_of(office.server.post("/api/auth/refresh", {{"refreshToken", session.text("/refreshToken")}})) ==
        "token-revoked");
  const auto refused = office.log_in("bob", std::string{testing::Server::password});
  CHECK(refused.status == 403);
  CHECK(code_of(refused) == "account-suspended");
  CHECK(code_of(office.log_in("bob", "a wrong password of his")) == "bad-credentials");
  CHECK(office.server.put("/api/users/" + bob + "/status", {{"status", "DELETED"}}, office.admin).status == 400);
  CHECK(office.server.put("/api/users/" + bob + "/status", {{"status", "ACTIVE"}}, office.admin).status == 200);
  CHECK(office.log_in("bob", std::string{testing::Server::password}).status == 200);
  const auto log = office.server.get("/api/admin/audit?subjectId=" + bob, office.admin);
  CHECK(log.body.find("three bots") == std::string::npos);
}

TEST_CASE("an account that is going is 409 for every change") {
  Office office;
  const auto bob = office.make("bob");
  REQUIRE(office.server.del("/api/users/" + bob, office.admin).status == 202);
  const auto path = "/api/users/" + bob;
  CHECK(code_of(office.server.put(path, {{"email", "b@example.com"}}, office.admin)) == "user-deleted");
  CHECK(code_of(office.server.put(path + "/roles", {{"roles", json::array{"ADMIN"}}}, office.admin)) == "user-deleted");
  CHECK(code_of(office.server.put(path + "/status", {{"status", "ACTIVE"}}, office.admin)) == "user-deleted");
  CHECK(code_of(office.server.post(path + "/password-reset", nullptr, office.admin)) == "user-deleted");
  CHECK(office.server.post("/api/users/usr_01jd3q6p8hfvmt3e8zkx0v9c2a/password-reset", nullptr, office.admin).status ==
        404);
}

TEST_CASE("a reset token sets a password once, within an hour, and only the newest one does") {
  Office office{GENERATE(from_range(test::engines()))};
  const auto bob = office.make("bob");
  const auto session = office.server.login("bob");
  const auto older = office.reset_token(bob);
  const auto token = office.reset_token(bob);
  CHECK(code_of(office.set_password(older, fine_password)) == "reset-token-invalid");
  CHECK(code_of(office.set_password("pwr_nonsense", fine_password)) == "reset-token-invalid");
  const auto weak = office.set_password(token, "bob12345678");
  CHECK(weak.status == 400);
  CHECK(weak.text("/errors/0/pointer") == "/password");
  CHECK(office.server.get("/api/auth/info", session).status == 200);

  CHECK(office.set_password(token, fine_password).status == 200);
  CHECK(code_of(office.server.get("/api/auth/info", session)) == "token-revoked");
  CHECK(office.log_in("bob", std::string{testing::Server::password}).status == 401);
  CHECK(office.log_in("bob", fine_password).status == 200);
  CHECK(code_of(office.set_password(token, "another fine password")) == "reset-token-invalid");

  const auto late = office.reset_token(bob);
  office.server.advance(1h);
  office.admin = office.server.login("ada");
  CHECK(code_of(office.set_password(late, fine_password)) == "reset-token-invalid");
  CHECK(office.audited(bob).front() == "account.password-reset-issued");
}

TEST_CASE("a reset opens an account that a hundred wrong passwords have closed") {
  Office office;
  const auto bob = office.make("bob");
  testing::Response answer;
  for (int i = 0; i < 100; ++i) {
    answer = office.log_in("bob", "a wrong password");
    if (answer.status == 429)
      office.server.clock().advance(std::chrono::seconds{std::stoi(answer.header("retry-after"))});
    if (answer.status == 429) --i;
  }
  office.server.clock().advance(24h * 3);
  CHECK(office.log_in("bob", std::string{testing::Server::password}).status == 429);
  office.admin = office.server.login("ada");
  CHECK(office.set_password(office.reset_token(bob), fine_password).status == 200);
  CHECK(office.log_in("bob", fine_password).status == 200);
}

TEST_CASE("twenty who use one reset token at once: one sets the password") {
  Office office{GENERATE(from_range(test::engines()))};
  const auto token = office.reset_token(office.make("bob"));
  std::vector<testing::Response> answers(20);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    threads.emplace_back([&, i] {
      testing::Client client{office.server.port()};
      answers[i] = client.send(
          testing::json_call("POST", "/api/auth/password",
                             {{"resetToken", token}, {"password", "the password of thread " + std::to_string(i)}}));
    });
  }
  for (auto& thread : threads) thread.join();
  std::size_t winner = answers.size();
  std::size_t set = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].status == 200) {
      ++set;
      winner = i;
    } else {
      CHECK(code_of(answers[i]) == "reset-token-invalid");
    }
  }
  REQUIRE(set == 1);
  CHECK(office.log_in("bob", "the password of thread " + std::to_string(winner)).status == 200);
}
