import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { mayReconnect, retryAfterMillis } from '../src/close-codes.js';
import { MarketClient, ReconnectPolicy } from '../src/market-client.js';
import { Rig, settle } from './surroundings.js';

test('the table of close codes is that of the protocol', () => {
  const protocol = readFileSync(new URL('../../../market-core/doc/PROTOCOL.md', import.meta.url), 'utf8');
  const rows = [...protocol.matchAll(/^\| (\d{4}) \| (yes|no) \|/gm)];

  assert.ok(rows.length >= 16, `rows ${rows.length}`);
  for (const [, code, answer] of rows) {
    assert.equal(mayReconnect(Number(code)), answer === 'yes', code);
  }
  assert.ok(mayReconnect(1006) && mayReconnect(3999) && mayReconnect(4711));
});

test('the wait that 4008 tells is in seconds or milliseconds; other codes tell none', () => {
  assert.equal(retryAfterMillis(4008, 'retry after 250 ms'), 250);
  assert.equal(retryAfterMillis(4008, '7'), 7_000);
  assert.equal(retryAfterMillis(4008, 'retry after 7 s'), 7_000);
  assert.equal(retryAfterMillis(4008, ''), 0);
  assert.equal(retryAfterMillis(4002, '60'), 0);
});

test('connects, is welcomed and tells it', async () => {
  const rig = new Rig({ token: 's3cret' });
  await settle();
  assert.equal(rig.client.state, 'connecting');
  assert.equal(rig.socket.url, 'ws://market.test/ws');
  await rig.welcome();

  assert.equal(rig.client.state, 'live');
  assert.deepEqual(rig.events.map((each) => each.event), ['connected']);
  await rig.client.ready;
});

for (const code of [1001, 1006, 1011, 1012, 1013, 4002, 4003, 4009, 4711]) {
  test(`comes back after ${code}`, async () => {
    const rig = await Rig.live();
    rig.socket.end(code, 'why');
    await rig.pass(500);
    await rig.welcome();

    assert.equal(rig.sockets.length, 2);
    assert.deepEqual(rig.told('disconnected'), [{ event: 'disconnected', code, reason: 'why', willReconnect: true }]);
    assert.equal(rig.told('reconnected').length, 1);
  });
}

test('a socket that is closing is sent nothing, and what was asked meanwhile is asked on the next one', async () => {
  const rig = await Rig.live();
  const before = rig.socket.sent.length;
  rig.socket.readyState = 2;
  assert.equal(rig.client.send({ event: 'ping' }), false);
  const tickers = rig.client.tickers();
  assert.equal(rig.socket.sent.length, before);

  rig.socket.end(1006);
  await rig.pass(500);
  await rig.welcome();
  const { id } = rig.socket.last('ticker');
  rig.socket.receive({ event: 'tickers', id, data: [] });
  assert.deepEqual(await tickers, []);
});

for (const code of [1000, 1002, 1003, 1007, 1008, 1009, 4000, 4001]) {
  test(`stays away after ${code}, and lets everything go`, async () => {
    const rig = await Rig.live();
    const asked = assert.rejects(rig.client.tickers(), { code: 'closed' });
    rig.socket.end(code, '');
    await rig.pass(3_600_000);

    assert.equal(rig.sockets.length, 1);
    assert.equal(rig.client.state, 'closed');
    assert.equal(rig.told('disconnected')[0].willReconnect, false);
    await asked;
    assert.equal(rig.timerCount, 0);
    assert.equal(rig.wakerCount, 0);
  });
}

test('the waits grow while nobody answers and begin anew after 30 s of connection', async () => {
  const rig = await Rig.live();
  rig.chance = () => 0.999999;
  const waits = [];
  const lose = async () => {
    const from = rig.now;
    const before = rig.sockets.length;
    rig.socket.end(1006);
    while (rig.sockets.length === before) {
      await rig.pass(50);
    }
    waits.push(Math.round((rig.now - from) / 500) * 500);
  };
  for (let attempt = 0; attempt < 4; attempt++) {
    await lose();
  }
  await rig.welcome();
  await lose();
  await rig.welcome();
  for (let second = 0; second < 31; second++) {
    await rig.pass(1_000);
    rig.pong();
  }
  await lose();

  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 4_000, 500]);
});

