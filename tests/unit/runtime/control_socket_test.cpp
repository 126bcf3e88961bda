// The command line's way to a running server.
#include "runtime/control_socket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <catch2/catch.hpp>
#include <future>

#include "runtime/data_folder.hpp"
#include "runtime/exit_codes.hpp"
#include "runtime/line_stream.hpp"
#include "support/temp_folder.hpp"

using namespace guerdon;

namespace {

struct Said {
  std::optional<int> code;
  std::vector<std::string> lines;
};

Said call(const std::filesystem::path& folder, const std::string& command, json::object arguments = {}) {
  Said said;
  said.code = call_server(folder, {command, std::move(arguments)},
                          [&](std::string_view line) { said.lines.emplace_back(line); });
  return said;
}

int echo(const ControlRequest& request, ControlOutput output) {
  if (request.command == "throw") throw std::runtime_error("with a secret");
  static_cast<void>(output(request.command));
  for (const auto& [name, value] : request.arguments)
    static_cast<void>(output(std::string{name} + "=" + std::string{value.as_string()}));
  return 7;
}

}  // namespace

TEST_CASE("a command reaches the server, its lines and its exit code come back") {
  const test::TempFolder folder;
  const ControlSocket socket{folder.path(), echo};
  for (int i = 0; i < 3; ++i) {
    const auto said = call(folder.path(), "do", {{"a", "1\n\"2\""}});
    CHECK(said.code == 7);
    CHECK(said.lines == std::vector<std::string>{"do", "a=1\n\"2\""});
  }
}

TEST_CASE("only its owner may use the control socket, and it is gone with the server") {
  const test::TempFolder folder;
  const auto path = control_socket(folder.path());
  {
    const ControlSocket socket{folder.path(), echo};
    struct stat status{};
    REQUIRE(stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600);
  }
  CHECK_FALSE(std::filesystem::exists(path));
  CHECK_FALSE(call(folder.path(), "do").code);
  CHECK_FALSE(call(folder.path() / "none", "do").code);
}

TEST_CASE("a control socket that a crash left behind does no harm, and long paths work") {
  const test::TempFolder folder;
  const auto deep = folder.path() / std::string(100, 'x') / std::string(100, 'y');
  std::filesystem::create_directories(deep);
  std::ofstream{control_socket(deep)} << "stale";
  const ControlSocket socket{deep, echo};
  CHECK(call(deep, "do").code == 7);
}

TEST_CASE("a command that throws ends with an exit code and without its reason") {
  const test::TempFolder folder;
  const ControlSocket socket{folder.path(), echo};
  const auto said = call(folder.path(), "throw");
  CHECK(said.code == exit_internal);
  REQUIRE(said.lines.size() == 1);
  CHECK(said.lines[0].find("secret") == std::string::npos);
}

TEST_CASE("what is no command is refused by the control socket") {
  const test::TempFolder folder;
  const ControlSocket socket{folder.path(), echo};
  const auto* const bad = GENERATE("", "{}", "[]", R"({"command":1,"arguments":{}})", R"({"command":"do"})", "\xff");
  const FileHandle peer{::socket(AF_UNIX, SOCK_STREAM, 0)};
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  control_socket(folder.path()).string().copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
  REQUIRE(::connect(peer.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  LineStream lines{peer, 10};
  REQUIRE(lines.write(bad));
  CHECK(lines.read() == R"({"line":"that is no command"})");
  CHECK(lines.read() == R"({"exit":64})");
}

TEST_CASE("a command learns that the server stops, and its caller that there is no answer coming") {
  const test::TempFolder folder;
  std::promise<void> running;
  auto socket = std::make_unique<ControlSocket>(folder.path(), [&](const ControlRequest&, ControlOutput output) {
    running.set_value();
    while (output("tick")) std::this_thread::yield();
    return 3;
  });
  auto said = std::async(std::launch::async, [&] { return call(folder.path(), "long"); });
  running.get_future().wait();
  socket.reset();
  CHECK(said.get().code == 3);
}
