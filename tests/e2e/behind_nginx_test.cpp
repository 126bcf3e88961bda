// A real nginx, with the configuration that is shipped, in front of the real binary and of an application that writes
// down what it sees.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <sstream>

#include "support/free_port.hpp"
#include "support/live_server.hpp"
#include "support/paths.hpp"

namespace guerdon::test {
namespace {

constexpr const char* program = "/usr/sbin/nginx";
constexpr const char* account_password = "correct horse battery staple";

std::string text_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream{file}.rdbuf();
  return text.str();
}

/// The shipped file with one text, which must be in it, replaced.
std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto found = text.find(what);
  if (found == std::string::npos) throw std::runtime_error("the configuration has no '" + what + "'");
  return text.replace(found, what.size(), by);
}

/// The proxy, and the application behind it: another server of the same process, on a socket in the folder.
class Nginx {
 public:
  explicit Nginx(std::uint16_t guerdon_port) {
    for (int attempt = 0; attempt < 5 && !process_; ++attempt) start(guerdon_port);
    if (!process_) throw std::runtime_error("nginx does not start: " + text_of(folder_ / "error.log"));
  }

  /// Its worker holds our pipes: it has to go before its master does.
  ~Nginx() {
    process_->signal(SIGTERM);
    static_cast<void>(process_->has_ended(std::chrono::seconds{10}));
  }
  Nginx(const Nginx&) = delete;
  Nginx& operator=(const Nginx&) = delete;

  testing::Response send(const testing::Call& call) { return testing::Client{port_}.send(call); }
  testing::Response get(const std::string& path, const std::string& token = {}) {
    return send(testing::json_call("GET", path, {}, token));
  }
  /// What the application has seen, a line a request.
  [[nodiscard]] std::string seen() const { return text_of(folder_ / "seen.log"); }

 private:
  void start(std::uint16_t guerdon_port) {
    port_ = free_port();
    const std::string source = std::string{source_dir()} + "/config/nginx/";
    folder_.write("guerdon.conf", replaced(text_of(source + "guerdon.conf"), "listen 80;",
                                           "listen 127.0.0.1:" + std::to_string(port_) + ";"));
    auto upstreams =
        replaced(text_of(source + "upstreams.conf"), "127.0.0.1:8080", "127.0.0.1:" + std::to_string(guerdon_port));
    folder_.write("upstreams.conf", replaced(upstreams, "127.0.0.1:3000", "unix:" + (folder_ / "app.sock")));
    unlink((folder_ / "app.sock").c_str());
    folder_.write("nginx.conf", main_file());
    auto process = std::make_unique<Process>(
        ProcessOptions{.arguments = {"-p", folder_.path().string(), "-c", folder_ / "nginx.conf", "-e", "stderr"},
                       .program = program});
    try {
      process->wait_for_line("start worker process");
      process_ = std::move(process);
    } catch (const std::runtime_error&) {  // somebody else has taken the port
    }
  }

  [[nodiscard]] std::string main_file() const {
    std::string paths;
    for (const std::string kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
      paths += kind + "_temp_path " + (folder_ / kind) + ";\n";
    return "user root;\ndaemon off;\nworker_processes 1;\npid nginx.pid;\nerror_log stderr notice;\n"
           "events { worker_connections 64; }\n"
           "http {\n" +
           paths +
           R"(access_log off;
              include upstreams.conf;
              include guerdon.conf;
              log_format seen '$request id=$http_x_user_id name=$http_x_user_name roles=$http_x_user_roles '
                              'from=$http_x_forwarded_for token=$http_authorization x=$http_x_other';
              server {
                listen unix:)" +
           (folder_ / "app.sock") + R"(;
                access_log seen.log seen;
                location / { return 200 'of the application'; }
              }
            }
            )";
  }

  TempFolder folder_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Process> process_;
};

