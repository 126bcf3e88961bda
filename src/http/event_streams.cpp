// A stream is on its way in (nobody counts it yet), waiting (it has the connection's ticket and nothing to tell),
// reading (a task has the ticket), or its client is taking a page (nobody has one). What is committed meanwhile is
// remembered as `is_woken`.
#include "http/event_streams.hpp"

#include <utility>
#include <vector>

#include "telemetry/log.hpp"

namespace guerdon::http {

namespace {

// For a client that comes back by itself, in milliseconds.
constexpr std::string_view opening = "retry: 2000\n";
constexpr std::string_view heartbeat = ": heartbeat\n\n";

// The last event of a stream that can't go on.
std::string farewell(const std::string& problem) { return "event: problem\ndata: " + problem + "\n\n"; }

}  // namespace

class EventStreams::Stream final : public Pieces, public std::enable_shared_from_this<Stream> {
 public:
  Stream(EventStreams& all, Job job, std::unique_ptr<EventSource> source)
      : all_(all), job_(std::move(job)), source_(std::move(source)) {}
  ~Stream() override { all_.strike(*this); }

  void next(Ticket ticket) override;
  void run(Ticket ticket, Cause cause);

  // With the lock of all_.
  [[nodiscard]] bool follows(std::string_view topic) const { return source_->follows(topic); }
  std::optional<Ticket> take_ticket() {
    is_woken = true;
    if (!waiting) return std::nullopt;
    std::optional<Ticket> taken{std::move(*waiting)};
    waiting.reset();
    is_woken = false;
    return taken;
  }
  std::optional<Ticket> waiting;
  bool is_woken = false;
  Instant told_at;

 private:
  struct Found {
    std::optional<Response> refusal = {};
    std::optional<Error> error = {};
    std::string text = {};
    bool has_more = false;
  };
  struct Held {
    Ticket ticket;
    std::optional<Response> refusal;
  };
  void enter(Ticket ticket);
  void take_place(Ticket ticket, std::optional<Response> refusal);
  Found look();
  void tell(Ticket ticket, Found found, Cause cause);
  void answer(Ticket ticket, std::string text, bool has_more, Cause cause);

