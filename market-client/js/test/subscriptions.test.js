import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rig, candle, range, settle, trade } from './surroundings.js';

const TRADES = 'trade:BTC-USDT';

/** Subscribes, and collects the numbers that come. */
function collect(rig, room, options) {
  const seqs = [];
  const gaps = [];
  const subscription = rig.client.subscribe(room, {
    onData: (items) => seqs.push(...items.map((each) => each.seq)),
    onGap: (gap) => gaps.push([gap.fromSeq, gap.toSeq]),
  }, options);
  return { seqs, gaps, subscription };
}

test('rooms asked for in one go are one message, and the reply is mapped by its order', async () => {
  const rig = await Rig.live();
  const a = rig.client.subscribe('kline:A:1m:+08:00@250ms', () => {}, { snapshot: 300 });
  const b = rig.client.subscribe('ticker:A@250ms', () => {}, { fields: ['volume', 'last'] });
  const c = rig.client.subscribe('trade:A', () => {});
  await settle();
  await rig.joined({ room: 'kline:A:1m', seq: 7 }, { room: 'ticker:A~last~volume' }, { seq: 9 });

  assert.deepEqual(rig.socket.commands('subscribe').map((command) => command.data.rooms), [[
    { room: 'kline:A:1m', snapshot: 300 }, { room: 'ticker:A~volume~last', snapshot: 1 }, { room: 'trade:A', snapshot: 0 }]]);
  assert.deepEqual([(await a.ready).seq, (await b.ready).room, (await c.ready).seq], [7, 'ticker:A~last~volume', 9]);
  assert.equal(b.room, 'ticker:A~last~volume');
});

test('gives the snapshot first and then what is live, each trade once', async () => {
  const rig = await Rig.live();
  const { seqs, subscription } = collect(rig, TRADES, { snapshot: 3 });
  await settle();
  await rig.joined({ seq: 10, snapshot: [trade(8), trade(9), trade(10)] });
  await rig.trades(TRADES, 10, 11);
  await rig.trades(TRADES, 12);

  assert.deepEqual(seqs, [8, 9, 10, 11, 12]);
  assert.equal((await subscription.ready).snapshot.length, 3);
});

test('all rooms and cursors go in one message after a reconnect', async () => {
  const rig = await Rig.live();
  collect(rig, TRADES, { snapshot: 5 });
  collect(rig, 'kline:A:1m');
  collect(rig, 'ticker:*');
  await settle();
  await rig.joined({ seq: 10 }, { seq: 20, snapshot: [candle(0, 20)] }, { snapshot: [] });
  await rig.trades(TRADES, 11);
  await rig.receive({ event: 'kline', room: 'kline:A:1m', seq: 25, data: candle(0, 25) });
  rig.socket.end(1006);
  await rig.pass(500);
  await rig.welcome();

  assert.deepEqual(rig.socket.commands('subscribe').map((command) => command.data.rooms), [[
    { room: TRADES, since: { epoch: 'epoch-1', seq: 11 } },
    { room: 'kline:A:1m', since: { epoch: 'epoch-1', seq: 25 } },
    { room: 'ticker:*', snapshot: 1 }]]);
});

test('goes on after a reconnect without a hole or a duplicate', async () => {
  const rig = await Rig.live();
  const { seqs } = collect(rig, TRADES);
  await settle();
  await rig.joined({ seq: 10 });
  await rig.trades(TRADES, 11, 12);
  rig.socket.end(1006);
  await rig.pass(500);
  await rig.welcome();
  await rig.joined({ seq: 15, recovered: true, snapshot: range(13, 15).map(trade) });
  await rig.trades(TRADES, 15, 16);

  assert.deepEqual(seqs, range(11, 16));
  assert.deepEqual(rig.told('resubscribed'), [{ event: 'resubscribed', roomCount: 1 }]);
});

