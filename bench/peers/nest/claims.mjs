// A claim that is granted at once: what guerdon writes for it, on the same tables, in one durable transaction.
import { ConflictException, NotFoundException } from '@nestjs/common';
import Database from 'better-sqlite3';
import { bytesOf, idOf, newId, timeOf } from './ids.mjs';

export class Claims {
  constructor(file) {
    // Settings as guerdon's own, its bound of the log among them. A transaction waits its turn for the other processes'.
    const store = new Database(file, { timeout: 10_000 });
    const settings = [
      'journal_mode = WAL', 'synchronous = FULL', 'wal_autocheckpoint = 16000', 'foreign_keys = ON',
      'secure_delete = ON', 'temp_store = MEMORY', 'cache_size = -8192', 'mmap_size = 2147418112',
    ];
    settings.forEach((setting) => store.pragma(setting));
    const prepare = (sql) => store.prepare(sql);
    this.event = prepare('SELECT start_at, end_at, is_active FROM event_events WHERE id = ? AND deleted_at IS NULL');
    this.pauses = prepare('SELECT from_at, to_at FROM event_pauses WHERE event_id = ? ORDER BY from_at');
    this.live = prepare(
      "SELECT id FROM reward_requests WHERE user_id = ? AND event_id = ? AND status <> 'REJECTED'");
    this.met = prepare(
      'SELECT met_at FROM progress_states WHERE event_id = ? AND user_id = ? AND met_at IS NOT NULL');
    this.rewards = prepare('SELECT id, type, name, metadata FROM reward_rewards WHERE event_id = ? ORDER BY id');
    this.addRequest = prepare(
      'INSERT INTO reward_requests (id, user_id, event_id, status, holds_stock, requested_at, updated_at)' +
        " VALUES (?, ?, ?, 'PENDING', 0, ?, ?)");
    this.approve = prepare(
      "UPDATE reward_requests SET status = 'APPROVED', processed_at = ?, updated_at = ?" +
        " WHERE id = ? AND status = 'PENDING'");
    this.takeStock = prepare(
      'UPDATE reward_rewards SET granted = granted + 1, remaining = remaining - 1' +
        ' WHERE id = ? AND (remaining IS NULL OR remaining > 0)');
    this.addGrant = prepare(
      'INSERT INTO reward_grants (request_id, reward_id, user_id, type, name, metadata, granted_at)' +
        ' VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.addPoints = prepare(
      'INSERT INTO reward_wallets (user_id, points, entries) VALUES (?, ?, 1) ON CONFLICT (user_id) DO UPDATE' +
        ' SET points = reward_wallets.points + excluded.points, entries = reward_wallets.entries + 1' +
        ' RETURNING points, entries');
    this.addEntry = prepare(
      'INSERT INTO reward_ledger (id, user_id, amount, balance, event_id, reward_id, request_id, created_at, number)' +
        ' VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.head = prepare('UPDATE outbox_head SET next = next + ? WHERE partition = 0 RETURNING next');
    this.addMessage = prepare(
      'INSERT INTO outbox (position, partition, message_id, topic, key, type, payload, headers, at)' +
        " VALUES (?, 0, ?, ?, ?, ?, ?, '{}', ?)");
    const run = store.transaction((eventId, user) => this.#run(eventId, user));
    this.claim = (eventId, user) => run.immediate(eventId, user);
  }

  #run(eventId, user) {
    const now = Date.now();
    const event = bytesOf(eventId);
    this.#check(event, user.bytes, now);
    const id = newId(now);
    this.addRequest.run(id, user.bytes, event, now, now);
    this.approve.run(now, now, id);
    const request = { requestId: idOf('req_', id), userId: user.id, eventId };
    const at = timeOf(now);
    const messages = [
      ['reward.requests', 'RewardRequested', { ...request, requestedAt: at }],
      ['reward.requests', 'RewardRequestApproved', { ...request, processedAt: at, operatorId: null }],
    ];
    const grants = this.rewards.all(event).map((reward) => this.#grant(reward, id, event, user.bytes, now));
    for (const { type, ...grant } of grants)
      messages.push(['reward.grants', 'RewardGranted', { ...request, ...grant, rewardType: type, name: undefined }]);
    this.#publish(messages, user.id, now);
    return {
      id: request.requestId, userId: user.id, eventId, status: 'APPROVED', eligible: true, requestedAt: at,
      processedAt: at, operatorId: null, reason: null, grants, createdAt: at, updatedAt: at,
    };
  }

  #check(event, user, now) {
    const row = this.event.get(event);
    if (!row) throw new NotFoundException();
    const isPaused = this.pauses.all(event).some((pause) => pause.from_at <= now && !(pause.to_at <= now));
    if (!row.is_active || row.start_at > now || (row.end_at !== null && row.end_at <= now) || isPaused)
      throw new ConflictException('the event is not running');
    if (this.live.get(user, event)) throw new ConflictException('there is a request already');
    if (!this.met.get(event, user)) throw new ConflictException('the condition is not met');
  }

  #grant(reward, request, event, user, now) {
    if (this.takeStock.run(reward.id).changes === 0) throw new ConflictException('nothing is left');
    this.addGrant.run(request, reward.id, user, reward.type, reward.name, reward.metadata, now);
    const metadata = JSON.parse(reward.metadata);
    if (reward.type === 'POINT') {
      const { points, entries } = this.addPoints.get(user, metadata.amount);
      this.addEntry.run(newId(now), user, metadata.amount, points, event, reward.id, request, now, entries);
    }
    return { rewardId: idOf('rwd_', reward.id), type: reward.type, name: reward.name, metadata, grantedAt: timeOf(now) };
  }

  #publish(messages, key, now) {
    let position = this.head.get(messages.length).next - messages.length;
    for (const [topic, type, payload] of messages)
      this.addMessage.run(position++, newId(now), topic, key, type, JSON.stringify(payload), now);
  }
}
