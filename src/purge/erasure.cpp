// See erasure.hpp. The wish is a row of server_state.
#include "purge/erasure.hpp"

#include <memory>
#include <utility>

#include "telemetry/log.hpp"

namespace guerdon {
namespace {

/// Forgets the wish that has come true; a newer one stays. Whatever goes wrong, the next start looks again.
class Forget final : public Command {
 public:
  explicit Forget(std::string wish) : wish_(std::move(wish)) {}

  [[nodiscard]] Lane lane() const noexcept override { return Lane::background; }

  bool run(Tx& tx) override {
    tx.exec("DELETE FROM server_state WHERE key = 'erase.pending' AND value = $1", wish_);
    return true;
  }

  void done(std::exception_ptr failure) noexcept override {
    if (!failure) log::info("purge", "what was removed has vanished from the store's files", {{"run", wish_}});
  }

 private:
  const std::string wish_;
};

void erase(store::ManagedDatabase& database, const std::string& wish) {
  database.erase_deleted([&database, wish] { database.submit(std::make_unique<Forget>(wish)); });
}

}  // namespace

void want_erasure(Tx& tx, store::ManagedDatabase& database, const std::string& wish) {
  tx.exec(
      "INSERT INTO server_state (key, value) VALUES ('erase.pending', $1) "
      "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      wish);
  tx.on_commit([&database, wish] { erase(database, wish); });
}

void resume_erasure(store::ManagedDatabase& database) {
  const auto wish = database.read([](Snapshot& snapshot) {
    return snapshot.find<std::string>("SELECT value FROM server_state WHERE key = 'erase.pending'");
  });
  if (wish) erase(database, *wish);
}

}  // namespace guerdon
