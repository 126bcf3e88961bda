// The public keys never change while the server runs, so the answer is made once.
#include "routes.hpp"

#include "dto.hpp"
#include "guerdon/base64url.hpp"
#include "guerdon/routes.hpp"

namespace guerdon::auth {
namespace {

PublishedKey published(const Ed25519PublicKey& key) {
  return {.kty = "OKP",
          .crv = "Ed25519",
          .x = to_base64url(key.bytes()),
          .kid = thumbprint(key),
          .alg = "EdDSA",
          .use = "sig"};
}

PublishedKeys published(const Ed25519Keys& keys) {
  PublishedKeys all;
  const auto& current = keys.current.public_key();
  if (!current.empty()) all.keys.push_back(published(current));
  if (!keys.previous.empty() && keys.previous.bytes() != current.bytes()) all.keys.push_back(published(keys.previous));
  return all;
}

}  // namespace

void declare_token_routes(Router& routes, const Ed25519Keys& keys) {
  routes.query(
      {.method = "GET",
       .path = "/.well-known/jwks.json",
       .policy = Policy::anyone(),
       .summary = "The public keys of access tokens; none where a secret signs them"},
      [all = published(keys)](Snapshot&, const Caller&, const Request<>&) -> Result<PublishedKeys> { return all; });
}

}  // namespace guerdon::auth
