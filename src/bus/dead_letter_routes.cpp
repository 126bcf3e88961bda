// See dead_letter_routes.hpp.
#include "bus/dead_letter_routes.hpp"

#include <utility>

#include "bus/feed_dto.hpp"
#include "guerdon/page.hpp"

namespace guerdon::bus {

namespace {

// One call: what is more is left for the next.
constexpr std::int64_t most_replayed = 10'000;

}  // namespace

struct DeadLetterQuery : PageQuery {
  std::optional<TopicName> topic;
  std::optional<Text<1, 100>> consumer;
};
BOOST_DESCRIBE_STRUCT(DeadLetterQuery, (PageQuery), (topic, consumer))

struct DeadLetterPath {
  DeadLetterId id;
};
BOOST_DESCRIBE_STRUCT(DeadLetterPath, (), (id))

struct ReplayQuery {
  TopicName topic;
  std::optional<Text<1, 100>> consumer;
};
BOOST_DESCRIBE_STRUCT(ReplayQuery, (), (topic, consumer))

struct DiscardQuery {
  Text<1, 500> reason;
};
BOOST_DESCRIBE_STRUCT(DiscardQuery, (), (reason))

struct DeadLetterView {
  DeadLetterId id;
  std::string consumer, topic, key;
  MessageId message_id;
  std::int64_t attempts = 0;
  std::string error;
  Instant first_at, last_at;
  EnvelopeText message;
};
BOOST_DESCRIBE_STRUCT(DeadLetterView, (),
                      (id, consumer, topic, key, message_id, attempts, error, first_at, last_at, message))

struct ReplayAccepted {
  std::string result = "ACCEPTED";
};
BOOST_DESCRIBE_STRUCT(ReplayAccepted, (), (result))

struct ReplayCount {
  std::string result = "ACCEPTED";
  std::int64_t replayed = 0;
  std::int64_t skipped = 0;  ///< their consumer is unknown here
  bool has_more = false;     ///< call again
};
BOOST_DESCRIBE_STRUCT(ReplayCount, (), (result, replayed, skipped, has_more))

namespace {

template <class T>
std::optional<std::string> text_of(const std::optional<T>& text) {
  return text ? std::optional{text->value()} : std::nullopt;
}

DeadLetterView show(const DeadLetter& letter, const Caller& caller) {
  return {.id = letter.id,
          .consumer = letter.consumer,
          .topic = letter.message.topic,
          .key = letter.message.key,
          .message_id = letter.message.id,
          .attempts = letter.attempts,
          .error = letter.error,
          .first_at = letter.first_at,
          .last_at = letter.last_at,
          .message = show_message(letter.message, caller)};
}

void add_looks(Router& routes, const DeadLetters& letters, const CursorCodec& cursors) {
  const auto readers = Policy::roles({Role::auditor, Role::admin});
  routes.query({.method = "GET",
                .path = "/api/admin/dlq",
                .policy = readers,
                .summary = "Messages that a consumer gave up, newest first"},
               [&](Snapshot& snapshot, const Caller& caller,
                   const Request<None, DeadLetterQuery>& request) -> Result<Page<DeadLetterView>> {
                 const DeadLetterFilter filter{text_of(request.query.topic), text_of(request.query.consumer)};
                 return page_by_id<DeadLetterView>(
                     cursors, request.query,
                     [&](std::optional<Uuid> before, std::int64_t limit) {
                       std::vector<DeadLetterView> views;
                       for (const auto& letter : letters.list(snapshot, filter, before, limit))
                         views.push_back(show(letter, caller));
                       return views;
                     },
                     [](const DeadLetterView& view) { return view.id.uuid(); });
               });
  routes.query(
      {.method = "GET",
       .path = "/api/admin/dlq/{id}",
       .policy = readers,
       .summary = "A message that a consumer gave up, and why",
       .problems = {guerdon::problems::not_found}},
      [&](Snapshot& snapshot, const Caller& caller, const Request<DeadLetterPath>& request) -> Result<DeadLetterView> {
        const auto letter = letters.find(snapshot, request.path.id);
        if (!letter) return letter.error();
        return show(*letter, caller);
      });
}

void add_replays(Router& routes, const DeadLetters& letters) {
  routes.command({.method = "POST",
                  .path = "/api/admin/dlq/{id}/replay",
                  .policy = Policy::roles({Role::admin}),
                  .summary = "Hand a dead letter to its consumer again",
                  .status = 202,
                  .problems = {guerdon::problems::not_found, problems::consumer_unknown}},
                 [&](Tx& tx, const Caller& caller, const Request<DeadLetterPath>& request) -> Result<ReplayAccepted> {
                   if (auto replayed = letters.replay(tx, caller, request.path.id); !replayed) return replayed.error();
                   return ReplayAccepted{};
                 });
  using ReplayCall = Request<None, ReplayQuery>;
  routes.command_in_steps(
      {.method = "POST",
       .path = "/api/admin/dlq/replay",
       .policy = Policy::roles({Role::admin}),
       .summary = "Hand all dead letters of a topic to their consumers again",
       .status = 202},
      [&](Tx& tx, const Caller& caller, const ReplayCall& call,
          ReplayProgress& progress) -> Result<std::optional<ReplayCount>> {
        const ReplayFilter filter{call.query.topic.value(), text_of(call.query.consumer)};
        letters.replay_next(tx, caller, filter, progress);
        const auto seen = progress.replayed + progress.skipped;
        if (!progress.is_over && seen < most_replayed) return std::optional<ReplayCount>{};
        return std::optional{
            ReplayCount{.replayed = progress.replayed, .skipped = progress.skipped, .has_more = !progress.is_over}};
      });
}

}  // namespace

void add_dead_letter_routes(Router& routes, const DeadLetters& letters, const CursorCodec& cursors) {
  add_looks(routes, letters, cursors);
  add_replays(routes, letters);
  routes.command(
      {.method = "DELETE",
       .path = "/api/admin/dlq/{id}",
       .policy = Policy::roles({Role::admin}),
       .summary = "Discard a dead letter, for a reason",
       .problems = {guerdon::problems::not_found}},
      [&letters](Tx& tx, const Caller& caller, const Request<DeadLetterPath, DiscardQuery>& request) -> Result<None> {
        const auto discarded = letters.discard(tx, caller, request.path.id, request.query.reason);
        if (!discarded) return discarded.error();
        return None{};
      });
}

}  // namespace guerdon::bus
