// Random sequences of what people do with accounts. A small model that knows nothing of tokens, hashes or rows says
// what each call must answer and, after each, who may do what; the server must agree.
// An operation is a line in the table `operations`: others add theirs, and what it changes in the model.
#include <catch2/catch.hpp>

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "guerdon/caller.hpp"
#include "guerdon/testing.hpp"
#include "support/databases.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;
using namespace std::chrono_literals;

namespace {

/// What is known of an account from outside.
struct Person {
  std::string name, password;
  RoleSet roles{Role::user};
  std::string id = {};
  bool exists = false;
  bool suspended = false;
  bool gone = false;
  std::string token = {};                     // of the live session; empty: there is none
  std::string refresh = {};                   // of the same session
  std::vector<std::string> dead_tokens = {};  // of sessions that are over
  int failures = 0;                           // in a row
  Instant last_failure{}, locked_until{};

  [[nodiscard]] bool can_be_tried() const { return exists && !gone; }
  [[nodiscard]] bool is_locked(Instant now) const { return now < locked_until; }
  void end_session() {
    if (!token.empty()) dead_tokens.push_back(std::exchange(token, {}));
  }
  /// The rules of lock-out, told once more.
  void fail(Instant now) {
    if (now - last_failure >= 24h) failures = 0;
    last_failure = now;
    if (++failures < 5) return;
    const std::vector<std::chrono::minutes> locks{1min, 2min, 4min, 8min, 15min};
    locked_until = now + locks[std::min<std::size_t>(static_cast<std::size_t>(failures) - 5, locks.size() - 1)];
  }
};

testing::ServerOptions options_for(const std::string& url, const std::string& folder) {
  return {.configure =
              [url](Config& config) {
                config.database.url = *DatabaseUrl::parse(url);
                config.auth.access_token_ttl.value = 24h * 30;  // so that only what is done ends a session
                config.auth.refresh_token_ttl.value = 24h * 60;
              },
          .data_folder = folder};
}

class World {
 public:
  World(Engine engine, unsigned seed)
      : random(seed), place_(engine), server(options_for(place_.url(), folder_.path().string())) {
    for (int i = 0; i < 4; ++i) people.push_back({.name = "person" + std::to_string(i), .password = new_password()});
    Person admin{.name = "boss", .password = std::string{testing::Server::password}, .roles = {Role::admin}};
    admin.token = server.make_admin(admin.name);
    admin.id = server.get("/api/auth/info", admin.token).text("/id");
    admin.exists = true;
    people.push_back(admin);
  }

  std::size_t below(std::size_t end) { return random() % end; }
  Person& anybody() { return people[below(people.size())]; }
  std::string new_password() { return "a fine password " + std::to_string(++passwords_); }
  [[nodiscard]] Instant now() { return server.clock().now(); }

  testing::Response log_in(const Person& person, const std::string& password) {
    // Either name: they are one account.
    const auto name = below(2) == 0 ? person.name : person.name + "@example.com";
    return server.post("/api/auth/login", {{"username", name}, {"password", password}});
  }

  /// Every right of everybody, as the model has it.
  void check() {
    for (const auto& person : people) {
      INFO("of " << person.name);
      if (!person.token.empty()) {
        const auto info = server.get("/api/auth/info", person.token);
        REQUIRE(info.status == 200);
        CHECK(info.text("/id") == person.id);
        CHECK(info.json().at("roles").as_array().size() == person.roles.list().size());
        const bool may_audit = person.roles.has(Role::admin) || person.roles.has(Role::auditor);
        CHECK(server.get("/api/admin/audit", person.token).status == (may_audit ? 200 : 403));
      }
      if (person.dead_tokens.empty()) continue;
      const auto& dead = person.dead_tokens[below(person.dead_tokens.size())];
      CHECK(server.get("/api/auth/info", dead).status == 401);
    }
  }

  std::mt19937 random;

 private:
  test::TempFolder folder_;
  test::DatabasePlace place_;
  int passwords_ = 0;