test('gives up after the attempts that it may make', async () => {
  const rig = new Rig({ reconnect: { maxAttempts: 3 } });
  await settle();
  for (let attempt = 0; attempt < 4; attempt++) {
    rig.socket.end(1006);
    await rig.pass(30_000);
  }

  assert.equal(rig.sockets.length, 4);
  assert.equal(rig.client.state, 'closed');
  await assert.rejects(rig.client.ready, { code: 'closed' });
});

test("the seed's policy: 5 s apart, ten times in a page's life, after 1006 only", async () => {
  const rig = await Rig.live({ reconnect: ReconnectPolicy.seed() });
  for (let attempt = 0; attempt < 10; attempt++) {
    rig.socket.end(1006);
    await rig.pass(4_999);
    assert.equal(rig.sockets.length, attempt + 1);
    await rig.pass(1);
    await rig.welcome();
    for (let second = 0; second < 60; second++) {
      await rig.pass(1_000);
      rig.pong();
    }
  }
  rig.socket.end(1006);
  await rig.pass(60_000);
  assert.equal(rig.sockets.length, 11);
  const other = await Rig.live({ reconnect: ReconnectPolicy.seed() });
  other.socket.end(1012);

  assert.equal(other.client.state, 'closed');
});

test('an attempt without a welcome is given up, but not by a timer that comes late', async () => {
  const rig = new Rig();
  await settle();
  rig.sleep(60_000);
  await rig.pass(0);
  assert.equal(rig.sockets.length, 1);
  await rig.pass(3_000);
  await rig.pass(500);

  assert.equal(rig.sockets.length, 2);
});

test('a drained client leaves and comes back in its slot, without jitter, to where it was told', async () => {
  const rig = await Rig.live();
  await rig.receive({ event: 'drain', room: 'system', data: { reconnectAfterMillis: 1_500, url: 'ws://b.test/ws' } });
  rig.socket.end(1001);
  await rig.pass(1_499);
  assert.equal(rig.sockets.length, 1);
  await rig.wake('visible');
  assert.equal(rig.sockets.length, 1, 'waking does not cut the slot short');
  await rig.pass(1);

  assert.equal(rig.socket.url, 'ws://b.test/ws');
  assert.deepEqual(rig.told('draining'), [{ event: 'draining', reconnectAfterMillis: 1_500, url: 'ws://b.test/ws' }]);
  rig.socket.end(1006);
  await rig.pass(500);
  assert.equal(rig.socket.url, 'ws://market.test/ws', 'and back to the first if nobody is there');
});

test('a server that drains and stays is left in the slot', async () => {
  const rig = await Rig.live();
  await rig.receive({ event: 'drain', room: 'system', data: { reconnectAfterMillis: 2_000 } });
  await rig.pass(2_000);

  assert.equal(rig.sockets.length, 2);
  assert.deepEqual(rig.sockets[0].closedWith, { code: 1000, reason: '' });
});

test('4008 is obeyed', async () => {
  const rig = await Rig.live();
  rig.socket.end(4008, 'retry after 9000 ms');
  await rig.pass(8_990);
  await rig.wake('online');
  assert.equal(rig.sockets.length, 1);
  await rig.pass(10);

  assert.equal(rig.sockets.length, 2);
});

test('comes back at once when the network does or the page is seen, at most once a second', async () => {
  for (const why of ['online', 'visible', 'pageshow', 'resume']) {
    const rig = await Rig.live();
    await rig.pass(5_000);
    rig.pong();
    rig.chance = () => 0.999999;
    rig.socket.end(1006);
    await rig.wake(why);
    await rig.pass(0);
    assert.equal(rig.sockets.length, 2, why);
    rig.socket.end(1006);
    await rig.wake(why);
    await rig.pass(0);
    assert.equal(rig.sockets.length, 2, why);
    await rig.pass(1_000);
    assert.equal(rig.sockets.length, 3, why);
  }
});

test('an attempt that was begun without a network is begun anew when there is one', async () => {
  const rig = new Rig();
  await settle();
  await rig.pass(2_000);
  await rig.wake('online');

  assert.equal(rig.sockets.length, 2);
  assert.equal(rig.sockets[0].handlerCount, 0);
});

test('a dead connection is found on waking, within the short deadline', async () => {
  const rig = await Rig.live();
  rig.pong();
  await rig.pass(5_000);
  await rig.wake('online');
  await rig.pass(3_100);

  assert.deepEqual(rig.told('disconnected').map((each) => each.code), [1006]);
});

