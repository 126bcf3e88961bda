// See service.hpp.
#include "kafka/service.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "kafka/metrics.hpp"

namespace guerdon::kafka {
namespace {

// What is refused of the activities goes out as well.
std::vector<std::string> topics_for(const bus::OutboxBus& bus, const KafkaConfig& config) {
  std::vector<std::string> topics;
  for (const auto& type : bus.catalogue())
    if (!type.is_internal) topics.emplace_back(type.topic);
  if (!config.activities_topic.empty()) topics.push_back(config.activities_topic.value() + ".dlq");
  std::sort(topics.begin(), topics.end());
  topics.erase(std::unique(topics.begin(), topics.end()), topics.end());
  return topics;
}

}  // namespace

Service::Service(const KafkaConfig& config, Database& database, bus::OutboxBus& bus, Random& random,
                 Intakes::Handler activities)
    : activities_topic_(config.activities_topic.value()),
      relay_(config, database, bus, random, topics_for(bus, config)) {
  if (!config.activities_topic.empty()) intake_.emplace(config, database, std::move(activities));
}

void Service::start() {
  relay_.start();
  if (intake_) intake_->start();
}

void Service::stop(std::chrono::milliseconds limit) {
  if (intake_) intake_->stop();
  relay_.stop(limit);
}

bool Service::is_fine() const {
  const auto state = relay_.state();
  return state == State::ok || state == State::standby;
}

void Service::add_metrics(Metrics& metrics) const {
  metrics.add([this](MetricSheet& sheet) {
    tell_relay(sheet, relay_.figures());
    if (intake_) tell_intake(sheet, intake_->figures(), activities_topic_);
  });
}

}  // namespace guerdon::kafka
