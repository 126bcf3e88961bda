// One client's connection: reads, frames, hands whole requests to the thread's handler one after the other, and writes
// their answers in order, several in one write where they are ready. It belongs to one I/O thread for its whole life.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "http/address.hpp"
#include "http/buffer.hpp"
#include "http/chunked.hpp"
#include "http/connection_limits.hpp"
#include "http/framing.hpp"
#include "http/handler.hpp"
#include "http/request_counts.hpp"

namespace guerdon::http {

class IoThread;

/// Kept alive by what it waits for: a read, a write, or somebody's ticket.
class Connection final : public std::enable_shared_from_this<Connection>, public boost::intrusive::list_base_hook<> {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using Time = std::chrono::steady_clock::time_point;

  Connection(IoThread& thread, Socket socket, const Address& peer, ConnectionLimits::Slot slot);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start();
  /// The answer that a ticket was taken for; ignored once that request is over.
  void deliver(std::uint64_t sequence, Response response);
  /// Ends what has taken too long.
  void check_deadline(Time now);
  /// No request after the one that is being received or answered; an idle one gets `grace` to send its next.
  void drain(Time now, std::chrono::milliseconds grace);
  void close();

 private:
  enum class Arrived { part, whole, refused };

  // connection.cpp: the flow
  void read();
  void on_read(const boost::system::error_code& error, std::size_t bytes);
  void advance();
  void wait_for_more();
  [[nodiscard]] bool may_take_next() const { return socket_ && !is_busy_ && !is_writing_ && !is_ending_; }
  void finish(Response response);
  void take_piece(Response piece);
  void ask_for_piece();
  void end_pieces();
  void flush();
  void on_written(const boost::system::error_code& error);
  void end();
  void discard(std::size_t bytes);
  void enter(Phase phase, std::chrono::milliseconds limit);
  void enter(Phase phase);
  void count(const Response& response, Time now);

  // connection_request.cpp: one request
  [[nodiscard]] Arrived receive();
  [[nodiscard]] Result<bool> receive_head();
  [[nodiscard]] Result<void> read_head();
  [[nodiscard]] std::optional<Response> screen();
  [[nodiscard]] Result<bool> receive_body();
  void dispatch();
  void refuse(const Error& error);
  void refuse(Response response);
  void name_request(std::string_view given);

  IoThread& thread_;
  std::optional<Socket> socket_;
  const Address peer_;
  ConnectionLimits::Slot slot_;
  const Time opened_;

  Phase phase_ = Phase::first_byte;
  Time deadline_, handler_deadline_, body_started_;
  bool is_reading_ = false;
  bool is_busy_ = false;     // a ticket is out
  bool is_writing_ = false;  // the socket took only part of sending_
  bool is_ending_ = false;   // the last answer is in out_
  bool is_waiting_ = false;  // for the next piece
  bool is_polite_ = false;   // the client itself asked to close: no need to linger

  Buffer buffer_;
  std::string out_, sending_;
  std::size_t discarded_ = 0;
  std::shared_ptr<Pieces> rest_;  // of the answer that is being sent; it is the last

  // the request that is arriving or being answered
  std::uint64_t sequence_ = 0;
  std::size_t route_ = 0;      // its number; 0 = none, or not known yet
  std::optional<Time> began_;  // to be handled
  int served_ = 0;
  bool skipped_empty_line_ = false;
  HeadScanner scanner_;
  std::size_t head_size_ = 0;  // 0 = still arriving
  Framing framing_;            // its views are valid only where read_head() was called since the last read
  std::size_t max_body_ = 0;
  std::optional<ChunkedBody> chunks_;
  std::string request_id_;
  Envelope envelope_;
  bool keeps_alive_ = true;
  Problem too_late_;
};

}  // namespace guerdon::http
