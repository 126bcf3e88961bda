// The flow of a connection: read, serve, write, wait. Nothing here blocks; a socket that takes no more bytes pauses
// its own connection only.
#include "http/connection.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "http/io_thread.hpp"
#include "telemetry/log.hpp"

namespace guerdon::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kept_output = 64 * 1024;  // bytes of memory that an idle connection keeps for its answers

}  // namespace

Connection::Connection(IoThread& thread, Socket socket, const Address& peer, ConnectionLimits::Slot slot)
    : thread_(thread),
      socket_(std::move(socket)),
      peer_(peer),
      slot_(std::move(slot)),
      opened_(thread.now()),
      deadline_(opened_ + thread.options().timeouts.first_byte) {
  thread_.enlist(*this);
  thread_.counts().enter(phase_);
}

Connection::~Connection() { close(); }

void Connection::start() { wait_for_more(); }

void Connection::close() {
  if (!socket_) return;
  thread_.strike(*this);
  thread_.counts().leave(phase_);
  error_code ignored;
  socket_->close(ignored);
  socket_.reset();
  slot_ = {};
  // What it waits for may be all that keeps this alive: nothing comes after letting go of it.
  const auto rest = std::move(rest_);
}

void Connection::read() {
  if (is_reading_) return;
  is_reading_ = true;
  const auto space = buffer_.prepare();
  socket_->async_read_some(asio::buffer(space.data(), space.size()),
                           [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                             if (self->socket_) self->on_read(error, bytes);
                           });
}

void Connection::on_read(const error_code& error, std::size_t bytes) {
  is_reading_ = false;
  if (error) return close();
  thread_.note_received(bytes);
  if (phase_ == Phase::linger || rest_) return discard(bytes);
  buffer_.commit(bytes);
  advance();
}

void Connection::advance() {
  std::size_t taken = 0;
  while (may_take_next() && receive() != Arrived::part) {
    if (++taken < max_pipelined) continue;
    flush();
    if (!may_take_next()) break;
    enter(Phase::handler, thread_.options().timeouts.handler);
    // Others on this thread have their turn before this client's next sixteen.
    return asio::post(thread_.loop(), [self = shared_from_this()] {
      if (self->socket_) self->advance();
    });
  }
  flush();
  if (!socket_ || is_writing_) return;
  if (rest_) return ask_for_piece();
  if (is_busy_) return;
  if (is_ending_) return end();
  wait_for_more();
}

void Connection::wait_for_more() {
  const auto& limits = thread_.options().timeouts;
  if (head_size_ > 0) {
    const auto received = static_cast<std::int64_t>(chunks_ ? chunks_->body().size() : buffer_.size() - head_size_);
    const auto extra = std::chrono::seconds{received / static_cast<std::int64_t>(bytes_per_body_second)};
    if (phase_ != Phase::body) body_started_ = thread_.now();
    enter(Phase::body);
    deadline_ = body_started_ + limits.body + extra;
  } else if (!buffer_.empty()) {
    if (phase_ != Phase::header) {
      // A new connection's first head has no more time than the connection had to send something.
      const auto latest = phase_ == Phase::first_byte ? deadline_ : Time::max();
      enter(Phase::header, limits.header);
      deadline_ = std::min(deadline_, latest);
    }
  } else if (served_ > 0) {
    enter(Phase::idle, limits.idle);
    deadline_ = std::min(deadline_, opened_ + limits.age);
  }
  read();
}

void Connection::enter(Phase phase) {
  if (phase == phase_) return;
  thread_.counts().leave(phase_);
  thread_.counts().enter(phase);
  phase_ = phase;
}

void Connection::enter(Phase phase, std::chrono::milliseconds limit) {
  enter(phase);
  deadline_ = thread_.now() + limit;
}

void Connection::count(const Response& response, Time now) {
  auto& counts = thread_.counts();
  counts.note_answer(route_, response.status);
  if (began_) counts.note_duration(route_, now - *began_);
  if (!response.problem.empty()) counts.note_problem(response.problem);
  route_ = 0;
  began_.reset();
}

