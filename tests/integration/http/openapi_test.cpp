// The document says what the server does.
#include "http/openapi.hpp"

#include <catch2/catch.hpp>

#include "guerdon/json.hpp"
#include "support/toy_app.hpp"

using namespace guerdon;
using namespace guerdon::test;

namespace {

json::value toy_document() {
  ToyCounts counts;
  http::RouteTable routes;
  add_toy_routes(routes, counts);
  routes.add(http::Page{"/healthz", http::json_type, [] { return http::Response{}; }, "Is the server alive?"});
  routes.add(http::Page{"/secret", http::json_type, [] { return http::Response{}; }});
  return json::parse(http::openapi_document(routes, "1.2.3"));
}

}  // namespace

TEST_CASE("every route is in the document, by path and method") {
  const auto document = toy_document();
  CHECK(document.at("openapi") == "3.1.0");
  CHECK(document.at("info").at("version") == "1.2.3");
  const auto& paths = document.at("paths").as_object();
  CHECK(paths.at("/api/items").as_object().size() == 2);
  CHECK(paths.at("/api/items/{id}").as_object().size() == 3);
  CHECK(paths.at("/api/item/{id}").at("get").at("operationId") == "getItemByIdAlias");
  CHECK(paths.at("/healthz").at("get").at("summary") == "Is the server alive?");
  CHECK_FALSE(paths.contains("/secret"));
}

TEST_CASE("an operation says who may call, what it takes and what it answers") {
  const auto document = toy_document();
  const auto& create = document.at("paths").at("/api/items").at("post").as_object();
  CHECK(create.at("operationId") == "postItems");
  CHECK(create.at("description") == "For USER, ADMIN.");
  CHECK(create.at("security") == json::parse(R"([{"bearerAuth":[]}])"));
  CHECK(create.at("tags") == json::parse(R"(["items"])"));
  CHECK(create.at("requestBody").at("required") == true);
  CHECK(create.at("parameters").at(0).at("$ref") == "#/components/parameters/IdempotencyKey");
  const auto& answers = create.at("responses").as_object();
  CHECK(answers.at("201").at("content").at("application/json").at("schema").at("$ref") == "#/components/schemas/Item");
  CHECK(answers.at("409").at("description") == "Conflict: `idempotency-in-progress`, `name-taken`");
  CHECK(answers.at("409").at("content").at("application/problem+json").at("schema").at("allOf").at(0).at("$ref") ==
        "#/components/schemas/Problem");
  for (const auto* status : {"400", "401", "403", "413", "415", "422", "429", "500", "503"}) {
    INFO(status);
    CHECK(answers.contains(status));
  }

  const auto& login = document.at("paths").at("/api/open/login").at("post").as_object();
  CHECK(login.at("security") == json::parse("[]"));
  CHECK_FALSE(login.contains("parameters"));
  CHECK_FALSE(login.at("responses").as_object().contains("422"));

  const auto& items = document.at("paths").at("/api/items/{id}");
  CHECK(items.at("get").at("responses").as_object().contains("304"));
  CHECK(items.at("put").at("responses").as_object().contains("412"));
}

TEST_CASE("the document and its page are served to everyone") {
  ToyCounts counts;
  http::RouteTable routes;
  add_toy_routes(routes, counts);
  http::add_documentation(routes, http::openapi_document(routes, "1.2.3"));
  routes.seal();
  http::Server server{{.listen = {.host = "127.0.0.1", .port = 0}, .threads = 1}, http::page_handlers(routes)};
  server.start();
  RawClient client{server.port()};
  const auto document = client.ask(request("GET", "/openapi.json"));
  CHECK(document.header("content-type") == "application/json; charset=utf-8");
  CHECK(json::parse(document.body).at("paths").as_object().contains("/api/items"));
  const auto page = client.ask(request("GET", "/docs", "Accept: text/html\r\n"));
  CHECK(page.header("content-type") == "text/html; charset=utf-8");
  CHECK(page.header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"));
  CHECK(page.body.find("/api/items/{id}") != std::string::npos);
  CHECK(page.body.find("http://") == std::string::npos);
  CHECK(page.body.find("https://") == std::string::npos);
  CHECK(page.body.find("<script") == std::string::npos);
  CHECK(client.ask(request("GET", "/docs", "Accept: application/json\r\n")).status == 406);
  CHECK(client.ask(request("POST", "/docs")).header("allow") == "GET, HEAD, OPTIONS");
}
