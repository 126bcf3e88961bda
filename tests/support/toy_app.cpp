// The toy routes. Each is there to show one thing that a route can do.
#include "support/toy_app.hpp"

#include <charconv>
#include <utility>

#include "guerdon/page.hpp"
#include "guerdon/routes.hpp"
#include "http/event_source.hpp"

namespace guerdon::test {

namespace {

struct ItemTag {
  static constexpr std::string_view prefix = "itm";
};
using ItemId = Id<ItemTag>;

struct ItemPath {
  ItemId id;
};
BOOST_DESCRIBE_STRUCT(ItemPath, (), (id))

struct ItemBody {
  Text<1, 20> name;
  Bounded<0, 100> count;
};
BOOST_DESCRIBE_STRUCT(ItemBody, (), (name, count))

struct Item {
  ItemId id;
  std::string name;
  std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(Item, (), (id, name, count))

struct KindQuery {
  std::optional<Text<1, 20>> kind;
};
BOOST_DESCRIBE_STRUCT(KindQuery, (), (kind))

struct Secretive {
  Text<1, 20> password;
};
BOOST_DESCRIBE_STRUCT(Secretive, (), (password))

struct Word {
  std::string word;
};
BOOST_DESCRIBE_STRUCT(Word, (), (word))

struct Number {
  std::int64_t number = 0;
};
BOOST_DESCRIBE_STRUCT(Number, (), (number))

struct ShelfQuery {
  std::optional<Instant> until;  // when it may become another
  std::optional<bool> unstable;  // it may be another at any time
};
BOOST_DESCRIBE_STRUCT(ShelfQuery, (), (until, unstable))

struct Shelf {
  std::vector<Item> items;
  std::vector<Role> roles;
  bool knows_caller = false;
  Instant at;
};
BOOST_DESCRIBE_STRUCT(Shelf, (), (items, roles, knows_caller, at))

struct Who {
  std::optional<UserId> user;
  std::vector<Role> roles;
  std::string address, user_agent, request_id;
};
BOOST_DESCRIBE_STRUCT(Who, (), (user, roles, address, user_agent, request_id))

constexpr Problem name_taken{409, "name-taken"};
constexpr Problem bad_credentials{401, "bad-credentials"};

Result<Item> find_item(Snapshot& snapshot, const ItemId& id) {
  auto item = snapshot.find<Item>("SELECT id, name, count FROM toy_items WHERE id = $1", id);
  if (!item) return problems::not_found;
  return *std::move(item);
}

Result<Item> create_item(Tx& tx, const ItemBody& body) {
  const Item item{tx.new_id<ItemId>(), body.name.value(), body.count.value()};
  const auto added =
      tx.exec("INSERT INTO toy_items (id, name, count) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING", item.id,
              item.name, item.count);
  if (added == 0) return Error{name_taken, "That name is taken."};
  return item;
}

[[noreturn]] void misbehave(std::string_view kind) {
  using Kind = StoreError::Kind;
  constexpr std::pair<std::string_view, Kind> kinds[] = {
      {"unavailable", Kind::unavailable}, {"overloaded", Kind::overloaded},  {"conflict", Kind::conflict},
      {"full", Kind::storage_full},       {"unknown", Kind::commit_unknown}, {"overrun", Kind::overrun},
      {"broken", Kind::broken},           {"constraint", Kind::constraint},
  };
  for (const auto& [name, value] : kinds) {
    if (name == kind) throw StoreError{value, "SELECT secret FROM toys"};
  }
  throw std::runtime_error("a bug in toys");
}

void add_items(Router& router, ToyCounts& counts) {
  router.query({.method = "GET",
                .path = "/api/items/{id}",
                .policy = Policy::any_account(),
                .summary = "One item",
                .problems = {problems::not_found},
                .etag = true,
                .alias = "/api/item/{id}"},
               [](Snapshot& snapshot, const Caller&, const Request<ItemPath>& request) {
                 return find_item(snapshot, request.path.id);
               });
  router.query({.method = "GET", .path = "/api/items", .policy = Policy::any_account(), .summary = "All items"},
               [](Snapshot& snapshot, const Caller&, const Request<None, PageQuery>&) -> Result<Page<Item>> {
                 return Page<Item>{snapshot.list<Item>("SELECT id, name, count FROM toy_items ORDER BY name"), {}};
               });
  router.command({.method = "POST",
                  .path = "/api/items",
                  .policy = Policy::roles({Role::user, Role::admin}),
                  .summary = "Create an item",
                  .status = 201,
                  .problems = {name_taken}},
                 [&counts](Tx& tx, const Caller&, const Request<None, None, ItemBody>& request) {
                   ++counts.creations;
                   return create_item(tx, request.body);
                 });
  router.command({.method = "PUT",
                  .path = "/api/items/{id}",
                  .policy = Policy::any_account(),
                  .summary = "Change an item",
                  .problems = {problems::not_found}},
                 [](Tx& tx, const Caller&, const Request<ItemPath, None, ItemBody>& request) -> Result<Item> {
                   tx.exec("UPDATE toy_items SET name = $2, count = $3 WHERE id = $1", request.path.id,
                           request.body.name, request.body.count);
                   return find_item(tx, request.path.id);
                 });
  router.command({.method = "DELETE",
                  .path = "/api/items/{id}",
                  .policy = Policy::roles({Role::admin}),
                  .summary = "Delete an item"},
                 [](Tx& tx, const Caller&, const Request<ItemPath>& request) -> Result<None> {
                   tx.exec("DELETE FROM toy_items WHERE id = $1", request.path.id);
                   return None{};
                 });
}

void add_steps(Router& router, ToyCounts& counts) {
  router.command_in_steps({.method = "POST",
                           .path = "/api/steps",
                           .policy = Policy::any_account(),
                           .summary = "Create three items, each in a transaction of its own",
                           .status = 201,
                           .problems = {name_taken}},
                          [&counts](Tx& tx, const Caller&, const Request<None, None, ItemBody>& request,
                                    std::int64_t& made) -> Result<std::optional<Number>> {
                            ++counts.creations;
                            auto body = request.body;
                            body.name = Text<1, 20>::trusted(body.name.value() + "-" + std::to_string(made));
                            const auto item = create_item(tx, body);
                            if (!item) return item.error();
                            if (++made < 3) return std::optional<Number>{};
                            return std::optional{Number{made}};
                          });
}

void add_prepared(Router& router, ToyCounts& counts) {
  router.command(
      {.method = "POST", .path = "/api/hashed", .policy = Policy::any_account(), .summary = "Prepared", .status = 201},
      [&counts](Snapshot&, const Caller&, const Request<None, None, Secretive>& request) -> Result<std::string> {
        ++counts.preparations;
        return "hash-of-" + request.body.password.value();
      },
      [&counts](Tx& tx, const Caller&, const Request<None, None, Secretive>&, const std::string& hash) {
        ++counts.creations;
        ItemBody body;
        body.name = Text<1, 20>::trusted(hash);
        return create_item(tx, body);
      });
}

void add_public(Router& router, ToyCounts& counts) {
  router.command({.method = "POST",
                  .path = "/api/open/items",
                  .policy = Policy::anyone(),
                  .summary = "Create an item without an account",
                  .status = 201,
                  .budget = Budget::registration},
                 [&counts](Tx& tx, const Caller&, const Request<None, None, ItemBody>& request) {
                   ++counts.creations;
                   return create_item(tx, request.body);
                 });
  router.command(
      {.method = "POST", .path = "/api/open/hashed", .policy = Policy::anyone(), .summary = "Prepared", .status = 201},
      [&counts](Snapshot&, const Caller&, const Request<None, None, Secretive>& request) -> Result<std::string> {
        ++counts.preparations;
        if (request.body.password.value() == "refused") return Error{problems::forbidden};
        return "hash-of-" + request.body.password.value();
      },
      [&counts](Tx& tx, const Caller&, const Request<None, None, Secretive>&, const std::string& hash) {
        ++counts.creations;
        ItemBody body;
        body.name = Text<1, 20>::trusted(hash);
        return create_item(tx, body);
      });
  router.command({.method = "POST",
                  .path = "/api/open/login",
                  .policy = Policy::anyone(),
                  .summary = "Fails, and counts it",
                  .idempotent = false},
                 [](Tx& tx, const Caller&, const Request<>&) -> Result<Word> {
                   tx.exec("UPDATE toy_attempts SET number = number + 1");
                   return Error{bad_credentials}.keeping_effects();
                 });
  router.command({.method = "POST", .path = "/api/open/attempt", .policy = Policy::anyone(), .summary = "The same"},
                 [](Tx& tx, const Caller&, const Request<>&) -> Result<Word> {
                   tx.exec("UPDATE toy_attempts SET number = number + 1");
                   return Error{bad_credentials}.keeping_effects();
                 });
  router.query({.method = "GET",
                .path = "/api/open/attempts",
                .policy = Policy::anyone(),
                .summary = "How many",
                .budget = Budget::none},
               [](Snapshot& snapshot, const Caller&, const Request<>&) -> Result<Number> {
                 return Number{snapshot.get<std::int64_t>("SELECT number FROM toy_attempts")};
               });
}

void add_odd(Router& router) {
  router.query({.method = "GET", .path = "/api/me", .policy = Policy::any_account(), .summary = "The caller"},
               [](Snapshot&, const Caller& caller, const Request<>&) -> Result<Who> {
                 return Who{caller.user, caller.roles.list(), caller.address, caller.user_agent, caller.request_id};
               });
  router.query({.method = "GET", .path = "/api/long", .policy = Policy::any_account(), .summary = "A long query"},
               [](Snapshot& snapshot, const Caller&, const Request<>&) -> Result<Number> {
                 return Number{snapshot.get<std::int64_t>(
                     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
                     "SELECT count(*) FROM n")};
               });
  router.query({.method = "GET", .path = "/api/broken", .policy = Policy::anyone(), .summary = "Fails in a query"},
               [](Snapshot&, const Caller&, const Request<None, KindQuery>& request) -> Result<Word> {
                 misbehave(request.query.kind ? request.query.kind->value() : "");
               });
  router.command({.method = "POST", .path = "/api/broken", .policy = Policy::anyone(), .summary = "Fails in a command"},
                 [](Tx& tx, const Caller&, const Request<None, KindQuery>& request) -> Result<Word> {
                   tx.exec("UPDATE toy_attempts SET number = number + 1000");
                   misbehave(request.query.kind ? request.query.kind->value() : "");
                 });
}

void add_shelf(Router& router, ToyCounts& counts) {
  router.query({.method = "GET",
                .path = "/api/shelf",
                .policy = Policy::any_account(),
                .summary = "All items, remembered",
                .etag = true,
                .remembered = true},
               [&counts](Snapshot& snapshot, const Caller& caller,
                         const Request<None, ShelfQuery>& request) -> Result<Reply<Shelf>> {
                 ++counts.readings;
                 const bool knows_caller =
                     caller.user || caller.key || !caller.address.empty() || !caller.request_id.empty();
                 Reply<Shelf> reply{.body = {snapshot.list<Item>("SELECT id, name, count FROM toy_items ORDER BY name"),
                                             caller.roles.list(), knows_caller, snapshot.now()}};
                 if (!request.query.unstable) reply.same_until = request.query.until.value_or(Instant::max());
                 return reply;
               });
  router.command({.method = "PUT", .path = "/api/shelf", .policy = Policy::any_account(), .summary = "Clear the shelf"},
                 [](Tx& tx, const Caller&, const Request<>&) -> Result<None> {
                   tx.exec("DELETE FROM toy_items");
                   return None{};
                 });
}

// A stream of one word.
class OneWord final : public http::EventSource {
 public:
  Result<bool> read(Snapshot&, const Caller&, std::string& out) override {
    if (!std::exchange(is_told_, true)) out += "data: word\n\n";
    return false;
  }
  void beat(std::string&) override {}
  [[nodiscard]] bool follows(std::string_view) const override { return false; }

