// What a server stands on before anything of the business exists: data folder, keys, clock, log and an open, migrated
// store. It also decides what happens when the store's state is not known any more: the process ends.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "guerdon/app.hpp"
#include "guerdon/config.hpp"
#include "guerdon/ids.hpp"
#include "guerdon/random.hpp"
#include "runtime/data_folder.hpp"
#include "runtime/sandbox_clock.hpp"
#include "runtime/server_keys.hpp"
#include "runtime/uptime_clock.hpp"
#include "store/open.hpp"
#include "telemetry/log.hpp"

namespace guerdon {

class Foundation {
 public:
  /// Locks, opens and migrates; to read only, it makes nothing and wants a current schema. Throws StartError.
  Foundation(Config config, const AppOptions& options);
  /// Closes the store.
  ~Foundation();
  Foundation(const Foundation&) = delete;
  Foundation& operator=(const Foundation&) = delete;

  /// With the signing key that is in force.
  [[nodiscard]] const Config& config() const noexcept { return config_; }
  [[nodiscard]] Random& random() noexcept { return random_; }
  [[nodiscard]] const Clock& clock() const noexcept;
  /// The system's, without a sandbox's lead; and the time that has passed by no matter which clock.
  [[nodiscard]] const Clock& system_clock() const noexcept { return base_clock_; }
  [[nodiscard]] const Clock& uptime() const noexcept { return uptime_; }
  /// Null where the sandbox clock is off.
  [[nodiscard]] SandboxClock* sandbox() noexcept { return sandbox_ ? &*sandbox_ : nullptr; }
  [[nodiscard]] const std::string& cursor_key() const noexcept { return cursor_key_; }
  /// Null for a store in memory.
  [[nodiscard]] const DataFolder* folder() const noexcept { return folder_ ? &*folder_ : nullptr; }
  [[nodiscard]] store::ManagedDatabase& database() noexcept { return *database_; }

  /// Ends the process, or does what the options say instead.
  void fail(int exit_code, const std::string& reason);

 private:
  void open_log(bool to_stderr);
  void open_database(bool read_only);
  void restore_clock();

  Config config_;
  const std::function<void(int, const std::string&)> on_fatal_;
  std::unique_ptr<log::Output> log_;
  std::unique_ptr<Random> system_random_;
  Random& random_;
  std::optional<DataFolder> folder_;
  std::string cursor_key_;
  SystemClock system_clock_;
  const Clock& base_clock_;
  UptimeClock own_uptime_;
  const Clock& uptime_;
  std::optional<SandboxClock> sandbox_;
  IdSource ids_;
  std::unique_ptr<store::ManagedDatabase> database_;
};

}  // namespace guerdon
