// How the command line reaches a running server: a Unix socket in the data folder that only its owner may use.
// One line of JSON in, {"command","arguments"}; any number of {"line"} out, and at last {"exit": code}.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "guerdon/function_ref.hpp"
#include "guerdon/json.hpp"
#include "runtime/files.hpp"

namespace guerdon {

struct ControlRequest {
  std::string command;
  json::object arguments;
};

/// Takes one line of a command's answer, without its line feed. False: nobody listens any more, stop.
using ControlOutput = FunctionRef<bool(std::string_view line)>;

/// Runs a command and returns its exit code.
using ControlHandler = std::function<int(const ControlRequest&, ControlOutput)>;

/// The server's end: a thread that takes one command at a time.
class ControlSocket {
 public:
  /// Throws StartError (74) when the socket can't be made. The caller holds the folder's lock.
  ControlSocket(const std::filesystem::path& folder, ControlHandler handler);
  /// Waits for a command that runs, after telling it to stop; removes the socket.
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

 private:
  void serve();
  void answer(const FileHandle& peer);
  [[nodiscard]] bool is_stopping() const;

  const ControlHandler handler_;
  FileHandle folder_, listener_, stop_;
  std::thread thread_;
};

/// The command line's end. The exit code; nothing when no server listens in that folder. Throws std::runtime_error when
/// the server goes away before it said one.
[[nodiscard]] std::optional<int> call_server(const std::filesystem::path& folder, const ControlRequest& request,
                                             FunctionRef<void(std::string_view line)> output);

}  // namespace guerdon
