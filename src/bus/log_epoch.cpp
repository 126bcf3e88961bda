// See log_epoch.hpp.
#include "bus/log_epoch.hpp"

#include "guerdon/ids.hpp"

namespace guerdon::bus {
namespace {

struct EpochTag {
  static constexpr std::string_view prefix = "log";
};

}  // namespace

void ensure_epoch(Database& database) {
  if (database.read([](Snapshot& snapshot) { return !epoch_of(snapshot).empty(); })) return;
  const auto made = database.write([](Tx& tx) -> Result<void> {
    tx.exec("INSERT INTO server_state (key, value) VALUES ('log_epoch', $1) ON CONFLICT (key) DO NOTHING",
            tx.new_id<Id<EpochTag>>().to_string());
    return {};
  });
  made.value();
}

void renew_epoch(Tx& tx) {
  tx.exec(
      "INSERT INTO server_state (key, value) VALUES ('log_epoch', $1) "
      "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      tx.new_id<Id<EpochTag>>().to_string());
}

std::string epoch_of(Snapshot& snapshot) {
  return snapshot.find<std::string>("SELECT value FROM server_state WHERE key = 'log_epoch'").value_or(std::string{});
}

}  // namespace guerdon::bus
