// See readiness.hpp.
#include "runtime/readiness.hpp"

#include <mutex>

#include "guerdon/codec.hpp"

namespace guerdon {
namespace {

constexpr std::chrono::seconds between_probes{1};
constexpr std::chrono::seconds patience{2};  // a write that takes longer is a sign by itself

constexpr Sql touch =
    "INSERT INTO server_state (key, value) VALUES ('runtime.writable', $1) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value";

std::string_view name_of(Readiness::Phase phase) {
  switch (phase) {
    case Readiness::Phase::starting:
      return "starting";
    case Readiness::Phase::ready:
      return "ready";
    case Readiness::Phase::draining:
      return "draining";
  }
  return "unknown";
}

std::string_view state_after(const std::exception_ptr& failure) {
  try {
    if (failure) std::rethrow_exception(failure);
    return "ok";
  } catch (const StoreError& error) {
    if (error.kind() == StoreError::Kind::overloaded) return "overloaded";
    return error.kind() == StoreError::Kind::storage_full ? "full" : "unavailable";
  } catch (const std::exception&) {
    return "unavailable";
  }
}

json::string as_json(std::string_view text) { return json::string{text.data(), text.size()}; }

}  // namespace

struct Readiness::Store {
  std::mutex mutex;
  std::string_view state = "ok";  // the start has just written to it
  bool is_asked = false;          // a probe is on its way
  Time asked_at{};
};

class Readiness::Probe final : public Command {
 public:
  explicit Probe(std::shared_ptr<Store> store) : store_(std::move(store)) {}

  bool run(Tx& tx) override {
    tx.exec(touch, to_rfc3339(tx.now()));
    return true;
  }
  void done(std::exception_ptr failure) noexcept override {
    const std::lock_guard lock{store_->mutex};
    store_->state = state_after(failure);
    store_->is_asked = false;
  }

 private:
  std::shared_ptr<Store> store_;
};

Readiness::Readiness(Database& database, bool is_sandbox)
    : database_(database), is_sandbox_(is_sandbox), store_(std::make_shared<Store>()) {}

std::string_view Readiness::ask(Time now) {
  std::unique_lock lock{store_->mutex};
  if (store_->is_asked) return now - store_->asked_at > patience ? "slow" : store_->state;
  const auto known = store_->state;
  if (now - store_->asked_at < between_probes) return known;
  store_->is_asked = true;
  store_->asked_at = now;
  lock.unlock();  // a store that refuses says so at once, on this thread
  database_.submit(std::make_unique<Probe>(store_));
  return known;
}

Readiness::Report Readiness::report(Time now) {
  const auto phase = phase_.load();
  const auto store = phase == Phase::ready ? ask(now) : std::string_view{"unknown"};
  Report report{phase == Phase::ready && store == "ok", {}};
  auto status = phase == Phase::ready && !report.is_ready ? std::string_view{"not-ready"} : name_of(phase);
  json::object dependencies{{"store", as_json(store)}, {"migrations", "applied"}};
  for (const auto& [name, state] : helpers_) {
    const auto helper = state();
    dependencies[name] = as_json(helper.name);
    if (!helper.is_fine && report.is_ready) status = "degraded";
  }
  json::object body{{"status", as_json(status)}, {"dependencies", std::move(dependencies)}};
  if (is_sandbox_) body["sandbox"] = true;
  append_json_object(report.body, body);
  return report;
}

}  // namespace guerdon