 public:
  testing::Server server;
  std::vector<Person> people;
};

void register_somebody(World& world) {
  auto& person = world.anybody();
  const auto password = world.new_password();
  const auto answer =
      world.server.post("/api/auth/register",
                        {{"username", person.name}, {"email", person.name + "@example.com"}, {"password", password}});
  CHECK(answer.status == (person.exists ? 409 : 201));
  if (person.exists || answer.status != 201) return;
  // A name that was nobody's is counted apart from the account that it is now.
  person.failures = 0;
  person.locked_until = {};
  person.exists = true;
  person.password = password;
  person.id = answer.text("/id");
}

void log_in(World& world) {
  auto& person = world.anybody();
  if (!person.exists) return;
  const auto answer = world.log_in(person, person.password);
  if (person.gone) {
    CHECK((answer.status == 401 || answer.status == 429));  // as for a name that is nobody's
    return;
  }
  if (person.is_locked(world.now()) || person.suspended) {
    CHECK(answer.status == (person.is_locked(world.now()) ? 429 : 403));
    return;
  }
  REQUIRE(answer.status == 200);
  person.end_session();
  person.token = answer.text("/accessToken");
  person.refresh = answer.text("/refreshToken");
  person.failures = 0;
}

void refresh(World& world) {
  auto& person = world.anybody();
  if (person.refresh.empty()) return;
  const auto answer = world.server.post("/api/auth/refresh", {{"refreshToken", person.refresh}});
  CHECK(answer.status == (person.token.empty() ? 401 : 200));
  if (person.token.empty()) return;
  person.end_session();
  person.token = answer.text("/accessToken");
  person.refresh = answer.text("/refreshToken");
}

void log_out(World& world) {
  auto& person = world.anybody();
  if (person.token.empty()) return;
  CHECK(world.server.post("/api/auth/logout", nullptr, person.token).status == 200);
  person.end_session();
}

void change_password(World& world) {
  auto& person = world.anybody();
  if (person.token.empty()) return;
  const bool is_right = world.below(3) > 0;
  const auto next = world.new_password();
  const auto answer = world.server.put(
      "/api/auth/info", {{"password", next}, {"currentPassword", is_right ? person.password : "not the password"}},
      person.token);
  if (person.is_locked(world.now())) {
    CHECK(answer.status == 429);
    return;
  }
  CHECK(answer.status == (is_right ? 200 : 403));
  if (!is_right) return person.fail(world.now());
  person.password = next;
  person.end_session();
}

void change_roles(World& world) {
  auto& boss = world.people.back();
  auto& person = world.anybody();
  if (boss.token.empty() || !person.exists) return;
  RoleSet roles;
  while (roles.empty()) roles = RoleSet::from_bits(static_cast<std::int64_t>(world.below(8)));
  json::array names;
  for (const Role role : roles.list()) names.emplace_back(wire_name(role));
  const auto answer = world.server.put("/api/users/" + person.id + "/roles", {{"roles", names}}, boss.token);
  if (&person == &boss || person.gone) {
    CHECK(answer.status == (person.gone ? 409 : 403));
    return;
  }
  CHECK(answer.status == 202);
  if (roles == person.roles) return;
  person.roles = roles;
  person.end_session();
}

void change_status(World& world) {
  auto& boss = world.people.back();
  auto& person = world.anybody();
  if (boss.token.empty() || !person.exists) return;
  const bool suspend = world.below(3) == 0;
  const auto answer = world.server.put("/api/users/" + person.id + "/status",
                                       {{"status", suspend ? "SUSPENDED" : "ACTIVE"}}, boss.token);
  if (&person == &boss || person.gone) {
    CHECK(answer.status == (person.gone ? 409 : 403));
    return;
  }
  CHECK(answer.status == 200);
  if (suspend == person.suspended) return;
  person.suspended = suspend;
  person.end_session();
}

void delete_somebody(World& world) {
  auto& boss = world.people.back();
  auto& person = world.anybody();
  if (boss.token.empty() || !person.exists || &person == &boss) return;
  CHECK(world.server.del("/api/users/" + person.id, boss.token).status == 202);
  person.gone = true;
  person.end_session();
}

void guess(World& world) {
  auto& person = world.anybody();
  if (!person.can_be_tried()) return;
  const auto answer = world.log_in(person, "not the password");
  CHECK(answer.status == (person.is_locked(world.now()) ? 429 : 401));
  if (!person.is_locked(world.now())) person.fail(world.now());
}

void guess_again_and_again(World& world) {
  auto& person = world.anybody();
  if (!person.can_be_tried()) return;
  for (int i = 0; i < 6; ++i) {
    const auto answer = world.log_in(person, "not the password");
    CHECK(answer.status == (person.is_locked(world.now()) ? 429 : 401));
    if (!person.is_locked(world.now())) person.fail(world.now());
  }
}

void try_a_name_that_is_nobodys(World& world) {
  const Person nobody{.name = "nobody" + std::to_string(world.random()), .password = {}};
  CHECK(world.log_in(nobody, "some password").status == 401);
}

void let_time_pass(World& world) {
  constexpr std::chrono::milliseconds steps[] = {1s, 59s, 61s, 5min, 16min, 25h};
  world.server.advance(steps[world.below(std::size(steps))]);
}

struct Operation {
  const char* name;
  int weight;
  void (*run)(World&);
};

constexpr Operation operations[] = {
    {"register", 4, register_somebody},
    {"log in", 8, log_in},
    {"refresh", 3, refresh},
    {"log out", 2, log_out},
    {"change the password", 2, change_password},
    {"change roles", 2, change_roles},
    {"change the status", 2, change_status},
    {"delete", 1, delete_somebody},
    {"guess", 3, guess},
    {"guess again and again", 1, guess_again_and_again},
    {"try a name that is nobody's", 1, try_a_name_that_is_nobodys},
    {"let time pass", 3, let_time_pass},
};

const Operation& draw(World& world) {
  int total = 0;
  for (const auto& operation : operations) total += operation.weight;
  auto left = static_cast<int>(world.below(static_cast<std::size_t>(total)));
  for (const auto& operation : operations)
    if ((left -= operation.weight) < 0) return operation;
  throw std::logic_error("the weights do not add up");
}

}  // namespace

TEST_CASE("After any sequence of account operations server and model agree on who may do what") {
  const auto engine = GENERATE(from_range(test::engines()));
  const unsigned sequences = engine == Engine::sqlite ? 8 : 2;
  for (unsigned seed = 1; seed <= sequences; ++seed) {
    World world{engine, seed};
    std::string history;
    for (int i = 0; i < 60; ++i) {
      const auto& operation = draw(world);
      history.append(history.empty() ? "" : ", ").append(operation.name);
      INFO("seed " << seed << ": " << history);
      operation.run(world);
      world.check();
    }
  }
}
