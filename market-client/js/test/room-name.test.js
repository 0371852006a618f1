import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoomName, baseOfCanonical } from '../src/room-name.js';

test('rates, fields and offsets that move no candle do not change the base', () => {
  const bases = {
    'ticker:*': 'ticker:*',
    'ticker:BTC-*@1s~last~volume': 'ticker:BTC-*',
    'trade:BTC-USDT@raw': 'trade:BTC-USDT',
    'kline:A:1m:+08:00@1s': 'kline:A:1m',
    'kline:A:1h:+05:30~close': 'kline:A:1h:+05:30',
    'kline:A:30m:-05:30': 'kline:A:30m',
    'kline:A:4h:+08:00': 'kline:A:4h',
    'kline:A:1d:+08:00': 'kline:A:1d:+08:00',
    'kline:A:1w:+00:00': 'kline:A:1w',
    'kline:A:1s:+05:45': 'kline:A:1s',
  };
  for (const [name, base] of Object.entries(bases)) {
    assert.equal(new RoomName(name).base, base, name);
  }
});

test('two spellings of one room have one key, and other rooms another', () => {
  const key = (name) => new RoomName(name).key;

  assert.equal(key('ticker:A@250ms'), key('ticker:A'));
  assert.equal(key('ticker:A~volume~last~seq'), key('ticker:A~last~volume'));
  assert.notEqual(key('ticker:A@1s'), key('ticker:A'));
  assert.notEqual(key('ticker:A~last'), key('ticker:A'));
});

test('a canonical name leads to its base', () => {
  assert.deepEqual(['ticker:*', 'ticker:A@1s~last', 'kline:A:1d:+08:00~close', 'trade:A~seq'].map(baseOfCanonical),
    ['ticker:*', 'ticker:A', 'kline:A:1d:+08:00', 'trade:A']);
});

test('another rate keeps offset and fields', () => {
  assert.equal(String(new RoomName('kline:A:1d:+08:00@1s~close').at('raw')), 'kline:A:1d:+08:00@raw~close');
  assert.equal(String(new RoomName('ticker:A@1s').at('250ms')), 'ticker:A');
});

test('a selection keeps what is always sent', () => {
  assert.deepEqual(new RoomName('trade:A~price').select({ seq: 1, id: 'x', price: '2', qty: '3', time: 4 }),
    { seq: 1, time: 4, price: '2' });
});

test('names that no server can have are refused with the field, the limit and the value', () => {
  const refusals = {
    'inbox': ['unknown_room', /was "inbox"/],
    'trade:': ['unknown_room', /trade:<symbol>/],
    'kline:A': ['unknown_room', /kline:<symbol>:<interval>/],
    'kline:A:7m': ['unknown_interval', /was "7m"/],
    'kline:A:1d:8': ['unknown_room', /utcOffset/],
    'kline:A:1d:8:00': ['bad_field', /was "8:00"/],
    'ticker:A@3s': ['bad_field', /was "3s"/],
  };
  for (const [name, [code, message]] of Object.entries(refusals)) {
    assert.throws(() => new RoomName(name), (error) => error.code === code && message.test(error.message), name);
  }
  assert.throws(() => new RoomName(`trade:${'A'.repeat(200)}`), /at most 200/);
});
