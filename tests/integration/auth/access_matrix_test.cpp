// The server does what access_matrix.txt says: every route, called as everybody, with a request that is valid.
#include "integration/auth/access_matrix.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "bus/parking.hpp"
#include "guerdon/caller.hpp"
#include "guerdon/platform.hpp"
#include "guerdon/testing.hpp"
#include "http/route_table.hpp"
#include "support/paths.hpp"

namespace guerdon::access {
namespace {

using testing::json_call;
using testing::Response;
using testing::Server;

/// The writes that are about the caller's own account: an AUDITOR may make these.
const std::vector<std::string> own_account{"POST /api/auth/platforms", "DELETE /api/auth/platforms/{}",
                                           "POST /api/auth/logout", "PUT /api/auth/info", "DELETE /api/auth"};

constexpr std::string_view running_event =
    R"({"name":"A week","conditionType":"CONSECUTIVE_LOGIN","conditionParams":{"days":3},)"
    R"("startAt":"2026-03-02T00:00:00Z"})";
constexpr std::string_view draft_event =
    R"({"name":"A week","conditionType":"CONSECUTIVE_LOGIN","conditionParams":{"days":3},)"
    R"("startAt":"2026-03-02T00:00:00Z","isActive":false})";
constexpr std::string_view five_points = R"({"type":"POINT","metadata":{"amount":5}})";
constexpr std::string_view coupon_pool = R"({"type":"COUPON","metadata":{}})";

struct Body {
  std::string_view route;
  std::string_view json;
};

/// What each call that needs one sends; in braces as in the file.
constexpr Body bodies[] = {
    {"POST /api/auth/register",
     R"({"username":"newcomer","email":"newcomer@example.com","password":"correct horse battery staple"})"},
    {"POST /api/auth/login", R"({"username":"own","password":"correct horse battery staple"})"},
    {"POST /api/auth/refresh", R"({"refreshToken":"{refreshToken}"})"},
    {"PUT /api/auth/info", R"({"profile":{"city":"Seoul"}})"},
    {"PUT /api/auth/roles", R"({"userId":"{owner}","roles":["OPERATOR"]})"},
    {"POST /api/auth/password", R"({"resetToken":"{resetToken}","password":"another horse battery staple"})"},
    {"POST /api/users", R"({"username":"newcomer","email":"newcomer@example.com","roles":["USER"]})"},
    {"PUT /api/users/{}", R"({"profile":{"city":"Seoul"}})"},
    {"PUT /api/users/{}/roles", R"({"roles":["OPERATOR"]})"},
    {"PUT /api/users/{}/status", R"({"status":"SUSPENDED"})"},
    {"POST /api/auth/platforms", R"({"platform":"discord","platformUserId":"7656"})"},
    {"POST /api/admin/keys", R"({"name":"shop","roles":["OPERATOR"]})"},
    {"POST /api/admin/clock", R"({"advance":"PT1S"})"},
    {"POST /api/admin/feed/{}/commit", R"({"consumer":"billing","reset":true})"},
    {"POST /api/activities", R"({"userId":"{owner}","type":"purchase","attributes":{"amount":5}})"},
    {"POST /api/activities/batch", R"({"items":[{"userId":"{owner}","type":"level","attributes":{"level":5}}]})"},
    {"POST /api/events", running_event},
    {"PUT /api/events/{}", running_event},
    {"POST /api/events/{}/rewards", five_points},
    {"POST /api/events/requests/{}/reject", R"({"reason":"twice"})"},
    {"POST /api/events/requests/bulk-approve", R"({"ids":["{request}"]})"},
    {"PUT /api/events/{}/rewards/{}", five_points},
    {"POST /api/events/{}/rewards/{}/codes", R"({"codes":["SPRING-0001"]})"},
};

std::string_view body_of(std::string_view route) {
  const auto* const found = std::ranges::find(bodies, route, &Body::route);
  return found == std::end(bodies) ? "null" : found->json;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// A server with somebody for every column, and something of each kind to ask for.
class World {
 public:
  World() {
    tokens_["anonymous"] = "";
    tokens_["admin"] = server_.make_admin("the-admin");
    for (const auto& [column, name, roles] : {std::tuple{"user:own", "own", 1}, std::tuple{"user:other", "other", 1},
                                              std::tuple{"operator", "opal", 2}, std::tuple{"auditor", "audrey", 4}})
      tokens_[column] = add_account(name, RoleSet::from_bits(roles));
    for (const std::string role : {"OPERATOR", "AUDITOR", "ADMIN"}) add_key(role);
    add_things();
    add_letter();
    add_reader();
  }

  Response call(const Line& line, std::string_view column) {
    const auto& token = tokens_.at(std::string{column});
    if (line.path.find("{platform}") != std::string::npos && !token.empty())
      server_.post("/api/auth/platforms", {{"platform", "steam"}, {"platformUserId", column}}, token);
    const auto body = parse_json(filled(std::string{body_of(line.route())})).value();
    return server_.send(json_call(line.method, filled(line.path), body, token));
  }

  /// The keys of all routes that the server has, whether or not its document tells of them.
  [[nodiscard]] std::vector<std::string> routes() const {
    std::vector<std::string> found;
    for (const auto& entry : routes_->entries()) {
      const auto& spec = entry->route.spec;
      found.push_back(route_key(spec.method, spec.path));
      if (!spec.alias.empty()) found.push_back(route_key(spec.method, spec.alias));
    }
    for (const auto& page : routes_->pages()) found.push_back(route_key("GET", page->path));
    return found;
  }

 private:
  testing::ServerOptions options() {
    testing::ServerOptions options;
    options.configure = [](Config& config) { config.sandbox.clock = true; };
    options.extend = [this](Platform& platform) { routes_ = &dynamic_cast<const http::RouteTable&>(platform.routes); };
    return options;
  }

  std::string add_account(const std::string& name, RoleSet roles) {
    const auto id = UserId::parse(server_.register_user(name)).value();
    const auto changed = server_.database().write([&](Tx& tx) -> Result<std::int64_t> {
      return tx.exec("UPDATE auth_users SET roles = $2 WHERE id = $1", id, roles.bits());
    });
    REQUIRE(changed.value() == 1);
    const auto in = server_.post("/api/auth/login", {{"username", name}, {"password", Server::password.data()}});
    REQUIRE(in.status == 200);
    if (name == "own") {
      things_["owner"] = id.to_string();
      things_["refreshToken"] = in.text("/refreshToken");
    }
    return in.text("/accessToken");
  }

  void add_key(const std::string& role) {
    const auto made = made_by_admin("/api/admin/keys", {{"name", role}, {"roles", {role}}});
    std::string column = "key:" + role;
    std::ranges::transform(column, column.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; });
    tokens_[column] = made.text("/key");
  }

  void add_things() {
    things_["platform"] = "steam";
    things_["newName"] = "newcomer";
    things_["job"] = "prune-sessions";
    things_["type"] = "UserLoggedIn";
    things_["key"] = made_by_admin("/api/admin/keys", {{"name", "x"}, {"roles", {"AUDITOR"}}}).text("/id");
    things_["event"] = made_by_admin("/api/events", parse_json(running_event).value()).text("/id");
    things_["draft"] = made_by_admin("/api/events", parse_json(draft_event).value()).text("/id");
    const auto path = "/api/events/" + things_["event"];
    things_["reward"] = made_by_admin(path + "/rewards", parse_json(five_points).value()).text("/id");
    const auto asked = server_.post(path + "/requests", {}, tokens_.at("user:own"));
    REQUIRE(asked.status == 201);
    things_["request"] = asked.text("/id");
    things_["deleted"] = made_by_admin("/api/events", parse_json(running_event).value()).text("/id");
    things_["forgotten"] = server_.register_user("forgotten");
    for (const auto* const gone : {"deleted", "forgotten"})
      REQUIRE(server_.del("/api/events/" + things_[gone], tokens_.at("admin")).status == 204);
    const auto leaver = server_.register_user("leaver");
    things_["saga"] = server_.del("/api/users/" + leaver, tokens_.at("admin")).text("/sagaId");
    server_.settle();
    things_["pool"] = made_by_admin(path + "/rewards", parse_json(coupon_pool).value()).text("/id");
    REQUIRE(
        server_.post(path + "/rewards/" + things_["pool"] + "/codes", {{"codes", {"SPRING-0000"}}}, tokens_.at("admin"))
            .status == 200);
  }

  /// Something that a consumer of the server gave up.
  void add_letter() {
    things_["topic"] = "user.login";
    const auto added = server_.database().write([&](Tx& tx) -> Result<bus::DeadLetterId> {
      bus::Parked parked;
      parked.delivery.position = 1;
      parked.delivery.topic = things_["topic"];
      parked.delivery.type = "UserLoggedIn";
      parked.delivery.payload = "{}";
      bus::add_dead_letter(tx, "progress.logins", parked);
      return tx.get<bus::DeadLetterId>("SELECT id FROM dead_letters");
    });
    things_["letter"] = added.value().to_string();
  }

  /// Somebody who reads the feed by name.
  void add_reader() {
    things_["reader"] = "billing";
    const auto path = "/api/admin/feed/" + things_["topic"] + "/commit";
    REQUIRE(server_.post(path, {{"consumer", things_["reader"]}, {"reset", true}}, tokens_.at("admin")).status == 200);
  }

  Response made_by_admin(const std::string& path, const json::value& body) {
    auto made = server_.post(path, body, tokens_.at("admin"));
    INFO(path << ": " << made.body);
    REQUIRE(made.status == 201);
    return made;
  }

  /// The text with what there is in this world in the place of names in braces.
  [[nodiscard]] std::string filled(std::string text) {
    for (auto begin = text.find('{'); begin != std::string::npos; begin = text.find('{', begin + 1)) {
      const auto end = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(begin) + 1, text.end(), is_letter);
      if (end == text.end() || *end != '}') continue;  // JSON's own
      const auto length = static_cast<std::size_t>(end - text.begin()) - begin + 1;
      text.replace(begin, length, thing(text.substr(begin + 1, length - 2)));
    }
    return text;
  }

