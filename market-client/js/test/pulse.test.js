import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pulse } from '../src/pulse.js';
import { Surroundings } from './surroundings.js';

const SETTINGS = { heartbeatMillis: 10_000, deadlineMillis: 25_000, probeMillis: 3_000 };

function pulse() {
  const time = new Surroundings();
  const it = new Pulse(time.platform(), SETTINGS);
  return { time, it, look: (millis, woken = false) => (time.sleep(millis), it.look(woken)) };
}

test('asks every heartbeat, and is dead at the deadline if nothing is heard', () => {
  const { look } = pulse();
  const verdicts = [];
  for (let second = 1; second <= 25; second++) {
    verdicts.push(look(1_000));
  }

  assert.deepEqual(verdicts.map((verdict, index) => [verdict, index + 1]).filter(([verdict]) => verdict !== 'alive'),
    [['ask', 10], ['ask', 20], ['ask', 22], ['dead', 25]]);
});

test('a timer that comes a minute late asks and does not kill; the answer keeps the connection', () => {
  const { it, look } = pulse();

  assert.equal(look(60_000), 'ask');
  assert.equal(look(1_000), 'alive');
  it.heard();
  assert.equal(look(60_000), 'ask');
  it.heard();
  assert.equal(look(1_000), 'alive');
});

test('timers throttled to one a minute find a dead connection at the fourth, and no healthy one', () => {
  const { look } = pulse();

  assert.deepEqual([look(60_000), look(60_000), look(60_000), look(60_000)], ['ask', 'ask', 'ask', 'dead']);
});

test('a page that wakes asks at once, and a connection without an answer is dead after the short deadline', () => {
  const { it, look } = pulse();
  it.heard();

  assert.equal(look(500, true), 'ask');
  assert.equal(look(2_900), 'alive');
  assert.equal(look(200), 'dead');
});

test('messages alone keep it alive however late looks come', () => {
  const { it, look } = pulse();
  for (let minute = 0; minute < 30; minute++) {
    it.heard();
    assert.notEqual(look(59_000), 'dead');
  }
});

test('time that only the wall clock saw counts: the machine slept', () => {
  const { time, it } = pulse();
  time.wall += 3_600_000;

  assert.equal(it.look(false), 'ask');
});

test('a wall clock that is set back changes nothing', () => {
  const { time, it, look } = pulse();
  time.wall -= 3_600_000;

  assert.equal(it.look(false), 'alive');
  assert.equal(look(1_000), 'alive');
});
