// What answers requests, as a connection sees it: at once on the I/O thread, or later from any thread with a ticket.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "guerdon/function_ref.hpp"
#include "guerdon/result.hpp"
#include "http/address.hpp"
#include "http/head.hpp"
#include "http/response.hpp"
#include "http/target.hpp"

namespace guerdon::http {

class Connection;
class Mailbox;

/// One whole request. Views are valid until handle() returns.
struct Incoming {
  const Head& head;
  const Target& target;
  std::string_view body;
  std::string_view request_id;
  const Address& peer;  ///< of the socket
};

/// The right to answer one request, once, from any thread. One that is dropped answers 503.
class Ticket {
 public:
  Ticket(std::shared_ptr<Mailbox> mailbox, std::shared_ptr<Connection> connection, std::uint64_t sequence);
  Ticket(Ticket&&) noexcept = default;
  Ticket& operator=(Ticket&&) = delete;
  ~Ticket();

  void answer(Response response);

 private:
  std::shared_ptr<Mailbox> mailbox_;
  std::shared_ptr<Connection> connection_;
  std::uint64_t sequence_;
};

/// Takes a ticket for a later answer; the problem is what the client is told should it not come in time.
using Later = FunctionRef<Ticket(const Problem& too_late)>;

/// What a request's head is worth: a body of at most so many bytes, or a refusal, which ends the connection.
struct Screening {
  std::size_t max_body;
  std::optional<Response> refusal = {};
};

/// One a thread, used by that thread only.
class Handler {
 public:
  virtual ~Handler() = default;

  /// When only the head has arrived. `before_body` asks for what can be refused without the body, because it will be
  /// large or the client waits for a word.
  [[nodiscard]] virtual Screening screen(const Head& head, const Target& target, std::string_view request_id,
                                         bool before_body) = 0;

  /// The answer; nothing once a ticket was taken. A throw is answered with 500.
  [[nodiscard]] virtual std::optional<Response> handle(const Incoming& request, Later later) = 0;

  /// The number of the route that the last screening found, as its table numbers them; 0 = none.
  [[nodiscard]] virtual std::size_t route() const noexcept { return 0; }

  /// Now and then, when there was nothing to do.
  virtual void idle() noexcept = 0;
};

/// Called on each thread that will use its handler.
using HandlerFactory = std::function<std::unique_ptr<Handler>()>;

}  // namespace guerdon::http
