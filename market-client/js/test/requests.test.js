import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rig, settle, trade } from './surroundings.js';

test('queries go as the protocol says and resolve to their data', async () => {
  const rig = await Rig.live();
  const asked = [
    rig.client.klines({ symbol: 'A', interval: '1m', limit: 2 }), rig.client.trades({ symbol: 'A', fromSeq: 5 }), rig.client.tickers(),
    rig.client.ticker('A'), rig.client.instruments(),
  ];
  await settle();
  const commands = rig.socket.sent.slice(-5);
  assert.deepEqual(commands.map(({ event, data }) => ({ event, data })), [
    { event: 'klines', data: { symbol: 'A', interval: '1m', limit: 2 } }, { event: 'trades', data: { symbol: 'A', fromSeq: 5 } },
    { event: 'ticker', data: undefined }, { event: 'ticker', data: { symbol: 'A' } }, { event: 'instruments', data: undefined }]);
  commands.reverse().forEach(({ id }, index) => rig.socket.receive({ event: 'answer', id, data: index }));

  assert.deepEqual(await Promise.all(asked), [4, 3, 2, 1, 0]);
});

test('an error has code, field and whether it is temporary', async () => {
  const rig = await Rig.live();
  const asked = rig.client.klines({ symbol: 'A', interval: '1m', limit: 0 });
  await settle();
  rig.socket.receive({
    event: 'error', id: rig.socket.last('klines').id, code: 'bad_field', message: 'limit must be 1 to 1500, was 0', temporary: false,
    data: { field: 'limit' },
  });

  await assert.rejects(asked, { code: 'bad_field', field: 'limit', temporary: false, message: 'limit must be 1 to 1500, was 0' });
});

test('a query waits for the connection, and is sent again on the next', async () => {
  const rig = new Rig();
  const asked = rig.client.tickers();
  await settle();
  await rig.welcome();
  assert.equal(rig.socket.commands('ticker').length, 1);
  rig.socket.end(1006);
  await rig.pass(500);
  await rig.welcome();
  rig.socket.receive({ event: 'tickers', id: rig.socket.last('ticker').id, data: ['it'] });

  assert.deepEqual(await asked, ['it']);
});

test('a replay asked for before the welcome begins with it', async () => {
  const rig = new Rig();
  const asked = rig.client.replay({ symbol: 'A', fromTime: 1, toTime: 2, rooms: ['trade:A'] }, () => {});
  await settle();
  await rig.welcome();
  rig.socket.receive({ event: 'replaying', id: rig.socket.last('replay').id, data: [{ room: 'trade:A', ok: true }] });

  assert.deepEqual((await asked).rooms, [{ room: 'trade:A', ok: true }]);
  rig.client.close();
});

test('what a listener asks for as the connection is ready is sent once, and not dropped', async () => {
  const rig = new Rig();
  const asked = [];
  const ask = () => asked.push(rig.client.tickers(), rig.client.replay({ symbol: 'A', fromTime: 1, toTime: 2, rooms: ['trade:A'] }, () => {}));
  rig.client.on('connected', ask);
  rig.client.on('reconnected', ask);
  await settle();
  const answer = async () => {
    assert.deepEqual(['ticker', 'replay'].map((event) => rig.socket.commands(event).length), [1, 1]);
    rig.socket.receive({ event: 'tickers', id: rig.socket.last('ticker').id, data: ['it'] });
    rig.socket.receive({ event: 'replaying', id: rig.socket.last('replay').id, data: [{ room: 'trade:A', ok: true }] });
    const [tickers, replay] = await Promise.all(asked.splice(0));
    assert.deepEqual([tickers, replay.rooms.length], [['it'], 1]);
  };
  await rig.welcome();
  await answer();
  rig.socket.end(1006);
  await rig.pass(500);
  await rig.welcome();
  await answer();
  rig.client.close();
});

test('a query without an answer ends after its time', async () => {
  const rig = await Rig.live({ requestTimeoutMillis: 5_000 });
  const asked = assert.rejects(rig.client.tickers(), { code: 'timeout', temporary: true });
  await rig.pass(6_000);

  await asked;
});

test('more than 1,024 commands without an answer are refused', async () => {
  const rig = new Rig();
  for (let index = 0; index < 1_024; index++) {
    rig.client.tickers().catch(() => {});
  }

  await assert.rejects(rig.client.tickers(), { code: 'too_many_requests' });
  rig.client.close();
});

test('commands keep to the rate that the server told', async () => {
  const rig = new Rig();
  await settle();
  await rig.welcome({ limits: { commandsPerSecond: 20, commandBurst: 100 } });
  for (let index = 0; index < 200; index++) {
    rig.client.ticker(`S${index}`).catch(() => {});
  }
  await settle();
  assert.equal(rig.socket.commands('ticker').length, 50);
  await rig.pass(5_000);
  assert.equal(rig.socket.commands('ticker').length, 100);
  await rig.pass(10_000);

  assert.equal(rig.socket.commands('ticker').length, 200);
  rig.client.close();
});

