// A client that sends exactly the bytes it is told to and takes answers apart strictly. Every wait ends after 20 s.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace guerdon::test {

struct RawAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string head, body;

  [[nodiscard]] std::string header(const std::string& name) const;
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  RawClient(RawClient&& other) noexcept;
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient();

  RawClient& send(std::string_view bytes);
  /// The next answer; throws std::runtime_error for a malformed one, an end or a time-out.
  RawAnswer receive(bool to_head = false);
  /// Sends and receives.
  RawAnswer ask(std::string_view bytes) { return send(bytes).receive(); }
  /// What comes up to `end`, and that; throws as receive() does.
  std::string receive_until(std::string_view end);
  /// What comes up to the end of the connection; throws std::system_error when it is reset instead.
  std::string receive_to_end();
  /// Waits for the end; false if bytes come first.
  [[nodiscard]] bool is_closed_by_server();
  void shut_down_sending();
  [[nodiscard]] int descriptor() const { return socket_; }

 private:
  bool fill();
  std::string take_line();

  int socket_;
  std::string received_;
};

/// A request without a body.
[[nodiscard]] std::string request(std::string_view method, std::string_view target, std::string_view fields = {});
/// One with a JSON body; `fields` are whole lines.
[[nodiscard]] std::string request_with(std::string_view method, std::string_view target, std::string_view body,
                                       std::string_view fields = {});

}  // namespace guerdon::test
