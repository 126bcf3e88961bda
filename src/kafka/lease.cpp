// See lease.hpp. The database's clock decides, so that the servers' own may differ.
#include "kafka/lease.hpp"

#include "guerdon/crypto.hpp"

namespace guerdon::kafka {
namespace {

std::string make_holder(Random& random) {
  const auto bytes = random_bytes<16>(random);
  return to_hex(std::string_view{reinterpret_cast<const char*>(bytes.data()), bytes.size()});  // NOLINT: bytes as text
}

}  // namespace

Lease::Lease(Database& database, Random& random, std::string_view name)
    : database_(database), name_(name), holder_(make_holder(random)) {}

bool Lease::take() {
  if (database_.engine() == Engine::sqlite) return true;
  const auto taken = database_.write([&](Tx& tx) -> Result<bool> {
    return tx.exec(Sql{"SELECT 1",
                       "INSERT INTO kafka_leases (name, holder, expires_at) "
                       "VALUES ($1, $2, clock_timestamp() + interval '20 seconds') "
                       "ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at "
                       "WHERE kafka_leases.holder = excluded.holder OR kafka_leases.expires_at < clock_timestamp()"},
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
  return tx
      .find<std::int64_t>(Sql{"SELECT 1", "SELECT 1 FROM kafka_leases WHERE name = $1 AND holder = $2 FOR SHARE"},
                          name_, holder_)
      .has_value();
}

}  // namespace guerdon::kafka
