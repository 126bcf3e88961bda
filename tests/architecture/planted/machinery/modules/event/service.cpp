// Planted: breaks a rule of the architecture on purpose. Never compiled.
#include <boost/asio/awaitable.hpp>
#include <sqlite3.h>
#include <thread>

void f() {
  std::thread t;                             // std::thread in a comment does not count
  auto now = std::chrono::system_clock::now();
}
