import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rig, range } from './surroundings.js';

const ROOM = 'trade:BTC-USDT';

/** Seconds go by, with a heartbeat every ten of them. */
async function seconds(rig, count, watermark) {
  for (let second = 1; second <= count; second++) {
    await rig.pass(1_000);
    rig.pong();
    if (watermark !== undefined && second % 10 === 0) {
      await rig.receive({ event: 'heartbeat', serverTime: rig.wall, data: [watermark()] });
    }
  }
}

async function joined(room = ROOM) {
  const rig = await Rig.live();
  rig.client.subscribe(room, () => {});
  await rig.pass(0);
  await rig.joined({ seq: 10, room });
  return rig;
}

test('a quiet room with heartbeats is never stale', async () => {
  const rig = await joined();
  await seconds(rig, 60, () => ({ room: ROOM, seq: 10, time: rig.wall }));

  assert.deepEqual(rig.told('stale'), []);
});

test('without heartbeats a room is stale a second after one was due, and fresh with the next', async () => {
  const rig = await joined();
  const joinedAt = rig.wall;
  await seconds(rig, 11);
  assert.deepEqual(rig.told('stale'), []);
  await seconds(rig, 1);
  assert.deepEqual(rig.told('stale'), [{ event: 'stale', room: ROOM, since: joinedAt, reason: 'silent' }]);
  await rig.receive({ event: 'heartbeat', serverTime: rig.wall, data: [{ room: ROOM, seq: 10, time: rig.wall }] });

  assert.deepEqual(rig.told('fresh'), [{ event: 'fresh', room: ROOM, left: false }]);
  await seconds(rig, 1);
  assert.equal(rig.told('stale').length, 1);
});

test('a room whose clock lags by more than a heartbeat is stale until it does not', async () => {
  const rig = await joined();
  const stalledAt = rig.wall;
  await seconds(rig, 10, () => ({ room: ROOM, seq: 10, time: stalledAt }));
  assert.deepEqual(rig.told('stale'), []);
  await seconds(rig, 10, () => ({ room: ROOM, seq: 10, time: stalledAt }));
  assert.deepEqual(rig.told('stale').map((each) => each.reason), ['lagging']);
  await seconds(rig, 10, () => ({ room: ROOM, seq: 10, time: rig.wall }));

  assert.equal(rig.told('fresh').length, 1);
});

test('a slow room may lag by its rate as well', async () => {
  const rig = await joined('ticker:A@10s');
  await seconds(rig, 60, () => ({ room: 'ticker:A@10s', seq: 10, time: rig.wall - 15_000 }));

  assert.deepEqual(rig.told('stale'), []);
});

test('the clock of a replay may be years back and run at any speed, as long as it runs', async () => {
  const rig = await joined();
  let time = 1_385_000_000_000;
  await seconds(rig, 60, () => ({ room: ROOM, seq: 10, time: (time += 10_000_000) }));
  assert.deepEqual(rig.told('stale'), []);
  await seconds(rig, 10, () => ({ room: ROOM, seq: 10, time }));
  assert.deepEqual(rig.told('stale').map((each) => each.reason), ['lagging']);
  await seconds(rig, 10, () => ({ room: ROOM, seq: 10, time: (time += 10_000_000) }));

  assert.equal(rig.told('fresh').length, 1);
});

test('trades that were sent and do not come make the room stale, and are fetched', async () => {
  const rig = await joined();
  rig.restHas(1, 12);
  await rig.receive({ event: 'heartbeat', serverTime: rig.wall, data: [{ room: ROOM, seq: 12, time: rig.wall }] });
  assert.deepEqual(rig.told('stale'), []);
  await rig.pass(1_000);
  assert.deepEqual(rig.told('stale').map((each) => each.reason), ['behind']);
  await rig.pass(1_000);

  assert.equal(rig.told('fresh').length, 1);
  assert.deepEqual(rig.told('gap').map(({ fromSeq, toSeq, filled }) => [fromSeq, toSeq, filled]), [[11, 12, true]]);
});

test('a heartbeat that overtakes its trades by less than a second is nothing', async () => {
  const rig = await joined();
  await rig.receive({ event: 'heartbeat', serverTime: rig.wall, data: [{ room: ROOM, seq: 20, time: rig.wall }] });
  await rig.trades(ROOM, ...range(11, 20));
  await rig.pass(3_000);

  assert.deepEqual(rig.told('stale'), []);
});

test('a timer that comes late does not make a room stale whose heartbeat waits behind it', async () => {
  const rig = await joined();
  rig.sleep(59_000);
  await rig.pass(0);
  assert.deepEqual(rig.told('stale'), []);
  await rig.receive({ event: 'heartbeat', serverTime: rig.wall, data: [{ room: ROOM, seq: 10, time: rig.wall }] });
  await rig.pass(2_000);

  assert.deepEqual(rig.told('stale'), []);
});

test('a lost connection makes its rooms stale, and joining again fresh', async () => {
  const rig = await joined();
  rig.chance = () => 0.999999;
  rig.socket.end(1006);
  await rig.pass(600);
  const connecting = rig.socket;
  await rig.pass(9_000);
  assert.equal(rig.socket, connecting);
  await rig.pass(3_000);
  assert.deepEqual(rig.told('stale').map((each) => each.reason), ['silent']);
  await rig.pass(4_000);
  await rig.welcome();
  await rig.joined({ seq: 10, recovered: true });

  assert.equal(rig.told('fresh').length, 1);
});

test('a stale room is not stale any more once it is left', async () => {
  const rig = await Rig.live();
  const subscription = rig.client.subscribe(ROOM, () => {});
  await rig.pass(0);
  await rig.joined({ seq: 10, room: ROOM });
  await seconds(rig, 12);
  assert.equal(rig.told('stale').length, 1);
  subscription.unsubscribe();

  assert.deepEqual(rig.told('fresh'), [{ event: 'fresh', room: ROOM, left: true }]);
});

test('a stale room that the next connection refuses is not stale any more', async () => {
  const rig = await joined();
  await seconds(rig, 12);
  rig.socket.end(1006);
  await rig.pass(500);
  await rig.welcome();
  await rig.joined({ ok: false, code: 'unknown_symbol', message: 'there is none' });

  assert.equal(rig.told('refused').length, 1);
  assert.deepEqual(rig.told('fresh'), [{ event: 'fresh', room: ROOM, left: true }]);
});

test('nothing is told of a fresh room that is left', async () => {
  const rig = await Rig.live();
  const subscription = rig.client.subscribe(ROOM, () => {});
  await rig.pass(0);
  await rig.joined({ seq: 10, room: ROOM });
  subscription.unsubscribe();

  assert.deepEqual(rig.told('fresh'), []);
});
