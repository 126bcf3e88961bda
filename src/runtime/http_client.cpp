// See http_client.hpp.
#include "runtime/http_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>

namespace guerdon {
namespace {

[[noreturn]] void fail(const std::string& why) { throw std::runtime_error("HTTP: " + why); }

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

template <class Number>
Number number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) fail("'" + std::string{text} + "' is no number");
  return value;
}

// "HTTP/1.1 200 OK" and header fields, without the empty line.
HttpReply parse_head(std::string_view head) {
  HttpReply reply;
  if (!head.starts_with("HTTP/1.1 ") || head.size() < 12) fail("the answer is not HTTP/1.1");
  reply.status = number<int>(head.substr(9, 3));
  for (auto at = head.find("\r\n"); at != head.npos;) {
    const auto end = head.find("\r\n", at + 2);
    const auto line = head.substr(at + 2, end == head.npos ? head.npos : end - at - 2);
    const auto colon = line.find(':');
    if (colon == line.npos) fail("a header field has no colon");
    reply.headers.emplace_back(lower(line.substr(0, colon)), trimmed(line.substr(colon + 1)));
    at = end;
  }
  return reply;
}

std::string text_of(const HttpCall& call, const std::string& host) {
  std::string text = call.method + " " + call.path + " HTTP/1.1\r\nHost: " + host + "\r\n";
  for (const auto& [name, value] : call.headers) text += name + ": " + value + "\r\n";
  const bool may_have_body = call.method != "GET" && call.method != "HEAD" && call.method != "DELETE";
  if (!call.body.empty() || may_have_body) text += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
  return text + "\r\n" + call.body;
}

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

SocketAddress socket_address(const std::string& host, std::uint16_t port) {
  SocketAddress address;
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    address.size = sizeof *v4;
    return address;
  }
  if (inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) != 1) fail("'" + host + "' is no address");
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  address.size = sizeof *v6;
  return address;
}

}  // namespace

std::string_view HttpReply::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

HttpClient::HttpClient(std::string host, std::uint16_t port, std::chrono::milliseconds timeout)
    : host_(std::move(host)), port_(port), timeout_(timeout) {}

void HttpClient::connect() {
  const auto address = socket_address(host_, port_);
  ahead_.clear();
  socket_ = FileHandle{::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const timeval limit{.tv_sec = timeout_.count() / 1000, .tv_usec = timeout_.count() % 1000 * 1000};
  const int on = 1;
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0) return;
  const int error = errno;
  close();
  fail("can't connect to " + host_ + " port " + std::to_string(port_) + ": " + error_text(error));
}

bool HttpClient::send_all(std::string_view text) {
  while (!text.empty()) {
    const auto put = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

bool HttpClient::receive_more() {
  std::array<char, 16384> part{};
  while (true) {
    const auto got = ::recv(socket_.get(), part.data(), part.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) fail("no answer in time");
    if (got <= 0) return false;
    ahead_.append(part.data(), static_cast<std::size_t>(got));
    return true;
  }
}

bool HttpClient::is_closed() const {
  char byte = 0;
  const auto got = ::recv(socket_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

HttpReply HttpClient::send(const HttpCall& call) {
  if (!socket_ || is_closed()) connect();
  // An answer may come before the server read it all, so a failure to send is not one yet.
  static_cast<void>(send_all(text_of(call, host_)));
  return receive(call.method != "HEAD");
}

HttpReply HttpClient::receive(bool has_body) {
  std::size_t end = 0;
  while ((end = ahead_.find("\r\n\r\n")) == ahead_.npos) {
    if (receive_more()) continue;
    close();
    fail("the server closed the connection without an answer");
  }
  auto reply = parse_head(std::string_view{ahead_}.substr(0, end));
  ahead_.erase(0, end + 4);
  const auto length = reply.header("content-length");
  const bool is_empty = !has_body || reply.status == 204 || reply.status == 304;
  const auto size = is_empty || length.empty() ? 0 : number<std::size_t>(length);
  while (ahead_.size() < size) {
    if (receive_more()) continue;
    close();
    fail("the answer ended early");
  }
  reply.body = ahead_.substr(0, size);
  ahead_.erase(0, size);
  if (lower(reply.header("connection")) == "close") close();
  return reply;
}

}  // namespace guerdon
