// The whole server put together (app.hpp): the one file that names every module. It decides nothing but the order in
// which things are made, started and stopped.
#include "guerdon/app.hpp"

#include <mutex>
#include <utility>
#include <vector>

#include "audit/audit_log.hpp"
#include "auth/module.hpp"
#include "auth/ports.hpp"
#include "base/version.hpp"
#include "bus/invariants.hpp"
#include "bus/outbox_bus.hpp"
#include "bus/run_mark.hpp"
#include "event/module.hpp"
#include "guerdon/cursor.hpp"
#include "guerdon/platform.hpp"
#include "guerdon/routes.hpp"
#include "http/openapi.hpp"
#include "http/schemas.hpp"
#include "kafka/intakes.hpp"
#include "kafka/service.hpp"
#include "progress/module.hpp"
#include "reward/module.hpp"
#include "runtime/clock_route.hpp"
#include "runtime/control_socket.hpp"
#include "runtime/error_words.hpp"
#include "runtime/exit_codes.hpp"
#include "runtime/foundation.hpp"
#include "runtime/listeners.hpp"
#include "runtime/readiness.hpp"
#include "runtime/settings.hpp"
#include "runtime/task_pool.hpp"
#include "runtime/verify.hpp"
#include "runtime/watchdog.hpp"
#include "saga/module.hpp"

namespace guerdon {
namespace {

constexpr std::chrono::seconds pumps_stop_limit{5}, tasks_stop_limit{2}, kafka_stop_limit{5};
constexpr std::chrono::seconds clock_settle_limit{8};  // below what a request may take

// The business, in order of dependency. Each registers its routes, subscriptions and pumps as it is made.
struct Modules {
  explicit Modules(Platform& platform)
      : auth(platform),
        event(platform),
        progress(platform, event.user_data()),
        reward(platform, event.user_data()),
        saga(platform) {}

  auth::Module auth;
  event::Module event;
  progress::Module progress;
  reward::Module reward;
  saga::Module saga;
};

std::vector<Invariant> all_invariants() {
  auto all = platform_invariants();
  for (auto* const of_module : {bus::invariants, auth::invariants, event::invariants, progress::invariants,
                                reward::invariants, saga::invariants}) {
    for (auto& invariant : of_module()) all.push_back(std::move(invariant));
  }
  return all;
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* const value = object.if_contains({name.data(), name.size()});
  return value != nullptr && value->is_string() ? std::string{value->get_string()} : std::string{};
}

}  // namespace

struct App::Impl {
  Impl(Config config, AppOptions app_options);

  Listeners::Parts wired();
  void add_kafka();
  void start();
  void stop();
  void add_first_admin();
  bool settle(std::chrono::milliseconds limit);
  void watch();
  int command(const ControlRequest& request, ControlOutput output);
  int create_admin(const json::object& arguments, ControlOutput output);

