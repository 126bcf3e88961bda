// The loop of one thread. What other threads ask of it is posted there.
#include "http/io_thread.hpp"

#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <utility>

#include "base/scheduling.hpp"
#include "http/text.hpp"
#include "telemetry/log.hpp"

namespace guerdon::http {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds tick_length{500};
constexpr std::chrono::milliseconds draining_tick{50};
constexpr std::chrono::milliseconds drain_grace{250};  // for a request that is already on its way

constexpr std::string_view id_digits = "0123456789abcdefghjkmnpqrstvwxyz";

void append_base32(std::string& out, std::uint64_t number, int digits) {
  for (int shift = (digits - 1) * 5; shift >= 0; shift -= 5) out += id_digits[(number >> shift) & 31U];
}

}  // namespace

IoThread::IoThread(const ServerOptions& options, std::size_t index, RequestCounts& counts)
    : options_(options),
      counts_(counts),
      name_(options.name + "-" + std::to_string(index)),
      loop_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),  // its sockets are this thread's alone; only post() is not
      work_(loop_.get_executor()),
      timer_(loop_),
      mailbox_(std::make_shared<Mailbox>(loop_)) {
  append_base32(request_tag_, options.request_id_seed + index * 0x9E3779B97F4A7C15U, 8);
}

IoThread::~IoThread() { stop(); }

void IoThread::start(const HandlerFactory& make_handler) {
  std::promise<void> made;
  thread_ = std::thread{[&, this] {
    run(make_handler, [&made](std::exception_ptr failure) {
      if (failure)
        made.set_exception(std::move(failure));
      else
        made.set_value();
    });
  }};
  made.get_future().get();
}

void IoThread::run(const HandlerFactory& make_handler, std::function<void(std::exception_ptr)> made) {
  pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
  ask_for_short_turns();
  try {
    handler_ = make_handler();
  } catch (...) {
    return made(std::current_exception());
  }
  mailbox_->open();
  std::exchange(made, nullptr)(nullptr);
  for (;;) {
    try {
      loop_.run();
      break;
    } catch (const std::exception& error) {
      log::error(name_, "an event handler failed", {{"error", error.what()}});
    }
  }
  handler_.reset();
}

void IoThread::stop() {
  if (!thread_.joinable()) return;
  asio::post(loop_, [this] {
    while (!connections_.empty()) connections_.front().close();
    mailbox_->close();
    timer_.cancel();
    loop_.stop();
  });
  thread_.join();
}

void IoThread::adopt(Descriptor socket, const Address& peer, ConnectionLimits::Slot slot) {
  asio::post(loop_, [this, socket = std::move(socket), peer, slot = std::move(slot)]() mutable {
    add(std::move(socket), peer, std::move(slot));
  });
}

void IoThread::add(Descriptor socket, const Address& peer, ConnectionLimits::Slot slot) {
  if (is_draining_) return;
  const auto family = options_.listen.host.find(':') != std::string::npos ? asio::ip::tcp::v6() : asio::ip::tcp::v4();
  Connection::Socket owned{loop_};
  boost::system::error_code error;
  owned.assign(family, socket.get(), error);
  if (error) return;
  static_cast<void>(socket.release());
  owned.non_blocking(true, error);
  if (error) return;
  std::make_shared<Connection>(*this, std::move(owned), peer, std::move(slot))->start();
  arm();
}

void IoThread::drain() {
  asio::post(loop_, [this] {
    is_draining_ = true;
    for (auto& connection : connections_) connection.drain(now(), drain_grace);
    timer_.cancel();
    is_armed_ = false;
    arm();
  });
}

// The timer rests while there is nothing to check.
void IoThread::arm() {
  if (is_armed_) return;
  is_armed_ = true;
  timer_.expires_after(is_draining_ ? draining_tick : tick_length);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) tick();
  });
}

void IoThread::tick() {
  is_armed_ = false;
  sweep();
  const bool idle = std::exchange(was_idle_, true);
  if (idle) handler_->idle();
  if (!idle || !connections_.empty()) arm();
}

void IoThread::sweep() {
  const auto time = now();
  for (auto next = connections_.begin(); next != connections_.end();) {
    const auto keep = (next++)->shared_from_this();  // checking may close it
    keep->check_deadline(time);
  }
}

void IoThread::sweep_and_wait() {
  std::promise<void> done;
  asio::post(loop_, [&] {
    sweep();
    done.set_value();
  });
  done.get_future().wait();
}

Connection::Time IoThread::now() const {
  return options_.monotonic ? options_.monotonic() : std::chrono::steady_clock::now();
}

void IoThread::append_request_id(std::string& out) {
  out += request_tag_;
  append_base32(out, request_count_++, 7);
}

}  // namespace guerdon::http
