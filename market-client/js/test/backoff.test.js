import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff, ReconnectPolicy } from '../src/backoff.js';
import { seeded } from './surroundings.js';

test('the upper end has the curve of the Java client', () => {
  const backoff = new Backoff(500, 30_000, () => 0);

  assert.deepEqual([0, 1, 2, 3, 4, 31, 32, 33, 34, 35, 100].map((attempt) => backoff.ceilingMillis(attempt)),
    [500, 1_000, 2_000, 4_000, 4_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test('the jitter is full: from 200 ms to the upper end, all alike', () => {
  const seed = Date.now();
  const backoff = new Backoff(500, 30_000, seeded(seed));
  const delays = Array.from({ length: 10_000 }, () => backoff.delayMillis(3));
  const thirds = [0, 0, 0];
  delays.forEach((delay) => thirds[Math.min(2, Math.floor((delay - 200) / 1_267))]++);

  assert.ok(Math.min(...delays) >= 200 && Math.max(...delays) <= 4_000, `seed ${seed}`);
  assert.ok(thirds.every((count) => count > 3_000 && count < 3_700), `thirds ${thirds}, seed ${seed}`);
});

test('the wait stays below a minimum that is shorter than 200 ms', () => {
  assert.equal(new Backoff(50, 30_000, () => 0).delayMillis(0), 50);
});

test("the seed's policy comes back on 1006 only, after 5 s, ten times, and never counts anew", () => {
  const policy = ReconnectPolicy.seed();

  assert.deepEqual([1006, 1001, 1012, 4002].map(policy.mayReconnect), [true, false, false, false]);
  assert.equal(policy.delayMillis(9, Math.random), 5_000);
  assert.equal(policy.maxAttempts, 10);
  assert.equal(policy.stableAfterMillis, Infinity);
});

test('a policy whose minimum is above its maximum is refused, with both values', () => {
  assert.throws(() => new ReconnectPolicy({ minDelayMillis: 5_000, maxDelayMillis: 100 }), /was 5000 of 100/);
});