test('what the server no longer has is filled over REST while live trades wait', async () => {
  const rig = await Rig.live();
  const { seqs, gaps } = collect(rig, TRADES);
  await settle();
  await rig.joined({ seq: 10 });
  rig.socket.end(1006);
  await rig.pass(500);
  await rig.welcome();
  rig.restHas(1, 9_000);
  await rig.joined({ seq: 9_000, recovered: false });
  await rig.trades(TRADES, 9_001);
  await rig.pass(1_000);

  assert.deepEqual(seqs, range(11, 9_001));
  assert.deepEqual(gaps, []);
  assert.equal(rig.requests[0].url, 'http://market.test/api/v1/trades?symbol=BTC-USDT&fromSeq=11&limit=1500');
  assert.deepEqual(rig.told('gap'), [{ event: 'gap', room: TRADES, fromSeq: 11, toSeq: 9_000, filled: true }]);
});

test("a gap that the server tells is filled too, with the room's fields only", async () => {
  const rig = await Rig.live();
  const items = [];
  rig.client.subscribe(`${TRADES}~price`, (trades) => items.push(...trades));
  await settle();
  await rig.joined({ seq: 10, room: `${TRADES}~price` });
  rig.restHas(1, 12);
  await rig.receive({ event: 'gap', room: `${TRADES}~price`, data: { fromSeq: 11, toSeq: 12, rest: '/api/v1/trades' } });
  await rig.pass(100);

  assert.deepEqual(items, [{ seq: 11, time: trade(11).time, price: '1' }, { seq: 12, time: trade(12).time, price: '1' }]);
});

test('a page that may not ask REST fills over the WebSocket', async () => {
  const rig = await Rig.live();
  const { seqs } = collect(rig, TRADES);
  await settle();
  await rig.joined({ seq: 10 });
  rig.rest = () => {
    throw new TypeError('Failed to fetch');
  };
  await rig.trades(TRADES, 13);
  await rig.pass(0);
  const { id, data } = rig.socket.last('trades');
  await rig.receive({ event: 'trades', id, data: [trade(11), trade(12)] });

  assert.deepEqual(data, { symbol: 'BTC-USDT', fromSeq: 11, limit: 2 });
  assert.deepEqual(seqs, [11, 12, 13]);
});

test('what REST does not have either is told to the listener, in its place', async () => {
  const rig = await Rig.live();
  const { seqs, gaps } = collect(rig, TRADES);
  await settle();
  await rig.joined({ seq: 10 });
  rig.restHas(13, 20);
  await rig.trades(TRADES, 15);
  await rig.pass(100);

  assert.deepEqual(seqs, [13, 14, 15]);
  assert.deepEqual(gaps, [[11, 12]]);
  assert.deepEqual(rig.told('gap').map(({ fromSeq, toSeq, filled }) => [fromSeq, toSeq, filled]), [[11, 12, false], [13, 14, true]]);
});

test('an answer of REST that comes after the connection was lost is not handed on', async () => {
  const rig = await Rig.live();
  const { seqs } = collect(rig, TRADES);
  await settle();
  await rig.joined({ seq: 10 });
  let answer;
  rig.rest = () => new Promise((resolve) => {
    answer = () => resolve([200, [trade(11), trade(12)]]);
  });
  await rig.trades(TRADES, 13);
  rig.socket.end(1006);
  answer();
  await rig.pass(500);
  await rig.welcome();
  await rig.joined({ seq: 14, recovered: true, snapshot: range(11, 14).map(trade) });

  assert.deepEqual(seqs, [11, 12, 13, 14]);
});

test('listeners share a room, which is left with the last of them', async () => {
  const rig = await Rig.live();
  const first = collect(rig, 'ticker:A');
  await settle();
  await rig.joined({ snapshot: { symbol: 'A', seq: 5, time: 1 } });
  const second = collect(rig, 'ticker:A@250ms');
  await second.subscription.ready;
  await rig.receive({ event: 'ticker', room: 'ticker:A', seq: 6, data: { symbol: 'A', seq: 6, time: 2 } });
  await first.subscription.unsubscribe();
  await rig.receive({ event: 'ticker', room: 'ticker:A', seq: 7, data: { symbol: 'A', seq: 7, time: 3 } });
  assert.equal(rig.socket.commands('unsubscribe').length, 0);
  second.subscription.unsubscribe();
  second.subscription.unsubscribe();
  await settle();

  assert.deepEqual(first.seqs, [5, 6]);
  assert.deepEqual(second.seqs, [5, 6, 7]);
  assert.equal(rig.socket.commands('subscribe').length, 1);
  assert.deepEqual(rig.socket.commands('unsubscribe').map((command) => command.data), [{ rooms: ['ticker:A'] }]);
});

