// See sheet.hpp.
#include "telemetry/sheet.hpp"

#include <prometheus/text_serializer.h>

#include <limits>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

namespace guerdon::telemetry {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily& Sheet::family(const std::string& name, std::string_view help, MetricType type) {
  const auto [found, is_new] = families_.try_emplace(name);
  auto& family = found->second;
  if (is_new) {
    family.name = name;
    family.help = help;
    family.type = type;
  }
  if (family.type != type) throw std::logic_error("the metric " + name + " is of two kinds");
  return family;
}

ClientMetric& Sheet::add(std::string_view name, std::string_view help, MetricType type, MetricLabels labels) {
  auto& metric = family(std::string{name}, help, type).metric.emplace_back();
  for (auto& [label, value] : labels) metric.label.push_back({std::move(label), std::move(value)});
  return metric;
}

void Sheet::counter(std::string_view name, std::string_view help, double value, MetricLabels labels) {
  add(name, help, MetricType::Counter, std::move(labels)).counter.value = value;
}

void Sheet::gauge(std::string_view name, std::string_view help, double value, MetricLabels labels) {
  add(name, help, MetricType::Gauge, std::move(labels)).gauge.value = value;
}

void Sheet::histogram(std::string_view name, std::string_view help, const HistogramReading& reading,
                      MetricLabels labels) {
  auto& histogram = add(name, help, MetricType::Histogram, std::move(labels)).histogram;
  for (std::size_t i = 0; i < reading.counts.size(); ++i) {
    histogram.sample_count += reading.counts[i];
    const bool is_last = i == reading.bounds.size();
    histogram.bucket.push_back(
        {histogram.sample_count, is_last ? std::numeric_limits<double>::infinity() : reading.bounds[i]});
  }
  histogram.sample_sum = reading.sum;
}

void Sheet::merge(const Sheet& other) {
  for (const auto& [name, theirs] : other.families_) {
    auto& ours = family(name, theirs.help, theirs.type);
    ours.metric.insert(ours.metric.end(), theirs.metric.begin(), theirs.metric.end());
  }
}

std::string Sheet::text() const {
  std::vector<MetricFamily> families;
  for (const auto& [name, family] : families_) families.push_back(family);
  std::ostringstream out;
  prometheus::TextSerializer{}.Serialize(out, families);
  return std::move(out).str();
}

}  // namespace guerdon::telemetry
