// What progress listens to. Declarations only.
#include "subscribers.hpp"

#include <algorithm>

#include "auth/messages.hpp"
#include "auth/session_messages.hpp"
#include "event/messages.hpp"
#include "guerdon/bus.hpp"
#include "progress/messages.hpp"
#include "service.hpp"
#include "user_data.hpp"

namespace guerdon::progress {
namespace {

constexpr std::string_view rebuild_pump = "progress.rebuild";

/// The parts of an event that decide what its progress is.
constexpr auto what_counts = {event::EventPart::condition, event::EventPart::period, event::EventPart::activity,
                              event::EventPart::time_zone};

/// Both attempts and dead letters are told to the outside, since a user's reward may hang on them.
SubscribeOptions with_failures_published() {
  SubscribeOptions options;
  options.on_failed = [](Tx& tx, const DeliveryFailure& failure) {
    publish(tx, EventProgressFailed{.user_id = failure.delivery.key,
                                    .message_id = failure.delivery.id,
                                    .attempt = failure.attempt,
                                    .error = std::string{failure.error}});
  };
  options.on_dead = [](Tx& tx, const DeliveryFailure& failure) {
    publish(tx, EventProgressDeadLettered{.user_id = failure.delivery.key,
                                          .message_id = failure.delivery.id,
                                          .attempt = failure.attempt,
                                          .error = std::string{failure.error},
                                          .message = json::parse(envelope(failure.delivery))});
  };
  return options;
}

void rebuild_soon(Tx& tx, Pumps& pumps, Service& service, event::EventId event) {
  service.request_rebuild(tx, event);
  tx.on_commit([&pumps] { pumps.wake(rebuild_pump); });
}

/// Who may take part again is told anew what they met meanwhile: nobody listened to it for them then.
void follow_returns(Platform& platform) {
  auto& pumps = platform.pumps;
  platform.bus.subscribe<auth::UserStatusChanged>(
      "progress.status-changed", [&pumps](Tx& tx, const auth::UserStatusChanged& message) -> Result<void> {
        if (message.to == auth::AccountStatus::active)
          rebuild_user_soon(tx, pumps, message.user_id, auth::Return::served);
        return {};
      });
  platform.bus.subscribe<auth::UserRolesChanged>(
      "progress.roles-changed", [&pumps](Tx& tx, const auth::UserRolesChanged& message) -> Result<void> {
        const bool was_user = std::ranges::count(message.from, Role::user) > 0;
        const bool is_user = std::ranges::count(message.to, Role::user) > 0;
        if (is_user && !was_user) rebuild_user_soon(tx, pumps, message.user_id, auth::Return::served);
        return {};
      });
}

void follow_users(Platform& platform, Service& service) {
  platform.bus.subscribe<auth::UserLoggedIn>(
      "progress.logins",
      [&service](Tx& tx, const auth::UserLoggedIn& message) {
        return service.count_login(tx, message.user_id, message.login_time);
      },
      with_failures_published());
  platform.bus.subscribe<auth::SessionContinued>(
      "progress.sessions",
      [&service](Tx& tx, const auth::SessionContinued& message) {
        return service.count_session(tx, message.user_id, message.continued_at);
      },
      with_failures_published());
  platform.bus.subscribe<auth::UserCreated>(
      "progress.registrations",
      [&service](Tx& tx, const auth::UserCreated& message) {
        return service.count_signup(tx, message.user_id, message.created_at);
      },
      with_failures_published());
  platform.bus.subscribe<ActivityPosted>(
      "progress.activities",
      [&service](Tx& tx, const ActivityPosted& message) { return service.count_activity(tx, message.activity_id); },
      with_failures_published());
}

void follow_events(Platform& platform, Service& service) {
  auto& pumps = platform.pumps;
  platform.bus.subscribe<event::EventCreated>(
      "progress.event-created", [&pumps, &service](Tx& tx, const event::EventCreated& message) -> Result<void> {
        rebuild_soon(tx, pumps, service, message.event_id);
        return {};
      });
  platform.bus.subscribe<event::EventUpdated>(
      "progress.event-updated", [&pumps, &service](Tx& tx, const event::EventUpdated& message) -> Result<void> {
        if (message.touches(what_counts)) rebuild_soon(tx, pumps, service, message.event_id);
        return {};
      });
  platform.bus.subscribe<event::EventRestored>(
      "progress.event-restored", [&pumps, &service](Tx& tx, const event::EventRestored& message) -> Result<void> {
        rebuild_soon(tx, pumps, service, message.event_id);
        return {};
      });
}

}  // namespace

void declare_subscribers(Platform& platform, Service& service, auth::UserDataOwners& user_data) {
  platform.pumps.add(std::string{rebuild_pump}, [&service](Tx& tx) { return service.rebuild(tx); });
  follow_users(platform, service);
  follow_events(platform, service);
  follow_returns(platform);
  own_user_data(platform.pumps, user_data);
}

}  // namespace guerdon::progress
