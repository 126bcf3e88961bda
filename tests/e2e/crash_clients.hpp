// Clients of a server that is going to be killed under them. They remember what they were told, and what they had asked
// when no answer came.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "guerdon/testing.hpp"

namespace guerdon::crash {

inline const std::string password = "correct horse battery staple";
/// Begins every name and address that the server must refuse. Has letters that no id has: it is looked for in payloads.
inline const std::string never = "unlucky";

enum class What { registers, logs_in, asks, is_refused };

/// One call and what it may be answered.
struct Try {
  What what{};
  std::string name;
  testing::Call call;
  std::set<int> statuses;
};

/// What clients were told, over all rounds, and the calls of the last one that got no answer.
struct Told {
  std::mutex mutex;
  std::vector<std::pair<std::string, std::string>> users;  ///< name and id
  std::vector<std::string> logged_in;                      ///< ids of users who will have met the condition
  std::vector<std::string> requests;                       ///< ids of reward requests
  std::vector<Try> unanswered;
  int refused = 0;

  void note(const Try& attempt, const testing::Response& answer);
};

/// Sends it until it is answered by something else than "not now". Throws for an answer that was not meant to be, and
/// when the server is gone.
testing::Response carry_out(testing::Client& client, const Try& attempt);

/// Six clients, each playing one user after the other: registers, logs in, asks for the reward, with calls in between
/// that are refused.
class Clients {
 public:
  Clients(std::uint16_t port, const std::string& round, const std::string& event, Told& told);
  /// False when one ended before, or after a minute.
  [[nodiscard]] bool wait_for_an_answer();
  /// At most so long: when one ends before there is nothing to wait for.
  void wait_for_an_end(std::chrono::milliseconds limit);
  /// How they ended; call it after the kill.
  std::set<std::string> join();

 private:
  void play(std::uint16_t port, const std::string& name, const std::string& event);
  void play_user(testing::Client& client, const std::string& name, const std::string& event, std::optional<Try>& open);

  Told& told_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int answers_ = 0;
  std::set<std::string> ends_;
  std::vector<std::thread> threads_;
};

}  // namespace guerdon::crash
