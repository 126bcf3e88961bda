// What the wiring hands to every module: the platform's services, and nothing that blocks.
#pragma once

namespace guerdon {

struct Config;
class Router;
class Bus;
class Pumps;
class Jobs;
class Random;
class CursorCodec;
class Intakes;
class Metrics;
class Cache;

/// References valid for the life of the App. Modules register routes, subscriptions, pumps and jobs in their
/// constructor.
struct Platform {
  const Config& config;
  Router& routes;
  Bus& bus;
  Pumps& pumps;
  Jobs& jobs;
  Random& random;
  const CursorCodec& cursors;
  Metrics& metrics;
  Cache* cache = nullptr;      ///< null where there is none
  Intakes* intakes = nullptr;  ///< what comes from a broker; null where nobody takes it
};

}  // namespace guerdon
