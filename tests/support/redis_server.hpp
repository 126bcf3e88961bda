// A real redis-server of the test's own, on a port that was free, which can be paused, killed and started again. What a
// test does beside the server under test, it does by run().
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "support/temp_folder.hpp"

namespace guerdon::test {

class RedisServer {
 public:
  /// With a password it wants one.
  explicit RedisServer(std::string password = {});
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// Again on the same port, empty.
  void start();
  void kill();
  void pause() const;
  void resume() const;

  /// A command's answer as text: of an integer its digits, nothing for nil. Throws std::runtime_error for an error.
  std::optional<std::string> run(const std::vector<std::string>& words) const;

 private:
  bool answers() const;

  TempFolder folder_;
  const std::string password_;
  std::uint16_t port_ = 0;
  pid_t process_ = 0;
};

}  // namespace guerdon::test
