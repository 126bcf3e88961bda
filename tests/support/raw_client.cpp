// Blocking sockets: a test is easier to read than it would be with callbacks.
#include "support/raw_client.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace guerdon::test {

namespace {

constexpr int patience = 20;  // seconds

[[noreturn]] void fail(const char* what) { throw std::system_error{errno, std::generic_category(), what}; }

}  // namespace

std::string RawAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

RawClient::RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (socket_ < 0) fail("socket");
  const timeval limit{patience, 0};
  const int yes = 1;
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    const int error = errno;
    ::close(socket_);
    errno = error;
    fail("connect");
  }
}

RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {}

RawClient::~RawClient() {
  if (socket_ >= 0) ::close(socket_);
}

RawClient& RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) fail("send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return *this;
}

bool RawClient::fill() {
  char bytes[16 * 1024];
  const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
  if (count < 0) fail("recv");
  received_.append(bytes, static_cast<std::size_t>(count));
  return count > 0;
}

std::string RawClient::take_line() {
  std::size_t end = 0;
  while ((end = received_.find("\r\n")) == std::string::npos) {
    if (!fill()) throw std::runtime_error("the server closed within a head: '" + received_ + "'");
  }
  auto line = received_.substr(0, end);
  received_.erase(0, end + 2);
  return line;
}

RawAnswer RawClient::receive(bool to_head) {
  RawAnswer answer;
  const auto first = take_line();
  if (!first.starts_with("HTTP/1.1 ") || first.size() < 13) throw std::runtime_error("not a status line: " + first);
  answer.status = std::stoi(first.substr(9, 3));
  answer.head = first + "\n";
  for (std::string line; !(line = take_line()).empty();) {
    const auto colon = line.find(": ");
    if (colon == std::string::npos) throw std::runtime_error("not a header field: " + line);
    auto name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (!answer.headers.emplace(name, line.substr(colon + 2)).second) throw std::runtime_error("twice: " + line);
    answer.head += line + "\n";
  }
  const bool has_body = !to_head && answer.status != 204 && answer.status != 304 && answer.status >= 200;
  const auto length = has_body ? std::stoul(answer.headers.at("content-length")) : 0;
  while (received_.size() < length) {
    if (!fill()) throw std::runtime_error("the server closed within a body");
  }
  answer.body = received_.substr(0, length);
  received_.erase(0, length);
  return answer;
}

std::string RawClient::receive_until(std::string_view end) {
  std::size_t found = 0;
  std::size_t looked_at = 0;
  while ((found = received_.find(end, looked_at)) == std::string::npos) {
    looked_at = received_.size() < end.size() ? 0 : received_.size() - end.size();
    if (!fill()) throw std::runtime_error("the server closed before the end of: '" + received_ + "'");
  }
  auto text = received_.substr(0, found + end.size());
  received_.erase(0, text.size());
  return text;
}

std::string RawClient::receive_to_end() {
  while (fill()) continue;
  return std::exchange(received_, {});
}

bool RawClient::is_closed_by_server() {
  if (!received_.empty()) return false;
  char byte = 0;
  const auto count = ::recv(socket_, &byte, 1, 0);
  if (count < 0 && errno != ECONNRESET) fail("recv");
  return count <= 0;
}

void RawClient::shut_down_sending() { ::shutdown(socket_, SHUT_WR); }

std::string request(std::string_view method, std::string_view target, std::string_view fields) {
  std::string out;
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n").append(fields).append("\r\n");
  return out;
}

std::string request_with(std::string_view method, std::string_view target, std::string_view body,
                         std::string_view fields) {
  std::string all{"Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n"};
  return request(method, target, all.append(fields)).append(body);
}

}  // namespace guerdon::test
