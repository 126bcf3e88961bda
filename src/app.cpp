// The whole server put together (app.hpp): the one file that names every module. It decides nothing but the order in
// which things are made, started and stopped.
#include "guerdon/app.hpp"

#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "app/administrators.hpp"
#include "audit/audit_log.hpp"
#include "auth/dead_letters.hpp"
#include "auth/module.hpp"
#include "auth/ports.hpp"
#include "base/version.hpp"
#include "bus/dead_letter_command.hpp"
#include "bus/dead_letter_routes.hpp"
#include "bus/feed_events.hpp"
#include "bus/feed_pump.hpp"
#include "bus/feed_routes.hpp"
#include "bus/invariants.hpp"
#include "bus/outbox_bus.hpp"
#include "bus/run_mark.hpp"
#include "cache/service.hpp"
#include "cron/job_metrics.hpp"
#include "cron/job_routes.hpp"
#include "cron/job_runner.hpp"
#include "cron/self_check.hpp"
#include "event/module.hpp"
#include "guerdon/cursor.hpp"
#include "guerdon/platform.hpp"
#include "guerdon/routes.hpp"
#include "http/idempotency.hpp"
#include "http/openapi.hpp"
#include "http/schemas.hpp"
#include "kafka/intakes.hpp"
#include "kafka/service.hpp"
#include "progress/module.hpp"
#include "purge/erasure.hpp"
#include "purge/hard_delete.hpp"
#include "purge/platform_rows.hpp"
#include "purge/routes.hpp"
#include "reward/module.hpp"
#include "runtime/clock_route.hpp"
#include "runtime/control_socket.hpp"
#include "runtime/exit_codes.hpp"
#include "runtime/foundation.hpp"
#include "runtime/listeners.hpp"
#include "runtime/readiness.hpp"
#include "runtime/server_metrics.hpp"
#include "runtime/settings.hpp"
#include "runtime/stop_budget.hpp"
#include "runtime/task_pool.hpp"
#include "runtime/verify.hpp"
#include "runtime/watchdog.hpp"
#include "saga/module.hpp"
#include "telemetry/metrics.hpp"
#include "telemetry/scraper.hpp"

namespace guerdon {
namespace {

constexpr std::chrono::seconds pumps_stop_limit{5}, tasks_stop_limit{2}, jobs_stop_limit{5}, kafka_stop_limit{5};
constexpr std::chrono::seconds clock_settle_limit{8};  // below what a request may take

// The business, in order of dependency. Each registers its routes, subscriptions and pumps as it is made.
struct Modules {
  explicit Modules(Platform& platform)
      : saga(platform),
        auth(platform, saga.sagas()),
        event(platform, auth.user_data()),
        progress(platform, auth.user_data()),
        reward(platform, auth.user_data()) {}

  saga::Module saga;
  auth::Module auth;
  event::Module event;
  progress::Module progress;
  reward::Module reward;
};

/// Who is removed for good, and by whom: the modules that others stand on come last.
HardDelete::Parts removals(Modules& modules, ClockGuard& clock, store::ManagedDatabase& database) {
  return {.clock = clock,
          .users = modules.auth.purge_source(),
          .events = event::purge_source(),
          .owners = {reward::purge_owner(), progress::purge_owner(), event::purge_owner(), saga::purge_owner(),
                     modules.auth.purge_owner(), platform_purge_owner()},
          .erase = [&database](Tx& tx, PurgeRunId run) { want_erasure(tx, database, run.to_string()); }};
}

std::vector<Invariant> all_invariants() {
  auto all = platform_invariants();
  for (auto* const of_module : {bus::invariants, auth::invariants, event::invariants, progress::invariants,
                                reward::invariants, saga::invariants}) {
    for (auto& invariant : of_module()) all.push_back(std::move(invariant));
  }
  return all;
}

std::unique_ptr<cache::Service> redis_of(Foundation& foundation, TaskPool& tasks) {
  const auto& config = foundation.config().redis;
  return config.host.empty() ? nullptr : std::make_unique<cache::Service>(config, foundation.database(), tasks);
}

}  // namespace

struct App::Impl {
  Impl(Config config, AppOptions app_options);

