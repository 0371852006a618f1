import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Rig, settle } from './surroundings.js';

const FOLDER = new URL('../../../market-core/src/test/resources/protocol/', import.meta.url);
const example = (name) => JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));

test('every event of the protocol is taken, whatever the client expects', async () => {
  const events = readdirSync(FOLDER).filter((name) => name.startsWith('event-')).map((name) => name.replace('.json', ''));
  const rig = await Rig.live();
  rig.client.subscribe('trade:BTC-USDT', () => {});
  rig.client.subscribe('kline:BTC-USDT:1m', () => {});
  rig.client.subscribe('ticker:*', () => {});
  await settle();
  await rig.joined({}, {}, {});
  for (const name of events.filter((each) => each !== 'event-drain')) {
    await rig.receive(example(name));
  }

  assert.ok(events.length > 20);
  assert.equal(rig.client.state, 'live');
  assert.deepEqual(rig.logged, []);
  assert.equal(rig.client.counters.malformedCount, 0);
  rig.client.close();
});

test('the examples of live messages reach the listeners of their rooms, fields and all', async () => {
  const rig = await Rig.live();
  const told = {};
  const names = {
    'trade:BTC-USDT~price~takerSide': 'event-push-trade-fields', 'kline:BTC-USDT:1m~close': 'event-push-kline-fields',
    'ticker:BTC-USDT@1s~last~volume': 'event-push-ticker-fields', 'ticker:*': 'event-push-tickers',
  };
  const rooms = Object.keys(names);
  rooms.forEach((room) => rig.client.subscribe(room, (items) => {
    told[room] = items;
  }));
  await settle();
  await rig.joined({ seq: 810 }, {}, {}, {});
  rig.restHas(812, 812);
  for (const name of Object.values(names)) {
    await rig.receive(example(name));
  }
  await rig.pass(10);

  for (const room of rooms.slice(1)) {
    assert.deepEqual(told[room], [example(names[room]).data].flat(), room);
  }
  assert.deepEqual(told[rooms[0]].map((each) => each.seq), [813]);
  rig.client.close();
});

test('commands are those of the examples', async () => {
  const rig = await Rig.live();
  const sent = (name) => {
    const { id, ...command } = example(name);
    return command;
  };
  const calls = {
    'command-klines': () => rig.client.klines(sent('command-klines').data),
    'command-trades': () => rig.client.trades(sent('command-trades').data),
    'command-ticker': () => rig.client.ticker('BTC-USDT'),
    'command-tickers': () => rig.client.tickers(),
    'command-instruments': () => rig.client.instruments(),
    'command-replay': () => rig.client.replay(sent('command-replay').data, () => {}),
  };
  for (const [name, call] of Object.entries(calls)) {
    call().catch(() => {});
    await settle();
    const { id, ...command } = rig.socket.sent.at(-1);
    assert.deepEqual(command, sent(name), name);
    assert.equal(typeof id, 'number');
  }
  rig.client.close();
});
