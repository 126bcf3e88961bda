// From facts to the topics that events listen to.
#include "facts.hpp"

#include <stdexcept>

#include "event/topics.hpp"

namespace guerdon::progress {
namespace {

std::vector<std::string> topics_of_activity(const Fact& fact) {
  std::vector<std::string> topics{event::activity_topic(fact.activity)};
  for (const auto& member : fact.attributes)
    if (member.value().is_primitive())
      topics.push_back(event::activity_topic(fact.activity, member.key(), member.value()));
  return topics;
}

}  // namespace

std::vector<std::string> topics_of(const Fact& fact) {
  switch (fact.key.source) {
    case FactSource::login:
      return {std::string{event::login_topic}};
    case FactSource::session:
      return {std::string{event::session_topic}};
    case FactSource::activity:
      return topics_of_activity(fact);
    case FactSource::signup:
      return {std::string{event::signup_topic}};
    case FactSource::first_login:
      return {std::string{event::first_login_topic}};
  }
  throw std::logic_error("a fact from nowhere");
}

}  // namespace guerdon::progress