test('a page whose timers ran once a minute keeps a connection that answers', async () => {
  const rig = await Rig.live();
  for (let minute = 0; minute < 20; minute++) {
    rig.sleep(59_900);
    await rig.pass(100);
    rig.pong();
  }

  assert.equal(rig.sockets.length, 1);
  assert.deepEqual(rig.told('disconnected'), []);
});

test('a page whose timers ran once a minute and whose connection is dead comes back', async () => {
  const rig = await Rig.live();
  for (let minute = 0; minute < 6 && rig.sockets.length === 1; minute++) {
    rig.sleep(59_900);
    await rig.pass(100);
  }

  assert.equal(rig.told('disconnected').length, 1);
});

test('messages do the work of a timer that never fires: the server is asked in time', async () => {
  const rig = await Rig.live();
  const before = rig.socket.commands('ping').length;
  for (let second = 0; second < 60; second++) {
    rig.sleep(1_000);
    await rig.receive({ event: 'heartbeat', serverTime: rig.wall, data: [] });
  }

  assert.ok(rig.socket.commands('ping').length - before >= 5);
});

test('the pings measure latency and the difference of the clocks', async () => {
  const rig = await Rig.live();
  const asked = rig.client.ping();
  await settle();
  const { id, data } = rig.socket.last('ping');
  rig.sleep(40);
  rig.socket.receive({ event: 'pong', id, data: { ...data, receiveTime: data.clientTime + 5_020, sendTime: data.clientTime + 5_020 } });

  assert.deepEqual(await asked, { latencyMillis: 40, clockOffsetMillis: 5_000 });
  assert.deepEqual(rig.client.latency, { count: 1, minMillis: 40, p50Millis: 40, p99Millis: 40, clockOffsetMillis: 5_000 });
  assert.equal(rig.client.serverTimeMillis(), rig.wall + 5_000);
});

test('a ping tells what the last one took and how late a live message came', async () => {
  const rig = await Rig.live();
  rig.client.subscribe('trade:A', () => {});
  await settle();
  await rig.joined({ seq: 100 });
  rig.client.ping();
  await settle();
  const first = rig.socket.last('ping');
  rig.sleep(40);
  const serverTime = first.data.clientTime + 5_020; // Its clock is five seconds ahead.
  rig.socket.receive({ event: 'pong', id: first.id, data: { ...first.data, receiveTime: serverTime, sendTime: serverTime } });
  await settle();
  const told = (late) => ({ event: 'trade', room: 'trade:A', seq: 101, serverTime: rig.wall + 5_000 - late, data: [] });
  await rig.receive(told(70));
  await rig.receive(told(9_000)); // One for each ping.
  rig.client.ping();
  await settle();
  const second = rig.socket.last('ping');
  rig.client.ping();
  await settle();

  assert.equal(second.data.roundTripMicros, 40_000);
  assert.equal(second.data.latencyMicros, 70_000);
  assert.deepEqual(Object.keys(rig.socket.last('ping').data), ['clientTime'], 'told once');
});

test('another epoch is told, and positions begin anew', async () => {
  const rig = await Rig.live();
  const seqs = [];
  rig.client.subscribe('trade:A', (trades) => seqs.push(...trades.map((each) => each.seq)));
  await settle();
  await rig.joined({ seq: 100 });
  await rig.trades('trade:A', 101);
  rig.socket.end(1006);
  await rig.pass(500);
  await rig.welcome({ epoch: 'epoch-2' });
  assert.deepEqual(rig.socket.last('subscribe').data.rooms, [{ room: 'trade:A', snapshot: 0 }]);
  await rig.joined({ seq: 3 });
  await rig.trades('trade:A', 4);

  assert.deepEqual(rig.told('historyChanged'), [{ event: 'historyChanged', oldEpoch: 'epoch-1', newEpoch: 'epoch-2' }]);
  assert.deepEqual(seqs, [101, 4]);
});

