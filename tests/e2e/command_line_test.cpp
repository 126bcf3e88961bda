// The command line as people use it: alone, and beside a running server.

#include <catch2/catch.hpp>
#include <csignal>

#include "runtime/exit_codes.hpp"
#include "support/live_server.hpp"
#include "support/one_core.hpp"

using namespace guerdon;
using test::Exit;
using test::LiveServer;

namespace {

Exit command(const test::TempFolder& folder, const std::vector<std::string>& words, const std::string& input = {},
             std::map<std::string, std::string> environment = {}) {
  auto arguments = test::settings_for(folder);
  arguments.insert(arguments.end(), words.begin(), words.end());
  return test::run_guerdon({.arguments = arguments, .environment = std::move(environment), .input = input});
}

Exit create_admin(const test::TempFolder& folder, const std::string& name, const std::string& input) {
  return command(folder, {"admin", "create", "--username", name, "--email", name + "@example.com"}, input);
}

int login_status(LiveServer& server, const std::string& name, const std::string& password) {
  return server.post("/api/auth/login", {{"username", name}, {"password", password}}).status;
}

const std::string password = "correct horse battery staple";

}  // namespace

TEST_CASE("an administrator can be made before the server runs and while it does") {
  const test::TempFolder folder;
  const auto before = create_admin(folder, "ada", password + "\n");
  INFO(before.err);
  REQUIRE(before.code == 0);
  CHECK(before.out.find("usr_") != std::string::npos);
  LiveServer server{folder};
  CHECK(create_admin(folder, "bob", password).code == 0);
  CHECK(login_status(server, "ada", password) == 200);
  CHECK(login_status(server, "bob", password) == 200);
}

TEST_CASE("an account that is refused is refused in words, and without its password") {
  const test::TempFolder folder;
  REQUIRE(create_admin(folder, "ada", password).code == 0);
  const auto twice = create_admin(folder, "ada", password);
  CHECK(twice.code == exit_failed);
  CHECK((twice.out + twice.err).find("taken") != std::string::npos);
  const auto weak = create_admin(folder, "bob", "short1");
  CHECK(weak.code == exit_failed);
  CHECK((weak.out + weak.err).find("password") != std::string::npos);
  CHECK((weak.out + weak.err).find("short1") == std::string::npos);
  CHECK(create_admin(folder, "bob", "").code == exit_usage);
}

TEST_CASE("the environment makes the administrator of the first start, once") {
  const test::TempFolder folder;
  auto arguments = test::settings_for(folder);
  const std::map<std::string, std::string> environment{{"GUERDON_ADMIN_USERNAME", "ada"},
                                                       {"GUERDON_ADMIN_EMAIL", "ada@example.com"},
                                                       {"GUERDON_ADMIN_PASSWORD", password}};
  {
    test::Process first{{.arguments = arguments, .environment = environment}};
    first.wait_for_line("\"message\":\"ready\"");
    first.signal(SIGTERM);
    const auto exit = first.wait();
    CHECK(exit.code == 0);
    CHECK(exit.err.find(password) == std::string::npos);
  }
  auto changed = environment;
  changed["GUERDON_ADMIN_USERNAME"] = "eve";
  {
    test::Process second{{.arguments = arguments, .environment = changed}};
    second.wait_for_line("\"message\":\"ready\"");
    second.signal(SIGTERM);
    CHECK(second.wait().code == 0);
  }
  LiveServer server{folder};
  CHECK(login_status(server, "ada", password) == 200);
  CHECK(login_status(server, "eve", password) == 401);
}

TEST_CASE("the data can be verified with and without a server") {
  const test::TempFolder folder;
  REQUIRE(command(folder, {"migrate"}).code == 0);
  const auto alone = command(folder, {"verify"});
  CHECK(alone.code == 0);
  CHECK(alone.out.find("invariants hold") != std::string::npos);
  const LiveServer server{folder};
  const auto live = command(folder, {"verify"});
  CHECK(live.code == 0);
  CHECK(live.out.find("invariants hold") != std::string::npos);
}

TEST_CASE("verifying looks at what is there and makes nothing") {
  const test::TempFolder folder;
  const auto nothing = command(folder, {"verify"});
  CHECK(nothing.code == exit_config);
  CHECK(nothing.out.empty());
  CHECK(nothing.err.find("there is no database") != std::string::npos);
  CHECK(nothing.err.find('\n') == nothing.err.size() - 1);
  CHECK_FALSE(std::filesystem::exists(folder / "data"));
}

TEST_CASE("migrating alone brings a database up to date and says so") {
  const test::TempFolder folder;
  const auto first = command(folder, {"migrate"});
  CHECK(first.code == 0);
  CHECK(first.out.find("up to date") != std::string::npos);
  CHECK(std::filesystem::exists(folder / "data/guerdon.db"));
  const LiveServer server{folder};
  CHECK(command(folder, {"migrate"}).code == 0);
}

TEST_CASE("the configuration in force is shown without its secrets") {
  const test::TempFolder folder;
  const auto shown =
      command(folder, {"config"}, {}, {{"JWT_SECRET_BASE64", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}});
  CHECK(shown.code == 0);
  CHECK(shown.out.find("AAEC") == std::string::npos);
  const auto tree = parse_json(shown.out);
  REQUIRE(tree.has_value());
  CHECK(tree->as_object().at("auth").as_object().at("jwtSecretBase64").as_string() == "***");
  CHECK(tree->as_object().at("http").as_object().at("listen").as_string() == "127.0.0.1:0");
  CHECK_FALSE(std::filesystem::exists(folder / "data"));
}

TEST_CASE("the OpenAPI document is printed without touching any data") {
  const test::TempFolder folder;
  const auto printed = command(folder, {"openapi"});
  CHECK(printed.code == 0);
  const auto document = parse_json(printed.out, {.depth = 32, .nodes = 1'000'000});
  REQUIRE(document.has_value());
  CHECK(document->as_object().at("openapi").as_string() == "3.1.0");
  CHECK(document->as_object().at("paths").as_object().contains("/api/auth/login"));
  CHECK_FALSE(std::filesystem::exists(folder / "data"));
}

TEST_CASE("a health check tells a server that answers from one that does not") {
  const test::TempFolder folder;
  std::string url;
  {
    const LiveServer server{folder};
    url = "http://127.0.0.1:" + std::to_string(server.port);
    CHECK(command(folder, {"health", "--url", url + "/healthz"}).code == 0);
    const auto ready = command(folder, {"health", "--url", url + "/readyz"});
    CHECK(ready.code == 0);
    CHECK(ready.out.find("\"store\":\"ok\"") != std::string::npos);
    CHECK(command(folder, {"health", "--url", url + "/nothing"}).code == exit_unavailable);
  }
  CHECK(command(folder, {"health", "--url", url + "/healthz"}).code == exit_unavailable);
  CHECK(command(folder, {"health", "--url", "ftp://x"}).code == exit_usage);
}

TEST_CASE("nothing is added to what a command says, also where the process may use one core only") {
  const test::TempFolder folder;
  const test::OneCore core;
  const auto exit = command(folder, {"--version"});
  CHECK(exit.out.starts_with("guerdon "));
  CHECK(exit.err.empty());
}

TEST_CASE("version and help are printed") {
  const test::TempFolder folder;
  CHECK(command(folder, {"--version"}).out.starts_with("guerdon "));
  CHECK(command(folder, {"--help"}).out.find("guerdon admin create") != std::string::npos);
}
