// What the feed's routes take and answer.
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/message_view.hpp"
#include "guerdon/codec.hpp"

namespace guerdon::bus {

using TopicName = Text<1, 100>;
using CursorText = Text<1, 1024>;
using PageSize = Bounded<1, 100>;

struct ReaderNameRule : AnyText {
  static constexpr std::string_view pattern = "^[A-Za-z0-9._-]+$";
  static std::optional<std::string_view> fault(std::string_view text);
};
using ReaderName = Text<1, 64, ReaderNameRule>;

struct TopicPath {
  TopicName topic;
};
BOOST_DESCRIBE_STRUCT(TopicPath, (), (topic))

struct ReaderPath {
  TopicName topic;
  ReaderName consumer;
};
BOOST_DESCRIBE_STRUCT(ReaderPath, (), (topic, consumer))

struct OutboxQuery {
  std::optional<TopicName> topic;
  std::optional<CursorText> after;  ///< a cursor, "earliest" or "latest"
  std::optional<PageSize> limit;
};
BOOST_DESCRIBE_STRUCT(OutboxQuery, (), (topic, after, limit))

struct FeedQuery {
  std::optional<ReaderName> consumer;
  std::optional<CursorText> after;  ///< as above; wins over what the consumer has committed
  std::optional<PageSize> limit;
};
BOOST_DESCRIBE_STRUCT(FeedQuery, (), (consumer, after, limit))

struct FeedItem {
  std::string cursor;
  std::int64_t partition = 0, position = 0;
  std::string topic, key;
  json::object headers;
  EnvelopeText message;
};
BOOST_DESCRIBE_STRUCT(FeedItem, (), (cursor, partition, position, topic, key, headers, message))

struct FeedPage {
  std::vector<FeedItem> items;
  std::optional<std::string> next_cursor;  ///< there is more now
  std::string cursor;                      ///< where this page ends, items or not
};
BOOST_DESCRIBE_STRUCT(FeedPage, (), (items, next_cursor, cursor))

struct CommitRequest {
  ReaderName consumer;
  std::optional<CursorText> cursor;
  Defaulted<bool, false> reset;  ///< back to the cursor if it lies behind; without one, to the oldest message there is
};
BOOST_DESCRIBE_STRUCT(CommitRequest, (), (consumer, cursor, reset))

struct Committed {
  std::string result, consumer;
  std::string cursor;  ///< as far as the consumer is now
};
BOOST_DESCRIBE_STRUCT(Committed, (), (result, consumer, cursor))

struct FeedReaderView {
  std::string topic, consumer;
  std::string cursor;                   ///< as far as it has committed
  std::vector<std::int64_t> positions;  ///< the same, by the number of the partition
  std::int64_t lag = 0;                 ///< messages of the topic after that, up to 10,000
  std::optional<Instant> oldest_at;     ///< of the first of them
  Instant committed_at;                 ///< its last commit
};
BOOST_DESCRIBE_STRUCT(FeedReaderView, (), (topic, consumer, cursor, positions, lag, oldest_at, committed_at))

}  // namespace guerdon::bus