test('a listener that comes later gets the history it wants, and the others nothing twice', async () => {
  const rig = await Rig.live();
  const first = collect(rig, TRADES);
  await settle();
  await rig.joined({ seq: 10 });
  await rig.trades(TRADES, 11);
  const second = collect(rig, TRADES, { snapshot: 3 });
  await settle();
  assert.deepEqual(rig.socket.last('subscribe').data.rooms, [{ room: TRADES, snapshot: 3 }]);
  await rig.trades(TRADES, 12);
  await rig.joined({ seq: 13, recovered: true, snapshot: [trade(11), trade(12), trade(13)] });
  await rig.trades(TRADES, 14);

  assert.deepEqual(first.seqs, [11, 12, 13, 14]);
  assert.deepEqual(second.seqs, [11, 12, 13, 14]);
});

test('a listener that waits for its history through a reconnect gets it afterwards', async () => {
  const rig = await Rig.live();
  const first = collect(rig, TRADES);
  await settle();
  await rig.joined({ seq: 10 });
  const second = collect(rig, TRADES, { snapshot: 2 });
  await settle();
  rig.socket.end(1006);
  await rig.pass(500);
  await rig.welcome();
  await rig.joined({ seq: 12, recovered: true, snapshot: [trade(11), trade(12)] });
  assert.deepEqual(rig.socket.last('subscribe').data.rooms, [{ room: TRADES, snapshot: 2 }]);
  await rig.joined({ seq: 12, recovered: true, snapshot: [trade(11), trade(12)] });
  await rig.trades(TRADES, 13);

  assert.deepEqual(first.seqs, [11, 12, 13]);
  assert.deepEqual(second.seqs, [11, 12, 13]);
});

test('another rate or other fields of a room in force are refused, naming it', async () => {
  const rig = await Rig.live();
  rig.client.subscribe('ticker:A@1s', () => {});

  assert.throws(() => rig.client.subscribe('ticker:A@5s', () => {}),
    (error) => error.code === 'already_subscribed' && error.message.includes('ticker:A@1s'));
  assert.throws(() => rig.client.subscribe('ticker:A@1s~last', () => {}), { code: 'already_subscribed' });
});

test('a change of rate is one subscribe that lets the server go on from what it sent', async () => {
  const rig = await Rig.live();
  const { seqs, subscription } = collect(rig, TRADES);
  await settle();
  await rig.joined({ seq: 10 });
  const changed = rig.client.changeRate(TRADES, '1s');
  await settle();
  assert.deepEqual(rig.socket.last('subscribe').data.rooms, [{ room: `${TRADES}@1s`, snapshot: 0 }]);
  await rig.trades(TRADES, 11);
  await rig.joined({ seq: 13, recovered: true, snapshot: [trade(12), trade(13)] });
  await rig.trades(`${TRADES}@1s`, 14);

  assert.equal(await changed, `${TRADES}@1s`);
  assert.equal(subscription.room, `${TRADES}@1s`);
  assert.deepEqual(seqs, [11, 12, 13, 14]);
  await assert.rejects(rig.client.changeRate('trade:NONE', '1s'), { code: 'not_subscribed' });
  await assert.rejects(rig.client.changeRate(TRADES, '3s'), { code: 'bad_field' });
});

test('a room that is left while a change of its rate has no answer is left at each rate', async () => {
  const rig = await Rig.live();
  const { subscription } = collect(rig, TRADES);
  await settle();
  await rig.joined({ seq: 10 });
  const changed = ['1s', '2s', '1s'].map((rate) => assert.rejects(rig.client.changeRate(TRADES, rate), { code: 'closed' }));
  await settle();
  subscription.unsubscribe();
  await Promise.all(changed);

  assert.deepEqual(rig.socket.last('unsubscribe').data, { rooms: [TRADES, `${TRADES}@1s`, `${TRADES}@2s`] });
});

