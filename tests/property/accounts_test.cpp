// Random sequences of what people do with accounts. A small model that knows nothing of tokens, hashes or rows says
// what each call must answer and, after each, who may do what; the server must agree.
// An operation is a line in the table `operations`: others add theirs, and what it changes in the model.
#include <catch2/catch.hpp>

#include <algorithm>
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

/// Wrong passwords in a row, and the rules of lock-out, told once more.
struct Failures {
  int number = 0;
  Instant last{}, locked_until{};

  [[nodiscard]] bool is_locked(Instant now) const { return now < locked_until; }
  void add(Instant now) {
    if (now - last >= 24h) number = 0;
    last = now;
    if (++number < 5) return;
    const std::vector<std::chrono::minutes> locks{1min, 2min, 4min, 8min, 15min};
    locked_until = now + locks[std::min<std::size_t>(static_cast<std::size_t>(number) - 5, locks.size() - 1)];
  }
};

/// What is known of an account from outside.
struct Person {
  std::string name, password;
  RoleSet roles{Role::user};
  std::string id = {};
  bool exists = false;
  bool suspended = false;
  bool gone = false;
  std::string token = {};    // of the live session; empty: there is none
  std::string refresh = {};  // of the same session
  std::string spent = {};    // the refresh token of the same session before that one
  Instant spent_at = {};
  std::vector<std::string> dead_tokens = {};  // of sessions that are over
  Failures log_ins = {}, changes = {};        // at the log-in, and by who is logged in

  [[nodiscard]] bool can_be_tried() const { return exists && !gone; }
  [[nodiscard]] bool is_active_admin() const { return can_be_tried() && !suspended && roles.has(Role::admin); }
  void end_session() {
    if (!token.empty()) dead_tokens.push_back(std::exchange(token, {}));
  }
};

/// Who administers: an ADMIN who is logged in, or a service key, which is nobody's account.
struct Administrator {
  const Person* person = nullptr;
  std::string token;
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
    key_ = server.post("/api/admin/keys", {{"name", "tool"}, {"roles", {"ADMIN"}}}, admin.token).text("/key");
  }

  std::size_t below(std::size_t end) { return random() % end; }
  Person& anybody() { return people[below(people.size())]; }
  Administrator administrator() {
    std::vector<Administrator> all{{nullptr, key_}};
    for (const auto& person : people)
      if (person.roles.has(Role::admin) && !person.token.empty()) all.push_back({&person, person.token});
    return all[below(all.size())];
  }
  /// An ADMIN beside whom there is none who could log in.
  [[nodiscard]] bool is_last_admin(const Person& person) const {
    if (!person.can_be_tried() || !person.roles.has(Role::admin)) return false;
    return std::ranges::none_of(people,
                                [&](const Person& other) { return &other != &person && other.is_active_admin(); });
  }
  std::string new_password() { return "a fine password " + std::to_string(++passwords_); }
  [[nodiscard]] Instant now() { return server.clock().now(); }

  testing::Response log_in(const Person& person, const std::string& password) {
    // Either name: they are one account.
    const auto name = below(2) == 0 ? person.name : person.name + "@example.com";
    return server.post("/api/auth/login", {{"username", name}, {"password", password}});
  }

  /// Every right of everybody, as the model has it.
  void check() {
    CHECK(std::ranges::any_of(people, &Person::is_active_admin));
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
  std::string key_;

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
  person.log_ins = {};
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
  if (person.log_ins.is_locked(world.now()) || person.suspended) {
    CHECK(answer.status == (person.log_ins.is_locked(world.now()) ? 429 : 403));
    return;
  }
  REQUIRE(answer.status == 200);
  person.end_session();
  person.token = answer.text("/accessToken");
  person.refresh = answer.text("/refreshToken");
  person.spent.clear();
  person.log_ins = {};
}

