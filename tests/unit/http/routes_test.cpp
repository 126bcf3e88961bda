// A route follows from a function's signature: what it decodes, what it answers, what the document says of it.
#include <catch2/catch.hpp>

#include "guerdon/page.hpp"
#include "guerdon/routes.hpp"

using namespace guerdon;

namespace {

struct ItemPath {
  Text<1, 8> item_id;
};
BOOST_DESCRIBE_STRUCT(ItemPath, (), (item_id))

struct ItemQuery {
  std::optional<Bounded<1, 9>> depth;
};
BOOST_DESCRIBE_STRUCT(ItemQuery, (), (depth))

struct ItemBody {
  Text<1, 20> name;
  std::optional<bool> in_stock;
};
BOOST_DESCRIBE_STRUCT(ItemBody, (), (name, in_stock))

struct Note {
  std::optional<Text<1, 20>> note;
};
BOOST_DESCRIBE_STRUCT(Note, (), (note))

struct Item {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(Item, (), (name))

class Collector final : public Router {
 public:
  void add(Route route) override { routes.push_back(std::move(route)); }
  std::vector<Route> routes;
};

class NoConnection final : public Connection {
 public:
  [[nodiscard]] Engine engine() const noexcept override { return Engine::sqlite; }
  std::int64_t execute(const Sql&, std::span<const Param>, RowVisitor) override { return 0; }
};

class NoTx final : public Tx {
 public:
  explicit NoTx(Connection& connection) : Tx(connection, {}) {}
  void on_commit(std::function<void()>) override {}
  void append(OutgoingMessage) override {}