test('a room that is left before it is known whether it was joined is left all the same', async () => {
  const rig = await Rig.live();
  const { subscription } = collect(rig, TRADES);
  await settle();
  const changed = assert.rejects(rig.client.changeRate(TRADES, '1s'), { code: 'closed' });
  subscription.unsubscribe(); // Before the change is sent.
  await changed;
  await settle();
  const unsent = collect(rig, 'trade:B');
  unsent.subscription.unsubscribe();
  await settle();

  assert.deepEqual(rig.socket.commands('subscribe').map((command) => command.data.rooms), [[{ room: TRADES, snapshot: 0 }]]);
  assert.deepEqual(rig.socket.commands('unsubscribe').map((command) => command.data), [{ rooms: [TRADES, `${TRADES}@1s`] }]);
});

test('a refused change of rate leaves the room as it was', async () => {
  const rig = await Rig.live();
  const { seqs } = collect(rig, TRADES);
  await settle();
  await rig.joined({ seq: 10 });
  const changed = assert.rejects(rig.client.changeRate(TRADES, '1s'), { code: 'bad_field' });
  await settle();
  await rig.joined({ ok: false, code: 'bad_field', message: 'no' });
  await changed;
  await rig.trades(TRADES, 11);
  collect(rig, TRADES);

  assert.deepEqual(seqs, [11]);
});

test('a room that is refused is told, and one that is refused for now is asked for again', async () => {
  const rig = await Rig.live();
  const never = rig.client.subscribe('ticker:NOPE', () => {});
  const later = rig.client.subscribe('ticker:A', () => {});
  await settle();
  await rig.joined({ ok: false, code: 'unknown_symbol', message: 'no NOPE' }, { ok: false, code: 'store_behind', message: 'not now' });
  await assert.rejects(never.ready, { code: 'unknown_symbol' });
  await rig.pass(1_000);
  assert.deepEqual(rig.socket.last('subscribe').data.rooms, [{ room: 'ticker:A', snapshot: 1 }]);
  await rig.joined({});
  await later.ready;

  assert.deepEqual(rig.told('refused'), [{ event: 'refused', room: 'ticker:NOPE', code: 'unknown_symbol', message: 'no NOPE' }]);
  assert.equal(rig.client.counters.roomCount, 1);
});

test('rooms whose history had no place in a reply are asked for in the next message', async () => {
  const rig = await Rig.live();
  const names = range(1, 45).map((index) => `trade:S${index}`);
  const all = names.map((room) => collect(rig, room, { snapshot: 1_500 }));
  // As the server does it: twenty rooms with the longest history are one reply.
  const answer = () => rig.joined(...rig.socket.last('subscribe').data.rooms.map((room, index) =>
    (index < 20 ? { seq: 1, snapshot: [trade(1)] } : { ok: false, code: 'too_large', message: 'ask again for this room' })));
  for (let message = 1; message <= 3; message++) {
    await settle();
    assert.equal(rig.socket.commands('subscribe').length, message);
    await answer();
  }
  await rig.pass(5_000);

  assert.deepEqual(rig.socket.commands('subscribe').map((command) => command.data.rooms.map((room) => room.room)),
    [names, names.slice(20), names.slice(40)]);
  assert.ok(rig.socket.commands('subscribe').every((command) => command.data.rooms.every((room) => room.snapshot === 1_500)));
  assert.ok(all.every(({ seqs }) => seqs.length === 1));
  assert.deepEqual(rig.told('refused'), []);
});

test('a room that is too large in a message of its own is refused, even by a server that says so of all', async () => {
  const rig = await Rig.live();
  const rooms = ['trade:A', 'trade:B', 'trade:C'].map((room) => rig.client.subscribe(room, () => {}, { snapshot: 1_500 }));
  const refused = rooms.map((room) => assert.rejects(room.ready, { code: 'too_large' }));
  await settle();
  const tooLarge = { ok: false, code: 'too_large', message: 'no' };
  await rig.joined(tooLarge, tooLarge, tooLarge);
  for (const { id, data } of rig.socket.commands('subscribe').slice(1)) {
    await rig.receive({ event: 'subscribed', id, data: [{ room: data.rooms[0].room, ...tooLarge }] });
  }
  await Promise.all(refused);

  assert.equal(rig.socket.commands('subscribe').length, 4);
  assert.equal(rig.told('refused').length, 3);
});

