import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MarketError } from '../src/errors.js';
import { TradeLog } from '../src/trade-log.js';
import { Surroundings, range, seeded, settle, trade } from './surroundings.js';

/** A log, what it hands on, and a REST that has what it is given. */
function log({ rest = () => true, bufferTrades = 100 } = {}) {
  const time = new Surroundings();
  const told = [];
  const fetched = [];
  const it = new TradeLog({
    trades: (trades) => told.push(...trades.map((each) => each.seq)),
    gap: (fromSeq, toSeq, filled) => told.push({ fromSeq, toSeq, filled }),
    fetchTrades: async (fromSeq, limit, signal) => {
      fetched.push({ fromSeq, limit });
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      const all = await rest(fromSeq, limit);
      return Array.isArray(all) ? all : range(fromSeq, fromSeq + limit - 1).filter((seq) => rest(seq)).map(trade);
    },
  }, time.platform(), bufferTrades);
  return { it, told, fetched, time, take: (...seqs) => it.take(seqs.map(trade), {}) };
}

const numbers = (told) => told.filter((each) => typeof each === 'number');

test('hands on each trade once, and none from before', async () => {
  const { it, told, take } = log();
  it.joined([trade(6), trade(7)], 7);
  take(7, 8);
  take(8);
  take(9, 10);

  assert.deepEqual(told, [6, 7, 8, 9, 10]);
  assert.equal(it.duplicateCount, 2);
});

test('fills a hole before what follows it, and says that it did', async () => {
  const { it, told, fetched, take } = log();
  it.joined([], 10);
  take(11);
  take(15, 16);
  take(17);
  assert.deepEqual(told, [11]);
  await settle();
  await settle();

  assert.deepEqual(told, [11, 12, 13, 14, { fromSeq: 12, toSeq: 14, filled: true }, 15, 16, 17]);
  assert.deepEqual(fetched, [{ fromSeq: 12, limit: 3 }]);
});

test('a long hole is read in pages of 1,500', async () => {
  const { it, told, fetched } = log();
  it.joined([], 0);
  it.expect(4_000);
  await settle();
  await settle();
  await settle();
  await settle();

  assert.deepEqual(numbers(told), range(1, 4_000));
  assert.deepEqual(fetched.map((page) => page.limit), [1_500, 1_500, 1_000]);
});

test('only what REST does not have is told as lost', async () => {
  const { it, told, take } = log({ rest: (seq) => seq !== 13 && seq !== 16 });
  it.joined([], 10);
  take(18);
  for (let turn = 0; turn < 6; turn++) {
    await settle();
  }

  assert.deepEqual(told, [
    11, 12, { fromSeq: 11, toSeq: 12, filled: true }, { fromSeq: 13, toSeq: 13, filled: false },
    14, 15, { fromSeq: 14, toSeq: 15, filled: true }, { fromSeq: 16, toSeq: 16, filled: false },
    17, { fromSeq: 17, toSeq: 17, filled: true }, 18]);
});

test('live trades beyond the bound are dropped and filled', async () => {
  let open;
  const gate = new Promise((resolve) => {
    open = resolve;
  });
  const { it, told, take } = log({
    bufferTrades: 5, rest: async (fromSeq, limit) => (await gate, range(fromSeq, fromSeq + limit - 1).map(trade)),
  });
  it.joined([], 0);
  take(3);
  for (let seq = 4; seq <= 500; seq++) {
    take(seq);
    assert.ok(it.waitingCount <= 5);
  }
  open();
  for (let turn = 0; turn < 10; turn++) {
    await settle();
  }

  assert.deepEqual(numbers(told), range(1, 500));
});

test('a REST that fails for a while is asked again; one that never answers ends in a gap', async () => {
  let failures = 3;
  const failing = () => {
    if (failures-- > 0) {
      throw new MarketError('store_behind', 'not now', { temporary: true });
    }
    return [trade(1), trade(2)];
  };
  const first = log({ rest: failing });
  first.it.joined([], 0);
  first.take(3);
  await first.time.pass(20_000);
  const second = log({ rest: () => { throw new MarketError('unreachable', 'no', { temporary: true }); } });
  second.it.joined([], 0);
  second.take(3);
  await second.time.pass(60_000);

  assert.deepEqual(numbers(first.told), [1, 2, 3]);
  assert.deepEqual(second.told, [{ fromSeq: 1, toSeq: 2, filled: false }, 3]);
  assert.equal(second.fetched.length, 10);
});

test('a lost connection ends the filling, and leaves neither timer nor trade behind', async () => {
  const { it, told, take, time } = log({ rest: () => { throw new MarketError('unreachable', 'no', { temporary: true }); } });
  it.joined([], 0);
  take(3);
  await settle();
  await settle();
  it.interrupted();
  await settle();

  assert.deepEqual(told, []);
  assert.equal(time.timerCount, 0);
  assert.equal(it.waitingCount, 0);
  assert.equal(it.seq, 0);
});

test('without filling a hole is told at once, in its place', () => {
  const { it, told, fetched, take } = log({ bufferTrades: 0 });
  it.joined([], 8);
  take(9, 12, 13);
  it.expect(15);

  assert.deepEqual(told, [9, { fromSeq: 10, toSeq: 11, filled: false }, 12, 13, { fromSeq: 14, toSeq: 15, filled: false }]);
  assert.deepEqual(fetched, []);
});

test('whatever is lost, doubled and cut off, every trade comes once and in order, or is told as lost', async () => {
  const firstSeed = Date.now() % 1_000_000;
  for (let seed = firstSeed; seed < firstSeed + 60; seed++) {
    const random = seeded(seed);
    const missing = new Set(range(1, 400).filter(() => random() < 0.02));
    const { it, told, take, time } = log({ bufferTrades: 1 + Math.floor(random() * 40), rest: (seq) => !missing.has(seq) });
    it.joined([], 0);
    let sent = 0;
    while (sent < 400) {
      const from = random() < 0.2 ? Math.max(1, sent - 5) : sent + 1;
      const to = Math.min(400, Math.max(from, sent) + Math.floor(random() * 12));
      sent = Math.max(sent, to);
      const roll = random();
      if (roll < 0.6) {
        take(...range(from, to));
      } else if (roll < 0.7) {
        it.expect(sent);
      } else if (roll < 0.75) {
        it.interrupted();
        it.joined(range(it.seq + 1, sent).map(trade), sent);
      }
      if (random() < 0.3) {
        await settle();
      }
    }
    it.expect(400);
    for (let turn = 0; turn < 1_000 && it.seq < 400; turn++) {
      await time.pass(100);
    }

    const covered = told.flatMap((each) =>
      typeof each === 'number' ? [each] : each.filled ? [] : range(each.fromSeq, each.toSeq));
    assert.deepEqual(covered, range(1, 400), `seed ${seed}`);
    const lost = told.filter((each) => each.filled === false).flatMap((each) => range(each.fromSeq, each.toSeq));
    assert.ok(lost.every((seq) => missing.has(seq)), `only what REST lacks is lost, seed ${seed}`);
  }
});
