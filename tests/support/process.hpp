// The real binary as a child process: started, spoken to, stopped, always gone with its object.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace guerdon::test {

struct ProcessOptions {
  std::vector<std::string> arguments;
  std::string program = {};                             ///< empty = the guerdon binary
  std::map<std::string, std::string> environment = {};  ///< all of it: nothing is inherited but PATH and TZ
  std::string input = {};                               ///< of standard input, which ends after it
  std::string folder = {};                              ///< to run in; empty = this one
};

struct Exit {
  int code = -1;    ///< as a shell shows it: 128 + n for signal n
  std::string out;  ///< standard output
  std::string err;  ///< standard error
};

class Process {
 public:
  explicit Process(const ProcessOptions& options);
  ~Process();  ///< kills
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const;
  /// Waits so long for its end.
  [[nodiscard]] bool has_ended(std::chrono::milliseconds limit) const;
  /// Waits for its end. Throws std::runtime_error after `limit`, having killed it.
  Exit wait(std::chrono::seconds limit = std::chrono::seconds{90});
  /// Waits for a whole line of standard error that contains `text`; that line. Throws when the process ends before, or
  /// after a minute.
  std::string wait_for_line(const std::string& text);
  [[nodiscard]] pid_t id() const noexcept { return id_; }
  [[nodiscard]] std::string errors() const;

 private:
  struct Stream {
    std::string text;
    bool is_open = true;
  };
  void follow(int descriptor, Stream& stream);

  const bool is_guerdon_;
  pid_t id_ = -1;
  std::optional<int> status_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Stream out_, err_;
  std::thread out_reader_, err_reader_;
};

/// Runs the guerdon binary to its end.
Exit run_guerdon(const ProcessOptions& options);

}  // namespace guerdon::test
