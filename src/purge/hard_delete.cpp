// A subject's own row goes first: from that commit on it can't be restored, and nothing new is written of it. What one
// transaction can't hold is kept as remains, and goes before anything else.
#include "purge/hard_delete.hpp"

#include <algorithm>
#include <utility>

#include "guerdon/attempt.hpp"
#include "guerdon/audit.hpp"
#include "purge/platform_rows.hpp"

namespace guerdon {
namespace {

constexpr std::string_view clock_jumped = "clock-jumped", too_many_users = "too-many-users";

json::object details_of(const PurgeRun& run) {
  json::object details{{"until", to_rfc3339(run.until_at)}, {"dueUsers", run.due_users}, {"dueEvents", run.due_events}};
  if (run.state == PurgeState::refused) {
    details["refusal"] = run.refusal.value();
    return details;
  }
  details["users"] = run.users;
  details["events"] = run.events;
  details["failed"] = run.failed;
  details["rows"] = run.counts;
  return details;
}

std::string text_of(std::string_view kind, const Uuid& id) { return std::string{kind} + " " + to_text(id); }

PurgeStart answer_of(PurgeStart::Outcome outcome, const PurgeRun& run) {
  return {.outcome = outcome,
          .run = run.id,
          .refusal = run.refusal.value_or(""),
          .due_users = run.due_users,
          .due_events = run.due_events};
}

/// Whoever asked for a job that runs now: from where is known no more.
Caller caller_of(const ActorId& actor) {
  Caller caller;
  caller.user = UserId::parse(actor.value());
  caller.key = KeyId::parse(actor.value());
  return caller;
}

/// The last run, if it was refused.
std::optional<PurgeRun> find_refused(Snapshot& snapshot) {
  auto last = find_last_run(snapshot);
  if (last && last->state != PurgeState::refused) last.reset();
  return last;
}

}  // namespace

/// Users or events: the same is done with both.
struct HardDelete::Kind {
  std::string_view name;
  const PurgeSource& source;
  PurgeOwner::Remove PurgeOwner::* remove;
  std::int64_t PurgeRun::* removed;
};

HardDelete::HardDelete(HardDeleteRules rules, Parts parts) : rules_(rules), parts_(std::move(parts)) {}

PurgeRun HardDelete::new_run(Tx& tx, Instant until) const {
  PurgeRun run;
  run.id = tx.new_id<PurgeRunId>();
  run.until_at = until;
  run.due_users = parts_.users.count_due(tx, until);
  run.due_events = parts_.events.count_due(tx, until);
  run.started_at = tx.now();
  return run;
}

/// Who was due then goes, and nobody else.
PurgeStart HardDelete::start_confirmed(Tx& tx, const PurgeRun& refused, const Caller& caller) {
  if (refused.refusal == clock_jumped) parts_.clock.trust(tx);
  auto run = new_run(tx, std::min(refused.until_at, tx.now() - rules_.retention));
  run.confirmed_by = caller.actor().value();
  auto started = start(tx, run);
  record_audit(tx, caller,
               {.action = "hard-delete.confirmed", .subject = run.id.to_string(), .details = details_of(refused)});
  return started;
}

PurgeStart HardDelete::begin(Tx& tx, const std::optional<ActorId>& confirmed_by) {
  if (const auto running = lock_running(tx)) return answer_of(PurgeStart::Outcome::running, *running);
  if (confirmed_by)
    if (const auto refused = find_refused(tx)) return start_confirmed(tx, *refused, caller_of(*confirmed_by));
  auto run = new_run(tx, tx.now() - rules_.retention);
  run.refusal = reason_to_refuse(tx, run);
  return start(tx, std::move(run));
}

Result<PurgeStart> HardDelete::confirm(Tx& tx, const Caller& caller) {
  if (const auto running = lock_running(tx)) return answer_of(PurgeStart::Outcome::running, *running);
  const auto refused = find_refused(tx);
  if (!refused) return Error{nothing_to_confirm, "the last hard delete was not refused"};
  return start_confirmed(tx, *refused, caller);
}

std::optional<std::string> HardDelete::reason_to_refuse(Tx& tx, const PurgeRun& run) const {
  if (!parts_.clock.is_sound(tx)) return std::string{clock_jumped};
  if (run.due_users <= rules_.most_users) return std::nullopt;
  if (run.due_users * rules_.most_share <= parts_.users.count_all(tx)) return std::nullopt;
  return std::string{too_many_users};
}

PurgeStart HardDelete::start(Tx& tx, PurgeRun run) {
  if (run.refusal) {
    run.state = PurgeState::refused;
    run.finished_at = tx.now();
  }
  if (!add_run(tx, run)) return answer_of(PurgeStart::Outcome::running, run);
  forget_failures(tx);  // what was mended meanwhile goes now
  if (run.refusal) {
    record_audit(tx, Caller{},
                 {.action = "hard-delete.refused", .subject = run.id.to_string(), .details = details_of(run)});
    return answer_of(PurgeStart::Outcome::refused, run);
  }
  return answer_of(PurgeStart::Outcome::started, run);
}

bool HardDelete::pass(Tx& tx) {
  auto run = lock_running(tx);
  if (!run) return true;
  if (!work_on(tx, *run)) {
    save_run(tx, *run);
    return false;
  }
  finish(tx, *run);
  return true;
}

/// False when there is more to do.
bool HardDelete::work_on(Tx& tx, PurgeRun& run) const {
  switch (run.stage) {
    case PurgeStage::users:
      if (remove_subjects(tx, {"USER", parts_.users, &PurgeOwner::user, &PurgeRun::users}, run))
        run.stage = PurgeStage::events;
      return false;
    case PurgeStage::events:
      if (remove_subjects(tx, {"EVENT", parts_.events, &PurgeOwner::event, &PurgeRun::events}, run))
        run.stage = run.users > 0 ? PurgeStage::answers : PurgeStage::tidy;
      return false;
    case PurgeStage::answers:
      if (remove_answers(tx, run)) run.stage = PurgeStage::tidy;
      return false;
    case PurgeStage::tidy:
      return tidy(tx, run);
  }
  return true;
}

/// Whatever the owners have of it. False when there may be more.
bool HardDelete::clear(Tx& tx, const Kind& kind, const Uuid& id, PurgeBatch& batch) const {
  for (const auto& owner : parts_.owners) {
    if (batch.is_full()) return false;
    if (const auto& action = owner.*kind.remove) action(tx, id, batch);
  }
  return !batch.is_full();
}

/// Of something whose own row is gone, counted in `one` so far; `room` is what the transaction may still touch.
void HardDelete::remove(Tx& tx, const Kind& kind, PurgeRun& run, PurgeRemains remains, PurgeBatch one,
                        std::int64_t& room) const {
  const bool is_clear = clear(tx, kind, remains.id, one);
  room = one.room();
  add_counts(run.counts, one.counts());
  add_counts(remains.counts, one.counts());
  if (!is_clear) return save_remains(tx, kind.name, remains);
  end_remains(tx, kind.name, remains.id);
  if (kind.remove != &PurgeOwner::user) return;
  for (const auto& owner : parts_.owners)
    if (owner.user_removed) owner.user_removed(tx, UserId{remains.id}, counts_of(remains.counts));
}

/// What one that is damaged undergoes is undone, and the run goes past it. False when it was.
bool HardDelete::attempt_one(Tx& tx, const Kind& kind, PurgeRun& run, const Uuid& id,
                             FunctionRef<void(PurgeRun&)> work) const {
  auto changed = run;
  if (attempt(tx, "hard delete of " + text_of(kind.name, id), [&] { work(changed); })) {
    run = std::move(changed);
    return true;
  }
  add_failure(tx, kind.name, id);
  ++run.failed;
  return false;
}

std::vector<Uuid> HardDelete::list_due(Tx& tx, const Kind& kind, const PurgeRun& run) const {
  const auto failed = list_failures(tx, kind.name);
  auto due = kind.source.list_due(tx, run.until_at, rules_.subjects_a_pass + std::ssize(failed));
  std::erase_if(due, [&](const Uuid& id) { return failed.contains(id); });
  return due;
}

/// True when none is left. One that fails ends the pass: nobody knows what it has cost.
bool HardDelete::remove_subjects(Tx& tx, const Kind& kind, PurgeRun& run) const {
  auto room = rules_.rows_a_pass;
  while (const auto remains = find_remains(tx, kind.name)) {
    const auto go_on = [&](PurgeRun& changed) {
      remove(tx, kind, changed, *remains, PurgeBatch{room, names_of(remains->message_keys)}, room);
    };
    if (!attempt_one(tx, kind, run, remains->id, go_on) || room <= 0) return false;
  }
  const auto due = list_due(tx, kind, run);
  for (const auto& id : due) {
    const auto take = [&](PurgeRun& changed) {
      const auto& find_keys = kind.source.message_keys;
      const auto keys = find_keys ? find_keys(tx, id) : std::vector<std::string>{};
      PurgeBatch one{room, keys};
      if (!kind.source.take(tx, id, run.until_at, one)) return;
      changed.*kind.removed += 1;
      remove(tx, kind, changed, {.id = id, .counts = {}, .message_keys = set_of(keys)}, std::move(one), room);
    };
    if (room <= 0 || !attempt_one(tx, kind, run, id, take)) return false;
  }
  return due.empty();
}

bool HardDelete::remove_answers(Tx& tx, PurgeRun& run) const {
  PurgeBatch batch{rules_.answers_a_pass};
  const bool is_more =
      guerdon::remove_answers(tx, parts_.users.exists, run.answers_after, rules_.answers_a_pass, batch);
  add_counts(run.counts, batch.counts());
  return !is_more;
}

bool HardDelete::tidy(Tx& tx, PurgeRun& run) const {
  PurgeBatch batch{rules_.rows_a_pass};
  for (const auto& owner : parts_.owners)
    if (owner.tidy && !batch.is_full()) owner.tidy(tx, batch);
  add_counts(run.counts, batch.counts());
  return !batch.is_full();
}

void HardDelete::finish(Tx& tx, PurgeRun& run) const {
  run.state = PurgeState::done;
  run.finished_at = tx.now();
  save_run(tx, run);
  if (parts_.erase && !run.counts.empty()) parts_.erase(tx, run.id);
  record_audit(tx, Caller{}, {.action = "hard-delete.done", .subject = run.id.to_string(), .details = details_of(run)});
}

}  // namespace guerdon
