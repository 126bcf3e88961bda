// See control_socket.hpp.
#include "runtime/control_socket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "guerdon/app.hpp"
#include "guerdon/codec.hpp"
#include "runtime/data_folder.hpp"
#include "runtime/exit_codes.hpp"
#include "runtime/line_stream.hpp"
#include "telemetry/log.hpp"

namespace guerdon {
namespace {

constexpr int peer_timeout_seconds = 10;
constexpr int backlog = 16;

FileHandle open_folder(const std::filesystem::path& folder) {
  return FileHandle{::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
}

// Through the folder's descriptor: a socket's path holds 107 characters at most, a data folder's may be longer.
sockaddr_un address_in(const FileHandle& folder) {
  const std::string path = "/proc/self/fd/" + std::to_string(folder.get()) + "/" + control_socket({}).string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(static_cast<char*>(address.sun_path), path.data(), std::min(path.size(), sizeof address.sun_path - 1));
  return address;
}

const sockaddr* generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

FileHandle new_socket() { return FileHandle{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)}; }

bool is_ours(const FileHandle& peer) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (::getsockopt(peer.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return false;
  return credentials.uid == 0 || credentials.uid == ::geteuid();
}

std::optional<ControlRequest> parse_request(const std::optional<std::string>& line) {
  if (!line) return std::nullopt;
  const auto value = parse_json(*line);
  if (!value || !value->is_object()) return std::nullopt;
  const auto* command = value->as_object().if_contains("command");
  const auto* arguments = value->as_object().if_contains("arguments");
  if (command == nullptr || !command->is_string() || arguments == nullptr || !arguments->is_object())
    return std::nullopt;
  return ControlRequest{std::string{command->as_string()}, arguments->as_object()};
}

std::string member(std::string_view name, const json::value& value) {
  std::string out = "{\"" + std::string{name} + "\":";
  append_json_value(out, value);
  return out += "}";
}

}  // namespace

ControlSocket::ControlSocket(const std::filesystem::path& folder, ControlHandler handler)
    : handler_(std::move(handler)),
      folder_(open_folder(folder)),
      listener_(new_socket()),
      stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  const auto address = address_in(folder_);
  const bool is_open = folder_ && listener_ && stop_;
  if (is_open) ::unlinkat(folder_.get(), control_socket({}).c_str(), 0);  // a crash left it behind: the lock is ours
  if (!is_open || ::fchmod(listener_.get(), 0600) != 0 ||
      ::bind(listener_.get(), generic(address), sizeof address) != 0 || ::listen(listener_.get(), backlog) != 0)
    throw StartError(exit_io,
                     "can't make the control socket " + control_socket(folder).string() + ": " + error_text(errno));
  thread_ = std::thread{[this] { serve(); }};
}

ControlSocket::~ControlSocket() {
  const std::uint64_t one = 1;
  static_cast<void>(::write(stop_.get(), &one, sizeof one) == sizeof one);
  thread_.join();
  ::unlinkat(folder_.get(), control_socket({}).c_str(), 0);
}

bool ControlSocket::is_stopping() const {
  pollfd stop{.fd = stop_.get(), .events = POLLIN, .revents = 0};
  return ::poll(&stop, 1, 0) != 0;
}

void ControlSocket::serve() {
  static_cast<void>(pthread_setname_np(pthread_self(), "control"));
  std::array<pollfd, 2> waits{pollfd{.fd = listener_.get(), .events = POLLIN, .revents = 0},
                              pollfd{.fd = stop_.get(), .events = POLLIN, .revents = 0}};
  while (true) {
    if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
    if (waits[1].revents != 0) return;
    if (waits[0].revents == 0) continue;
    const FileHandle peer{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    if (peer && is_ours(peer)) answer(peer);
  }
}

void ControlSocket::answer(const FileHandle& peer) {
  LineStream lines{peer, peer_timeout_seconds};
  const auto request = parse_request(lines.read());
  if (!request) {
    static_cast<void>(lines.write(member("line", "that is no command")) && lines.write(member("exit", exit_usage)));
    return;
  }
  const auto output = [&](std::string_view line) {
    return lines.write(member("line", json::string{line.data(), line.size()})) && !is_stopping();
  };
  int code = exit_internal;
  try {
    code = handler_(*request, output);
  } catch (const std::exception& error) {
    log::error("control", "a command threw", {{"command", request->command}, {"error", error.what()}});
    static_cast<void>(output("the server could not do that; its log says why"));
  }
  static_cast<void>(lines.write(member("exit", code)));
}

std::optional<int> call_server(const std::filesystem::path& folder, const ControlRequest& request,
                               FunctionRef<void(std::string_view line)> output) {
  const auto inside = open_folder(folder);
  const auto socket = new_socket();
  if (!inside || !socket) return std::nullopt;
  const auto address = address_in(inside);
  if (::connect(socket.get(), generic(address), sizeof address) != 0) return std::nullopt;
  LineStream lines{socket, std::nullopt};
  std::string text = "{\"command\":";
  append_json_string(text, request.command);
  text += ",\"arguments\":";
  append_json_object(text, request.arguments);
  const bool sent = lines.write(text + "}");
  while (const auto line = sent ? lines.read() : std::nullopt) {
    const auto value = parse_json(*line);
    if (!value || !value->is_object()) break;
    if (const auto* said = value->as_object().if_contains("line")) output(std::string_view{said->as_string()});
    if (const auto* code = value->as_object().if_contains("exit")) return static_cast<int>(code->as_int64());
  }
  throw std::runtime_error("the server went away before it was done");
}

}  // namespace guerdon