void refresh(World& world) {
  auto& person = world.anybody();
  if (person.refresh.empty()) return;
  const auto answer = world.server.post("/api/auth/refresh", {{"refreshToken", person.refresh}});
  CHECK(answer.status == (person.token.empty() ? 401 : 200));
  if (person.token.empty()) return;
  person.end_session();
  person.token = answer.text("/accessToken");
  person.spent = std::exchange(person.refresh, answer.text("/refreshToken"));
  person.spent_at = world.now();
}

void refresh_once_more(World& world) {
  auto& person = world.anybody();
  if (person.spent.empty()) return;
  const auto answer = world.server.post("/api/auth/refresh", {{"refreshToken", person.spent}});
  const bool is_repeat = world.now() - person.spent_at <= 10s;
  if (!person.token.empty() && is_repeat) {
    REQUIRE(answer.status == 200);
    CHECK(answer.text("/accessToken") == person.token);
    CHECK(answer.text("/refreshToken") == person.refresh);
    return;
  }
  CHECK(answer.status == 401);
  person.end_session();
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
  if (person.changes.is_locked(world.now())) {
    CHECK(answer.status == 429);
    return;
  }
  CHECK(answer.status == (is_right ? 200 : 403));
  if (!is_right) return person.changes.add(world.now());
  person.changes = {};
  person.password = next;
  person.end_session();
}

void change_roles(World& world) {
  const auto by = world.administrator();
  auto& person = world.anybody();
  if (!person.exists) return;
  RoleSet roles;
  while (roles.empty()) roles = RoleSet::from_bits(static_cast<std::int64_t>(world.below(16)));
  json::array names;
  for (const Role role : roles.list()) names.emplace_back(wire_name(role));
  const auto answer = world.server.put("/api/users/" + person.id + "/roles", {{"roles", names}}, by.token);
  const bool takes_last = !roles.has(Role::admin) && world.is_last_admin(person);
  if (&person == by.person || person.gone || takes_last) {
    CHECK(answer.status == (&person == by.person ? 403 : 409));
    return;
  }
  CHECK(answer.status == 202);
  if (roles == person.roles) return;
  person.roles = roles;
  person.end_session();
}

void change_status(World& world) {
  const auto by = world.administrator();
  auto& person = world.anybody();
  if (!person.exists) return;
  const bool suspend = world.below(3) == 0;
  const auto answer =
      world.server.put("/api/users/" + person.id + "/status", {{"status", suspend ? "SUSPENDED" : "ACTIVE"}}, by.token);
  const bool takes_last = suspend && world.is_last_admin(person);
  if (&person == by.person || person.gone || takes_last) {
    CHECK(answer.status == (&person == by.person ? 403 : 409));
    return;
  }
  CHECK(answer.status == 200);
  if (suspend == person.suspended) return;
  person.suspended = suspend;
  person.end_session();
}

void delete_somebody(World& world) {
  const auto by = world.administrator();
  auto& person = world.anybody();
  if (!person.exists) return;
  const bool takes_last = world.is_last_admin(person);
  CHECK(world.server.del("/api/users/" + person.id, by.token).status == (takes_last ? 409 : 202));
  if (takes_last) return;
  person.gone = true;
  person.end_session();
}

void guess(World& world) {
  auto& person = world.anybody();
  if (!person.can_be_tried()) return;
  const auto answer = world.log_in(person, "not the password");
  CHECK(answer.status == (person.log_ins.is_locked(world.now()) ? 429 : 401));
  if (!person.log_ins.is_locked(world.now())) person.log_ins.add(world.now());
}

void guess_again_and_again(World& world) {
  auto& person = world.anybody();
  if (!person.can_be_tried()) return;
  for (int i = 0; i < 6; ++i) {
    const auto answer = world.log_in(person, "not the password");
    CHECK(answer.status == (person.log_ins.is_locked(world.now()) ? 429 : 401));
    if (!person.log_ins.is_locked(world.now())) person.log_ins.add(world.now());
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
    {"refresh once more", 2, refresh_once_more},
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
