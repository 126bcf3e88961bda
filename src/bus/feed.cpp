// See feed.hpp.
#include "bus/feed.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "bus/feed_readers.hpp"
#include "bus/feed_reading.hpp"
#include "bus/log_epoch.hpp"
#include "guerdon/audit.hpp"

namespace guerdon::bus {
namespace {

constexpr std::string_view earliest = "earliest", latest = "latest";
constexpr std::string_view readers_mark = "feed readers\n";
constexpr std::int64_t ordinary_page = 20;

Error no_cursor(std::string_view where, bool is_parameter) {
  return Error{Fault{std::string{where}, is_parameter, "bad-format",
                     "must be a cursor of this topic, as an item or a page has it" +
                         std::string{is_parameter ? ", or earliest or latest" : ""}}};
}

Error restored() {
  return {
      problems::log_restored,
      "The log is another one than this cursor was made in: a backup was restored. Begin again with after=earliest."};
}

Error expired() {
  return {problems::cursor_expired,
          "Messages after this place are not kept any more. Begin again with after=earliest; a consumer commits with "
          "reset first."};
}

std::string mark_of(const ReaderKey& reader) {
  return std::string{readers_mark}.append(reader.topic).append("\n").append(reader.consumer);
}

/// The reader that a page ended with. A name has no line ends.
std::optional<ReaderKey> read_mark(const CursorCodec& cursors, std::string_view cursor) {
  const auto text = cursors.open(cursor);
  if (!text || !text->starts_with(readers_mark)) return std::nullopt;
  const auto line = text->rfind('\n');
  if (line < readers_mark.size()) return std::nullopt;
  return ReaderKey{text->substr(readers_mark.size(), line - readers_mark.size()), text->substr(line + 1)};
}

/// Is the place one of this log, with all that comes after it?
Result<void> check_place(Snapshot& snapshot, const LogPlace& place, const Positions& heads) {
  if (place.epoch != epoch_of(snapshot) || place.positions.size() != heads.size()) return restored();
  for (std::size_t p = 0; p < heads.size(); ++p)
    if (place.positions[p] > heads[p]) return restored();
  if (is_pruned_after(snapshot, place.positions, heads)) return expired();
  return {};
}

}  // namespace

std::optional<std::string_view> ReaderNameRule::fault(std::string_view text) {
  const auto is_fine = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  if (std::all_of(text.begin(), text.end(), is_fine)) return std::nullopt;
  return "must consist of letters, digits, dots, underscores and hyphens";
}

Result<FeedPage> Feed::page(Snapshot& snapshot, const Caller& caller, const FeedQuestion& question) const {
  if (auto known = check_topic(snapshot, question.topic); !known) return known.error();
  auto place = begin_of(snapshot, question);
  if (!place) return place.error();
  const auto heads = list_heads(snapshot);
  if (auto checked = check_place(snapshot, *place, heads); !checked) return checked.error();

  auto reading = read_across(snapshot, question.topic, place->positions, heads, static_cast<int>(question.limit));
  FeedPage page;
  for (const auto& message : reading.messages) {
    place->positions[static_cast<std::size_t>(message.partition)] = message.position;
    page.items.push_back({.cursor = seal_place(cursors_, question.topic, *place),
                          .partition = message.partition,
                          .position = message.position,
                          .topic = message.topic,
                          .key = message.key,
                          .headers = headers_of(message),
                          .message = show_message(message, caller)});
  }
  place->positions = std::move(reading.end);
  page.cursor = seal_place(cursors_, question.topic, *place);
  if (reading.has_more) page.next_cursor = page.cursor;
  return page;
}

Result<Committed> Feed::commit(Tx& tx, const Caller& caller, const std::string& topic,
                               const CommitRequest& request) const {
  if (auto known = check_topic(tx, topic); !known) return known.error();
  if (!request.cursor && !request.reset)
    return Error{Fault{"/cursor", false, "required", "is required, unless reset is true"}};
  const auto heads = list_heads(tx);
  LogPlace place{epoch_of(tx), {}};
  if (request.cursor) {
    auto found = find_place(topic, request.cursor->value());
    if (!found) return no_cursor("/cursor", false);
    place = *std::move(found);
    if (auto checked = check_place(tx, place, heads); !checked) return checked.error();
  } else {
    place.positions = list_beginnings(tx, heads);
  }
  place.positions = commit_offsets(tx, topic, request.consumer.value(), place.positions, request.reset);
  Committed committed{"OK", request.consumer.value(), seal_place(cursors_, topic, place)};
  if (request.reset)
    record_audit(tx, caller,
                 {.action = "feed.reset",
                  .subject = topic,
                  .details = {{"consumer", request.consumer.value()}, {"to", json::value_from(place.positions)}}});
  return committed;
}

Result<Page<FeedReaderView>> Feed::readers(Snapshot& snapshot, const PageQuery& query) const {
  std::optional<ReaderKey> after;
  if (query.cursor) {
    after = read_mark(cursors_, query.cursor->value());
    if (!after) return Error{Fault{"cursor", true, "bad-format", "use nextCursor of the page before"}};
  }
  const auto limit = query.limit ? query.limit->value() : ordinary_page;
  auto found = list_readers(snapshot, after.value_or(ReaderKey{}), limit + 1);
  Page<FeedReaderView> page;
  if (static_cast<std::int64_t>(found.size()) > limit) {
    found.pop_back();
    page.next_cursor = cursors_.seal(mark_of(found.back().key));
  }
  const auto epoch = epoch_of(snapshot);
  for (auto& reader : found)
    page.items.push_back({.topic = reader.key.topic,
                          .consumer = reader.key.consumer,
                          .cursor = seal_place(cursors_, reader.key.topic, {epoch, reader.positions}),
                          .positions = std::move(reader.positions),
                          .lag = reader.lag,
                          .oldest_at = reader.oldest_at,
                          .committed_at = reader.committed_at});
  return page;
}

Result<void> Feed::forget(Tx& tx, const Caller& caller, const std::string& topic, const std::string& consumer) const {
  const auto positions = find_offsets(tx, topic, consumer);
  if (!positions || !remove_reader(tx, topic, consumer))
    return Error{guerdon::problems::not_found, "No consumer of that name has committed on this topic."};
  record_audit(tx, caller,
               {.action = "feed.consumer-removed",
                .subject = topic,
                .details = {{"consumer", consumer}, {"from", json::value_from(*positions)}}});
  return {};
}

Result<void> Feed::check_topic(Snapshot& snapshot, const std::string& topic) const {
  if (topic.empty() || declares_(topic)) return {};
  if (snapshot.find<std::int64_t>("SELECT 1 FROM outbox WHERE topic = $1 LIMIT 1", topic)) return {};
  return Error{guerdon::problems::not_found, "No message has this topic."};
}

Result<LogPlace> Feed::begin_of(Snapshot& snapshot, const FeedQuestion& question) const {
  const auto heads = list_heads(snapshot);
  LogPlace place{epoch_of(snapshot), {}};
  if (question.after == latest) {
    place.positions = heads;
    return place;
  }
  if (question.after && question.after != earliest) {
    auto found = find_place(question.topic, *question.after);
    if (!found) return no_cursor("after", true);
    return *std::move(found);
  }
  if (!question.after && question.consumer) {
    if (auto offsets = find_offsets(snapshot, question.topic, *question.consumer)) {
      place.positions = *std::move(offsets);
      return place;
    }
  }
  place.positions = list_beginnings(snapshot, heads);
  return place;
}

std::optional<LogPlace> Feed::find_place(std::string_view topic, std::string_view cursor) const {
  return open_place(cursors_, topic, cursor);
}

}  // namespace guerdon::bus
