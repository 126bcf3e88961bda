#include "http/memo.hpp"

#include <iterator>
#include <utility>

namespace guerdon::http {

namespace {

std::size_t size_of(const Remembered& answer) { return answer.key.size() + answer.response.body.size(); }

}  // namespace

std::string Memo::key(std::string_view target, RoleSet roles) {
  std::string key{static_cast<char>('0' + roles.bits())};
  return key.append(target);
}

const Response* Memo::find(const std::string& key, Instant now) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  const auto answer = found->second;
  if (now < answer->from) return nullptr;  // the clock was set back: it may come to hold again
  if (now >= answer->until || !reader_.is_unchanged(answer->footprint)) {
    forget(answer);
    return nullptr;
  }
  answers_.splice(answers_.begin(), answers_, answer);
  return &answer->response;
}

void Memo::keep(Remembered answer) {
  if (size_of(answer) > longest_answer) return;
  if (const auto old = by_key_.find(answer.key); old != by_key_.end()) forget(old->second);
  bytes_ += size_of(answer);
  answers_.push_front(std::move(answer));
  by_key_.emplace(answers_.front().key, answers_.begin());
  while (bytes_ > most_bytes || answers_.size() > most_answers) forget(std::prev(answers_.end()));
}

void Memo::forget(Answers::iterator answer) {
  bytes_ -= size_of(*answer);
  by_key_.erase(answer->key);
  answers_.erase(answer);
}

}  // namespace guerdon::http