  Listeners::Parts wired();
  void add_metrics();
  void add_own_jobs();
  void add_outlets();
  void add_kafka();
  void start();
  void stop();
  bool settle(std::chrono::milliseconds limit);
  void watch();
  int command(const ControlRequest& request, ControlOutput output);

  const AppOptions options;
  Foundation foundation;
  TaskPool hash_pool, task_pool;
  const std::unique_ptr<cache::Service> redis;  // null where it is not configured
  bus::PumpRunner pumps;
  bus::OutboxBus bus;
  CursorCodec cursors;
  bus::Feed feed;
  bus::DeadLetters dead_letters;
  http::RouteTable routes;
  kafka::IntakeHandlers intakes;
  telemetry::MetricsRegistry metrics;
  cron::SelfCheck self_check;
  cron::JobRunner jobs;
  Platform platform;
  Modules modules;
  ClockGuard clock_guard;
  HardDelete hard_delete;
  Readiness readiness;
  std::unique_ptr<kafka::Service> kafka;  // null: not configured
  telemetry::Scraper scraper;
  Listeners listeners;

  std::mutex life;  // start and stop, one at a time
  bool is_running = false;
  bool may_end_clean = false;  // a start that failed leaves the mark of an unclean run as it found it
  std::unique_ptr<Watchdog> watchdog;
  std::unique_ptr<ControlSocket> control;
};

App::Impl::Impl(Config config, AppOptions app_options)
    : options(std::move(app_options)),
      foundation(std::move(config), options),
      hash_pool(hash_pool_options(foundation.config())),
      task_pool(task_pool_options(foundation.config())),
      redis(redis_of(foundation, task_pool)),
      pumps(foundation.database(), foundation.clock(), {.is_crowded = [this] { return hash_pool.waiting() > 0; }}),
      bus(foundation.database(), pumps, foundation.random(), bus_settings(foundation.config())),
      cursors(foundation.cursor_key()),
      feed(cursors, [this](std::string_view topic) { return bus.has_topic(topic); }),
      dead_letters({.knows = [this](std::string_view consumer) { return bus.is_known(consumer); },
                    .wake = [this](const std::string& consumer, int partition) { bus.wake(consumer, partition); }}),
      self_check(foundation.database(), quick_ones(all_invariants())),
      jobs(pumps, foundation.random(), {.zone = foundation.config().time.zone}),
      platform{.config = foundation.config(),
               .routes = routes,
               .bus = bus,
               .pumps = pumps,
               .jobs = jobs,
               .random = foundation.random(),
               .cursors = cursors,
               .metrics = metrics,
               .cache = redis ? &redis->cache() : nullptr,
               .intakes = &intakes},
      modules(platform),
      clock_guard(foundation.system_clock(), foundation.uptime()),
      hard_delete(hard_delete_rules(foundation.config()), removals(modules, clock_guard, foundation.database())),
      readiness(foundation.database(), foundation.sandbox() != nullptr),
      scraper({.registry = metrics,
               .database = foundation.database(),
               .clock = foundation.clock(),
               .tasks = task_pool,
               .patience = foundation.config().admin.metrics_wait.value}),
      listeners(wired()) {
  add_metrics();
}

Listeners::Parts App::Impl::wired() {
  foundation.database().set_outbox_sink(&bus);
  add_audit_route(routes, cursors);
  add_own_jobs();
  cron::add_job_routes(routes, jobs, cursors);
  add_outlets();
  add_hard_delete_routes(routes, hard_delete, cursors, [this](Tx& tx, const Caller& caller) {
    static_cast<void>(jobs.ask(tx, caller, HardDelete::job, false));  // one that is at work takes it up
  });
  pumps.add("clock-guard", [this](Tx& tx) { return clock_guard.pass(tx); });
  if (foundation.sandbox() != nullptr)
    add_clock_route(routes, foundation.database(), *foundation.sandbox(),
                    [this] { return settle(clock_settle_limit); });
  if (options.extend) options.extend(platform);
  add_kafka();
  bus.seal();
  http::add_schemas(routes, bus.catalogue());
  if (redis) readiness.add_helper("redis", [this] { return redis->is_up(); });
  return {.foundation = foundation,
          .routes = routes,
          .authenticator = modules.auth.authenticator(),
          .tasks = task_pool,
          .hashing = hash_pool,
          .readiness = readiness,
          .scraper = scraper,
          .counts = redis ? &redis->counts() : nullptr};
}

void App::Impl::add_metrics() {
  metrics.messages().declare(bus.catalogue());
  bus.observe([this](std::span<const OutgoingMessage> messages) { metrics.messages().note(messages); });
  bus.add_metrics(metrics);
  cron::add_job_metrics(metrics, jobs);
  add_store_metrics(metrics, foundation.database());
  add_pool_metrics(metrics, hash_pool, task_pool);
  add_process_metrics(metrics, foundation.database().engine());
  listeners.add_metrics(metrics);
  if (redis) redis->add_metrics(metrics);
  if (kafka) kafka->add_metrics(metrics);
}

void App::Impl::add_own_jobs() {
  const auto& schedules = foundation.config().jobs;
  jobs.add_outside("self-check", schedules.self_check,
                   [this](JobRun& run, const std::stop_token& stop) { return self_check.run(run, stop); });
  jobs.add({.name = std::string{HardDelete::job},
            .schedule = schedules.hard_delete,
            .begin = [this](Tx& tx, JobRun& run) -> Result<void> {
              const auto started = hard_delete.begin(tx, run.confirmed ? run.asked_by : std::nullopt);
              if (started.outcome != PurgeStart::Outcome::refused) return {};
              return Error{hard_delete_refused, started.refusal}.keeping_effects();
            },
            .pass = [this](Tx& tx, JobRun&) -> Result<JobPass> {
              return hard_delete.pass(tx) ? JobPass::done : JobPass::more;
            }});
  jobs.add({.name = "prune-outbox",
            .schedule = schedules.prune_outbox,
            .pass = [this](Tx& tx, JobRun& run) -> Result<JobPass> {
              const auto removed = bus.prune(tx);
              run.counts["rows"] += removed;
              return removed > 0 ? JobPass::more : JobPass::done;
            }});
  jobs.add(pruning_job("prune-idempotency-keys", schedules.prune_idempotency_keys, http::prune_kept));
}

// How the outside reads the log, and what of it was given up.
void App::Impl::add_outlets() {
  bus.tell_dead_letters(std::string{auth::event_topics}, auth::publish_dead_letter);
  bus::add_feed_routes(routes, feed);
  routes.follow(bus::feed_path, bus::feed_events(feed));
  bus.tell_commits(bus::wake_streams([this]() -> http::EventStreams& { return listeners.streams(); }));
  bus::add_feed_pump(pumps, [this]() -> http::EventStreams& { return listeners.streams(); });
  bus::add_dead_letter_routes(routes, dead_letters, cursors);
}

void App::Impl::add_kafka() {
  const auto& config = foundation.config().kafka;
  if (!config.is_on()) return;
  kafka = std::make_unique<kafka::Service>(config, foundation.database(), bus, foundation.random(), intakes.activities);
  readiness.add_helper("kafka", [this] { return Readiness::HelperState{kafka->state(), kafka->is_fine()}; });
}

void App::Impl::start() {
  const std::lock_guard lock{life};
  if (is_running) return;
  is_running = true;
  if (options.first_admin) add_first_admin(foundation, *options.first_admin);
  const bool is_unclean = bus::begin_run(foundation.database());
  may_end_clean = !is_unclean;
  if (is_unclean) log::warning("runtime", "the last run did not end by itself: messages are taken up with care");
  listeners.streams().tell_opened([this] { pumps.wake(bus::feed_pump); });
  bus.start(is_unclean);
  resume_erasure(foundation.database());
  if (kafka) kafka->start();
  watch();
  if (foundation.folder() != nullptr)
    control = std::make_unique<ControlSocket>(
        foundation.folder()->path(),
        [this](const ControlRequest& request, ControlOutput output) { return command(request, output); });
  if (redis) redis->start();
  listeners.start();
  may_end_clean = true;
  readiness.enter(Readiness::Phase::ready);
  log::info("runtime", "ready",
            {{"version", version}, {"port", listeners.port()}, {"adminPort", listeners.admin_port()}});
}

void App::Impl::stop() {
  const std::lock_guard lock{life};
  if (!is_running) return;
  is_running = false;
  readiness.enter(Readiness::Phase::draining);
  log::info("runtime", "draining");
  const StopBudget budget;
  jobs.quit_outside();
  if (!listeners.drain(budget.limit(foundation.config().http.drain_timeout.value)))
    log::warning("runtime", "requests that took too long were dropped");
  listeners.stop();
  scraper.stop();
  if (redis) redis->stop();
  control.reset();
  hash_pool.stop(budget.limit(tasks_stop_limit));
  task_pool.stop(budget.limit(tasks_stop_limit));
  if (!jobs.wait_for_outside(budget.limit(jobs_stop_limit))) log::warning("runtime", "a job took too long to stop");
  const bool pumps_rest = pumps.stop(budget.limit(pumps_stop_limit));
  if (!pumps_rest) log::warning("runtime", "background work took too long to stop");
  if (kafka) kafka->stop(budget.limit(kafka_stop_limit));
  try {
    // A message that kills the process may still lie ahead: the next run goes on with the care that this one owes.
    if (may_end_clean && !bus.is_careful()) bus::end_run(foundation.database());
    jobs.give_back(foundation.database());
    if (pumps_rest) modules.saga.give_back(foundation.database());
    foundation.database().close();
  } catch (const StoreError& error) {
    log::error("runtime", "the store could not be closed cleanly", {{"error", error.what()}});
  }
  watchdog.reset();
  log::info("runtime", "stopped");
}

bool App::Impl::settle(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  const auto left = [&] {
    return std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  };
  pumps.clock_moved();
  // What goes on outside of transactions wakes a pump when it ends.
  while (pumps.settle(left())) {
    if (jobs.is_quiet_outside()) return true;
    if (!jobs.wait_for_outside(left())) return false;
  }
  return false;
}

void App::Impl::watch() {
  const auto limit = foundation.config().database.watchdog.value;
  watchdog = std::make_unique<Watchdog>(
      limit,
      [this] {
        const auto stats = foundation.database().stats();
        return Watchdog::Reading{stats.progress, stats.waiting};
      },
      [this, limit] {
        foundation.fail(exit_internal,
                        "the store made no progress for " + to_text(Duration{limit}) + " with work waiting");
      });
}

int App::Impl::command(const ControlRequest& request, ControlOutput output) {
  if (request.command == "verify")
    return verify(foundation.database(), all_invariants(), output) ? exit_ok : exit_failed;
  if (request.command == "admin create") return create_admin(foundation, request.arguments, output);
  if (request.command.starts_with("dlq "))
    return bus::dead_letter_command(dead_letters, foundation.database(), request.command, request.arguments, output);
  if (request.command == "openapi") return output(http::openapi_document(routes, version)) ? exit_ok : exit_failed;
  if (request.command == "migrate") {
    static_cast<void>(output("the database is up to date"));
    return exit_ok;
  }
  static_cast<void>(output("'" + request.command + "' is no command of this version"));
  return exit_usage;
}

App::App(Config config, AppOptions options) : impl_(std::make_unique<Impl>(std::move(config), std::move(options))) {}

App::~App() { stop(); }

void App::start() { impl_->start(); }

void App::stop() { impl_->stop(); }

std::uint16_t App::port() const { return impl_->listeners.port(); }

std::uint16_t App::admin_port() const { return impl_->listeners.admin_port(); }

Database& App::database() { return impl_->foundation.database(); }

bool App::settle(std::chrono::milliseconds limit) { return impl_->settle(limit); }

void App::clock_moved() { impl_->pumps.clock_moved(); }

int App::command(const std::string& name, const json::object& arguments, Output output) {
  return impl_->command({name, arguments}, output);
}

}  // namespace guerdon
