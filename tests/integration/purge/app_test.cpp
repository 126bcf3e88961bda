// The hard delete of a whole server: what it leaves in the files and tables, and its routes.
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>

#include "guerdon/store.hpp"
#include "guerdon/testing.hpp"
#include "support/databases.hpp"
#include "support/result.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace std::chrono_literals;
using testing::Server;

namespace {

const std::string confirm_route = "/api/admin/jobs/hard-delete/confirm";
const std::string run_route = "/api/admin/jobs/hard-delete/run";
const std::string runs_route = "/api/admin/jobs/hard-delete/runs";

/// A server that keeps its messages for years, so that only the hard delete takes anything out of them; by itself that
/// runs at `schedule`, or never.
class Site {
 public:
  explicit Site(Engine engine, std::string_view schedule = "")
      : place_(engine), schedule_(CronSchedule::parse(schedule).value()), server(options()) {}

  UserId register_user(const std::string& name) { return UserId::parse(server.register_user(name)).value(); }

  template <class F>
  void write(F fn) {
    REQUIRE(server.database().write([&](Tx& tx) -> Result<void> {
      fn(tx);
      return {};
    }));
  }
  void delete_softly(UserId user) {
    write([&](Tx& tx) {
      tx.exec("DELETE FROM auth_sessions WHERE user_id = $1", user);
      tx.exec("UPDATE auth_users SET status = 'DELETED', deleted_at = $2, deleted_by = $1 WHERE id = $1", user,
              tx.now());
    });
  }
  /// As if the nightly run had found too many.
  void refuse_run() {
    write([](Tx& tx) {
      tx.exec(
          "INSERT INTO purge_runs (id, state, stage, refusal, until_at, due_users, due_events, users, events, counts,"
          " answers_after, started_at, number) VALUES ($1, 'REFUSED', 'USERS', 'too-many-users', $2, 0, 0, 0, 0, $3, "
          "$4,"
          " $2, (SELECT coalesce(max(number), 0) + 1 FROM purge_runs))",
          tx.new_id<UserId>(), tx.now() - 30 * 24h, json::object{}, Bytes{});
    });
  }
  testing::Response run_hard_delete(const std::string& admin) {
    refuse_run();
    auto answer = server.post(confirm_route, {}, admin);
    server.settle();
    return answer;
  }

  [[nodiscard]] std::string file() const { return place_.url().substr(place_.url().find(':') + 1); }

 private:
  testing::ServerOptions options() {
    testing::ServerOptions options;
    options.configure = [this](Config& config) {
      config.database.url = *DatabaseUrl::parse(place_.url());
      config.outbox.retention.value = 3000 * 24h;
      config.idempotency.window.value = 7 * 24h;
      config.auth.refresh_token_ttl.value = 365 * 24h;
      config.auth.access_token_ttl.value = 365 * 24h;
      config.jobs.hard_delete = schedule_;
    };
    options.data_folder = folder_.path().string();
    return options;
  }

  const test::TempFolder folder_;
  test::DatabasePlace place_;
  const CronSchedule schedule_;

