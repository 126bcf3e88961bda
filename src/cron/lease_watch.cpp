// See lease_watch.hpp.
#include "cron/lease_watch.hpp"

namespace guerdon::cron {

bool LeaseWatch::is_over(const JobRow& job, Engine engine) {
  if (!job.holder || engine == Engine::sqlite) return true;
  const auto now = steady_();
  const auto [sight, is_new] = seen_.try_emplace(job.name, Sight{*job.holder, job.beat, now});
  if (is_new) return false;
  if (sight->second.holder != *job.holder || sight->second.beat != job.beat) {
    sight->second = {*job.holder, job.beat, now};
    return false;
  }
  return now - sight->second.since >= lease_;
}

bool LeaseWatch::wants_beat(const std::string& job) const {
  const auto last = beats_.find(job);
  return last == beats_.end() || steady_() - last->second >= lease_ / 3;
}

}  // namespace guerdon::cron
