// See feed_events.hpp.
#include "bus/feed_events.hpp"

#include <array>
#include <memory>
#include <utility>

#include "guerdon/routes.hpp"
#include "http/event_source.hpp"

namespace guerdon::bus {
namespace {

constexpr std::int64_t ordinary_page = 100;
constexpr std::size_t no_body = 0;

class FeedEvents final : public http::EventSource {
 public:
  FeedEvents(const Feed& feed, FeedQuestion question) : feed_(feed), question_(std::move(question)) {}

  Result<bool> read(Snapshot& snapshot, const Caller& caller, std::string& out) override {
    const auto page = feed_.page(snapshot, caller, question_);
    if (!page) return page.error();
    for (const auto& item : page->items) {
      out.append("id: ").append(item.cursor).append("\ndata: ");
      encode(out, item);
      out += "\n\n";
    }
    if (!page->items.empty()) told_ = page->items.back().cursor;
    question_.after = page->cursor;
    return page->next_cursor.has_value();
  }

  // The place moves on while others are told of: a client that comes back after a quiet week should know it.
  void beat(std::string& out) override {
    if (told_ == question_.after) return;
    told_ = *question_.after;
    out.append("id: ").append(told_).append("\n");
  }

  [[nodiscard]] bool follows(std::string_view topic) const override { return topic == question_.topic; }

 private:
  const Feed& feed_;
  FeedQuestion question_;
  std::string told_;
};

}  // namespace

http::OpenEvents feed_events(const Feed& feed) {
  return [&feed](const RawRequest& raw, std::string_view last_event_id) -> Result<std::unique_ptr<http::EventSource>> {
    static const std::array<std::string, 1> names{"topic"};
    const auto request = routes_detail::decode_request<Request<TopicPath, FeedQuery>>(raw, names, no_body);
    if (!request) return request.error();
    const auto& query = request->query;
    FeedQuestion question{.topic = request->path.topic.value(),
                          .consumer = {},
                          .after = {},
                          .limit = query.limit ? query.limit->value() : ordinary_page};
    if (query.consumer) question.consumer = query.consumer->value();
    if (query.after) question.after = query.after->value();
    if (!last_event_id.empty()) question.after = std::string{last_event_id};
    return std::unique_ptr<http::EventSource>{std::make_unique<FeedEvents>(feed, std::move(question))};
  };
}

}  // namespace guerdon::bus
