// The values of a scrape as prometheus-cpp keeps and writes them.
#pragma once

#include <prometheus/metric_family.h>

#include <map>
#include <string>
#include <string_view>

#include "guerdon/metrics.hpp"

namespace guerdon::telemetry {

class Sheet final : public MetricSheet {
 public:
  // These throw std::logic_error for a name that has been used for another kind.
  void counter(std::string_view name, std::string_view help, double value, MetricLabels labels) override;
  void gauge(std::string_view name, std::string_view help, double value, MetricLabels labels) override;
  void histogram(std::string_view name, std::string_view help, const HistogramReading& reading,
                 MetricLabels labels) override;

  /// Takes over what another one holds, which stays as it is. Throws std::logic_error as above.
  void merge(const Sheet& other);
  /// The text format of Prometheus, families by name.
  [[nodiscard]] std::string text() const;

 private:
  prometheus::ClientMetric& add(std::string_view name, std::string_view help, prometheus::MetricType type,
                                MetricLabels labels);
  prometheus::MetricFamily& family(const std::string& name, std::string_view help, prometheus::MetricType type);

  std::map<std::string, prometheus::MetricFamily> families_;
};

}  // namespace guerdon::telemetry
