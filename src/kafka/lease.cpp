// See lease.hpp. The database's clock decides, so that the servers' own may differ.
#include "kafka/lease.hpp"

#include "guerdon/process_id.hpp"

namespace guerdon::kafka {

Lease::Lease(Database& database, Random& random, std::string_view name)
    : database_(database), name_(name), holder_(to_text(make_process_id(random))) {}

bool Lease::take() {
  if (database_.engine() == Engine::sqlite) return true;
  const auto taken = database_.write([&](Tx& tx) -> Result<bool> {
    return tx.exec(
               "INSERT INTO kafka_leases (name, holder, expires_at) "
               "VALUES ($1, $2, clock_timestamp() + interval '20 seconds') "
               "ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at "
               "WHERE kafka_leases.holder = excluded.holder OR kafka_leases.expires_at < clock_timestamp()",
               name_, holder_) == 1;
  });
  return taken.value();
}

void Lease::give_back() {
  if (database_.engine() == Engine::sqlite) return;
  const auto given = database_.write([&](Tx& tx) -> Result<void> {
    tx.exec("DELETE FROM kafka_leases WHERE name = $1 AND holder = $2", name_, holder_);
    return {};
  });
  given.value();
}

bool Lease::is_held(Tx& tx) const {
  if (tx.engine() == Engine::sqlite) return true;
  return tx.find<std::int64_t>("SELECT 1 FROM kafka_leases WHERE name = $1 AND holder = $2 FOR SHARE", name_, holder_)
      .has_value();
}

}  // namespace guerdon::kafka
