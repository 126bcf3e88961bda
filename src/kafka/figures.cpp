// The names of states, as metrics and health show them.
#include "kafka/figures.hpp"

namespace guerdon::kafka {

std::string_view name_of(Flow flow) {
  switch (flow) {
    case Flow::flowing:
      return "flowing";
    case Flow::paused:
      return "paused";
    case Flow::apart:
      return "apart";
  }
  return "unknown";
}

std::string_view name_of(State state) {
  switch (state) {
    case State::connecting:
      return "connecting";
    case State::ok:
      return "ok";
    case State::unreachable:
      return "unreachable";
    case State::refused:
      return "refused";
    case State::standby:
      return "standby";
  }
  return "unknown";
}

}  // namespace guerdon::kafka
