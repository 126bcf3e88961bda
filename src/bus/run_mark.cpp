// See run_mark.hpp.
#include "bus/run_mark.hpp"

namespace guerdon::bus {
namespace {

void set_mark(Tx& tx, std::string_view is_clean) {
  tx.exec(
      "INSERT INTO server_state (key, value) VALUES ('clean_shutdown', $1) "
      "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      is_clean);
}

}  // namespace

bool begin_run(Database& database) {
  const auto unclean = database.write([](Tx& tx) -> Result<bool> {
    const auto mark = tx.find<std::string>("SELECT value FROM server_state WHERE key = 'clean_shutdown'");
    set_mark(tx, "false");
    return mark == "false";
  });
  return unclean.value();
}

void end_run(Database& database) {
  const auto marked = database.write([](Tx& tx) -> Result<void> {
    set_mark(tx, "true");
    return {};
  });
  marked.value();
}

}  // namespace guerdon::bus
