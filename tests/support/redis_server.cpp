#include "support/redis_server.hpp"

#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>
#include <utility>

#include "support/eventually.hpp"
#include "support/free_port.hpp"

namespace guerdon::test {
namespace {

[[noreturn]] void become(std::vector<std::string> words, const std::string& log) {
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (output >= 0) {
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

struct Free {
  void operator()(redisContext* context) const { redisFree(context); }
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Context = std::unique_ptr<redisContext, Free>;
using RedisReply = std::unique_ptr<redisReply, Free>;

RedisReply ask(redisContext& context, const std::vector<std::string>& words) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const auto& word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  return RedisReply{
      static_cast<redisReply*>(redisCommandArgv(&context, static_cast<int>(words.size()), texts.data(), sizes.data()))};
}

}  // namespace

RedisServer::RedisServer(std::string password) : password_(std::move(password)), port_(free_port()) { start(); }

RedisServer::~RedisServer() { kill(); }

void RedisServer::start() {
  std::vector<std::string> words{
      "redis-server", "--port", std::to_string(port_),  "--bind", "127.0.0.1", "--save", "", "--appendonly",
      "no",           "--dir",  folder_.path().string()};
  if (!password_.empty()) words.insert(words.end(), {"--requirepass", password_});
  process_ = ::fork();
  if (process_ < 0) throw std::runtime_error("fork failed");
  if (process_ == 0) become(std::move(words), folder_ / "log");
  if (!eventually([this] { return answers(); }))
    throw std::runtime_error("redis-server did not start: ./dev setup test");
}

void RedisServer::kill() {
  if (process_ == 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = 0;
}

void RedisServer::pause() const { ::kill(process_, SIGSTOP); }

void RedisServer::resume() const { ::kill(process_, SIGCONT); }

bool RedisServer::answers() const {
  try {
    return run({"PING"}) == "PONG";
  } catch (const std::runtime_error&) {
    return false;
  }
}

std::optional<std::string> RedisServer::run(const std::vector<std::string>& words) const {
  const Context context{redisConnect("127.0.0.1", port_)};
  if (!context || context->err != 0) throw std::runtime_error("redis-server can't be reached");
  if (!password_.empty()) static_cast<void>(ask(*context, {"AUTH", password_}));
  const auto reply = ask(*context, words);
  if (!reply) throw std::runtime_error("redis-server did not answer");
  if (reply->type == REDIS_REPLY_NIL) return std::nullopt;
  if (reply->type == REDIS_REPLY_INTEGER) return std::to_string(reply->integer);
  std::string text;
  if (reply->str != nullptr) text.assign(reply->str, static_cast<std::size_t>(reply->len));
  if (reply->type == REDIS_REPLY_ERROR) throw std::runtime_error(text);
  return text;
}

}  // namespace guerdon::test
