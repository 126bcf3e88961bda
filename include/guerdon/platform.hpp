// What the wiring hands to every module: the platform's services, and nothing that blocks.
#pragma once

namespace guerdon {

struct Config;
class Router;
class Bus;
class Pumps;
class Random;
class CursorCodec;
class Intakes;

/// References valid for the life of the App. Modules register routes, subscriptions and pumps in their constructor.
struct Platform {
  const Config& config;
  Router& routes;
  Bus& bus;
  Pumps& pumps;
  Random& random;
  const CursorCodec& cursors;
  Intakes* intakes = nullptr;  ///< what comes from a broker; null where nobody takes it
};

}  // namespace guerdon
