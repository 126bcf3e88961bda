#include "support/postgres_proxy.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string_view>

namespace guerdon::test {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view socket_name = "/.s.PGSQL.5432";
constexpr std::string_view commit = "COMMIT\0"sv;

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("the path of a socket is too long: " + path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

bool forward(int from, int to, std::string& seen) {
  std::array<char, 65536> buffer;
  const ssize_t size = read(from, buffer.data(), buffer.size());
  if (size <= 0) return false;
  seen.assign(buffer.data(), static_cast<std::size_t>(size));
  if (to < 0) return true;
  for (std::size_t sent = 0; sent < seen.size();) {
    const ssize_t part = send(to, seen.data() + sent, seen.size() - sent, MSG_NOSIGNAL);
    if (part <= 0) return false;
    sent += static_cast<std::size_t>(part);
  }
  return true;
}

}  // namespace

PostgresProxy::PostgresProxy(const std::string& server_folder)
    : server_socket_(server_folder + std::string{socket_name}) {
  std::string folder = "/tmp/guerdon-proxy-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("can't make a folder in /tmp");
  folder_ = folder;
  const auto address = address_of(folder_ + std::string{socket_name});
  listener_ = socket(AF_UNIX, SOCK_STREAM, 0);
  if (listener_ < 0 || bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 64) != 0 || pipe(stop_) != 0) {
    throw std::runtime_error("the proxy can't listen");
  }
  thread_ = std::thread{[this] { run(); }};
}

PostgresProxy::~PostgresProxy() {
  close(stop_[1]);
  thread_.join();
  close(stop_[0]);
  close(listener_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void PostgresProxy::run() {
  while (true) {
    std::vector<pollfd> waiting{{stop_[0], POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const auto& pair : pairs_) {
      waiting.push_back({pair.client, POLLIN, 0});
      waiting.push_back({pair.server, POLLIN, 0});
    }
    if (poll(waiting.data(), waiting.size(), -1) < 0) continue;
    if (waiting[0].revents != 0) break;
    std::vector<Pair> kept;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      const bool open = (waiting[2 + 2 * i].revents == 0 || from_client(pairs_[i])) &&
                        (waiting[3 + 2 * i].revents == 0 || from_server(pairs_[i]));
      if (open) {
        kept.push_back(pairs_[i]);
      } else {
        close(pairs_[i].client);
        close(pairs_[i].server);
      }
    }
    pairs_ = std::move(kept);
    if (waiting[1].revents != 0) accept_one();
  }
  for (const auto& pair : pairs_) {
    close(pair.client);
    close(pair.server);
  }
}

void PostgresProxy::accept_one() {
  const int client = accept(listener_, nullptr, nullptr);
  if (client < 0) return;
  const auto address = address_of(server_socket_);
  const int server = refusing_ ? -1 : socket(AF_UNIX, SOCK_STREAM, 0);
  if (server < 0 || connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    close(client);
    if (server >= 0) close(server);
    return;
  }
  pairs_.push_back({.client = client, .server = server});
}

/// False when the connection is to be closed.
bool PostgresProxy::from_client(Pair& pair) {
  std::string seen;
  std::array<char, 65536> peeked;
  const ssize_t size = recv(pair.client, peeked.data(), peeked.size(), MSG_PEEK);
  if (size <= 0) return false;
  const std::string_view ahead{peeked.data(), static_cast<std::size_t>(size)};
  if (cut_ != Cut::never && ahead.find(commit) != std::string_view::npos) {
    const Cut cut = cut_.exchange(Cut::never);
    if (refuse_after_cut_) refusing_ = true;
    if (cut == Cut::before_commit) return false;
    pair.doomed = true;
  }
  return forward(pair.client, pair.server, seen);
}

bool PostgresProxy::from_server(Pair& pair) {
  std::string lost;
  return forward(pair.server, pair.doomed ? -1 : pair.client, lost) && !pair.doomed;
}

}  // namespace guerdon::test
