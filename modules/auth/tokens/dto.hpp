// What others need to check access tokens: public keys, as RFC 7517 and RFC 8037 write them.
#pragma once

#include <string>
#include <vector>

#include "guerdon/codec.hpp"

namespace guerdon::auth {

struct PublishedKey {
  std::string kty, crv, x, kid, alg, use;
};
BOOST_DESCRIBE_STRUCT(PublishedKey, (), (kty, crv, x, kid, alg, use))

struct PublishedKeys {
  std::vector<PublishedKey> keys;
};
BOOST_DESCRIBE_STRUCT(PublishedKeys, (), (keys))

}  // namespace guerdon::auth
