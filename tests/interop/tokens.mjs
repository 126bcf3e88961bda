// tokens.mjs <guerdon>: real log-ins, once with a secret and once with a key pair. Ends with 1 at the first disagreement.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as jose from "jose";

const guerdon = process.argv[2];
const limit = 20_000; // ms, of the whole
const password = "correct horse battery staple";
const expected = { issuer: "guerdon", audience: "guerdon", typ: "at+jwt" };

const secret = randomBytes(32);
const pair = generateKeyPairSync("ed25519");
const stranger = generateKeyPairSync("ed25519");
const pem = (key, type) => key.export({ format: "pem", type });
const folder = mkdtempSync(join(tmpdir(), "guerdon-interop-"));
const running = new Set();

// A server on a free port, and how to call it.
async function start(environment) {
  const settings = [`database.url=sqlite:${folder}/data/guerdon.db`, "http.listen=127.0.0.1:0", "admin.listen=",
    "auth.argon2MemoryKib=8", "auth.argon2Iterations=1"];
  const server = spawn(guerdon, ["serve", ...settings.flatMap((setting) => ["--set", setting])], {
    env: { PATH: process.env.PATH, JWT_SECRET_BASE64: secret.toString("base64"), ...environment },
    stdio: ["ignore", "ignore", "pipe"],
  });
  running.add(server);
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const port = await new Promise((resolve, reject) => {
    ended.then((code) => reject(new Error(`guerdon ended with ${code}`)));
    createInterface({ input: server.stderr }).on("line", (line) => {
      if (line.includes('"message":"ready"')) resolve(JSON.parse(line).port);
    });
  });
  const call = (path, { token, body } = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: body ? "POST" : "GET",
      headers: { ...(token && { Authorization: `Bearer ${token}` }), ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
  return {
    call,
    status: async (token) => (await call("/api/auth/info", { token })).status,
    logIn: async (username) => {
      const account = { username, email: `${username}@example.com`, password };
      assert.equal((await call("/api/auth/register", { body: account })).status, 201);
      const answer = await call("/api/auth/login", { body: { username, password } });
      assert.equal(answer.status, 200);
      return (await answer.json()).accessToken;
    },
    stop: async () => {
      server.kill("SIGTERM");
      assert.equal(await ended, 0);
      running.delete(server);
    },
  };
}

const signed = (claims, header, key) => new jose.SignJWT(claims).setProtectedHeader(header).sign(key);

// What jose makes of the same claims is accepted, and of others refused.
async function checkAccepts(server, token, key) {
  const claims = jose.decodeJwt(token);
  const header = jose.decodeProtectedHeader(token);
  const sign = (changes = {}, headerChanges = {}) => signed({ ...claims, ...changes }, { ...header, ...headerChanges }, key);
  const own = { jti: jose.base64url.encode(randomBytes(16)) };
  assert.equal(await server.status(await sign(own)), 200);
  assert.equal(await server.status(await sign({ ...own, more: "of it" })), 200);
  const nameless = { ...header };
  delete nameless.kid;
  assert.equal(await server.status(await signed({ ...claims, ...own }, nameless, key)), 200);

  const wrong = {
    "another issuer": sign({ iss: "another" }),
    "another audience": sign({ aud: "another" }),
    "a list of audiences": sign({ aud: ["guerdon"] }),
    "a longer life": sign({ exp: claims.exp + 1 }),
    "another session": sign({ sid: claims.sid.slice(0, -1) + (claims.sid.endsWith("0") ? "1" : "0") }),
    "another version": sign({ ver: claims.ver + 1 }),
    "no session": sign({ sid: undefined }),
    "another type": sign({}, { typ: "JWT" }),
    "another key id": sign({}, { kid: "another" }),
    "another key": signed(claims, header, header.alg === "HS256" ? randomBytes(32) : stranger.privateKey),
    "no algorithm": new jose.UnsecuredJWT(claims).encode(),
    "an expired one": sign({ iat: claims.iat - 7200, nbf: claims.nbf - 7200, exp: claims.exp - 7200 }),
  };
  for (const [name, made] of Object.entries(wrong)) assert.equal(await server.status(await made), 401, name);
}

async function checkClaims(server, { payload, protectedHeader }) {
  const account = await (await server.call("/api/auth/info", { token: server.token })).json();
  assert.equal(payload.sub, account.id);
  assert.deepEqual(payload.roles, ["USER"]);
  assert.equal(payload.exp - payload.iat, 900);
  assert.equal(protectedHeader.typ, "at+jwt");
}

async function withSecret() {
  const server = await start({});
  const token = await server.logIn("bob");
  server.token = token;
  await checkClaims(server, await jose.jwtVerify(token, secret, { ...expected, algorithms: ["HS256"] }));
  await assert.rejects(jose.jwtVerify(token, randomBytes(32), expected));
  assert.deepEqual(await (await server.call("/.well-known/jwks.json")).json(), { keys: [] });
  await checkAccepts(server, token, secret);
  await server.stop();
  return token;
}

async function withKeyPair(before) {
  const server = await start({
    GUERDON_AUTH__ED25519PRIVATEKEY: pem(pair.privateKey, "pkcs8"),
    GUERDON_AUTH__ED25519PREVIOUSPUBLICKEY: pem(stranger.publicKey, "spki"),
  });
  assert.equal(await server.status(before), 200);
  const token = await server.logIn("eve");
  server.token = token;
  const published = await (await server.call("/.well-known/jwks.json")).json();
  assert.equal(published.keys.length, 2);
  for (const key of published.keys) {
    assert.equal(key.kid, await jose.calculateJwkThumbprint(key));
    assert.equal(key.d, undefined);
  }
  const keys = jose.createLocalJWKSet(published);
  await checkClaims(server, await jose.jwtVerify(token, keys, { ...expected, algorithms: ["EdDSA"] }));
  await assert.rejects(jose.jwtVerify(before, keys, expected));

  await checkAccepts(server, token, pair.privateKey);

  const claims = jose.decodeJwt(token);
  const kid = await jose.calculateJwkThumbprint(await jose.exportJWK(stranger.publicKey));
  const byPrevious = await signed(claims, { alg: "EdDSA", typ: "at+jwt", kid }, stranger.privateKey);
  assert.equal(await server.status(byPrevious), 200);
  const confused = { alg: "HS256", typ: "at+jwt", kid: published.keys[0].kid };
  for (const text of [pem(pair.publicKey, "spki"), pem(pair.publicKey, "spki").trim()])
    assert.equal(await server.status(await signed(claims, confused, Buffer.from(text))), 401);
  assert.equal(await server.status(await signed(claims, confused, secret)), 401);
  await server.stop();
}

const watchdog = setTimeout(() => {
  console.error("it takes too long");
  process.exit(1);
}, limit);
process.on("exit", () => {
  for (const server of running) server.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});
await withKeyPair(await withSecret());
clearTimeout(watchdog);
console.log("jose and guerdon agree about tokens");
