// kafka.mjs <guerdon> <mock_kafka> <consumer in C>: one server, one mock cluster, three independent readers of its topics.
// Ends with 1 when one of them sees something else than what was done.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const [guerdon, mock, exampleInC] = process.argv.slice(2);
const limit = 60_000; // ms, of the whole
const users = 30;
const password = "correct horse battery staple";
const topics = ["user.login", "auth.events.user", "auth.events.login"];
const folder = mkdtempSync(join(tmpdir(), "guerdon-interop-"));
const running = new Set();

const timer = setTimeout(() => {
  console.error("it took too long");
  end(1);
}, limit);

function end(code) {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}

// A child, and a promise of the first line that `pick` makes something of.
function start(program, options, stream, pick) {
  const child = spawn(program, options.arguments, { env: { PATH: process.env.PATH, ...options.environment }, stdio: "pipe" });
  running.add(child);
  const ended = new Promise((resolve) => child.once("exit", resolve)).then((code) => (running.delete(child), code));
  const lines = createInterface({ input: child[stream] });
  const found = new Promise((resolve, reject) => {
    ended.then((code) => reject(new Error(`${program} ended with ${code}`)));
    lines.on("line", (line) => {
      const value = pick(line);
      if (value !== undefined) resolve(value);
    });
  });
  found.catch(() => {});
  return { child, ended, found, lines };
}

// Reads lines until `count` of them made sense.
async function collect(program, options, count) {
  const seen = [];
  const reader = start(program, options, "stdout", (line) => {
    if (line.trim() !== "") seen.push(line);
    return seen.length >= count ? seen : undefined;
  });
  await reader.found;
  reader.child.kill("SIGKILL");
  return seen;
}

async function main() {
  const cluster = start(mock, { arguments: ["2", ...topics.map((topic) => `${topic}:3`)] }, "stdout", (line) => line);
  const brokers = await cluster.found;
  const settings = [`database.url=sqlite:${folder}/data/guerdon.db`, "http.listen=127.0.0.1:0", "admin.listen=",
    "auth.argon2MemoryKib=8", "auth.argon2Iterations=1", "limits.enabled=false",
    "kafka.createTopics=false"]; // the mock cluster has no controller to ask
  const server = start(
    guerdon,
    { arguments: settings.flatMap((setting) => ["--set", setting]), environment: { KAFKA_BROKERS: brokers } },
    "stderr",
    (line) => (line.includes('"message":"ready"') ? JSON.parse(line).port : undefined),
  );
  const port = await server.found;
  const post = (path, body) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    }).then((answer) => answer.json());
  const ids = [];
  for (let i = 0; i < users; ++i) {
    const { id } = await post("/api/auth/register", { username: `user${i}`, email: `user${i}@example.com`, password });
    await post("/api/auth/login", { username: `user${i}`, password });
    ids.push(id);
  }
  ids.sort();

  const byKafkajs = (await collect(process.execPath, { arguments: ["consumer.mjs", brokers, ...topics] }, 3 * users))
    .map((line) => JSON.parse(line));
  for (const [topic, type] of [["user.login", "UserLoggedIn"], ["auth.events.user", "UserCreated"], ["auth.events.login", "LoginSucceeded"]]) {
    const messages = byKafkajs.filter((message) => message.topic === topic);
    assert.deepEqual(messages.map((message) => message.key).sort(), ids, `kafkajs: ${topic}`);
    for (const message of messages) {
      assert.equal(message.eventType, type);
      assert.equal(message.payload.userId, message.key);
    }
  }

  const byKcat = execFileSync("kcat", ["-b", brokers, "-C", "-t", "user.login", "-o", "beginning", "-e", "-q", "-J"], { encoding: "utf8" })
    .trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(byKcat.map((record) => record.key).sort(), ids, "kcat");
  for (const record of byKcat) {
    const envelope = JSON.parse(record.payload);
    const headers = Object.fromEntries(record.headers.reduce((pairs, item, i, all) => (i % 2 ? pairs : [...pairs, [item, all[i + 1]]]), []));
    assert.equal(headers.id, envelope.id);
    assert.equal(headers.type, "UserLoggedIn");
  }

  const byC = await collect(exampleInC, { arguments: [brokers, "auth.events.user"] }, users);
  assert.deepEqual(byC.map((line) => line.split(" ")[1]).sort(), ids, "librdkafka");

  // The same key is in the same partition for all of them: Java's way to choose it.
  const partitions = new Map(byKcat.map((record) => [record.key, record.partition]));
  assert.ok(new Set(partitions.values()).size > 1, "keys are spread over the partitions");

  server.child.kill("SIGTERM");
  assert.equal(await server.ended, 0);
}

main().then(
  () => {
    clearTimeout(timer);
    end(0);
  },
  (error) => {
    console.error(error);
    end(1);
  },
);
