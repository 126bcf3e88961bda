// hiredis says when it wants to read or write, Asio when it can. hiredis owns the context and its socket, and tells by
// `cleanup` that both are about to go: nothing of them is touched after that.
#include "cache/redis_link.hpp"

#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <stdexcept>
#include <utility>

namespace guerdon::cache {

namespace asio = boost::asio;
using boost::system::error_code;

struct RedisLink::Wire : std::enable_shared_from_this<RedisLink::Wire> {
  explicit Wire(asio::io_context& loop) : descriptor(loop) {}

  void attach(redisAsyncContext& made);
  void watch_read();
  void watch_write();

  static Wire& of(void* data) { return *static_cast<Wire*>(data); }

  asio::posix::stream_descriptor descriptor;
  redisAsyncContext* context = nullptr;  // null once it is gone
  std::function<void()> on_lost;
  bool wants_read = false, wants_write = false;  // what hiredis asked for
  bool reads = false, writes = false;            // what waits in Asio
};

namespace {

Answer answer_of(const redisReply& reply) {
  Answer answer;
  switch (reply.type) {
    case REDIS_REPLY_ERROR:
      answer.is_error = true;
      [[fallthrough]];
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_STRING:
      answer.text.assign(reply.str, static_cast<std::size_t>(reply.len));
      break;
    case REDIS_REPLY_INTEGER:
      answer.numbers.push_back(reply.integer);
      break;
    case REDIS_REPLY_ARRAY:
      for (std::size_t i = 0; i < reply.elements; ++i)
        if (reply.element[i]->type == REDIS_REPLY_INTEGER) answer.numbers.push_back(reply.element[i]->integer);
      break;
    default:
      break;
  }
  return answer;
}

void on_reply(redisAsyncContext* /*context*/, void* reply, void* data) {
  const std::unique_ptr<RedisLink::Done> done{static_cast<RedisLink::Done*>(data)};
  if (reply == nullptr) return (*done)(nullptr);
  const auto answer = answer_of(*static_cast<const redisReply*>(reply));
  (*done)(&answer);
}

}  // namespace

void RedisLink::Wire::attach(redisAsyncContext& made) {
  context = &made;
  descriptor.assign(made.c.fd);
  made.data = this;
  made.ev.data = this;
  made.ev.addRead = [](void* data) {
    of(data).wants_read = true;
    of(data).watch_read();
  };
  made.ev.delRead = [](void* data) { of(data).wants_read = false; };
  made.ev.addWrite = [](void* data) {
    of(data).wants_write = true;
    of(data).watch_write();
  };
  made.ev.delWrite = [](void* data) { of(data).wants_write = false; };
  made.ev.cleanup = [](void* data) {
    of(data).context = nullptr;
    static_cast<void>(of(data).descriptor.release());
  };
  redisAsyncSetDisconnectCallback(&made, [](const redisAsyncContext* gone, int) {
    auto& wire = of(gone->data);
    if (wire.on_lost) wire.on_lost();
  });
}

void RedisLink::Wire::watch_read() {
  if (context == nullptr || reads || !wants_read) return;
  reads = true;
  descriptor.async_wait(asio::posix::descriptor_base::wait_read, [self = shared_from_this()](const error_code& error) {
    self->reads = false;
    if (error || self->context == nullptr) return;
    if (self->wants_read) redisAsyncHandleRead(self->context);
    self->watch_read();
  });
}

void RedisLink::Wire::watch_write() {
  if (context == nullptr || writes || !wants_write) return;
  writes = true;
  descriptor.async_wait(asio::posix::descriptor_base::wait_write, [self = shared_from_this()](const error_code& error) {
    self->writes = false;
    if (error || self->context == nullptr) return;
    if (self->wants_write) redisAsyncHandleWrite(self->context);
    self->watch_write();
  });
}

RedisLink::RedisLink(asio::io_context& loop, const std::string& host, std::uint16_t port, std::function<void()> on_lost)
    : wire_(std::make_shared<Wire>(loop)) {
  auto* const made = redisAsyncConnect(host.c_str(), port);
  if (made == nullptr) throw std::runtime_error("there is no memory for a connection");
  if (made->err != 0) {
    const std::string reason = made->errstr;
    redisAsyncFree(made);
    throw std::runtime_error(reason);
  }
  wire_->attach(*made);
  wire_->on_lost = std::move(on_lost);
}

RedisLink::~RedisLink() {
  wire_->on_lost = nullptr;
  if (wire_->context != nullptr) redisAsyncFree(wire_->context);
}

void RedisLink::send(const std::vector<std::string>& words, Done done) {
  if (wire_->context == nullptr) return done(nullptr);
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const auto& word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  auto kept = std::make_unique<Done>(std::move(done));
  const int sent = redisAsyncCommandArgv(wire_->context, on_reply, kept.get(), static_cast<int>(words.size()),
                                         texts.data(), sizes.data());
  if (sent == REDIS_OK) return static_cast<void>(kept.release());
  (*kept)(nullptr);
}

}  // namespace guerdon::cache