void Connection::finish(Response response) {
  const auto& options = thread_.options();
  const auto now = thread_.now();
  count(response, now);
  is_polite_ = !keeps_alive_ && !response.close;
  envelope_.last = !keeps_alive_ || response.close || response.rest || thread_.is_draining() ||
                   served_ >= options.max_requests || now - opened_ >= options.timeouts.age;
  envelope_.request_id = request_id_;
  append_response(out_, response, envelope_);
  is_ending_ = envelope_.last;
  envelope_ = {};
  request_id_.clear();
  if (!response.rest) return;
  is_busy_ = true;
  rest_ = std::move(response.rest);
}

void Connection::take_piece(Response piece) {
  is_waiting_ = false;
  if (piece.status == 200) out_ += piece.body;
  if (piece.status != 200 || piece.close) end_pieces();
}

// A client that goes away is noticed by reading: whatever it sends is thrown away.
void Connection::ask_for_piece() {
  if (thread_.is_draining()) {
    end_pieces();
    return end();
  }
  enter(Phase::pieces);
  deadline_ = Time::max();
  read();
  if (std::exchange(is_waiting_, true)) return;
  rest_->next(Ticket{thread_.mailbox(), shared_from_this(), sequence_});
}

void Connection::end_pieces() {
  rest_.reset();
  is_busy_ = is_waiting_ = false;
  ++sequence_;
}

void Connection::deliver(std::uint64_t sequence, Response response) {
  if (!socket_ || !is_busy_ || sequence != sequence_) return;
  try {
    if (rest_) {
      take_piece(std::move(response));
    } else {
      is_busy_ = false;
      finish(std::move(response));
    }
    advance();
  } catch (const std::exception& error) {
    log::error("http", "an answer could not be sent", {{"error", error.what()}});
    close();
  }
}

void Connection::flush() {
  if (!socket_ || is_writing_ || out_.empty()) return;
  error_code error;
  const auto written = socket_->write_some(asio::buffer(out_), error);
  if (error && error != asio::error::would_block) return close();
  if (written == out_.size()) {
    out_.clear();
    if (out_.capacity() > kept_output) out_.shrink_to_fit();
    return;
  }
  sending_.swap(out_);
  is_writing_ = true;
  enter(Phase::write, thread_.options().timeouts.write);
  asio::async_write(*socket_, asio::buffer(sending_) + written,
                    [self = shared_from_this()](const error_code& failure, std::size_t) {
                      if (self->socket_) self->on_written(failure);
                    });
}

void Connection::on_written(const error_code& error) {
  if (error) return close();
  is_writing_ = false;
  sending_ = {};
  if (is_busy_) {
    enter(Phase::handler);
    deadline_ = handler_deadline_;
  }
  advance();
}

// A close while the client still sends would reset the connection under the answer it has not read yet.
void Connection::end() {
  error_code ignored;
  if (is_polite_ && buffer_.empty()) return close();
  socket_->shutdown(Socket::shutdown_send, ignored);
  buffer_.consume(buffer_.size());
  enter(Phase::linger, thread_.options().timeouts.linger);
  read();
}

void Connection::discard(std::size_t bytes) {
  discarded_ += bytes;
  if (discarded_ > max_lingered) return close();
  read();
}

void Connection::check_deadline(Time now) {
  if (now < deadline_) return;
  switch (phase_) {
    case Phase::first_byte:
    case Phase::idle:
    case Phase::write:
    case Phase::linger:
      return close();
    case Phase::header:
    case Phase::body:
      refuse(Error{problems::request_timeout, "The request took too long to arrive."});
      break;
    case Phase::pieces:
      end_pieces();
      break;
    case Phase::handler:
      if (!is_busy_) return close();
      is_busy_ = false;
      ++sequence_;
      refuse(Error{too_late_, "The server did not answer in time."});
      break;
  }
  advance();
}

void Connection::drain(Time now, std::chrono::milliseconds grace) {
  if (phase_ == Phase::pieces) deadline_ = now;
  if (phase_ != Phase::idle && phase_ != Phase::first_byte) return;
  deadline_ = std::min(deadline_, now + grace);
}

}  // namespace guerdon::http
