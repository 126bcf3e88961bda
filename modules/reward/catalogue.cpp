// Decides who sees which rewards and what a reward may be.
#include "catalogue.hpp"

#include "event/ports.hpp"
#include "model.hpp"
#include "repository.hpp"
#include "subscribers.hpp"

namespace guerdon::reward {
namespace {

Result<void> check_sees_event(Snapshot& snapshot, const Caller& caller, event::EventId id) {
  const auto event = event::find_event(snapshot, id);
  if (event && (event->state != event::EventState::draft || caller.is_staff())) return {};
  return Error{problems::not_found, "there is no such event"};
}

}  // namespace

Result<RewardView> Catalogue::register_reward(Tx& tx, event::EventId event, const RewardRegisterRequest& request) {
  if (!event::find_event(tx, event)) return Error{problems::not_found, "there is no such event"};
  const json::object& metadata = request.metadata.value;
  if (const auto points = points_of(metadata); !points) return points.error();

  RewardView reward{.id = tx.new_id<RewardId>(),
                    .event_id = event,
                    .type = request.type,
                    .name = {},
                    .metadata = metadata,
                    .quantity = {},
                    .granted = 0,
                    .remaining = {},
                    .created_at = tx.now(),
                    .updated_at = tx.now()};
  if (request.name) reward.name = request.name->value();
  if (request.quantity) reward.remaining = reward.quantity = request.quantity->value();

  const bool is_first = reward::list_rewards(tx, event).empty();
  add_reward(tx, reward);
  if (is_first) {
    begin_backlog(tx, event);
    tx.on_commit([this] { pumps_.wake(backlog_pump); });
  }
  return reward;
}

Result<RewardView> Catalogue::get_reward(Snapshot& snapshot, const Caller& caller, event::EventId event,
                                         RewardId id) const {
  if (const auto sees = check_sees_event(snapshot, caller, event); !sees) return sees.error();
  auto reward = find_reward(snapshot, event, id);
  if (!reward) return Error{problems::not_found, "there is no such reward"};
  return *std::move(reward);
}

Result<Page<RewardView>> Catalogue::list_rewards(Snapshot& snapshot, const Caller& caller, event::EventId event,
                                                 const RewardListQuery& query) const {
  if (const auto sees = check_sees_event(snapshot, caller, event); !sees) return sees.error();
  return page_by_id<RewardView>(
      cursors_, query,
      [&](std::optional<Uuid> before, std::int64_t limit) {
        return page_rewards(snapshot, event, query.type, before, limit);
      },
      [](const RewardView& reward) { return reward.id.uuid(); });
}

}  // namespace guerdon::reward
