// The lock is held for a push or a swap, never while a letter is read.
#include "http/mailbox.hpp"

#include <boost/asio/post.hpp>
#include <utility>

#include "http/connection.hpp"
#include "http/framing.hpp"
#include "http/handler.hpp"

namespace guerdon::http {

void Mailbox::put(std::shared_ptr<Connection> connection, std::uint64_t sequence, Response response) {
  const std::lock_guard lock{mutex_};
  if (owner_ == nullptr) return;
  letters_.push_back({std::move(connection), sequence, std::move(response)});
  if (letters_.size() == 1) boost::asio::post(*owner_, [self = shared_from_this()] { self->deliver(); });
}

void Mailbox::close() {
  std::vector<Letter> dropped;
  const std::lock_guard lock{mutex_};
  owner_ = nullptr;
  dropped.swap(letters_);
}

void Mailbox::deliver() {
  {
    const std::lock_guard lock{mutex_};
    opened_.swap(letters_);
  }
  for (auto& letter : opened_) letter.connection->deliver(letter.sequence, std::move(letter.response));
  opened_.clear();
}

Ticket::Ticket(std::shared_ptr<Mailbox> mailbox, std::shared_ptr<Connection> connection, std::uint64_t sequence)
    : mailbox_(std::move(mailbox)), connection_(std::move(connection)), sequence_(sequence) {}

Ticket::~Ticket() {
  if (connection_) answer(problem_response(Error{problems::unavailable, "The server gave the request up."}, {}));
}

void Ticket::answer(Response response) {
  mailbox_->put(std::exchange(connection_, nullptr), sequence_, std::move(response));
}

}  // namespace guerdon::http
