// The typed in-process bus. Publishing writes to the transactional outbox, subscribing reads it as a log:
// order per topic and key, each effect exactly once, and what fails is parked without holding up other keys.
// It refuses to publish outside a transaction and to change once sealed.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "guerdon/codec.hpp"
#include "guerdon/json.hpp"
#include "guerdon/result.hpp"
#include "guerdon/store.hpp"

namespace guerdon {

/// A message is a described struct that names its topic and type, and says which key orders it.
///     struct UserLoggedIn {
///       static constexpr std::string_view topic = "user.login", type = "UserLoggedIn";
///       UserId user_id; SessionId session_id; Instant login_time;
///       std::string key() const { return user_id.to_string(); }
///     };
///     BOOST_DESCRIBE_STRUCT(UserLoggedIn, (), (user_id, session_id, login_time))
/// Its JSON form is pinned by a golden file in tests/golden/. Members named in an optional
/// `static constexpr std::array personal{...}` (wire names) are left out when messages.personalData is "pseudonymous":
/// whoever hears the message must do without them, so they are Omittable or have a default.
/// `static constexpr bool is_internal = true` keeps a topic within the server: it goes to no broker.
template <class M>
concept Message = requires(const M& m) {
  { M::topic } -> std::convertible_to<std::string_view>;
  { M::type } -> std::convertible_to<std::string_view>;
  { m.key() } -> std::convertible_to<std::string>;
};

namespace bus_detail {

template <Message M>
inline constexpr auto personal_members = [] {
  if constexpr (requires { M::personal; }) {
    std::array<std::string_view, M::personal.size()> names{};
    std::copy(M::personal.begin(), M::personal.end(), names.begin());
    return names;
  } else {
    return std::array<std::string_view, 0>{};
  }
}();

template <Message M>
consteval bool is_internal() {
  if constexpr (requires { M::is_internal; }) return M::is_internal;
  return false;
}

template <Message M>
consteval bool may_lack_personal_members() {
  std::size_t found = 0;
  boost::mp11::mp_for_each<MembersOf<M>>([&](auto member) {
    using Field = std::remove_cvref_t<decltype(std::declval<M&>().*member.pointer)>;
    for (const auto name : personal_members<M>)
      if (name == detail::member_name<decltype(member)>.view() && Codec<Field>::may_be_absent) ++found;
  });
  return found == personal_members<M>.size();
}

}  // namespace bus_detail

/// Puts a message into the outbox, in this transaction. The only way to say that something happened.
template <Message M>
void publish(Tx& tx, const M& message) {
  static_assert(bus_detail::may_lack_personal_members<M>(),
                "each name in `personal` must be a member that may be absent");
  tx.append(OutgoingMessage{.id = tx.new_id<MessageId>(),
                            .topic = std::string{M::topic},
                            .key = message.key(),
                            .type = std::string{M::type},
                            .payload = to_json(message),
                            .headers = {},
                            .personal = bus_detail::personal_members<M>});
}

/// A committed message as the log holds it. (partition, position) grows without gaps in commit order.
struct Delivery {
  int partition = 0;
  std::int64_t position = 0;
  MessageId id;
  std::string topic, key, type, payload;
  json::object headers;
  Instant time;
};

/// `{"id","eventType","timestamp","version":1,"partition","position","payload"}`: what every reader of a topic sees.
std::string envelope(const Delivery& delivery);

/// A failed attempt at a message, told to the subscriber's hooks inside the transaction that records it.
struct DeliveryFailure {
  const Delivery& delivery;
  std::string_view consumer;
  int attempt;
  std::string_view error;
};

/// One type of message on a topic, for the list of schemas.
struct MessageType {
  std::string_view topic, type;
  json::object (*schema)(SchemaRegistry&);
  bool is_internal = false;
};

struct SubscribeOptions {
  enum class From { earliest, latest };
  From from = From::earliest;                  ///< where a consumer that the database does not know yet begins
  int max_attempts = 8;                        ///< after the last one the message becomes a dead letter
  std::chrono::milliseconds first_delay{200};  ///< doubles with each attempt, full jitter, up to max_delay
  std::chrono::milliseconds max_delay{std::chrono::minutes{5}};
  /// Where transactions run side by side (PostgreSQL), each message has one of its own: for a handler whose locks must
  /// not be held while the next message takes its own. On SQLite, where nobody waits for a row, they share one.
  bool alone = false;
  /// After each failed attempt but the last; may publish (`event.progress.failed`).
  std::function<void(Tx&, const DeliveryFailure&)> on_failed{};
  /// When the message became a dead letter; may publish (`event.progress.dlq`). A message on a topic that ends in
  /// `.dlq` never becomes a dead letter itself: after the last attempt it is dropped, with a line in the log.
  /// What a hook throws is logged and undone; the record that it was told about stays.
  std::function<void(Tx&, const DeliveryFailure&)> on_dead{};
};

/// One pass of background work says whether there is more at once, or when to come back.
struct PumpResult {
  bool more = false;
  std::optional<Instant> next_at{};
};

/// Background work that is a function of a transaction: consumers, sagas, timers, retention are all pumps.
/// A pump runs in the background lane when woken (by its topics, by name) or when its `next_at` comes; one at a time.
/// A pass should stay under 5 ms and never exceeds 50 ms: do a chunk and return `more`.
class Pumps {
 public:
  virtual ~Pumps() = default;
  /// Before start only. Every pump also runs once at start. Throws std::logic_error for a duplicate name.
  virtual void add(std::string name, std::function<PumpResult(Tx&)> pass) = 0;
  /// Runs the pump soon. Thread-safe; from a transaction use `tx.on_commit([&]{ pumps.wake(name); })`.
  virtual void wake(std::string_view name) = 0;
};

class Bus {
 public:
  virtual ~Bus() = default;

  /// `handler(Tx&, const M&) -> Result<void>` sees every M in order per key, exactly once in effect. An error or a
  /// throw parks the message and later ones of its key. `consumer` is the name of its offset, unique and stable for
  /// ever. Throws std::logic_error for a duplicate name or once sealed.
  template <Message M, class F>
  void subscribe(std::string consumer, F handler, SubscribeOptions options = {}) {
    declare<M>();
    add(
        std::move(consumer), std::string{M::topic}, std::string{M::type},
        [handler = std::move(handler)](Tx& tx, const Delivery& delivery) -> Result<void> {
          auto body = parse_json(delivery.payload);
          if (!body) return body.error();
          auto message = decode<M>(*body, Unknown::ignore);
          if (!message) return message.error();
          return handler(tx, *message);
        },
        std::move(options));
  }

  using Handler = std::function<Result<void>(Tx&, const Delivery&)>;
  /// The untyped form, for whoever treats all messages of a topic alike. An empty type means every type.
  virtual void add(std::string consumer, std::string topic, std::string type, Handler handler,
                   SubscribeOptions options) = 0;

  /// Makes a message known to the catalogue; subscribing does so too. For messages that only the outside hears.
  template <Message M>
  void declare() {
    add_type({M::topic, M::type, [](SchemaRegistry& registry) { return schema<M>(registry); },
              bus_detail::is_internal<M>()});
  }

  /// No more subscriptions; called once by the wiring before start.
  virtual void seal() = 0;

  /// The messages declared so far, by topic and type.
  [[nodiscard]] virtual std::vector<MessageType> catalogue() const = 0;

 private:
  virtual void add_type(MessageType type) = 0;
};

}  // namespace guerdon
