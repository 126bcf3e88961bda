// Which route a path and a method find.
#include "http/route_table.hpp"

#include <catch2/catch.hpp>

using namespace guerdon;
using namespace guerdon::http;

namespace {

Route route(std::string_view method, std::string_view path, std::string_view alias = {}) {
  return Route{method == "GET" ? Route::Kind::query : Route::Kind::command,
               {.method = method, .path = path, .policy = Policy::anyone(), .summary = path, .alias = alias},
               {},
               {}};
}

struct Found {
  std::string path;  // of the route; "" where there is none
  std::string captured, allow;
};

Found find(const RouteTable& table, std::string_view method, std::string_view path) {
  Target target;
  REQUIRE(target.parse(path, "a").has_value());
  RouteTable::Match match;
  table.find(method, target, match);
  Found found{"", "", std::string{match.allow}};
  if (match.entry != nullptr) found.path = match.entry->route.spec.path;
  if (match.page != nullptr) found.path = match.page->path;
  for (const auto segment : match.captured) found.captured += "[" + std::string{segment} + "]";
  return found;
}

}  // namespace

TEST_CASE("literal segments win over captured ones, on the way back too") {
  RouteTable table;
  table.add(route("GET", "/events/{id}"));
  table.add(route("GET", "/events/progress"));
  table.add(route("GET", "/events/{id}/progress"));
  table.add(route("GET", "/events/requests/{id}"));
  table.add(route("GET", "/events/{id}/rewards/{rewardId}"));
  table.seal();
  CHECK(find(table, "GET", "/events/e1").path == "/events/{id}");
  CHECK(find(table, "GET", "/events/e1").captured == "[e1]");
  CHECK(find(table, "GET", "/events/progress").path == "/events/progress");
  CHECK(find(table, "GET", "/events/progress").captured.empty());
  CHECK(find(table, "GET", "/events/requests/r1").captured == "[r1]");
  CHECK(find(table, "GET", "/events/requests/rewards/x").path == "/events/{id}/rewards/{rewardId}");
  CHECK(find(table, "GET", "/events/requests/rewards/x").captured == "[requests][x]");
  CHECK(find(table, "GET", "/events/%70rogress").path == "/events/progress");
  for (const char* none :
       {"/events", "/events/", "/Events/e1", "/events/e1/", "/events/e1/progress/x", "/", "//events"}) {
    INFO(none);
    CHECK(find(table, "GET", none).path.empty());
    CHECK(find(table, "GET", none).allow.empty());
  }
}

TEST_CASE("a path says which methods it has") {
  RouteTable table;
  table.add(route("PUT", "/a/{id}", "/b/{id}"));
  table.add(route("GET", "/a/{id}"));
  table.add(http::Page{"/page", "text/plain", [] { return Response{}; }});
  table.seal();
  CHECK(find(table, "PUT", "/a/1").path == "/a/{id}");
  CHECK(find(table, "PUT", "/b/1").path == "/a/{id}");
  CHECK(find(table, "HEAD", "/a/1").path == "/a/{id}");
  CHECK(find(table, "POST", "/a/1").path.empty());
  CHECK(find(table, "POST", "/a/1").allow == "GET, HEAD, PUT, OPTIONS");
  CHECK(find(table, "GET", "/b/1").allow == "PUT, OPTIONS");
  CHECK(find(table, "HEAD", "/page").path == "/page");
  CHECK(find(table, "PUT", "/page").allow == "GET, HEAD, OPTIONS");
  CHECK(find(table, "get", "/page").path.empty());
}

TEST_CASE("a route that is declared twice or contradicts itself does not register") {
  RouteTable table;
  table.add(route("GET", "/a/{id}"));
  table.add(http::Page{"/page", "text/plain", [] { return Response{}; }});
  CHECK_THROWS_AS(table.add(route("GET", "/a/{other}")), std::logic_error);
  CHECK_THROWS_AS(table.add(route("POST", "/b", "/page")), std::logic_error);
  CHECK_THROWS_AS(table.add(http::Page{"/page", "text/plain", {}}), std::logic_error);
  CHECK_THROWS_AS(table.add(http::Page{"/a/{id}", "text/plain", {}}), std::logic_error);
  CHECK_THROWS_AS(table.add(route("GET", "c")), std::logic_error);
  auto writing_query = route("GET", "/d");
  writing_query.kind = Route::Kind::command;
  CHECK_THROWS_AS(table.add(writing_query), std::logic_error);
  auto reading_command = route("POST", "/e");
  reading_command.kind = Route::Kind::query;
  CHECK_THROWS_AS(table.add(reading_command), std::logic_error);
  auto nobody = route("GET", "/f");
  nobody.spec.policy = Policy::roles({});
  CHECK_THROWS_AS(table.add(nobody), std::logic_error);
  table.seal();
  CHECK_THROWS_AS(table.add(route("GET", "/late")), std::logic_error);
}
