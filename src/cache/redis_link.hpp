// One connection to Redis: hiredis on an Asio loop. It has no time-outs and makes no second attempt: see redis.hpp.
// The only pair of files that knows hiredis.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace guerdon::cache {

/// What Redis said. Of what has another form than was expected, the parts are empty.
struct Answer {
  bool is_error = false;
  std::string text;                   ///< of a status, a string or an error
  std::vector<std::int64_t> numbers;  ///< an integer, or those of an array
};

/// For the loop's thread only, and never destroyed from within one of its callbacks.
class RedisLink {
 public:
  /// Null: the connection is gone, and there will be no answer.
  using Done = std::function<void(const Answer*)>;

  /// Begins to connect; commands may be sent at once. Resolving a name blocks the loop. `on_lost` is told of the end of
  /// a connection that had been made; one that can't be made shows by its commands.
  /// Throws std::runtime_error with the reason.
  RedisLink(boost::asio::io_context& loop, const std::string& host, std::uint16_t port, std::function<void()> on_lost);
  /// Closes; the commands in flight get no answer.
  ~RedisLink();
  RedisLink(const RedisLink&) = delete;
  RedisLink& operator=(const RedisLink&) = delete;

  /// `done` is called once. Commands are answered in order.
  void send(const std::vector<std::string>& words, Done done);

 private:
  struct Wire;
  std::shared_ptr<Wire> wire_;
};

}  // namespace guerdon::cache
