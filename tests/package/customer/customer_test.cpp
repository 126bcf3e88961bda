// What a customer's integration test does first: start a server in its own process and call it.
#include <guerdon/testing.hpp>
#include <iostream>

int main() {
  guerdon::testing::Server server;
  const auto token = server.make_admin();
  const auto answer = server.get("/api/events", token);
  std::cout << answer.status << ' ' << answer.body << '\n';
  return answer.status == 200 ? 0 : 1;
}