test('publishing is tried again after 429, 503 and a failed connection, with the wait that the server tells', async () => {
  const rig = await Rig.live();
  const answers = [
    () => [429, { code: 'rate_limited', detail: 'wait' }, { 'Retry-After': '7' }],
    () => {
      throw new TypeError('Failed to fetch');
    },
    () => [503, { code: 'back_pressure', detail: 'wait' }, { 'Retry-After': '1' }],
    () => [200, { results: [{ ok: true, seq: 9 }], accepted: 1, duplicates: 0, rejected: 0 }],
  ];
  const times = [];
  rig.rest = () => {
    times.push(rig.now);
    return answers.shift()();
  };
  const published = rig.client.publish({ symbol: 'A', id: 't-1', price: '1', qty: '2' }, { atomic: true });
  await rig.pass(30_000);

  assert.deepEqual((await published).results, [{ ok: true, seq: 9 }]);
  assert.equal(times[1] - times[0], 7_000);
  assert.ok(times[3] - times[2] >= 1_000);
  const [{ url, method, body }] = rig.requests;
  assert.deepEqual([url, method, body],
    ['http://market.test/api/v1/trades?atomic=true', 'POST', '[{"symbol":"A","id":"t-1","price":"1","qty":"2"}]']);
});

test('what is wrong in itself is not published again; nor is anything without an id', async () => {
  const rig = await Rig.live();
  rig.rest = () => [400, { code: 'bad_json', detail: 'no', temporary: false }];

  await assert.rejects(rig.client.publish([{ symbol: 'A', id: 'x' }]), { code: 'bad_json', status: 400 });
  await assert.rejects(rig.client.publish([{ symbol: 'A', id: 'x' }, { symbol: 'A' }]), /trade 1 of 2 has no id/);
  assert.equal(rig.requests.length, 1);
});

test('publishing ends after its time, or with the client', async () => {
  const rig = await Rig.live({ publishTimeoutMillis: 10_000, token: 'T' });
  rig.rest = () => [503, { code: 'shutting_down', detail: 'bye', temporary: true }, { 'Retry-After': '4' }];
  const first = assert.rejects(rig.client.publish({ symbol: 'A', id: '1' }), { code: 'shutting_down', status: 503 });
  await rig.pass(20_000);
  await first;
  assert.equal(rig.requests[0].headers.Authorization, 'Bearer T');
  const second = assert.rejects(rig.client.publish({ symbol: 'A', id: '1' }), { code: 'closed' });
  await rig.pass(100);
  rig.client.close();
  await second;

  assert.equal(rig.timerCount, 0);
});

test('a replay plays to its own listener, and ends or is stopped', async () => {
  const rig = await Rig.live();
  const played = [];
  const live = [];
  rig.client.subscribe('trade:A', (trades) => live.push(...trades));
  await settle();
  await rig.joined({ seq: 50 });
  const asked = rig.client.replay({ symbol: 'A', fromTime: 1, toTime: 2, rooms: ['trade:A'], speed: 10 },
    (trades, info) => played.push(...trades.map((each) => [each.seq, info.room])));
  await settle();
  const { id, data } = rig.socket.last('replay');
  assert.deepEqual(data, { symbol: 'A', fromTime: 1, toTime: 2, rooms: ['trade:A'], speed: 10 });
  rig.socket.receive({ event: 'replaying', id, data: [{ room: 'trade:A', ok: true }] });
  rig.socket.receive({ event: 'trade', id, room: 'trade:A', seq: 7, serverTime: 1, data: [trade(7)] });
  const replay = await asked;
  const stopped = replay.stop();
  await settle();
  rig.socket.receive({ event: 'replayed', id, data: { trades: 1, lastSeq: 7 } });
  rig.socket.receive({ event: 'replay_stopped', id: rig.socket.last('stop_replay').id });
  await stopped;

  assert.deepEqual(await replay.done, { trades: 1, lastSeq: 7 });
  assert.deepEqual(played, [[7, 'trade:A']]);
  assert.deepEqual(live, []);
  await replay.stop();
  assert.equal(rig.socket.commands('stop_replay').length, 1);
});

test('a replay that is refused says why, and one whose connection ends is dropped', async () => {
  const rig = await Rig.live();
  const refused = rig.client.replay({ symbol: 'A', fromTime: 1, toTime: 2, rooms: ['ticker:*'] }, () => {});
  await settle();
  rig.socket.receive({ event: 'replaying', id: rig.socket.last('replay').id, data: [{ room: 'ticker:*', ok: false, code: 'bad_field', message: 'no' }] });
  await assert.rejects(refused, { code: 'bad_field' });
  const dropped = rig.client.replay({ symbol: 'A', fromTime: 1, toTime: 2, rooms: ['trade:A'] }, () => {});
  await settle();
  rig.socket.receive({ event: 'replaying', id: rig.socket.last('replay').id, data: [{ room: 'trade:A', ok: true }] });
  const { done } = await dropped;
  rig.socket.end(1006);

  await assert.rejects(done, { code: 'dropped', temporary: true });
});
