// Loaded once and kept: its functions are called until the process ends.
#include "store/postgres/libpq.hpp"

#include <dlfcn.h>

#include <string>

#include "guerdon/app.hpp"
#include "runtime/exit_codes.hpp"

namespace guerdon::store::postgres {
namespace {

// The version of its interface since 2005; the one whose header this is compiled with.
constexpr const char* library = "libpq.so.5";

[[noreturn]] void refuse() {
  const char* const why = dlerror();  // NOLINT(concurrency-mt-unsafe): glibc keeps one for each thread
  throw StartError{exit_config, std::string{"PostgreSQL's client library can't be loaded: install libpq5: "} +
                                    (why == nullptr ? library : why)};
}

void* load() {
  void* const handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) refuse();
  return handle;
}

}  // namespace

void* libpq_symbol(const char* name) {
  static void* const handle = load();
  void* const symbol = dlsym(handle, name);
  if (symbol == nullptr) refuse();
  return symbol;
}

}  // namespace guerdon::store::postgres