 protected:
  std::size_t begin_savepoint() override { return 0; }
  void release_savepoint(std::size_t) override {}
  void undo_savepoint(std::size_t) override {}
};

RouteSpec spec(std::string_view method, std::string_view path, int status = 200) {
  return {.method = method, .path = path, .policy = Policy::anyone(), .summary = "An item", .status = status};
}

Route put_item() {
  Collector router;
  router.command(spec("PUT", "/items/{itemId}"),
                 [](Tx&, const Caller&, const Request<ItemPath, ItemQuery, ItemBody>& request) -> Result<Item> {
                   return Item{request.path.item_id.value() + "/" + request.body.name.value()};
                 });
  return std::move(router.routes.at(0));
}

RawRequest raw(std::string_view item, std::string_view body) {
  return {.path = {item}, .query = {}, .content_type = "application/json", .body = body};
}

Error refused(const Route& route, const RawRequest& request) {
  const auto call = route.decode(request);
  REQUIRE_FALSE(call.has_value());
  return call.error();
}

Result<Answer> write(const Route& route, const RawRequest& request) {
  NoConnection connection;
  NoTx tx{connection};
  auto call = route.decode(request);
  REQUIRE(call.has_value());
  return (*call)->write(tx, Caller{});
}

}  // namespace

TEST_CASE("a command decodes path, query and body, and encodes what its function returns") {
  const auto answer = write(put_item(), raw("a1", R"({"name":"Sword","inStock":true})"));
  REQUIRE(answer.has_value());
  CHECK(answer->status == 200);
  CHECK(answer->body == R"({"name":"a1/Sword"})");
}

TEST_CASE("the faults of path, query and body are reported at once") {
  RawRequest request = raw("far-too-long", R"({"inStock":3,"roles":[]})");
  request.query = {{"depth", "77"}, {"sort", "x"}};
  const Error error = refused(put_item(), request);
  CHECK(error.problem == problems::validation_failed);
  std::vector<std::string> where;
  for (const auto& fault : error.faults) where.push_back((fault.is_parameter ? "?" : "") + fault.where);
  CHECK_THAT(where, Catch::UnorderedEquals(
                        std::vector<std::string>{"?itemId", "?depth", "?sort", "/name", "/inStock", "/roles"}));
}

TEST_CASE("a body must be JSON and say so") {
  const Route route = put_item();
  RawRequest request = raw("a1", R"({"name":"x"})");
  for (const auto* good : {"application/json", "Application/JSON", "application/json; charset=utf-8",
                           "application/json;charset=UTF-8", "application/json ; charset=\"utf-8\""}) {
    request.content_type = good;
    INFO(good);
    CHECK(route.decode(request).has_value());
  }
  for (const auto* bad : {"", "text/json", "application/json; charset=latin1", "application/json; boundary=x",
                          "application/json;", "application/jsonp", "application/x-www-form-urlencoded"}) {
    request.content_type = bad;
    INFO(bad);
    CHECK(refused(route, request).problem == problems::unsupported_media_type);
  }
  CHECK(refused(route, raw("a1", "{")).problem == problems::malformed_json);
  CHECK(refused(route, raw("a1", R"({"name":"x","name":"y"})")).problem == problems::malformed_json);
}

TEST_CASE("an absent body is an empty object and needs no content type") {
  RawRequest request = raw("a1", "");
  request.content_type = {};
  const Error error = refused(put_item(), request);
  REQUIRE(error.faults.size() == 1);
  CHECK(error.faults[0].where == "/name");
  CHECK(error.faults[0].code == "required");

  Collector router;
  router.command(spec("POST", "/notes"), [](Tx&, const Caller&, const Request<None, None, Note>& in) -> Result<Item> {
    return Item{in.body.note ? "noted" : "nothing"};
  });
  const RawRequest empty;
  CHECK(write(router.routes[0], empty)->body == R"({"name":"nothing"})");
}

TEST_CASE("an output of None is 204 unless the route says otherwise") {
  Collector router;
  const auto nothing = [](Tx&, const Caller&, const Request<>&) -> Result<None> { return None{}; };
  router.command(spec("POST", "/a"), nothing);
  router.command(spec("POST", "/b", 202), nothing);
  for (const auto& [index, status] : {std::pair{0U, 204}, {1U, 202}}) {
    const auto answer = write(router.routes[index], {});
    CHECK(answer->status == status);
    CHECK(answer->body.empty());
  }
  const RawRequest with_body{.path = {}, .query = {}, .content_type = "application/json", .body = R"({"x":1})"};
  CHECK(refused(router.routes[0], with_body).faults.at(0).code == "unknown-member");
}

TEST_CASE("a reply chooses its own status and headers") {
  Collector router;
  router.command(spec("POST", "/a", 201), [](Tx&, const Caller&, const Request<>&) -> Result<Reply<Item>> {
    return Reply<Item>{{"x"}, 202, {{"X-Item", "7"}}};
  });
  const auto answer = write(router.routes[0], {});
  CHECK(answer->status == 202);
  CHECK(answer->body == R"({"name":"x"})");
  CHECK(answer->headers == std::vector<std::pair<std::string, std::string>>{{"X-Item", "7"}});
}

TEST_CASE("what prepare made reaches the command, and its refusal ends the call") {
  Collector router;
  router.command(
      spec("POST", "/hash"),
      [](Snapshot&, const Caller&, const Request<None, None, ItemBody>& in) -> Result<std::string> {
        if (in.body.name.value() == "bad") return Error{problems::forbidden};
        return "hash of " + in.body.name.value();
      },
      [](Tx&, const Caller&, const Request<None, None, ItemBody>&, const std::string& hash) -> Result<Item> {
        return Item{hash};
      });
  const Route& route = router.routes[0];
  CHECK(route.kind == Route::Kind::prepared_command);
  NoConnection connection;
  NoTx tx{connection};
  auto call = route.decode(raw("", R"({"name":"x"})"));
  REQUIRE((*call)->prepare(tx, Caller{}).has_value());
  CHECK((*call)->write(tx, Caller{})->body == R"({"name":"hash of x"})");
  call = route.decode(raw("", R"({"name":"bad"})"));
  CHECK((*call)->prepare(tx, Caller{}).error().problem == problems::forbidden);
}

TEST_CASE("a command in steps goes on from what was committed, and answers with its last step") {
  Collector router;
  router.command_in_steps(
      spec("POST", "/count"),
      [](Tx&, const Caller&, const Request<None, None, ItemBody>& in, int& steps) -> Result<std::optional<Item>> {
        if (in.body.name.value() == "bad") return Error{problems::forbidden};
        if (++steps < 3) return std::optional<Item>{};
        return std::optional{Item{in.body.name.value() + " " + std::to_string(steps)}};
      });
  const Route& route = router.routes[0];
  CHECK(route.kind == Route::Kind::stepped_command);
  NoConnection connection;
  NoTx tx{connection};
  auto call = route.decode(raw("", R"({"name":"x"})"));
  for (int step = 0; step < 2; ++step) {
    for (int run = 0; run < 2; ++run) {  // again, as after a lost race
      REQUIRE((*call)->write(tx, Caller{}).has_value());
      CHECK((*call)->is_unfinished());
    }
    CHECK((*call)->next_step());
    CHECK_FALSE((*call)->is_unfinished());
  }
  CHECK((*call)->write(tx, Caller{})->body == R"({"name":"x 3"})");
  CHECK_FALSE((*call)->is_unfinished());
  CHECK_FALSE((*call)->next_step());

  call = route.decode(raw("", R"({"name":"bad"})"));
  CHECK((*call)->write(tx, Caller{}).error().problem == problems::forbidden);
  CHECK_FALSE((*call)->next_step());
}

TEST_CASE("a route whose Path does not fit its path does not register") {
  Collector router;
  const auto handler = [](Snapshot&, const Caller&, const Request<ItemPath>&) -> Result<Item> { return Item{}; };
  CHECK_THROWS_AS(router.query(spec("GET", "/items/{id}"), handler), std::logic_error);
  CHECK_THROWS_AS(router.query(spec("GET", "/items"), handler), std::logic_error);
  CHECK_NOTHROW(router.query(spec("GET", "/items/{itemId}"), handler));
}

TEST_CASE("a route describes its parameters, body and answer") {
  json::object operation;
  SchemaRegistry schemas;
  put_item().describe(operation, schemas);
  const auto& parameters = operation.at("parameters").as_array();
  REQUIRE(parameters.size() == 2);
  CHECK(parameters[0].at("in") == "path");
  CHECK(parameters[1].at("name") == "depth");
  CHECK(operation.at("requestBody").at("required") == true);
  CHECK(operation.at("responses").at("200").at("content").at("application/json").at("schema").at("$ref") ==
        "#/components/schemas/Item");

  Collector router;
  router.query(spec("GET", "/items"),
               [](Snapshot&, const Caller&, const Request<None, PageQuery>&) -> Result<Page<Item>> {
                 return Page<Item>{{{"x"}}, std::nullopt};
               });
  json::object listing;
  router.routes[0].describe(listing, schemas);
  CHECK(listing.at("parameters").as_array().size() == 2);
  CHECK(schemas.components().contains("ItemPage"));
}