  std::string thing(const std::string& name) {
    if (name == "resetToken")
      return made_by_admin("/api/users/" + things_.at("owner") + "/password-reset", {}).text("/resetToken");
    const auto found = things_.find(name);
    if (found == things_.end()) throw std::runtime_error("the access matrix asks for an unknown {" + name + "}");
    return found->second;
  }

  const http::RouteTable* routes_ = nullptr;  ///< the server's
  Server server_{options()};
  std::map<std::string, std::string> tokens_;  ///< by column
  std::map<std::string, std::string> things_;  ///< what stands in braces
};

std::vector<Line> the_matrix() {
  std::ifstream file{std::string{GUERDON_SOURCE_DIR} + "/tests/integration/auth/access_matrix.txt"};
  std::ostringstream text;
  text << file.rdbuf();
  auto lines = parse_matrix(text.str());
  REQUIRE_FALSE(lines.empty());
  return lines;
}

TEST_CASE("Every route has a line in the access matrix, and every line a route") {
  const auto found = unmatched(the_matrix(), World{}.routes());
  CHECK(found == std::vector<std::string>{});
}

TEST_CASE("Whoever calls, the server lets in and refuses as the access matrix says") {
  auto world = std::make_unique<World>();
  for (const auto& line : the_matrix())
    for (const auto column : columns) {
      const auto answer = world->call(line, column);
      INFO(line.method << ' ' << line.path << " as " << column << ": " << answer.status << ' ' << answer.body);
      CHECK(fits(line.cell(column), answer.status));
      if (answer.status == 401 || answer.status == 403)
        CHECK(answer.header("www-authenticate").starts_with("Bearer realm=\"guerdon\""));
      // What a write has done, the next caller must not find.
      if (line.method != "GET" && answer.status < 400) world = std::make_unique<World>();
    }
}

TEST_CASE("The access matrix lets an AUDITOR write to nothing but their own account") {
  CHECK(writing_auditors(the_matrix(), own_account) == std::vector<std::string>{});
}

// That the rules above can fail.

const std::string refused = " | 401 | 403 | 403 | 403 | 403 | 403 | 403 | 403 | 403\n";

TEST_CASE("A route without a line and a line without a route are found") {
  const auto lines = parse_matrix("# who\n\nGET /api/a/{x}?q={y}" + refused + "GET /api/b" + refused);
  CHECK(unmatched(lines, {"GET /api/a/{}", "GET /api/b"}).empty());
  CHECK(unmatched(lines, {"GET /api/a/{}", "POST /api/b"}) ==
        std::vector<std::string>{"no such route: GET /api/b", "no line: POST /api/b"});
}

TEST_CASE("A matrix that is not whole is not read") {
  CHECK_THROWS(parse_matrix("GET /api/a | 401 | yes\n"));
  CHECK_THROWS(parse_matrix("GET /api/a | 401 | 403 | 403 | 403 | 403 | 403 | 403 | 403 | maybe\n"));
  CHECK_THROWS(parse_matrix("/api/a" + refused));
}

TEST_CASE("An AUDITOR who may write is found, but for what is public or their own") {
  const std::string writes = " | 401 | yes | yes | yes | yes | yes | yes | yes | yes\n";
  const std::string open = " | yes | yes | yes | yes | yes | yes | yes | yes | yes\n";
  const auto lines =
      parse_matrix("PUT /api/a" + writes + "GET /api/b" + writes + "PUT /api/c" + open +
                   "PUT /api/own | 401 | yes | yes | yes | yes | yes | 403 | 403 | 403\n" + "PUT /api/d" + refused);
  CHECK(writing_auditors(lines, {"PUT /api/own"}) ==
        std::vector<std::string>{"auditor: PUT /api/a", "key:auditor: PUT /api/a"});
}

TEST_CASE("An answer fits its cell only if it is what the cell says") {
  CHECK(fits("yes", 200));
  CHECK(fits("yes", 204));
  CHECK(fits("yes", 409));
  for (const int status : {304, 400, 401, 403, 404, 405, 422, 429, 500, 503}) CHECK_FALSE(fits("yes", status));
  CHECK(fits("403", 403));
  CHECK_FALSE(fits("403", 401));
  CHECK_FALSE(fits("404", 200));
}

}  // namespace
}  // namespace guerdon::access
