// What operators are told about Kafka, as the relay and the intake saw it.
#pragma once

#include <string>

#include "guerdon/metrics.hpp"
#include "kafka/figures.hpp"

namespace guerdon::kafka {

void tell_relay(MetricSheet& sheet, const RelayFigures& figures);
/// `topic`: where activities come from.
void tell_intake(MetricSheet& sheet, const IntakeFigures& figures, const std::string& topic);

}  // namespace guerdon::kafka
