// What the parts of the server tell operators at /metrics: a part registers once, and is asked at each scrape. Names
// are the part's word, what is measured and its unit, counters end in _total; seconds and bytes only. A label's values
// come from a set that nobody outside can enlarge: never an id, a name, a path or an address.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "guerdon/bus.hpp"
#include "guerdon/codec.hpp"
#include "guerdon/histogram_reading.hpp"
#include "guerdon/store.hpp"

namespace guerdon {

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

/// Where a scrape's values are put. A name has one help text and one kind.
class MetricSheet {
 public:
  virtual ~MetricSheet() = default;
  /// Only grows while the server runs.
  virtual void counter(std::string_view name, std::string_view help, double value, MetricLabels labels = {}) = 0;
  virtual void gauge(std::string_view name, std::string_view help, double value, MetricLabels labels = {}) = 0;
  virtual void histogram(std::string_view name, std::string_view help, const HistogramReading& reading,
                         MetricLabels labels = {}) = 0;
};

/// A counter of committed messages of one type; with a label, for each value of a member.
struct MessageCounter {
  std::string name, help;
  std::string_view topic, type;
  std::string label = {};
  std::string_view member = {};               ///< as it is named on the wire
  std::vector<std::string_view> values = {};  ///< all that it can be
};

/// Register while the server is wired, never later.
class Metrics {
 public:
  virtual ~Metrics() = default;

  /// Values that lie in memory. Called at each scrape, on any thread, one call at a time: must not wait.
  virtual void add(std::function<void(MetricSheet&)> source) = 0;
  /// Values that come from rows. All are read in one snapshot, every few seconds at most. A statement's work has to be
  /// bounded, however many rows there are.
  virtual void add_rows(std::function<void(Snapshot&, MetricSheet&)> source) = 0;

  // NOLINTBEGIN(performance-unnecessary-value-param): they are moved from; of a template the check does not see it
  /// Counts the messages M that are committed from now on: what happened in the business needs no other counter.
  template <Message M>
  void count(std::string name, std::string help) {
    count(MessageCounter{.name = std::move(name), .help = std::move(help), .topic = M::topic, .type = M::type});
  }
  /// The same, apart for each value of a member.
  template <Message M, DescribedEnum E>
  void count(std::string name, std::string help, std::string label, E M::* member) {
    std::string_view wire;
    boost::mp11::mp_for_each<MembersOf<M>>([&](auto one) {
      if constexpr (std::is_same_v<std::remove_cvref_t<decltype(one.pointer)>, E M::*>)
        if (one.pointer == member) wire = detail::member_name<decltype(one)>.view();
    });
    count(MessageCounter{.name = std::move(name),
                         .help = std::move(help),
                         .topic = M::topic,
                         .type = M::type,
                         .label = std::move(label),
                         .member = wire,
                         .values = wire_names<E>()});
  }
  // NOLINTEND(performance-unnecessary-value-param)

 private:
  virtual void count(MessageCounter counter) = 0;
};

}  // namespace guerdon