struct Behind {
  TempFolder folder;
  LiveServer guerdon{folder, {"http.trustedProxies=127.0.0.1"}};
  Nginx nginx{guerdon.port};
  std::string id = text_at(nginx.send(testing::json_call(
                               "POST", "/api/auth/register",
                               {{"username", "bob"}, {"email", "bob@example.com"}, {"password", account_password}})),
                           201, "/id");
  std::string token = text_at(
      nginx.send(testing::json_call("POST", "/api/auth/login", {{"username", "bob"}, {"password", account_password}})),
      200, "/accessToken");

  static std::string text_at(const testing::Response& response, int status, const std::string& pointer) {
    INFO(response.body);
    REQUIRE(response.status == status);
    return response.text(pointer);
  }
};

TEST_CASE("Behind nginx nothing reaches a protected application without a good token") {
  Behind behind;
  for (const std::string token : {"", "rubbish", "a.b.c"}) {
    const auto answer = behind.nginx.get("/app/page", token);
    CHECK(answer.status == 401);
    CHECK(answer.header("www-authenticate").starts_with("Bearer realm=\"guerdon\""));
  }
  auto forged = testing::json_call("POST", "/app/page", {{"a", 1}});
  forged.headers.emplace_back("X-User-Id", behind.id);
  CHECK(behind.nginx.send(forged).status == 401);
  CHECK(behind.nginx.get("/_guerdon_verify", behind.token).status == 404);
  CHECK(behind.nginx.get("/elsewhere", behind.token).status == 404);
  CHECK(behind.nginx.seen().empty());
}

TEST_CASE("Behind nginx an application sees whose token it is, and never the token") {
  Behind behind;
  const auto answer = behind.nginx.get("/app/page?q=1", behind.token);
  CHECK(answer.status == 200);
  CHECK(answer.body == "of the application");
  CHECK(behind.nginx.seen() ==
        "GET /app/page?q=1 HTTP/1.1 id=" + behind.id + " name=bob roles=USER from=127.0.0.1 token=- x=-\n");
}

TEST_CASE("Behind nginx what a client claims to be does not arrive") {
  Behind behind;
  auto call = testing::json_call("POST", "/app/page", {{"a", std::string(5000, 'x')}}, behind.token);
  for (const auto* name : {"X-User-Id", "x-user-name", "X-USER-ROLES", "X_User_Id", "X_User_Roles"})
    call.headers.emplace_back(name, "ADMIN");
  call.headers.emplace_back("X-Forwarded-For", "198.51.100.9");
  call.headers.emplace_back("X-Other", "arrives");
  CHECK(behind.nginx.send(call).status == 200);
  CHECK(behind.nginx.seen() ==
        "POST /app/page HTTP/1.1 id=" + behind.id + " name=bob roles=USER from=127.0.0.1 token=- x=arrives\n");
}

TEST_CASE("Behind nginx the public keys of access tokens can be had, and nothing else beside them") {
  Behind behind;
  const auto keys = behind.nginx.get("/.well-known/jwks.json");
  CHECK(keys.status == 200);
  CHECK(keys.at("/keys").is_array());
  CHECK(behind.nginx.get("/.well-known/other").status == 404);
}

TEST_CASE("Behind nginx a token is of no use after the log-out") {
  Behind behind;
  REQUIRE(behind.nginx.get("/app/page", behind.token).status == 200);
  const auto seen = behind.nginx.seen();
  REQUIRE(behind.nginx.send(testing::json_call("POST", "/api/auth/logout", {}, behind.token)).status / 100 == 2);
  CHECK(behind.nginx.get("/app/page", behind.token).status == 401);
  CHECK(behind.nginx.seen() == seen);
}

TEST_CASE("Behind nginx a guerdon that is down lets nobody through") {
  Behind behind;
  behind.guerdon.process.signal(SIGTERM);
  CHECK(behind.guerdon.process.wait().code == 0);
  CHECK(behind.nginx.get("/app/page", behind.token).status == 500);
  CHECK(behind.nginx.seen().empty());
}

}  // namespace
}  // namespace guerdon::test
