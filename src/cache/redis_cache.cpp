// See redis_cache.hpp.
#include "cache/redis_cache.hpp"

#include <exception>
#include <utility>
#include <vector>

#include "telemetry/log.hpp"

namespace guerdon::cache {
namespace {

constexpr std::size_t keys_at_once = 500;

// A newer entry, which has replaced this one meanwhile, stays.
constexpr const char* remove_if_same =
    "if redis.pcall('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

}  // namespace

RedisCache::RedisCache(Redis& redis, Database& database, TaskPool& tasks)
    : redis_(redis), readers_(database), tasks_(tasks) {
  redis_.set_on_up([this] { pay(); });
}

void RedisCache::put(CacheEntry entry, Check still_holds) noexcept {
  try {
    if (entry.life <= entry.life.zero()) return remove(entry.key);
    send_put(entry, std::move(still_holds));
  } catch (const std::exception&) {
    owe(entry.key);
  }
}

void RedisCache::remove(std::string key) noexcept {
  try {
    send_remove({"DEL", key}, key);
  } catch (const std::exception&) {
    owe(key);
  }
}

void RedisCache::send_put(const CacheEntry& entry, Check still_holds) {
  redis_.send({"SET", entry.key, entry.value, "PX", std::to_string(entry.life.count())},
              [this, entry, still_holds = std::move(still_holds)](const Answer* answer) {
                if (answer == nullptr) return owe(entry.key);
                check(entry, still_holds);
                pay();
              });
}

void RedisCache::send_remove(std::vector<std::string> words, const std::string& key) {
  redis_.send(std::move(words), [this, key](const Answer* answer) {
    if (answer == nullptr) owe(key);
    pay();
  });
}

// Whoever changed the rows before this look is found here; whoever changes them after it removes the entry themselves.
void RedisCache::check(const CacheEntry& entry, const Check& still_holds) {
  const bool is_asked = tasks_.post([this, entry, still_holds] {
    bool holds = false;
    try {
      readers_.with_reader(
          [&](Reader& reader) { reader.run([&](Snapshot& snapshot) { holds = still_holds(snapshot); }, 0); });
    } catch (const StoreError& error) {
      log::warning("cache", "an entry could not be checked, and is removed", {{"error", error.what()}});
    }
    if (!holds) send_remove({"EVAL", remove_if_same, "1", entry.key, entry.value}, entry.key);
  });
  if (!is_asked) remove(entry.key);
}

void RedisCache::owe(const std::string& key) noexcept {
  try {
    const std::lock_guard lock{mutex_};
    if (owed_.size() >= most_owed) owed_.erase(owed_.begin());
    owed_.insert(key);
  } catch (const std::exception&) {
    log::warning("cache", "an entry is not removed before its life ends");
  }
}

void RedisCache::pay() {
  std::vector<std::string> keys;
  {
    const std::lock_guard lock{mutex_};
    if (owed_.empty() || !redis_.is_up()) return;
    while (!owed_.empty() && keys.size() < keys_at_once)
      keys.push_back(std::move(owed_.extract(owed_.begin()).value()));
  }
  std::vector<std::string> words{"DEL"};
  words.insert(words.end(), keys.begin(), keys.end());
  redis_.send(std::move(words), [this, keys = std::move(keys)](const Answer* answer) {
    if (answer != nullptr) return pay();
    for (const auto& key : keys) owe(key);
  });
}

std::size_t RedisCache::owed() const {
  const std::lock_guard lock{mutex_};
  return owed_.size();
}

}  // namespace guerdon::cache
