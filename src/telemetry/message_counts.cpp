// See message_counts.hpp. Of a type with a label the payload is read; such types are rare among what is published.
#include "telemetry/message_counts.hpp"

#include <algorithm>
#include <string>

#include "guerdon/json.hpp"
#include "telemetry/log.hpp"

namespace guerdon::telemetry {

namespace {

std::string text_of(std::string_view text) { return std::string{text}; }

}  // namespace

void MessageCounts::declare(const std::vector<MessageType>& catalogue) {
  for (const auto& type : catalogue) types_[Name{type.topic, type.type}];
}

void MessageCounts::add(MessageCounter counter) {
  auto& type = types_[Name{counter.topic, counter.type}];
  type.tallies.push_back(std::make_unique<Tally>(std::move(counter)));
}

void MessageCounts::note(std::span<const OutgoingMessage> messages) noexcept {
  for (const auto& message : messages) {
    const auto found = types_.find(Name{message.topic, message.type});
    if (found == types_.end()) {
      unknown_.fetch_add(1, std::memory_order_relaxed);
      continue;
    }
    found->second.published.fetch_add(1, std::memory_order_relaxed);
    for (const auto& tally : found->second.tallies) tally->note(message);
  }
}

void MessageCounts::Tally::note(const OutgoingMessage& message) noexcept {
  std::size_t place = counter.values.size();
  if (!counter.member.empty()) {
    try {
      const auto payload = parse_json(message.payload);
      const auto* const object = payload ? payload->if_object() : nullptr;
      const auto* const value =
          object == nullptr ? nullptr : object->if_contains({counter.member.data(), counter.member.size()});
      if (value != nullptr && value->is_string()) {
        const std::string_view text{value->get_string().data(), value->get_string().size()};
        const auto known = std::find(counter.values.begin(), counter.values.end(), text);
        place = static_cast<std::size_t>(known - counter.values.begin());
      }
    } catch (const std::exception& error) {  // out of memory, most likely: counted as one without a value
      log::warning("telemetry", "a message could not be counted by its member", {{"error", error.what()}});
    }
  }
  counts[place].fetch_add(1, std::memory_order_relaxed);
}

void MessageCounts::collect(MetricSheet& sheet) const {
  constexpr std::string_view published = "bus_messages_published_total";
  constexpr std::string_view about = "Messages committed to the outbox.";
  const auto read = [](const std::atomic<std::uint64_t>& count) {
    return static_cast<double>(count.load(std::memory_order_relaxed));
  };
  for (const auto& [name, type] : types_) {
    sheet.counter(published, about, read(type.published),
                  {{"topic", text_of(name.first)}, {"type", text_of(name.second)}});
    for (const auto& tally : type.tallies) {
      const auto& counter = tally->counter;
      for (std::size_t i = 0; i < counter.values.size(); ++i)
        sheet.counter(counter.name, counter.help, read(tally->counts[i]),
                      {{counter.label, text_of(counter.values[i])}});
      if (counter.label.empty()) sheet.counter(counter.name, counter.help, read(tally->counts.back()));
    }
  }
  sheet.counter(published, about, read(unknown_), {{"topic", "other"}, {"type", "other"}});
}

}  // namespace guerdon::telemetry