test('as many queries as may wait keep no room from being joined again, or left', async () => {
  const rig = await Rig.live();
  const { seqs, subscription } = collect(rig, TRADES);
  await settle();
  await rig.joined({ seq: 1 });
  rig.socket.end(1006);
  for (let index = rig.client.counters.pendingCount; index < 1_024; index++) {
    rig.client.tickers().catch(() => {});
  }
  await assert.rejects(rig.client.tickers(), { code: 'too_many_requests' });
  await rig.pass(500);
  await rig.welcome();
  await rig.joined({ seq: 2, recovered: true, snapshot: [trade(2)] });
  assert.deepEqual(seqs, [2]);
  subscription.unsubscribe();
  await settle();

  assert.deepEqual(rig.socket.last('unsubscribe').data, { rooms: [TRADES] });
  assert.deepEqual(rig.told('refused'), []);
  rig.client.close();
});

test('rooms do not wait behind queries that are sent again', async () => {
  const rig = await Rig.live();
  collect(rig, TRADES);
  await settle();
  await rig.joined({ seq: 1 });
  rig.socket.end(1006);
  for (let index = 0; index < 900; index++) {
    rig.client.tickers().catch(() => {});
  }
  await rig.pass(500);
  await rig.welcome({ limits: { commandsPerSecond: 20, commandBurst: 100 } });
  await rig.pass(200);

  assert.deepEqual(rig.socket.commands('subscribe').map((command) => command.data.rooms[0].room), [TRADES]);
  assert.ok(rig.socket.commands('ticker').length < 60);
  rig.client.close();
});

test('a reconnect is over when the last room that waits is left', async () => {
  const rig = await Rig.live();
  const first = collect(rig, TRADES);
  collect(rig, 'trade:B');
  await settle();
  await rig.joined({ seq: 1 }, { seq: 1 });
  rig.socket.end(1006);
  await rig.pass(500);
  await rig.welcome();
  await rig.joined({ ok: false, code: 'store_behind', message: 'not now' }, { seq: 1, recovered: true });
  assert.deepEqual(rig.told('resubscribed'), []);
  first.subscription.unsubscribe();
  await rig.pass(2_000);

  assert.deepEqual(rig.told('resubscribed'), [{ event: 'resubscribed', roomCount: 1 }]);
  assert.equal(rig.socket.commands('subscribe').length, 1);
});

test('a listener that throws, or whose promise fails, hurts nobody else', async () => {
  const rig = await Rig.live();
  const errors = [];
  rig.client.subscribe(TRADES, () => {
    throw new Error('mine');
  });
  rig.client.subscribe(TRADES, async () => {
    throw new Error('later');
  });
  const { seqs } = collect(rig, TRADES);
  await settle();
  await rig.joined({ seq: 10 });
  await rig.trades(TRADES, 11);
  assert.deepEqual(rig.logged.map(({ error }) => error.message), ['mine', 'later']);
  rig.client.on('listenerError', ({ source, error }) => {
    errors.push([source, error.message]);
    throw new Error('even this');
  });
  await rig.trades(TRADES, 12);

  assert.deepEqual(errors, [[TRADES, 'mine'], [TRADES, 'later']]);
  assert.deepEqual(seqs, [11, 12]);
  assert.equal(rig.logged.length, 4);
});

test('a listener may take itself and others away while it is called', async () => {
  const rig = await Rig.live();
  const seqs = [];
  const second = { onData: (trades) => seqs.push(trades[0].seq) };
  rig.client.subscribe(TRADES, () => rig.client.unsubscribe(TRADES, second));
  rig.client.subscribe(TRADES, second);
  await settle();
  await rig.joined({ seq: 10 });
  await rig.trades(TRADES, 11);

  assert.deepEqual(seqs, []);
});

