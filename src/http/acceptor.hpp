// The listening socket. One process owns a port: SO_REUSEPORT is not set, so a taken port is an error at start.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <memory>

#include "http/address.hpp"
#include "http/connection_limits.hpp"
#include "http/descriptor.hpp"
#include "http/server.hpp"

namespace guerdon::http {

class Acceptor {
 public:
  using Adopt = std::function<void(Descriptor socket, const Address& peer, ConnectionLimits::Slot slot)>;

  /// Listens at once; throws ListenError. `adopt` is called on the loop's thread and owns the socket.
  Acceptor(boost::asio::io_context& loop, const ServerOptions& options, ConnectionLimits& limits, Adopt adopt);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// On the loop's thread.
  void start() { wait(); }
  /// On the loop's thread: takes who is already waiting, then closes.
  void close();

 private:
  void wait();
  bool accept_some();
  void admit(Descriptor socket, const Address& peer);

  const ServerOptions& options_;
  ConnectionLimits& limits_;
  Adopt adopt_;
  boost::asio::ip::tcp::acceptor socket_;
  boost::asio::steady_timer pause_;
  std::uint16_t port_ = 0;
  bool is_closed_ = false;
};

}  // namespace guerdon::http
