// Answers that other threads made, on their way back to the thread that owns the connections. One wake-up a burst.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "http/response.hpp"

namespace guerdon::http {

class Connection;

class Mailbox : public std::enable_shared_from_this<Mailbox> {
 public:
  explicit Mailbox(boost::asio::io_context& owner) : owner_(&owner) {}

  /// Thread-safe. After close() answers are dropped: nobody is there to read them.
  void put(std::shared_ptr<Connection> connection, std::uint64_t sequence, Response response);
  void close();

 private:
  struct Letter {
    std::shared_ptr<Connection> connection;
    std::uint64_t sequence;
    Response response;
  };

  void deliver();

  std::mutex mutex_;
  boost::asio::io_context* owner_;  // null once closed
  std::vector<Letter> letters_;
  std::vector<Letter> opened_;  // the owner's alone: keeps its memory between bursts
};

}  // namespace guerdon::http
