// See metrics.hpp. Topics as labels are few: those of the catalogue and of the configuration.
#include "kafka/metrics.hpp"

#include <utility>

namespace guerdon::kafka {
namespace {

template <class Number>
double as_value(Number number) {
  return static_cast<double>(number);
}

void tell_state(MetricSheet& sheet, State now) {
  for (const auto state : {State::connecting, State::ok, State::unreachable, State::refused, State::standby})
    sheet.gauge("kafka_relay_state", "1 for the state that the relay is in.", state == now ? 1 : 0,
                {{"state", std::string{name_of(state)}}});
}

void tell_requests(MetricSheet& sheet, const TopicFigures& topic) {
  for (const auto& [outcome, count] :
       {std::pair{"acknowledged", topic.delivered}, std::pair{"refused", topic.refused}, std::pair{"dead", topic.dead}})
    sheet.counter("kafka_producer_requests_total", "What was sent to Kafka, by what became of it.", as_value(count),
                  {{"topic", topic.topic}, {"outcome", outcome}});
}

void tell_breaker(MetricSheet& sheet, const TopicFigures& topic) {
  for (const auto flow : {Flow::flowing, Flow::paused, Flow::apart})
    sheet.gauge("kafka_topic_state", "1 for the state of a topic's breaker.", topic.flow == flow ? 1 : 0,
                {{"topic", topic.topic}, {"state", std::string{name_of(flow)}}});
}

}  // namespace

void tell_relay(MetricSheet& sheet, const RelayFigures& figures) {
  tell_state(sheet, figures.state);
  sheet.gauge("kafka_brokers_up", "Brokers that the producer is connected to.", figures.brokers_up);
  sheet.counter("kafka_producers_remade_total", "Producers made anew after an error that they do not survive.",
                as_value(figures.producers_remade));
  for (const auto& topic : figures.topics) {
    tell_requests(sheet, topic);
    tell_breaker(sheet, topic);
    sheet.gauge("kafka_producer_in_flight_messages", "Messages handed to Kafka and not acknowledged.",
                as_value(topic.in_flight), {{"topic", topic.topic}});
  }
}

void tell_intake(MetricSheet& sheet, const IntakeFigures& figures, const std::string& topic) {
  sheet.gauge("kafka_consumer_lag", "Messages of this server's partitions that are still to be taken.",
              as_value(figures.lag), {{"topic", topic}});
  sheet.gauge("kafka_consumer_partitions", "Partitions that this server takes activities from.", figures.partitions,
              {{"topic", topic}});
  for (const auto& [outcome, count] : {std::pair{"taken", figures.taken}, std::pair{"refused", figures.refused}})
    sheet.counter("kafka_activities_total", "Activities that came through Kafka, by what became of them.",
                  as_value(count), {{"outcome", outcome}});
}

}  // namespace guerdon::kafka
