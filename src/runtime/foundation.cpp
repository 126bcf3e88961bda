// See foundation.hpp.
#include "runtime/foundation.hpp"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "runtime/settings.hpp"

namespace guerdon {
namespace {

bool has_file(const DatabaseUrl& url) {
  std::error_code ignored;
  return std::filesystem::exists(url.file(), ignored);
}

std::optional<DataFolder> lock_folder(const Config& config, const AppOptions& options) {
  auto path = data_folder_of(config.database.url, options.data_folder);
  if (!path) return std::nullopt;
  // Who only looks needs the lock for a file, and makes no folder where there is none.
  if (options.read_only && !has_file(config.database.url)) return std::nullopt;
  return DataFolder{*std::move(path)};
}

}  // namespace

Foundation::Foundation(Config config, const AppOptions& options)
    : config_(std::move(config)),
      on_fatal_(options.on_fatal),
      system_random_(options.random == nullptr ? system_random() : nullptr),
      random_(options.random == nullptr ? *system_random_ : *options.random),
      folder_(lock_folder(config_, options)),
      base_clock_(options.clock == nullptr ? system_clock_ : *options.clock),
      uptime_(options.uptime != nullptr  ? *options.uptime
              : options.clock != nullptr ? *options.clock
                                         : static_cast<const Clock&>(own_uptime_)),
      ids_(random_) {
  open_log(options.log_to_stderr);
  check_randomness(random_);
  auto keys = load_keys(config_.auth, options.read_only ? nullptr : folder(), random_);
  config_.auth.jwt_secret_base64 = std::move(keys.signing);
  cursor_key_ = std::move(keys.cursors);
  if (config_.sandbox.clock) sandbox_.emplace(base_clock_);
  open_database(options.read_only);
  restore_clock();
}

Foundation::~Foundation() {
  if (database_) database_->close();
}

const Clock& Foundation::clock() const noexcept {
  if (sandbox_) return *sandbox_;
  return base_clock_;
}

void Foundation::open_log(bool to_stderr) {
  if (to_stderr && config_.log.level != LogLevel::off) log_ = std::make_unique<log::Output>(log_options(config_.log));
}

void Foundation::open_database(bool read_only) {
  store::DatabaseOptions options;
  options.url = config_.database.url.text();
  options.may_create = !read_only;
  options.full_durability = config_.database.durability == Durability::full;
  options.queue = static_cast<int>(config_.database.queue.value());
  options.connections = static_cast<int>(config_.database.connections.value());
  options.clock = &clock();
  options.ids = &ids_;
  options.on_fatal = [this](int code, const std::string& reason) { fail(code, reason); };
  options.on_slow_command = [](std::chrono::milliseconds took) {
    log::warning("store", "a command took longer than 50 ms", {{"milliseconds", took.count()}});
  };
  database_ = store::open_database(options);
  if (read_only) return store::require_current_schema(*database_);
  store::migrate(*database_);
}

void Foundation::restore_clock() {
  const auto lead = database_->read([](Snapshot& snapshot) { return saved_clock_lead(snapshot); });
  if (sandbox_) {
    sandbox_->set_ahead(lead);
    log::warning("runtime", "the sandbox clock is on: this server's time can be moved. Never in production",
                 {{"ahead", to_text(Duration{lead})}});
  } else if (lead > lead.zero()) {
    log::warning("runtime", "this data was used with a sandbox clock, which is off now: some of it lies in the future",
                 {{"ahead", to_text(Duration{lead})}});
  }
}

void Foundation::fail(int exit_code, const std::string& reason) {
  if (on_fatal_) return on_fatal_(exit_code, reason);
  log::error("runtime", "the server ends itself", {{"reason", reason}, {"exit", exit_code}});
  std::fprintf(stderr, "guerdon: %s\n", reason.c_str());
  log_.reset();  // writes what is queued
  _exit(exit_code);
}

}  // namespace guerdon
