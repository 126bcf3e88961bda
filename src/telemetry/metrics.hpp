// Who is asked at a scrape: the registry behind guerdon/metrics.hpp. It knows no values.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "guerdon/metrics.hpp"
#include "telemetry/message_counts.hpp"

namespace guerdon::telemetry {

/// Life cycle: registrations while wiring → collect from one thread at a time. Messages are noted from any.
class MetricsRegistry final : public Metrics {
 public:
  using Source = std::function<void(MetricSheet&)>;
  using RowSource = std::function<void(Snapshot&, MetricSheet&)>;

  void add(Source source) override { sources_.push_back(std::move(source)); }
  void add_rows(RowSource source) override { row_sources_.push_back(std::move(source)); }
  [[nodiscard]] MessageCounts& messages() noexcept { return messages_; }

  void collect(MetricSheet& sheet) const {
    messages_.collect(sheet);
    for (const auto& source : sources_) source(sheet);
  }
  void collect_rows(Snapshot& snapshot, MetricSheet& sheet) const {
    for (const auto& source : row_sources_) source(snapshot, sheet);
  }

 private:
  void count(MessageCounter counter) override { messages_.add(std::move(counter)); }

  MessageCounts messages_;
  std::vector<Source> sources_;
  std::vector<RowSource> row_sources_;
};

}  // namespace guerdon::telemetry
