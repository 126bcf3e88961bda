// Wires the reward module.
#include "reward/module.hpp"

#include "catalogue.hpp"
#include "guerdon/bus.hpp"
#include "guerdon/cursor.hpp"
#include "metrics.hpp"
#include "requests.hpp"
#include "reward/messages.hpp"
#include "routes.hpp"
#include "subscribers.hpp"
#include "user_data.hpp"
#include "wallets.hpp"

namespace guerdon::reward {

Module::Module(Platform& platform, auth::UserDataOwners& user_data)
    : wallets_(std::make_unique<Wallets>(platform.cursors)),
      catalogue_(std::make_unique<Catalogue>(platform.cursors, platform.pumps)),
      requests_(std::make_unique<Requests>(platform.cursors)) {
  declare_routes(platform.routes, *catalogue_, *requests_, *wallets_);
  declare_subscribers(platform, *requests_);
  platform.bus.declare<RewardRequested>();
  platform.bus.declare<RewardRequestApproved>();
  platform.bus.declare<RewardRequestRejected>();
  platform.bus.declare<RewardGranted>();
  declare_metrics(platform.metrics);
  own_user_data(user_data);
}

Module::~Module() = default;

}  // namespace guerdon::reward
