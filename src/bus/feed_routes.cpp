// See feed_routes.hpp.
#include "bus/feed_routes.hpp"

namespace guerdon::bus {
namespace {

constexpr std::int64_t ordinary_page = 20;

template <class T>
std::optional<std::string> text_of(const std::optional<T>& text) {
  return text ? std::optional{text->value()} : std::nullopt;
}

std::int64_t size_of(const std::optional<PageSize>& limit) { return limit ? limit->value() : ordinary_page; }

void add_reader_routes(Router& routes, const Feed& feed) {
  routes.query({.method = "GET",
                .path = "/api/admin/feed",
                .policy = Policy::roles({Role::auditor, Role::admin}),
                .summary = "The consumers of the feed that have committed: how far, how far behind, since when"},
               [&feed](Snapshot& snapshot, const Caller&, const Request<None, PageQuery>& request) {
                 return feed.readers(snapshot, request.query);
               });
  routes.command({.method = "DELETE",
                  .path = "/api/admin/feed/{topic}/consumers/{consumer}",
                  .policy = Policy::roles({Role::admin}),
                  .summary = "Forget a consumer of the feed: messages are not kept for it any more",
                  .problems = {guerdon::problems::not_found}},
                 [&feed](Tx& tx, const Caller& caller, const Request<ReaderPath>& request) -> Result<None> {
                   const auto& path = request.path;
                   if (auto done = feed.forget(tx, caller, path.topic.value(), path.consumer.value()); !done)
                     return done.error();
                   return None{};
                 });
}

}  // namespace

void add_feed_routes(Router& routes, const Feed& feed) {
  add_reader_routes(routes, feed);
  const auto readers = Policy::roles({Role::auditor, Role::admin});
  routes.query(
      {.method = "GET",
       .path = "/api/admin/outbox",
       .policy = readers,
       .summary = "The messages of all topics or of one, in publishing order",
       .problems = {problems::cursor_expired, problems::log_restored}},
      [&feed](Snapshot& snapshot, const Caller& caller, const Request<None, OutboxQuery>& request) -> Result<FeedPage> {
        const auto& query = request.query;
        return feed.page(snapshot, caller,
                         {.topic = text_of(query.topic).value_or(std::string{}),
                          .consumer = {},
                          .after = text_of(query.after),
                          .limit = size_of(query.limit)});
      });
  routes.query({.method = "GET",
                .path = feed_path,
                .policy = readers,
                .summary = "A topic's messages after a cursor, or after what a consumer has committed",
                .problems = {guerdon::problems::not_found, problems::cursor_expired, problems::log_restored}},
               [&feed](Snapshot& snapshot, const Caller& caller,
                       const Request<TopicPath, FeedQuery>& request) -> Result<FeedPage> {
                 const auto& query = request.query;
                 return feed.page(snapshot, caller,
                                  {.topic = request.path.topic.value(),
                                   .consumer = text_of(query.consumer),
                                   .after = text_of(query.after),
                                   .limit = size_of(query.limit)});
               });
  routes.command({.method = "POST",
                  .path = "/api/admin/feed/{topic}/commit",
                  .policy = Policy::roles({Role::admin}),
                  .summary = "A consumer has done with everything up to a cursor",
                  .problems = {guerdon::problems::not_found, problems::cursor_expired, problems::log_restored}},
                 [&feed](Tx& tx, const Caller& caller,
                         const Request<TopicPath, None, CommitRequest>& request) -> Result<Committed> {
                   return feed.commit(tx, caller, request.path.topic.value(), request.body);
                 });
}

}  // namespace guerdon::bus