 public:
  Server server;
};

std::string bytes_of(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

bool has_vanished(const Site& site, const std::vector<std::string>& needles) {
  for (const std::string suffix : {"", "-wal"}) {
    const auto bytes = bytes_of(site.file() + suffix);
    for (const auto& needle : needles)
      if (bytes.find(needle) != std::string::npos) return false;
  }
  return true;
}

bool wishes_to_erase(Server& server) {
  return server.database()
      .read(
          [](Snapshot& s) { return s.find<std::string>("SELECT value FROM server_state WHERE key = 'erase.pending'"); })
      .has_value();
}

/// Looks again until it is so, for ten seconds at most.
template <class F>
bool comes_true(F condition) {
  for (const auto deadline = std::chrono::steady_clock::now() + 10s; std::chrono::steady_clock::now() < deadline;) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  return condition();
}

/// The tables of the schema whose rows hold the text, as it is or in the hexadecimal of bytes.
std::vector<std::string> tables_holding(Site& site, const std::string& needle) {
  return site.server.database().read([&](Snapshot& s) {
    return s.list<std::string>(
        {"SELECT $1 WHERE FALSE",
         "WITH own AS MATERIALIZED (SELECT CAST(table_name AS TEXT) AS name FROM information_schema.tables"
         " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE')"
         " SELECT name FROM own WHERE CAST(query_to_xml(format('SELECT CAST(t AS TEXT) AS line FROM %I AS t', name),"
         " true, false, '') AS TEXT) ~* ('(' || $1 || '|' || encode(convert_to($1, 'UTF8'), 'hex') || ')')"},
        needle);
  });
}

/// Does and suffers everything that leaves a trace of a user.
UserId live_a_life(Site& site, const std::string& name) {
  auto& server = site.server;
  auto registration = testing::json_call("POST", "/api/auth/register",
                                         {{"username", name},
                                          {"email", name + "@example.com"},
                                          {"password", std::string{Server::password}},
                                          {"profile", {{"city", name + "ville"}}}});
  registration.headers.emplace_back("Idempotency-Key", "registration-of-number-" + name.substr(name.size() - 4));
  const auto made = server.send(registration);
  REQUIRE(made.status == 201);
  const auto token = server.login(name);
  CHECK(server.post("/api/auth/platforms", {{"platform", "steam"}, {"platformUserId", name + "77"}}, token).status ==
        201);
  CHECK(server.put("/api/auth/info", {{"profile", {{"city", name + "burg"}}}}, token).status == 200);
  CHECK(server.post("/api/auth/login", {{"username", name}, {"password", "wrong, wrong and wrong"}}).status == 401);
  server.settle();
  return UserId::parse(made.text("/id")).value();
}

}  // namespace

TEST_CASE("after a run the user's name and address are nowhere in the files, nor in any row") {
  Site site{GENERATE(from_range(test::engines()))};
  const auto admin = site.server.make_admin();
  const std::string marker = "zqmarker";
  std::vector<UserId> gone;
  std::vector<std::string> needles;
  for (int i = 0; i < 60; ++i) {
    const auto name = (i % 3 == 0 ? marker : "person") + std::to_string(1000 + i * 7919 % 1000);
    if (i % 3 != 0) {
      site.register_user(name);
      continue;
    }
    gone.push_back(i < 9 ? live_a_life(site, name) : site.register_user(name));
  }
  const bool is_file = site.server.database().engine() == Engine::sqlite;
  if (is_file)
    CHECK_FALSE(has_vanished(site, {marker}));
  else
    CHECK(tables_holding(site, marker).size() >= 4);
  for (const auto user : gone) site.delete_softly(user);
  for (const auto& name : {marker + "1000", marker + "1000@example.com"}) {
    auto attempt = testing::json_call(
        "POST", "/api/auth/login",
        {{name.find('@') == std::string::npos ? "username" : "email", name}, {"password", "what was it again"}});
    attempt.headers.emplace_back("User-Agent", marker + " browser");
    CHECK(site.server.send(attempt).status == 401);
  }
  site.server.settle();
  site.server.advance(31 * 24h);
  const auto answer = site.run_hard_delete(admin);
  REQUIRE(answer.status == 202);
  CHECK(answer.at("/dueUsers") == 20);

  if (is_file) {
    CHECK(comes_true([&] { return has_vanished(site, {marker}); }));
    CHECK(comes_true([&] { return !wishes_to_erase(site.server); }));
    CHECK_FALSE(has_vanished(site, {"person1919"}));
  } else {
    CHECK(tables_holding(site, marker) == std::vector<std::string>{});
    CHECK(tables_holding(site, "person1919").size() >= 2);
  }
  std::string said;
  CHECK(site.server.app().command("verify", {}, [&](std::string_view line) {
    said += line;
    return true;
  }) == 0);
  INFO(said);
  CHECK(site.server.get("/api/users/" + gone.front().to_string(), admin).status == 404);
  CHECK(site.server
            .post("/api/auth/register", {{"username", marker + "1000"},
                                         {"email", marker + "1000@example.com"},
                                         {"password", std::string{Server::password}}})
            .status == 201);
}

TEST_CASE("runs are listed in counts for AUDITOR and ADMIN, and confirmed by an ADMIN") {
  Site site{GENERATE(from_range(test::engines()))};
  const auto admin = site.server.make_admin();
  CHECK(site.server.post(confirm_route, {}, admin).text("/code") == "nothing-to-confirm");
  const auto user = site.register_user("ann");
  const auto plain = site.server.login("ann");
  CHECK(site.server.post(confirm_route, {}, plain).status == 403);
  CHECK(site.server.get(runs_route, plain).status == 403);
  site.delete_softly(user);
  site.server.advance(30 * 24h);
  const auto started = site.run_hard_delete(admin);
  REQUIRE(started.status == 202);
  const auto runs = site.server.get(runs_route, admin);
  INFO(runs.body);
  REQUIRE(runs.status == 200);
  CHECK(runs.text("/items/0/id") == started.text("/runId"));
  CHECK(runs.text("/items/0/state") == "DONE");
  CHECK(runs.at("/items/0/users") == 1);
  CHECK(runs.at("/items/0/rows/auth_users") == 1);
  CHECK(runs.text("/items/1/state") == "REFUSED");
  CHECK(runs.text("/items/1/refusal") == "too-many-users");
  CHECK(site.server.post(confirm_route, {}, admin).status == 409);
}

TEST_CASE("the nightly job removes who is due, refuses when too many are, and is confirmed by asking for it") {
  Site site{GENERATE(from_range(test::engines())), "0 0 * * *"};
  const auto admin = site.server.make_admin();
  const auto said = [&](const char* member) {
    const auto body = site.server.get("/api/admin/jobs?limit=100", admin).json();
    for (const auto& job : body.at("items").as_array())
      if (job.at("name") == "hard-delete") return job.at(member);
    return json::value{};
  };
  const auto count_deleted = [&] {
    return site.server.database().read(
        [](Snapshot& s) { return s.get<std::int64_t>("SELECT count(*) FROM auth_users WHERE status = 'DELETED'"); });
  };
  const auto user = site.register_user("ann");
  site.delete_softly(user);
  site.server.settle();
  site.server.advance(29 * 24h);
  CHECK(site.server.get("/api/users/" + user.to_string(), admin).status == 200);
  CHECK(said("lastResult") == "SUCCEEDED");
  site.server.advance(24h);
  CHECK(site.server.get("/api/users/" + user.to_string(), admin).status == 404);
  CHECK(said("lastResult") == "SUCCEEDED");

  site.write([](Tx& tx) {
    for (int i = 0; i < 1001; ++i)
      tx.exec(
          "INSERT INTO auth_users (id, username, username_key, email, email_key, password_hash, password_version,"
          " roles, status, version, profile, invite_code, created_at, updated_at, deleted_at, deleted_by)"
          " VALUES ($1, $2, $2, $2, $2, '', 1, 1, 'DELETED', 1, $4, $2, $3, $3, $3, $1)",
          tx.new_id<UserId>(), "user" + std::to_string(i), tx.now(), json::object{});
  });
  site.server.advance(31 * 24h);
  CHECK(said("lastResult") == "REFUSED");
  CHECK(said("lastError") == "too-many-users");
  CHECK(count_deleted() == 1001);
  REQUIRE(site.server.post(run_route, {{"confirm", true}}, admin).status == 202);
  site.server.settle();
  CHECK(said("lastResult") == "SUCCEEDED");
  CHECK(count_deleted() == 0);
  const auto runs = site.server.get(runs_route, admin);
  CHECK(runs.text("/items/0/state") == "DONE");
  CHECK(runs.at("/items/0/users") == 1001);
  const auto audit = site.server.get("/api/admin/audit?action=hard-delete.confirmed", admin);
  CHECK(audit.text("/items/0/subjectId") == runs.text("/items/0/id"));
  CHECK(audit.text("/items/0/actorId") == runs.text("/items/0/confirmedBy"));
  CHECK(runs.text("/items/1/refusal") == "too-many-users");
}

TEST_CASE("a server that ended before the files were swept sweeps them at its next start") {
  const test::TempFolder folder;
  const test::DatabasePlace place{GENERATE(from_range(test::engines()))};
  testing::ServerOptions options;
  options.configure = [&](Config& config) { config.database.url = *DatabaseUrl::parse(place.url()); };
  options.data_folder = folder.path().string();
  {
    Server server{options};
    REQUIRE(server.database().write([](Tx& tx) -> Result<void> {
      tx.exec("INSERT INTO server_state (key, value) VALUES ('erase.pending', 'a run')");
      return {};
    }));
  }
  Server server{options};
  CHECK(comes_true([&] { return !wishes_to_erase(server); }));
}
