#include "store/open.hpp"

#include "guerdon/app.hpp"
#include "runtime/exit_codes.hpp"
#include "store/postgres/database.hpp"
#include "store/sqlite/database.hpp"

namespace guerdon::store {

std::unique_ptr<ManagedDatabase> open_database(DatabaseOptions options) {
  if (options.url.starts_with("sqlite:")) return open_sqlite(std::move(options));
  if (options.url.starts_with("postgres")) return open_postgres(std::move(options));
  throw StartError(exit_config, "database.url must be sqlite:<path> or postgres://<user>@<host>/<database>");
}

}  // namespace guerdon::store