test('messages of a room that was left and joined again do not count before the new reply', async () => {
  const rig = await Rig.live();
  const first = collect(rig, TRADES);
  await settle();
  await rig.joined({ seq: 10 });
  first.subscription.unsubscribe();
  const second = collect(rig, TRADES);
  await rig.trades(TRADES, 11);
  await rig.joined({ seq: 12 });
  await rig.trades(TRADES, 13);

  assert.deepEqual(first.seqs, []);
  assert.deepEqual(second.seqs, [13]);
  assert.deepEqual(rig.socket.sent.map((command) => command.event).filter((event) => event.endsWith('subscribe')),
    ['subscribe', 'unsubscribe', 'subscribe']);
});

test('a candle comes in its last revision', async () => {
  const rig = await Rig.live();
  const candles = [];
  rig.client.subscribe('kline:BTC-USDT:1m', (list) => candles.push(...list.map((each) => [each.openTime, each.seq, each.closed])));
  await settle();
  await rig.joined({ room: 'kline:BTC-USDT:1m', seq: 5, snapshot: [candle(0, 5)] });
  const live = (each) => rig.receive({ event: 'kline', room: 'kline:BTC-USDT:1m', seq: each.seq, data: each });
  await live(candle(0, 4));
  await live(candle(0, 5, { closed: true, cause: 'clock' }));
  await live(candle(0, 5));
  await live(candle(60_000, 6));

  assert.deepEqual(candles, [[0, 5, false], [0, 5, true], [60_000, 6, false]]);
});

test('a reconnect asks from the oldest candle that is not known to be closed', async () => {
  const rig = await Rig.live();
  const room = 'kline:BTC-USDT:1m';
  rig.client.subscribe(room, () => {});
  await settle();
  await rig.joined({ seq: 5, snapshot: [candle(0, 5)] });
  const live = (each) => rig.receive({ event: 'kline', room, seq: each.seq, data: each });
  await live(candle(60_000, 8));
  await live(candle(120_000, 9));
  await live(candle(60_000, 8, { closed: true, cause: 'clock' }));
  rig.socket.end(1006);
  await rig.pass(500);
  await rig.welcome();

  assert.deepEqual(rig.socket.last('subscribe').data.rooms, [{ room, since: { epoch: 'epoch-1', seq: 5 } }]);
});

test('candles that the reply cannot hold are asked for as history', async () => {
  const rig = await Rig.live();
  const room = 'kline:BTC-USDT:1d:+08:00~close';
  const closed = [];
  rig.client.subscribe(room, (list) => closed.push(...list.filter((each) => each.closed).map((each) => each.openTime)));
  await settle();
  await rig.joined({ room, seq: 5, snapshot: [candle(0, 5)] });
  rig.socket.end(1006);
  await rig.pass(500);
  await rig.welcome();
  await rig.joined({ room, seq: 90_000, recovered: false });
  const { id, data } = rig.socket.last('klines');
  await rig.receive({ event: 'klines', id, data: [candle(0, 7, { closed: true }), candle(60_000, 9, { closed: true })] });

  assert.deepEqual(data, { symbol: 'BTC-USDT', interval: '1d', startTime: 0, limit: 1_500, utcOffset: '+08:00' });
  assert.deepEqual(closed, [0, 60_000]);
});

/** A room of seconds that was lost at its first candle and is back an hour later, with the newest only; and a server that has them all. */
async function hourAsleep() {
  const rig = await Rig.live();
  const room = 'kline:A:1s';
  const taken = [];
  rig.client.subscribe(room, (list) => taken.push(...list));
  await settle();
  await rig.joined({ room, seq: 1, snapshot: [candle(0, 1)] });
  const all = range(0, 3_600).map((second) => candle(second * 1_000, second + 1, { closed: second < 3_600 }));
  const lose = async () => {
    const before = rig.sockets.length;
    rig.socket.end(1006);
    while (rig.sockets.length === before) {
      await rig.pass(100);
    }
    await rig.welcome();
  };
  const back = (recovered) => rig.joined({ room, seq: 3_601, recovered, snapshot: [all.at(-1)] });
  const answer = async () => {
    const { id, data } = rig.socket.last('klines');
    const from = all.findIndex((each) => each.openTime >= data.startTime);
    await rig.receive({ event: 'klines', id, data: from < 0 ? [] : all.slice(from, from + data.limit) });
  };
  const asked = () => rig.socket.commands('klines').map(({ data }) => data.startTime);
  const since = () => rig.socket.last('subscribe').data.rooms[0].since.seq;
  await lose();
  await back(false);
  return { rig, all, taken, lose, back, answer, asked, since };
}