  EventStreams& all_;
  Job job_;
  const std::unique_ptr<EventSource> source_;
};

/// What a task carries. It can be copied, as tasks must; there is still one ticket.
struct EventStreams::Turn {
  std::shared_ptr<Stream> stream;
  Ticket ticket;
  Cause cause;
};

void EventStreams::open(Job job, std::unique_ptr<EventSource> source, Ticket ticket) {
  read_soon(std::make_shared<Stream>(*this, std::move(job), std::move(source)), std::move(ticket), Cause::entry);
}

bool EventStreams::enlist(Stream& stream) {
  const std::lock_guard lock{mutex_};
  if (streams_.size() >= rules_.most) return false;
  stream.told_at = clock_.now();
  streams_.insert(&stream);
  count_.store(streams_.size(), std::memory_order_relaxed);
  return true;
}

void EventStreams::strike(Stream& stream) noexcept {
  const std::lock_guard lock{mutex_};
  streams_.erase(&stream);
  count_.store(streams_.size(), std::memory_order_relaxed);
}

void EventStreams::read_soon(std::shared_ptr<Stream> stream, Ticket ticket, Cause cause) {
  auto turn = std::make_shared<Turn>(Turn{std::move(stream), std::move(ticket), cause});
  if (tasks_.post([turn] { turn->stream->run(std::move(turn->ticket), turn->cause); })) return;
  if (cause == Cause::entry || cause == Cause::first) return;  // a ticket that is dropped says 503
  const std::lock_guard lock{mutex_};
  turn->stream->is_woken = true;  // the next beat tries again
  turn->stream->waiting.emplace(std::move(turn->ticket));
}

// Whoever is found keeps its stream alive until the lock is free again: ending one takes the lock.
template <class Wants>
void EventStreams::wake_those(Wants wants, Cause cause) {
  std::vector<std::pair<std::shared_ptr<Stream>, std::optional<Ticket>>> woken;
  {
    const std::lock_guard lock{mutex_};
    for (auto* stream : streams_) {
      if (!wants(*stream)) continue;
      auto alive = stream->weak_from_this().lock();
      if (alive) woken.emplace_back(std::move(alive), stream->take_ticket());
    }
  }
  for (auto& [stream, ticket] : woken)
    if (ticket) read_soon(stream, std::move(*ticket), cause);
}

void EventStreams::wake(std::string_view topic) noexcept {
  if (open_streams() > 0) wake_those([&](const Stream& stream) { return stream.follows(topic); }, Cause::commit);
}

void EventStreams::wake_all() noexcept {
  if (open_streams() > 0) wake_those([](const Stream&) { return true; }, Cause::commit);
}

std::optional<Instant> EventStreams::beat(Instant now) {
  if (open_streams() == 0) return std::nullopt;
  auto next = now + rules_.heartbeat;
  wake_those(
      [&](const Stream& stream) {
        if (!stream.waiting) return false;
        const auto due = stream.told_at + rules_.heartbeat;
        if (due <= now || stream.is_woken) return true;
        next = std::min(next, due);
        return false;
      },
      Cause::beat);
  return next;
}

void EventStreams::Stream::next(Ticket ticket) {
  {
    const std::lock_guard lock{all_.mutex_};
    if (!std::exchange(is_woken, false)) {
      waiting.emplace(std::move(ticket));
      return;
    }
  }
  all_.read_soon(shared_from_this(), std::move(ticket), Cause::commit);
}

// Who may not call, or calls too often, is told so without having held a place. The count that servers have in common
// is asked once, when the snapshot is gone.
void EventStreams::Stream::enter(Ticket ticket) {
  std::optional<Response> refusal;
  try {
    all_.readers_.with_reader([&](Reader& reader) {
      reader.run([&](Snapshot& snapshot) { refusal = admit(job_, snapshot); }, all_.rules_.longest_steps);
    });
  } catch (...) {
    refusal = failure_response(std::current_exception(), job_.request_id());
  }
  if (!owes_count(job_)) return take_place(std::move(ticket), std::move(refusal));
  const auto held = std::make_shared<Held>(Held{std::move(ticket), std::move(refusal)});
  job_.is_shared = true;
  job_.limiter->share(*job_.allowed, [self = shared_from_this(), held](const Allowed& counted) {
    self->job_.allowed = counted;
    if (!counted.is_allowed) return held->ticket.answer(with_limits(self->job_, too_often(self->job_)));
    self->take_place(std::move(held->ticket), std::move(held->refusal));
  });
}

// Before the first page is read: what is committed from here on wakes this stream.
void EventStreams::Stream::take_place(Ticket ticket, std::optional<Response> refusal) {
  if (!refusal && !all_.enlist(*this))
    refusal = problem_response(
        Error{problems::too_many_streams, "Too many clients follow already."}.after(std::chrono::seconds{5}),
        job_.request_id());
  if (refusal) return ticket.answer(with_limits(job_, *std::move(refusal)));
  if (all_.opened_) all_.opened_();
  all_.read_soon(shared_from_this(), std::move(ticket), Cause::first);
}

// Its caller may have lost the right to call since.
EventStreams::Stream::Found EventStreams::Stream::look() {
  Found found;
  // A key does not expire by itself: each look asks its row.
  if (job_.credential && !job_.credential->key && job_.credential->expires_at <= all_.clock_.now()) {
    found.error = Error{guerdon::problems::token_expired};
    return found;
  }
  all_.readers_.with_reader([&](Reader& reader) {
    reader.run(
        [&](Snapshot& snapshot) {
          if ((found.refusal = admit(job_, snapshot))) return;
          auto more = source_->read(snapshot, job_.caller, found.text);
          if (more)
            found.has_more = *more;
          else
            found.error = std::move(more).error();
        },
        all_.rules_.longest_steps);
  });
  return found;
}

void EventStreams::Stream::run(Ticket ticket, Cause cause) {
  const log::RequestScope scope{job_.request_id()};
  if (cause == Cause::entry) return enter(std::move(ticket));
  Found found;
  try {
    found = look();
  } catch (...) {
    found.refusal = failure_response(std::current_exception(), job_.request_id());
  }
  tell(std::move(ticket), std::move(found), cause);
}

void EventStreams::Stream::tell(Ticket ticket, Found found, Cause cause) {
  if (!found.refusal && !found.error) return answer(std::move(ticket), std::move(found.text), found.has_more, cause);
  auto refusal = found.refusal ? *std::move(found.refusal) : problem_response(*found.error, job_.request_id());
  all_.strike(*this);  // its place is free before the client can know
  if (cause == Cause::first) return ticket.answer(with_limits(job_, std::move(refusal)));
  ticket.answer({.body = farewell(refusal.body), .close = true});
}

void EventStreams::Stream::answer(Ticket ticket, std::string text, bool has_more, Cause cause) {
  bool is_read_again = false;
  {
    const std::lock_guard lock{all_.mutex_};
    const bool is_silent = text.empty() && cause == Cause::commit;
    if (!is_silent) told_at = all_.clock_.now();
    is_woken = is_woken || has_more;
    is_read_again = is_silent && std::exchange(is_woken, false);
    if (is_silent && !is_read_again) waiting.emplace(std::move(ticket));
    if (is_silent && !is_read_again) return;
  }
  if (is_read_again) return all_.read_soon(shared_from_this(), std::move(ticket), Cause::commit);
  if (cause == Cause::first) {
    Response first{.body = std::string{opening}, .content_type = events_type};
    if (text.empty()) source_->beat(first.body);  // or a client that leaves before an event would not know its place
    first.body.append("\n").append(text);
    first.rest = shared_from_this();
    return ticket.answer(with_limits(job_, std::move(first)));
  }
  if (text.empty()) {
    source_->beat(text);
    text += heartbeat;
  }
  ticket.answer({.body = std::move(text)});
}

}  // namespace guerdon::http
