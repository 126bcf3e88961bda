// The lock is held for a push or a swap, never while a letter is read or the bell is rung.
#include "http/mailbox.hpp"

#include <sys/eventfd.h>

#include <boost/asio/buffer.hpp>
#include <cerrno>
#include <system_error>
#include <utility>

#include "http/connection.hpp"
#include "http/framing.hpp"
#include "http/handler.hpp"

namespace guerdon::http {
namespace {

int make_bell() {
  const int bell = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (bell < 0) throw std::system_error(errno, std::generic_category(), "an event descriptor cannot be made");
  return bell;
}

}  // namespace

Mailbox::Mailbox(boost::asio::io_context& owner) : bell_(make_bell()), heard_(std::in_place, owner, bell_.get()) {}

Mailbox::~Mailbox() {
  if (heard_) static_cast<void>(heard_->release());
}

void Mailbox::open() { wait_for_bell(); }

void Mailbox::put(std::shared_ptr<Connection> connection, std::uint64_t sequence, Response response) {
  {
    const std::lock_guard lock{mutex_};
    if (is_closed_) return;
    letters_.push_back({std::move(connection), sequence, std::move(response)});
    if (letters_.size() > 1) return;
  }
  static_cast<void>(::eventfd_write(bell_.get(), 1));  // it could only fail for a count that is not to be reached
}

void Mailbox::close() {
  std::vector<Letter> dropped;
  {
    const std::lock_guard lock{mutex_};
    is_closed_ = true;
    dropped.swap(letters_);
  }
  if (heard_) static_cast<void>(heard_->release());
  heard_.reset();
}

void Mailbox::wait_for_bell() {
  heard_->async_read_some(boost::asio::buffer(&rings_, sizeof rings_),
                          [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
                            if (error || !self->heard_) return;
                            self->wait_for_bell();
                            self->deliver();
                          });
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