 private:
  bool is_told_ = false;
};

}  // namespace

Result<Credential> ToyAuthenticator::verify(std::string_view bearer, Instant now) {
  ++verified;
  const auto dot = bearer.find('.');
  const auto user = UserId::parse(bearer.substr(0, dot));
  if (!user || dot == std::string_view::npos) return Error{problems::unauthenticated, "The token is not one of ours."};
  if (bearer.ends_with("expired")) return problems::token_expired;
  Credential credential;
  credential.user = *user;
  credential.expires_at = now + std::chrono::minutes{15};
  const auto version = bearer.substr(dot + 1);
  std::from_chars(version.data(), version.data() + version.size(), credential.version);
  return credential;
}

Result<Standing> ToyAuthenticator::admit(Snapshot& snapshot, const Credential& credential) {
  const auto roles = snapshot.find<std::int64_t>("SELECT roles FROM toy_users WHERE id = $1 AND version = $2",
                                                 credential.user, credential.version);
  if (!roles) return problems::token_revoked;
  return Standing{RoleSet::from_bits(*roles)};
}

void add_toy_routes(Router& router, ToyCounts& counts) {
  add_items(router, counts);
  add_steps(router, counts);
  add_prepared(router, counts);
  add_public(router, counts);
  add_odd(router);
  add_shelf(router, counts);
}

ToyApp::ToyApp(Engine engine, std::chrono::milliseconds window, http::RateLimiter* limiter,
               store::DatabaseOptions store_options)
    : store(engine, Schema::migrated, std::move(store_options)) {
  store
      ->write([](Tx& tx) -> Result<void> {
        tx.exec({"CREATE TABLE toy_users (id BLOB PRIMARY KEY, roles INTEGER NOT NULL, version INTEGER NOT NULL)",
                 "CREATE TABLE toy_users (id UUID PRIMARY KEY, roles BIGINT NOT NULL, version BIGINT NOT NULL)"});
        tx.exec({"CREATE TABLE toy_items (id BLOB PRIMARY KEY, name TEXT NOT NULL UNIQUE, count INTEGER NOT NULL)",
                 "CREATE TABLE toy_items (id UUID PRIMARY KEY, name TEXT NOT NULL UNIQUE, count BIGINT NOT NULL)"});
        tx.exec({"CREATE TABLE toy_attempts (number INTEGER NOT NULL)",
                 "CREATE TABLE toy_attempts (number BIGINT NOT NULL)"});
        tx.exec("INSERT INTO toy_attempts (number) VALUES (0)");
        return {};
      })
      .value();
  add_toy_routes(routes, counts);
  routes.follow("/api/me", [](const RawRequest&, std::string_view) -> Result<std::unique_ptr<http::EventSource>> {
    return std::unique_ptr<http::EventSource>{std::make_unique<OneWord>()};
  });
  routes.seal();
  dispatch = std::make_unique<http::Dispatch>(http::Services{.routes = routes,
                                                             .database = *store,
                                                             .authenticator = authenticator,
                                                             .clock = store.clock,
                                                             .tasks = tasks,
                                                             .hashing = hashing,
                                                             .idempotency_window = window,
                                                             .limiter = limiter});
  server = std::make_unique<http::Server>(
      http::ServerOptions{.listen = {.host = "127.0.0.1", .port = 0}, .listen_key = "http.listen", .threads = 2},
      dispatch->handlers());
  server->start();
}

ToyApp::~ToyApp() {
  server->stop();
  tasks.stop(std::chrono::seconds{1});
  hashing.stop(std::chrono::seconds{1});
}

std::string ToyApp::account(RoleSet roles) {
  const auto id = store->write([&](Tx& tx) -> Result<UserId> {
    const auto user = tx.new_id<UserId>();
    tx.exec("INSERT INTO toy_users (id, roles, version) VALUES ($1, $2, 1)", user, roles.bits());
    return user;
  });
  return "Authorization: Bearer " + id->to_string() + ".1\r\n";
}

void ToyApp::revoke_all() {
  store
      ->write([](Tx& tx) -> Result<void> {
        tx.exec("UPDATE toy_users SET version = version + 1");
        return {};
      })
      .value();
}

std::int64_t ToyApp::items() {
  return store->read([](Snapshot& snapshot) { return snapshot.get<std::int64_t>("SELECT count(*) FROM toy_items"); });
}

}  // namespace guerdon::test
