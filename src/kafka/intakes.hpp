// Keeps who takes what, until somebody delivers it.
#pragma once

#include <stdexcept>
#include <utility>

#include "guerdon/intake.hpp"

namespace guerdon::kafka {

class IntakeHandlers final : public Intakes {
 public:
  void take_activities(Handler handler) override {
    if (activities) throw std::logic_error("activities are taken twice");
    activities = std::move(handler);
  }

  Handler activities;
};

}  // namespace guerdon::kafka