test('candles of a long absence are read page by page, all of them', async () => {
  const { rig, all, taken, lose, answer, asked, since } = await hourAsleep();
  for (let page = 1; page <= 3; page++) {
    assert.equal(asked().length, page);
    await answer();
  }

  assert.deepEqual(asked(), [0, 1_499_001, 2_999_001]);
  assert.deepEqual(taken.filter((each) => each.closed), all.slice(0, -1));
  await lose();
  assert.equal(since(), 3_601);
  assert.deepEqual(rig.logged, []);
});

test('candles that were not read when the connection ended are read on the next', async () => {
  const { all, taken, lose, back, answer, asked, since } = await hourAsleep();
  await answer();
  await lose();
  assert.equal(since(), 1);
  await back(false);
  await answer();
  await answer();

  assert.deepEqual(asked(), [1_499_001, 2_999_001]);
  assert.deepEqual(taken.filter((each) => each.closed), all.slice(0, -1));
});

test('candles that the next reply has are not read any more', async () => {
  const { lose, back, answer, asked, since } = await hourAsleep();
  await answer();
  await lose();
  await back(true);
  assert.deepEqual(asked(), []);
  await lose();

  assert.equal(since(), 3_601);
});

test('candles that cannot be read now are asked for again', async () => {
  const { rig, all, taken, answer, asked } = await hourAsleep();
  await answer();
  await rig.receive({ event: 'error', id: rig.socket.last('klines').id, code: 'store_behind', message: 'not now', temporary: true });
  assert.equal(asked().length, 2);
  await rig.pass(5_000);
  await answer();
  await answer();

  assert.deepEqual(asked(), [0, 1_499_001, 1_499_001, 2_999_001]);
  assert.deepEqual(taken.filter((each) => each.closed), all.slice(0, -1));
});

test('reading candles ends with the room', async () => {
  const { rig, taken, answer, asked } = await hourAsleep();
  rig.client.unsubscribe('kline:A:1s');
  const before = taken.length;
  await answer();
  await rig.pass(1_000);

  assert.equal(taken.length, before);
  assert.equal(asked().length, 1);
  rig.client.close();
  assert.equal(rig.timerCount, 0);
});

test('what comes in the same read as the reply is not lost', async () => {
  const rig = await Rig.live();
  const { seqs } = collect(rig, 'kline:BTC-USDT:1m');
  await settle();
  const { id } = rig.socket.last('subscribe');
  rig.socket.receive({ event: 'subscribed', id, data: [{ room: 'kline:BTC-USDT:1m', ok: true, seq: 5, recovered: false, snapshot: [candle(0, 5)] }] });
  rig.socket.receive({ event: 'kline', room: 'kline:BTC-USDT:1m', seq: 6, data: candle(0, 6) });

  assert.deepEqual(seqs, [5, 6]);
});

test('several hundred rooms are cut into messages that the server takes', async () => {
  const rig = await Rig.live();
  for (let index = 0; index < 700; index++) {
    rig.client.subscribe(`trade:SYMBOL-${index}`, () => {});
  }
  await settle();
  const commands = rig.socket.commands('subscribe');

  assert.ok(commands.length >= 2);
  assert.equal(commands.reduce((sum, command) => sum + command.data.rooms.length, 0), 700);
  assert.ok(commands.every((command) => JSON.stringify(command).length < 65_536));
});

test('the 1,025th room is refused', async () => {
  const rig = await Rig.live();
  for (let index = 0; index < 1_024; index++) {
    rig.client.subscribe(`trade:S${index}`, () => {});
  }

  assert.throws(() => rig.client.subscribe('trade:MORE', () => {}), { code: 'too_many_rooms' });
});
