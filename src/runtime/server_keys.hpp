// The keys a server works with: the configured one, or its own that is made at the first start; all others are derived.
#pragma once

#include <string>

#include "guerdon/config.hpp"
#include "guerdon/random.hpp"
#include "runtime/data_folder.hpp"

namespace guerdon {

struct ServerKeys {
  SigningKey signing;
  std::string cursors;  ///< derived, so that several servers with one signing key read each other's cursors
};

/// Without a folder (a store in memory) and without a configured key, the keys live as long as the process.
/// Throws StartError (78) when the kept secret can't be used.
[[nodiscard]] ServerKeys load_keys(const AuthConfig& config, const DataFolder* folder, Random& random);

}  // namespace guerdon
