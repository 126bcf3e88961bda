// See scraper.hpp.
#include "telemetry/scraper.hpp"

#include <exception>
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

void Scraper::scrape(Answer answer) {
  {
    const std::lock_guard lock{mutex_};
    waiting_.push_back(std::move(answer));
    if (std::exchange(is_busy_, true)) return;
  }
  if (tasks_.post([this] { work(); })) return;
  std::vector<Answer> served;
  auto text = make(false);
  {
    const std::lock_guard lock{mutex_};
    served.swap(waiting_);
    is_busy_ = false;
  }
  answer_all(served, text);
}

void Scraper::work() {
  for (;;) {
    std::vector<Answer> served;
    {
      const std::lock_guard lock{mutex_};
      served.swap(waiting_);
      is_busy_ = !served.empty();
    }
    if (served.empty()) return;
    const auto text = make(true);
    answer_all(served, text);
  }
}

std::string Scraper::make(bool may_read) {
  try {
    if (may_read) refresh_rows();
    Sheet sheet;
    registry_.collect(sheet);
    if (read_at_) sheet.merge(rows_);
    sheet.gauge("telemetry_rows_readable", "Could the values that come from rows be read?", read_at_ ? 1 : 0, {});
    return sheet.text();
  } catch (const std::exception& error) {
    log::error("telemetry", "a page of metrics could not be made", {{"error", error.what()}});
    return {};
  }
}

void Scraper::refresh_rows() {
  const auto now = clock_.now();
  if (read_at_ && now >= *read_at_ && now - *read_at_ < rows_live) return;
  read_at_.reset();
  const auto read = [&](Snapshot& snapshot) {
    rows_ = {};
    registry_.collect_rows(snapshot, rows_);
  };
  try {
    const auto reader = database_.open_reader();
    reader->run(read, longest_steps);
    read_at_ = now;
  } catch (const StoreError& error) {
    log::warning("telemetry", "the metrics of the rows could not be read", {{"error", error.what()}});
  }
}

}  // namespace guerdon::telemetry