  const AppOptions options;
  Foundation foundation;
  TaskPool hash_pool, task_pool;
  bus::PumpRunner pumps;
  bus::OutboxBus bus;
  CursorCodec cursors;
  http::RouteTable routes;
  kafka::IntakeHandlers intakes;
  Platform platform;
  Modules modules;
  Readiness readiness;
  std::unique_ptr<kafka::Service> kafka;  // null: not configured
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
      pumps(foundation.database(), foundation.clock()),
      bus(foundation.database(), pumps, foundation.random(), bus_settings(foundation.config())),
      cursors(foundation.cursor_key()),
      platform{foundation.config(), routes, bus, pumps, foundation.random(), cursors, &intakes},
      modules(platform),
      readiness(foundation.database(), foundation.sandbox() != nullptr),
      listeners(wired()) {}

Listeners::Parts App::Impl::wired() {
  foundation.database().set_outbox_sink(&bus);
  add_audit_route(routes, cursors);
  if (foundation.sandbox() != nullptr)
    add_clock_route(routes, foundation.database(), *foundation.sandbox(),
                    [this] { return settle(clock_settle_limit); });
  if (options.extend) options.extend(platform);
  add_kafka();
  bus.seal();
  http::add_schemas(routes, bus.catalogue());
  return {foundation, routes, modules.auth.authenticator(), task_pool, hash_pool, readiness};
}

void App::Impl::add_kafka() {
  const auto& config = foundation.config().kafka;
  if (!config.is_on()) return;
  kafka = std::make_unique<kafka::Service>(config, foundation.database(), bus, foundation.random(), intakes.activities);
  readiness.name("kafka", [this] { return kafka->state(); });
}

void App::Impl::start() {
  const std::lock_guard lock{life};
  if (is_running) return;
  is_running = true;
  add_first_admin();
  const bool is_unclean = bus::begin_run(foundation.database());
  may_end_clean = !is_unclean;
  if (is_unclean) log::warning("runtime", "the last run did not end by itself: messages are taken up with care");
  bus.start(is_unclean);
  if (kafka) kafka->start();
  watch();
  if (foundation.folder() != nullptr)
    control = std::make_unique<ControlSocket>(
        foundation.folder()->path(),
        [this](const ControlRequest& request, ControlOutput output) { return command(request, output); });
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
  if (!listeners.drain(foundation.config().http.drain_timeout.value))
    log::warning("runtime", "requests that took too long were dropped");
  listeners.stop();
  control.reset();
  hash_pool.stop(tasks_stop_limit);
  task_pool.stop(tasks_stop_limit);
  if (!pumps.stop(pumps_stop_limit)) log::warning("runtime", "background work took too long to stop");
  if (kafka) kafka->stop(kafka_stop_limit);
  try {
    // A message that kills the process may still lie ahead: the next run goes on with the care that this one owes.
    if (may_end_clean && !bus.is_careful()) bus::end_run(foundation.database());
    foundation.database().close();
  } catch (const StoreError& error) {
    log::error("runtime", "the store could not be closed cleanly", {{"error", error.what()}});
  }
  watchdog.reset();
  log::info("runtime", "stopped");
}

bool App::Impl::settle(std::chrono::milliseconds limit) {
  pumps.clock_moved();
  return pumps.settle(limit);
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

void App::Impl::add_first_admin() {
  if (!options.first_admin) return;
  auto& database = foundation.database();
  if (database.read([](Snapshot& snapshot) { return auth::has_admin(snapshot); })) return;
  const auto& [username, email, password] = *options.first_admin;
  const auto account = auth::prepare_account(foundation.config().auth, foundation.random(),
                                             {username, email, password, RoleSet{Role::admin}});
  if (!account) throw StartError(exit_config, "the first administrator: " + in_words(account.error()));
  const auto added = database.write([&](Tx& tx) { return auth::add_first_admin(tx, *account); });
  if (!added) throw StartError(exit_config, "the first administrator: " + in_words(added.error()));
  if (*added) log::info("runtime", "made the first administrator", {{"user", (*added)->to_string()}});
}

int App::Impl::command(const ControlRequest& request, ControlOutput output) {
  if (request.command == "verify")
    return verify(foundation.database(), all_invariants(), output) ? exit_ok : exit_failed;
  if (request.command == "admin create") return create_admin(request.arguments, output);
  if (request.command == "openapi") return output(http::openapi_document(routes, version)) ? exit_ok : exit_failed;
  if (request.command == "migrate") {
    static_cast<void>(output("the database is up to date"));
    return exit_ok;
  }
  static_cast<void>(output("'" + request.command + "' is no command of this version"));
  return exit_usage;
}

int App::Impl::create_admin(const json::object& arguments, ControlOutput output) {
  const auto refuse = [&](const Error& error) {
    static_cast<void>(output("refused: " + in_words(error)));
    return exit_failed;
  };
  const auth::AccountInput input{text_of(arguments, "username"), text_of(arguments, "email"),
                                 Secret<std::string>{text_of(arguments, "password")}, RoleSet{Role::admin}};
  const auto account = auth::prepare_account(foundation.config().auth, foundation.random(), input);
  if (!account) return refuse(account.error());
  const auto added = foundation.database().write([&](Tx& tx) { return auth::add_account_by(tx, Caller{}, *account); });
  if (!added) return refuse(added.error());
  static_cast<void>(output("made the administrator " + input.username + ", " + added->to_string()));
  return exit_ok;
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
