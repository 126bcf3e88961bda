// See scraper.hpp.
#include "telemetry/scraper.hpp"

#include <pthread.h>

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "telemetry/log.hpp"

namespace guerdon::telemetry {

namespace {

constexpr std::int64_t longest_steps = 40'000'000;  // of one refresh, on SQLite

void answer_all(const std::vector<Scraper::Answer>& served, const std::string& text) {
  for (const auto& answer : served) {
    try {
      answer(text);
    } catch (const std::exception& error) {
      log::error("telemetry", "a page of metrics could not be handed over", {{"error", error.what()}});
    }
  }
}

}  // namespace

Scraper::Scraper(const Parts& parts) : parts_(parts), thread_([this](const std::stop_token& stop) { work(stop); }) {}

void Scraper::scrape(Answer answer) {
  {
    const std::lock_guard lock{mutex_};
    waiting_.push_back(std::move(answer));
  }
  changed_.notify_all();
}

void Scraper::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  std::vector<Answer> dropped;
  const std::lock_guard lock{mutex_};
  dropped.swap(waiting_);
}

void Scraper::work(const std::stop_token& stop) {
  static_cast<void>(pthread_setname_np(pthread_self(), "metrics"));
  std::unique_lock lock{mutex_};
  while (changed_.wait(lock, stop, [this] { return !waiting_.empty(); })) {
    begin_reading();
    changed_.wait_until(lock, stop, reading_since_ + parts_.patience, [this] { return !is_reading_; });
    if (stop.stop_requested()) return;
    std::vector<Answer> served;
    served.swap(waiting_);
    lock.unlock();
    const auto text = make();
    answer_all(served, text);
    served.clear();
    lock.lock();
  }
}

// With the lock, as the next one.
void Scraper::begin_reading() {
  if (is_reading_ || are_fresh()) return;
  try {
    is_reading_ = parts_.tasks.post([this] { read_rows(); });
  } catch (const std::bad_alloc&) {
    is_reading_ = false;
  }
  if (!is_reading_) is_readable_ = false;
  reading_since_ = Steady::now();
}

bool Scraper::are_fresh() const {
  if (!is_readable_ || !read_at_) return false;
  const auto now = parts_.clock.now();
  return now >= *read_at_ && now - *read_at_ < rows_live;
}

void Scraper::read_rows() {
  const auto now = parts_.clock.now();
  Sheet rows;
  bool is_read = false;
  try {
    const auto reader = parts_.database.open_reader();
    const auto read = [&](Snapshot& snapshot) {
      rows = {};
      parts_.registry.collect_rows(snapshot, rows);
    };
    reader->run(read, longest_steps);
    is_read = true;
  } catch (const std::exception& error) {
    log::warning("telemetry", "the metrics of the rows could not be read", {{"error", error.what()}});
  }
  {
    const std::lock_guard lock{mutex_};
    if (is_read) {
      rows_ = std::move(rows);
      read_at_ = now;
    }
    is_readable_ = is_read;
    is_reading_ = false;
  }
  changed_.notify_all();
}

std::string Scraper::make() {
  try {
    Sheet sheet;
    parts_.registry.collect(sheet);
    tell_rows(sheet);
    return sheet.text();
  } catch (const std::exception& error) {
    log::error("telemetry", "a page of metrics could not be made", {{"error", error.what()}});
    return {};
  }
}

void Scraper::tell_rows(Sheet& sheet) {
  const std::lock_guard lock{mutex_};
  sheet.gauge("telemetry_rows_readable", "Could the values that come from rows be read in time?",
              is_readable_ && !is_reading_ ? 1 : 0, {});
  if (!read_at_) return;
  sheet.merge(rows_);
  const auto age = std::max(parts_.clock.now() - *read_at_, std::chrono::milliseconds{0});
  sheet.gauge("telemetry_rows_age_seconds", "How long ago the values that come from rows were read.",
              std::chrono::duration<double>(age).count(), {});
}

}  // namespace guerdon::telemetry
