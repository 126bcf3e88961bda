// PostgreSQL's client library is loaded by who needs it, and only then.
#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

#include "support/live_server.hpp"

using namespace guerdon;
using namespace guerdon::test;

TEST_CASE("a server on SQLite does not load PostgreSQL's client library") {
  const TempFolder folder;
  const LiveServer server{folder};
  std::ifstream file{"/proc/" + std::to_string(server.process.id()) + "/maps"};
  const std::string maps{std::istreambuf_iterator<char>{file}, {}};
  CHECK_THAT(maps, Catch::Contains("libsqlite3"));
  CHECK_THAT(maps, !Catch::Contains("libpq"));
}

TEST_CASE("where PostgreSQL's client library can't be loaded one line says what to install") {
  const TempFolder folder;
  folder.write("libpq.so.5", "no library");
  const auto end = run_guerdon({.arguments = {"--set", "database.url=postgres://127.0.0.1:1/guerdon", "migrate"},
                                .environment = {{"LD_LIBRARY_PATH", folder.path()}},
                                .folder = folder.path()});
  CHECK(end.code == 78);
  CHECK_THAT(end.err, Catch::Contains("install libpq5"));
  CHECK(std::count(end.err.begin(), end.err.end(), '\n') == 1);
}