test('two hundred reconnects leave no timer, handler, listener or request behind', async () => {
  const rig = await Rig.live();
  rig.client.subscribe('trade:A', () => {});
  rig.client.subscribe('ticker:*', () => {});
  await settle();
  await rig.joined({ seq: 1 }, {});
  rig.pong();
  const [timers, pending] = [rig.timerCount, rig.client.counters.pendingCount];
  for (let round = 0; round < 200; round++) {
    const before = rig.sockets.length;
    rig.socket.end(round % 2 === 0 ? 1006 : 1012);
    while (rig.sockets.length === before) {
      await rig.pass(500);
    }
    await rig.welcome();
    await rig.joined({ seq: 1, recovered: true }, {});
    rig.pong();
  }

  assert.equal(rig.client.counters.reconnectCount, 200);
  assert.equal(rig.timerCount, timers);
  assert.equal(rig.client.counters.pendingCount, pending);
  assert.equal(rig.wakerCount, 1);
  assert.ok(rig.sockets.slice(0, -1).every((socket) => socket.handlerCount === 0));
  rig.client.close();
  assert.equal(rig.timerCount, 0);
  assert.equal(rig.wakerCount, 0);
});

test('close is final and may be called twice', async () => {
  const rig = await Rig.live();
  rig.client.close();
  rig.client.close();
  await rig.pass(60_000);

  assert.equal(rig.sockets.length, 1);
  assert.deepEqual(rig.socket.closedWith, { code: 1000, reason: '' });
  await assert.rejects(rig.client.tickers(), { code: 'closed' });
  assert.throws(() => rig.client.subscribe('trade:A', () => {}), { code: 'closed' });
});

for (const [when, lose] of [
  ['its connection is dead', async (rig) => {
    await rig.welcome();
    await rig.pass(60_000);
  }],
  ['a dead connection is found on waking', async (rig) => {
    await rig.welcome();
    rig.pong();
    await rig.pass(5_000);
    for (let round = 0; round < 5; round++) {
      await rig.wake('online');
      rig.sleep(3_100);
    }
  }],
  ['no welcome comes', (rig) => rig.pass(10_000)],
  ['an attempt is begun anew', async (rig) => {
    await rig.pass(2_000);
    await rig.wake('online');
  }],
  ['the server has closed it', async (rig) => {
    await rig.welcome();
    rig.socket.end(1012);
  }],
]) {
  test(`a client that is closed as it hears of a socket's end stays closed: ${when}`, async () => {
    const rig = new Rig();
    let ends = 0;
    rig.client.on('socketClose', () => {
      ends++;
      rig.client.close();
    });
    await settle();
    await lose(rig);
    assert.equal(rig.client.state, 'closed');
    await rig.pass(120_000);

    assert.equal(ends, 1);
    assert.equal(rig.client.state, 'closed');
    assert.equal(rig.sockets.length, 1);
    assert.equal(rig.timerCount, 0);
    assert.equal(rig.wakerCount, 0);
    assert.deepEqual(rig.told('disconnected'), []);
  });
}

test('what is sent as a dead socket is left waits for the next one', async () => {
  const rig = await Rig.live();
  let asked;
  rig.client.on('socketClose', () => {
    assert.equal(rig.client.send({ event: 'x' }), false);
    asked ??= rig.client.tickers();
  });
  while (rig.sockets.length === 1) {
    await rig.pass(1_000);
  }
  await rig.welcome();
  rig.socket.receive({ event: 'tickers', id: rig.socket.last('ticker').id, data: ['it'] });

  assert.deepEqual(await asked, ['it']);
  assert.deepEqual(rig.logged, []);
});

test('a client that is closed before it began opens nothing', async () => {
  const rig = new Rig();
  rig.client.close();
  await settle();

  assert.equal(rig.sockets.length, 0);
  assert.equal(rig.timerCount, 0);
});

test('what is no JSON is counted, told once and hurts nothing', async () => {
  const rig = await Rig.live();
  await rig.receive('{');
  await rig.receive('PONG');
  await rig.receive('[1]');
  await rig.receive('null');
  await rig.receive('}');

  assert.equal(rig.client.counters.malformedCount, 2);
  assert.equal(rig.logged.length, 1);
  assert.equal(rig.client.state, 'live');
});

test('settings out of their range are refused with name, limit and value', () => {
  assert.throws(() => new MarketClient({ url: 'ws://a/ws', heartbeatMillis: 0 }), /heartbeatMillis must be 1 to 3600000, was 0/);
  assert.throws(() => new MarketClient({ url: 'ws://a/ws', heartbeatMillis: 5_000, deadlineMillis: 4_000 }), /was 4000 of 5000/);
  assert.throws(() => new MarketClient({}), /url must be/);
});
