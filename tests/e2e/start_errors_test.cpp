// What stops a start: one clear line, the right exit code, and nothing damaged.
#include <arpa/inet.h>
#include <sqlite3.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "runtime/files.hpp"
#include "support/live_server.hpp"

using namespace guerdon;
using test::Exit;
using test::run_guerdon;
using test::settings_for;

namespace {

void check_refusal(const Exit& exit, int code, const std::string& expected) {
  INFO("standard error: " << exit.err);
  CHECK(exit.code == code);
  CHECK(exit.out.empty());
  CHECK(exit.err.find(expected) != std::string::npos);
  CHECK(exit.err.starts_with("guerdon: "));
  CHECK(exit.err.find('\n') == exit.err.size() - 1);
}

std::vector<std::string> quiet(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--set", "log.level=off"});
  return arguments;
}

void run_sql(const std::string& file, const char* sql) {
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &raw) == SQLITE_OK);
  REQUIRE(sqlite3_exec(raw, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(raw);
}

// Listens on a free port as long as it lives.
class TakenPort {
 public:
  TakenPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(socket_.get(), 1) == 0);
    socklen_t size = sizeof address;
    REQUIRE(::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
    endpoint_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  [[nodiscard]] const std::string& endpoint() const { return endpoint_; }

 private:
  FileHandle socket_;
  std::string endpoint_;
};

}  // namespace

TEST_CASE("a wrong setting stops the start with one line, wherever it comes from") {
  const test::TempFolder folder;
  const auto file = folder.write("bad.json", R"({"time": {"zone": "Mars"}})");
  const auto said = [&](std::vector<std::string> further, std::map<std::string, std::string> environment) {
    auto arguments = quiet(settings_for(folder));
    arguments.insert(arguments.end(), further.begin(), further.end());
    return run_guerdon({.arguments = arguments, .environment = std::move(environment)});
  };
  check_refusal(said({"--set", "http.listn=x"}, {}), 78, "did you mean http.listen?");
  check_refusal(said({"--set", "http.threads=many"}, {}), 78, "http.threads must be an integer (--set)");
  check_refusal(said({}, {{"GUERDON_TIME__ZONE", "Mars"}}), 78, "time.zone must be");
  check_refusal(said({"--config", file}, {}), 78, "time.zone must be");
  check_refusal(said({"--config", folder / "none.json"}, {}), 78, "No such file");
  check_refusal(said({}, {{"GUERDON_ADMIN_USERNAME", "ada"}}), 78, "GUERDON_ADMIN_PASSWORD");
  check_refusal(said({"sevre"}, {}), 64, "guerdon --help");
  CHECK_FALSE(std::filesystem::exists(folder / "data"));
}

TEST_CASE("a port that is taken stops the start and names the setting") {
  const test::TempFolder folder;
  const TakenPort taken;
  auto arguments = quiet(settings_for(folder, {"http.listen=" + taken.endpoint()}));
  check_refusal(run_guerdon({.arguments = arguments}), 69, "http.listen");
  arguments = quiet(settings_for(folder, {"admin.listen=" + taken.endpoint()}));
  check_refusal(run_guerdon({.arguments = arguments}), 69, "admin.listen");
  const test::LiveServer server{folder};  // and harmed nothing
}

TEST_CASE("a second server on the same data ends at once and the first one goes on") {
  const test::TempFolder folder;
  test::LiveServer first{folder};
  const auto expected = "another guerdon (process " + std::to_string(first.process.id()) + ")";
  check_refusal(run_guerdon({.arguments = quiet(settings_for(folder))}), 75, expected);
  CHECK(first.get("/readyz").status == 200);
}

TEST_CASE("secrets that others can read stop the start") {
  const test::TempFolder folder;
  static_cast<void>(test::LiveServer{folder});
  chmod((folder / "data/jwt.secret").c_str(), 0640);
  check_refusal(run_guerdon({.arguments = quiet(settings_for(folder))}), 78, "chmod 600");
}

TEST_CASE("a database of a later version, a damaged one and a place that can't hold one stop the start") {
  const test::TempFolder folder;
  {
    const test::LiveServer server{folder};
  }
  const auto file = folder / "data/guerdon.db";
  run_sql(
      file,
      "INSERT INTO schema_migrations SELECT 9999, '9999_future', checksum, applied_at FROM schema_migrations LIMIT 1");
  check_refusal(run_guerdon({.arguments = quiet(settings_for(folder))}), 78, "9999");

  const auto damaged = folder.write("damaged.db", std::string(8192, 'x'));
  check_refusal(run_guerdon({.arguments = quiet(settings_for(folder, {"database.url=sqlite:" + damaged}))}), 78,
                "damaged.db");
  CHECK(std::filesystem::file_size(damaged) == 8192);

  const auto blocked = folder.write("file", "") + "/guerdon.db";
  check_refusal(run_guerdon({.arguments = quiet(settings_for(folder, {"database.url=sqlite:" + blocked}))}), 74,
                "can't make the data folder");
}
