// One I/O thread: its event loop, its handler, its connections and the coarse timer that checks their deadlines.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "http/connection.hpp"
#include "http/descriptor.hpp"
#include "http/handler.hpp"
#include "http/limits.hpp"
#include "http/mailbox.hpp"
#include "http/request_counts.hpp"
#include "http/server.hpp"

namespace guerdon::http {

class IoThread {
 public:
  IoThread(const ServerOptions& options, std::size_t index, RequestCounts& counts);
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  /// Starts the thread and makes its handler there; rethrows what that throws.
  void start(const HandlerFactory& make_handler);
  /// Closes every connection and joins. Idempotent.
  void stop();

  // from any thread
  [[nodiscard]] boost::asio::io_context& loop() { return loop_; }
  void adopt(Descriptor socket, const Address& peer, ConnectionLimits::Slot slot);
  void drain();
  [[nodiscard]] std::uint64_t bytes_received() const { return received_.load(std::memory_order_relaxed); }
  /// Checks every deadline now and waits until that is done.
  void sweep_and_wait();

  // from this thread only, for its connections
  [[nodiscard]] const ServerOptions& options() const { return options_; }
  [[nodiscard]] Connection::Time now() const;
  [[nodiscard]] bool is_draining() const { return is_draining_; }
  [[nodiscard]] const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }
  [[nodiscard]] Handler& handler() { return *handler_; }
  [[nodiscard]] RequestCounts& counts() { return counts_; }
  [[nodiscard]] Head& head() { return head_; }
  [[nodiscard]] Target& target() { return target_; }
  void note_request() { was_idle_ = false; }
  void note_received(std::size_t bytes) { received_.fetch_add(bytes, std::memory_order_relaxed); }
  void append_request_id(std::string& out);
  void enlist(Connection& connection) { connections_.push_back(connection); }
  void strike(Connection& connection) { connections_.erase(connections_.iterator_to(connection)); }

 private:
  void run(const HandlerFactory& make_handler, std::function<void(std::exception_ptr)> made);
  void add(Descriptor socket, const Address& peer, ConnectionLimits::Slot slot);
  void arm();
  void tick();
  void sweep();

  const ServerOptions& options_;
  RequestCounts& counts_;
  const std::string name_;
  std::string request_tag_;
  std::uint64_t request_count_ = 0;
  std::atomic<std::uint64_t> received_{0};
  boost::asio::io_context loop_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<Mailbox> mailbox_;
  boost::intrusive::list<Connection> connections_;
  bool is_armed_ = false;
  bool is_draining_ = false;
  bool was_idle_ = true;
  Head head_;      // of the request in hand, whosever it is
  Target target_;  // likewise
  std::unique_ptr<Handler> handler_;
  std::thread thread_;
};

}  // namespace guerdon::http
