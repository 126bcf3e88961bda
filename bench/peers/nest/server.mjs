// The peer of goals 2, 3 and 5: an event, the list of events and a claim, as a careful team would write them with NestJS
// on Fastify. It works on guerdon's own tables, checks the token and the session as guerdon does, and answers as many
// bytes, the list's cursor apart. Nothing slow is left in: prepared statements, tokens verified once, no logger, no pipes.
//   node server.mjs CONFIG DATABASE PORT [PROCESSES]
// CONFIG is that of the server whose tokens come; DATABASE a copy of its file. A process a core reads fastest; one process
// alone claims fastest, since only one can write at a time.
import 'reflect-metadata';
import cluster from 'node:cluster';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Controller, Dependencies, Get, Injectable, Module, NotFoundException, Param, Post, Query, Req } from '@nestjs/common';
import { UnauthorizedException, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import Database from 'better-sqlite3';
import { createVerifier } from 'fast-jwt';
import { Claims } from './claims.mjs';
import { bytesOf, idOf, timeOf } from './ids.mjs';

const [config, database, port, processes = availableParallelism()] = process.argv.slice(2);
const key = Buffer.from(JSON.parse(readFileSync(config, 'utf8')).auth.jwtSecretBase64, 'base64');

// --- the application -----------------------------------------------------------------------------------------------

/// Without TypeScript: what its decorators would do.
function decorate(target, decorators, methods = {}) {
  for (const [name, [method, ...parameters]] of Object.entries(methods)) {
    method(target.prototype, name, Object.getOwnPropertyDescriptor(target.prototype, name));
    parameters.forEach((parameter, index) => parameter(target.prototype, name, index));
  }
  for (const decorator of decorators) decorator(target);
}

class Store {
  constructor() {
    const store = new Database(database, { readonly: true });
    store.pragma('mmap_size = 268435456');
    this.standing = store.prepare(
      'SELECT u.status, u.version, s.session_id AS session, s.expires_at AS expiresAt' +
        ' FROM auth_sessions s JOIN auth_users u INDEXED BY auth_users_standing' +
        ' ON u.id = s.user_id AND u.version > 0 WHERE s.user_id = ?',
    );
    const shown =
      'SELECT id, name, description, condition_type, condition_params, start_at, end_at, is_active, was_active,' +
      ' time_zone, approval, created_by, created_at, updated_at FROM event_events' +
      ' WHERE was_active AND deleted_at IS NULL';
    this.newest = store.prepare(shown + ' ORDER BY id DESC LIMIT ?');
    this.event = store.prepare(shown + ' AND id = ?');
  }
}
decorate(Store, [Injectable()]);

class TokenGuard {
  #verify = createVerifier({ key, algorithms: ['HS256'], allowedIss: 'guerdon', allowedAud: 'guerdon', cache: 10_000 });
  #places = new Map(); // of users and sessions, by token id
  constructor(store) {
    this.store = store;
  }
  canActivate(context) {
    const request = context.switchToHttp().getRequest();
    try {
      const claims = this.#verify(request.headers.authorization.slice('Bearer '.length));
      const place = this.#placeOf(claims);
      const standing = this.store.standing.get(place.user);
      if (standing?.status === 'ACTIVE' && standing.version === claims.ver && standing.expiresAt > Date.now())
        if (place.session.equals(standing.session)) {
          request.user = { id: claims.sub, bytes: place.user };
          return true;
        }
    } catch {
      // is no good token
    }
    throw new UnauthorizedException();
  }
  #placeOf(claims) {
    let place = this.#places.get(claims.jti);
    if (!place) {
      if (this.#places.size >= 10_000) this.#places.clear();
      place = { user: bytesOf(claims.sub), session: bytesOf(claims.sid) };
      this.#places.set(claims.jti, place);
    }
    return place;
  }
}
decorate(TokenGuard, [Injectable(), Dependencies(Store)]);

function stateOf(row, now) {
  if (!row.is_active) return 'PAUSED';
  if (row.start_at > now) return 'SCHEDULED';
  return row.end_at !== null && row.end_at <= now ? 'ENDED' : 'RUNNING';
}

const viewOf = (row, now) => ({
  id: idOf('evt_', row.id),
  name: row.name,
  description: row.description,
  conditionType: row.condition_type,
  conditionParams: JSON.parse(row.condition_params),
  startAt: timeOf(row.start_at),
  endAt: timeOf(row.end_at),
  isActive: row.is_active === 1,
  timeZone: row.time_zone,
  approval: row.approval,
  state: stateOf(row, now),
  createdBy: row.created_by,
  createdAt: timeOf(row.created_at),
  updatedAt: timeOf(row.updated_at),
});

/// Nobody can make one up.
function cursorAfter(row) {
  const seal = createHmac('sha256', key).update(row.id).digest().subarray(0, 16);
  return Buffer.concat([row.id, seal]).toString('base64url');
}

class EventsController {
  constructor(store, claims) {
    this.store = store;
    this.claims = claims;
  }
  one(id) {
    const row = this.store.event.get(bytesOf(id));
    if (!row) throw new NotFoundException();
    return viewOf(row, Date.now());
  }
  claim(id, request) {
    return this.claims.claim(id, request.user);
  }
  list(limit = '20') {
    const wanted = Number(limit);
    const rows = this.store.newest.all(wanted + 1);
    const now = Date.now();
    const items = rows.slice(0, wanted).map((row) => viewOf(row, now));
    return { items, nextCursor: rows.length > wanted ? cursorAfter(rows[wanted - 1]) : null };
  }
}
decorate(EventsController, [Controller('api/events'), UseGuards(TokenGuard), Dependencies(Store, Claims)], {
  list: [Get(), Query('limit')],
  one: [Get(':id'), Param('id')],
  claim: [Post(':id/requests'), Param('id'), Req()],
});

class HealthController {
  answer() {
    return { status: 'ok' };
  }
}
decorate(HealthController, [Controller('healthz')], { answer: [Get()] });

class PeerModule {}
const claims = { provide: Claims, useFactory: () => new Claims(database) };
const providers = [Store, TokenGuard, claims];
decorate(PeerModule, [Module({ controllers: [EventsController, HealthController], providers })]);

if (cluster.isPrimary) {
  for (let i = 0; i < Number(processes); ++i) cluster.fork();
  cluster.on('exit', () => process.exit(1));
} else {
  const app = await NestFactory.create(PeerModule, new FastifyAdapter({ logger: false }), { logger: false });
  await app.listen(Number(port), '127.0.0.1');
}
