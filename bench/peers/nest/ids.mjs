// guerdon's ids and times as its answers have them. An id: a prefix and a UUID of version 7 in Crockford's base 32; in the
// tables, the UUID's bytes.
import { randomFillSync } from 'node:crypto';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const digits = new Map([...alphabet].map((character, value) => [character, value]));

export function idOf(prefix, bytes) {
  let text = '', bits = 2, buffer = 0; // two zero bits lead
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    for (bits += 8; bits >= 5; buffer &= (1 << bits) - 1) text += alphabet[(buffer >> (bits -= 5)) & 31];
  }
  return prefix + text;
}

export function bytesOf(id) {
  const bytes = Buffer.alloc(16);
  let bits = -2, buffer = 0, at = 0;
  for (const character of id.slice(4)) {
    buffer = ((buffer << 5) | digits.get(character)) & 0xfff;
    bits += 5;
    if (bits >= 8) bytes[at++] = (buffer >> (bits -= 8)) & 255;
  }
  return bytes;
}

export function newId(now) {
  const bytes = randomFillSync(Buffer.allocUnsafe(16));
  bytes.writeUIntBE(now, 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return bytes;
}

export const timeOf = (milliseconds) => (milliseconds === null ? null : new Date(milliseconds).toISOString());
