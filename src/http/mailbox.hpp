// Answers that other threads made, on their way back to the thread that owns the connections. One wake-up a burst.
//
// The owner is woken by an eventfd(2) and not by a post to its loop: that wakes it while the poster holds the loop's
// lock, so that the owner runs into it at once and sleeps again, until a thread is scheduled that may have to wait for
// everybody else (who hashes passwords).
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "http/descriptor.hpp"
#include "http/response.hpp"

namespace guerdon::http {

class Connection;

class Mailbox : public std::enable_shared_from_this<Mailbox> {
 public:
  /// Throws std::system_error if the system has no descriptor left. Until open() letters wait.
  explicit Mailbox(boost::asio::io_context& owner);

  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  ~Mailbox();

  /// From the owner's thread.
  void open();
  /// From the owner's thread. After it answers are dropped: nobody is there to read them.
  void close();

  /// Thread-safe.
  void put(std::shared_ptr<Connection> connection, std::uint64_t sequence, Response response);

 private:
  struct Letter {
    std::shared_ptr<Connection> connection;
    std::uint64_t sequence;
    Response response;
  };

  void wait_for_bell();
  void deliver();

  const Descriptor bell_;  // lives as long as anybody may ring it, longer than the loop
  std::optional<boost::asio::posix::stream_descriptor> heard_;  // by the owner's loop, which does not own it
  std::uint64_t rings_ = 0;                                     // what was read from it
  std::mutex mutex_;
  bool is_closed_ = false;
  std::vector<Letter> letters_;
  std::vector<Letter> opened_;  // the owner's alone: keeps its memory between bursts
};

}  // namespace guerdon::http
