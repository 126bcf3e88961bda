// A client of server-sent events that takes them apart by hand.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>

#include "guerdon/json.hpp"
#include "support/raw_client.hpp"

namespace guerdon::test {

/// What stands between two empty lines.
struct EventBlock {
  std::string id, event, data, comment, retry;
};

class EventClient {
 public:
  EventClient(std::uint16_t port, const std::string& path, const std::string& token, const std::string& fields = {})
      : raw(port) {
    raw.send(request("GET", path, "Authorization: Bearer " + token + "\r\nAccept: text/event-stream\r\n" + fields));
  }

  /// The head of the answer, which must be a stream.
  RawAnswer head() {
    auto answer = raw.receive(true);
    if (answer.status != 200) throw std::runtime_error("no stream: " + answer.head);
    return answer;
  }

  EventBlock next_block() {
    const auto text = raw.receive_until("\n\n");
    EventBlock block;
    for (std::size_t begin = 0; begin < text.size() && text[begin] != '\n';) {
      const auto end = text.find('\n', begin);
      add(block, std::string_view{text}.substr(begin, end - begin));
      begin = end + 1;
    }
    return block;
  }

  /// What is still to come; throws when the end is not an orderly one.
  std::string rest() { return raw.receive_to_end(); }

  /// The next one that says something.
  EventBlock next_event() {
    for (;;)
      if (auto block = next_block(); !block.data.empty()) return block;
  }

  /// The number of the note in the next event.
  std::int64_t next_number() {
    last = next_event();
    const auto item = parse_json(last.data).value();
    return item.at("message").at("payload").at("number").as_int64();
  }

  RawClient raw;
  EventBlock last;

 private:
  static void add(EventBlock& block, std::string_view line) {
    const auto colon = line.find(':');
    const auto name = line.substr(0, colon);
    auto value = line.substr(std::min(line.size(), colon + 1));
    if (value.starts_with(' ')) value.remove_prefix(1);
    auto& member = name == "id"      ? block.id
                   : name == "event" ? block.event
                   : name == "data"  ? block.data
                   : name == "retry" ? block.retry
                                     : block.comment;
    if (name.empty() || &member != &block.comment) member = value;
  }
};

}  // namespace guerdon::test
