// See crash_clients.hpp.
#include "crash_clients.hpp"

#include <stdexcept>

namespace guerdon::crash {
namespace {

constexpr int clients = 6;

Try keyed(Try attempt) {
  attempt.call.headers.emplace_back("Idempotency-Key", attempt.name + "-" + attempt.call.path.substr(5));
  return attempt;
}

json::object account(const std::string& name, const std::string& email) {
  return {{"username", name}, {"email", email + "@example.com"}, {"password", password}};
}

Try registration(const std::string& name) {
  return keyed({What::registers, name, testing::json_call("POST", "/api/auth/register", account(name, name)), {201}});
}

Try login(const std::string& name) {
  const json::value credentials{{"username", name}, {"password", password}};
  return {What::logs_in, name, testing::json_call("POST", "/api/auth/login", credentials), {200}};
}

Try question(const std::string& name, const std::string& event, const std::string& token) {
  // 409: the server has asked by itself.
  return keyed({What::asks,
                name,
                testing::json_call("POST", "/api/events/" + event + "/requests", json::object{}, token),
                {201, 409}});
}

/// One of what the server refuses, by turns.
Try refusal(std::size_t turn, const std::string& user, const std::string& token) {
  const auto name = never + std::to_string(turn % 5) + user;
  const auto refused = [&](const char* path, const json::value& body, int status) {
    return keyed({What::is_refused, name, testing::json_call("POST", path, body, token), {status}});
  };
  auto with_invitation = account(name, name);
  with_invitation["inviteCode"] = "NOBODYS";
  switch (turn % 5) {
    case 0:
      return refused("/api/auth/register", account(user, name), 409);
    case 1:
      return refused("/api/auth/register", account(name, user), 409);
    case 2:
      return refused("/api/auth/register", with_invitation, 400);
    case 3:
      return refused("/api/events",
                     {{"name", name},
                      {"conditionType", "CONSECUTIVE_LOGIN"},
                      {"conditionParams", {{"days", 1}}},
                      {"startAt", "2026-01-01T00:00:00Z"}},
                     403);
    default:
      return refused("/api/events/evt_00000000000000000000000000/requests", json::object{}, 404);
  }
}

}  // namespace

void Told::note(const Try& attempt, const testing::Response& answer) {
  const std::lock_guard lock{mutex};
  switch (attempt.what) {
    case What::registers:
      users.emplace_back(attempt.name, answer.text("/id"));
      break;
    case What::logs_in:
      logged_in.push_back(answer.text("/user/id"));
      break;
    case What::asks:
      requests.push_back(answer.text(answer.status == 201 ? "/id" : "/request/id"));
      break;
    case What::is_refused:
      ++refused;
      break;
  }
}

testing::Response carry_out(testing::Client& client, const Try& attempt) {
  for (int i = 0; i < 1000; ++i) {
    auto answer = client.send(attempt.call);
    if (answer.status == 503) continue;
    if (attempt.statuses.count(answer.status) != 0) return answer;
    throw std::runtime_error("not meant to be: " + attempt.call.path + " of " + attempt.name + ": " + answer.body);
  }
  throw std::runtime_error("not served: " + attempt.call.path);
}

Clients::Clients(std::uint16_t port, const std::string& round, const std::string& event, Told& told) : told_(told) {
  for (int i = 0; i < clients; ++i)
    threads_.emplace_back([this, port, name = round + "c" + std::to_string(i), event] { play(port, name, event); });
}

void Clients::play(std::uint16_t port, const std::string& name, const std::string& event) {
  std::optional<Try> open;
  std::string end;
  try {
    testing::Client client{port};
    for (int n = 0;; ++n) play_user(client, name + "n" + std::to_string(n), event, open);
  } catch (const std::exception& error) {
    end = error.what();
  }
  if (open) {
    const std::lock_guard lock{told_.mutex};
    told_.unanswered.push_back(*std::move(open));
  }
  const std::lock_guard lock{mutex_};
  ends_.insert(end);
  changed_.notify_all();
}

void Clients::play_user(testing::Client& client, const std::string& name, const std::string& event,
                        std::optional<Try>& open) {
  const auto send = [&](Try attempt) {
    open = std::move(attempt);
    auto answer = carry_out(client, *open);
    told_.note(*open, answer);
    open.reset();
    const std::lock_guard lock{mutex_};
    ++answers_;
    changed_.notify_all();
    return answer;
  };
  const auto turn = std::hash<std::string>{}(name);
  send(registration(name));
  const auto token = send(login(name)).text("/accessToken");
  send(refusal(turn, name, token));
  send(question(name, event, token));
  send(refusal(turn + 1, name, token));
}

bool Clients::wait_for_an_answer() {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, std::chrono::minutes{1}, [&] { return answers_ > 0 || !ends_.empty(); });
  return answers_ > 0 && ends_.empty();
}

void Clients::wait_for_an_end(std::chrono::milliseconds limit) {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, limit, [&] { return !ends_.empty(); });
}

std::set<std::string> Clients::join() {
  for (auto& thread : threads_) thread.join();
  return ends_;
}

}  // namespace guerdon::crash
