// Stands between a store and PostgreSQL and cuts connections at the worst moment: around a COMMIT.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace guerdon::test {

class PostgresProxy {
 public:
  enum class Cut {
    never,
    before_commit,  ///< the server never sees the COMMIT
    after_commit    ///< the server has committed, its answer is lost
  };

  /// `server_folder`: where the server's socket is.
  explicit PostgresProxy(const std::string& server_folder);
  ~PostgresProxy();
  PostgresProxy(const PostgresProxy&) = delete;
  PostgresProxy& operator=(const PostgresProxy&) = delete;

  [[nodiscard]] const std::string& folder() const { return folder_; }

  /// The next COMMIT of any connection is cut, once.
  void cut_next(Cut cut) { cut_ = cut; }
  /// Until told otherwise new connections are closed at once.
  void refuse(bool on) { refusing_ = on; }
  /// After the next cut new connections are closed at once.
  void refuse_after_cut() { refuse_after_cut_ = true; }

 private:
  struct Pair {
    int client, server;
    bool doomed = false;  // the server's next answer is lost, and with it the connection
  };

  void run();
  void accept_one();
  bool from_client(Pair& pair);
  bool from_server(Pair& pair);

  std::string folder_, server_socket_;
  int listener_ = -1;
  int stop_[2] = {-1, -1};
  std::atomic<Cut> cut_{Cut::never};
  std::atomic<bool> refusing_{false}, refuse_after_cut_{false};
  std::vector<Pair> pairs_;
  std::thread thread_;
};

}  // namespace guerdon::test
