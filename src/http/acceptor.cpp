// Accepts in bursts, spreads nothing itself, and pauses where the system has no more descriptors to give.
#include "http/acceptor.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>
#include <chrono>

#include "guerdon/result.hpp"
#include "http/framing.hpp"
#include "http/response.hpp"
#include "telemetry/log.hpp"

namespace guerdon::http {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr int burst = 64;
constexpr std::chrono::milliseconds pause_length{100};

[[noreturn]] void fail(const ServerOptions& options, const std::string& why) {
  throw ListenError{options.listen_key + ": cannot listen on '" + options.listen.to_string() + "': " + why};
}

tcp::endpoint endpoint_of(const ServerOptions& options) {
  boost::system::error_code bad;
  const auto address = asio::ip::make_address(options.listen.host, bad);
  if (bad) fail(options, "it is not an address and a port");
  return {address, options.listen.port};
}

// Says why as far as the socket takes it; nobody waits for such a client.
void turn_away(const Descriptor& socket, const Error& error) {
  std::string out;
  append_response(out, problem_response(error, {}), {.request_id = {}, .last = true});
  [[maybe_unused]] const auto sent = ::send(socket.get(), out.data(), out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

Acceptor::Acceptor(asio::io_context& loop, const ServerOptions& options, ConnectionLimits& limits, Adopt adopt)
    : options_(options), limits_(limits), adopt_(std::move(adopt)), socket_(loop), pause_(loop) {
  const auto endpoint = endpoint_of(options);
  boost::system::error_code error;
  const auto check = [&] {
    if (error) fail(options, error.message());
  };
  socket_.open(endpoint.protocol(), error);
  check();
  socket_.set_option(tcp::acceptor::reuse_address(true), error);
  socket_.set_option(tcp::no_delay(true), error);  // what it accepts inherits it
  if (endpoint.address().is_v6()) socket_.set_option(asio::ip::v6_only(false), error);
  socket_.bind(endpoint, error);
  check();
  socket_.listen(asio::socket_base::max_listen_connections, error);
  check();
  socket_.native_non_blocking(true, error);
  check();
  port_ = socket_.local_endpoint().port();
}

void Acceptor::wait() {
  socket_.async_wait(tcp::acceptor::wait_read, [this](const boost::system::error_code& error) {
    if (error || is_closed_) return;
    if (accept_some()) return wait();
    pause_.expires_after(pause_length);
    pause_.async_wait([this](const boost::system::error_code& stopped) {
      if (!stopped && !is_closed_) wait();
    });
  });
}

// False when the system refuses to give more for now.
bool Acceptor::accept_some() {
  for (int i = 0; i < burst; ++i) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    auto* const peer = reinterpret_cast<sockaddr*>(&from);
    const int accepted = ::accept4(socket_.native_handle(), peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted >= 0) {
      admit(Descriptor{accepted}, Address{*peer});
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      log::warning("http", "accepting is paused", {{"error", std::generic_category().message(errno)}});
      return false;
    }
  }
  return true;
}

void Acceptor::admit(Descriptor socket, const Address& peer) {
  auto entry = limits_.enter(peer, any_contains(options_.trusted_proxies, peer));
  if (!entry.refused) return adopt_(std::move(socket), peer, std::move(entry.slot));
  if (*entry.refused == ConnectionLimits::Refusal::too_many) {
    return turn_away(socket, Error{problems::unavailable, "The server has too many connections."});
  }
  turn_away(socket, Error{problems::rate_limited, "There are too many connections from this address."});
}

void Acceptor::close() {
  if (is_closed_) return;
  accept_some();
  is_closed_ = true;
  boost::system::error_code ignored;
  socket_.close(ignored);
  pause_.cancel();
}

}  // namespace guerdon::http
