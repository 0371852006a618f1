import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CandleBook, TickerBoard } from '../src/state-books.js';
import { candle, range } from './surroundings.js';

test('the higher seq wins, and at an equal one the close', () => {
  const book = new CandleBook();
  const take = (each) => book.take([each], each.seq).length;

  assert.deepEqual([
    take(candle(0, 5)), take(candle(0, 4)), take(candle(0, 5)), take(candle(0, 5, { closed: true })),
    take(candle(0, 5)), take(candle(0, 5, { closed: true })), take(candle(0, 9, { closed: true, cause: 'late' })),
  ], [1, 0, 0, 1, 0, 0, 1]);
  assert.equal(book.newest(1)[0].cause, 'late');
  assert.equal(book.seq, 9);
});

test('keeps the newest 1,500 candles', () => {
  const book = new CandleBook();
  book.take(range(1, 2_000).map((minute) => candle(minute * 60_000, minute)), 2_000);

  assert.ok(book.holds(1_500) && !book.holds(1_501));
  assert.deepEqual(book.newest(2).map((each) => each.openTime), [1_999 * 60_000, 2_000 * 60_000]);
});

test('a quote that came alone is a newer ticker of the same seq and time', () => {
  const board = new TickerBoard();
  const ticker = { symbol: 'A', seq: 5, time: 9, last: '1' };
  const quoted = { ...ticker, bid: '1', bidQty: '3', ask: '2', askQty: '4' };

  assert.deepEqual(board.take([ticker], 5), [ticker]);
  assert.deepEqual(board.take([quoted], 5), [quoted]);
  assert.deepEqual(board.take([{ ...quoted }], 5), []);
  assert.deepEqual(board.take([{ ...quoted, askQty: '5' }], 5), [{ ...quoted, askQty: '5' }]);
  assert.deepEqual(board.take([{ ...quoted, time: 8 }], 5), []);
});

test('the newest ticker of each symbol wins, by seq and then by time', () => {
  const board = new TickerBoard();
  const take = (symbol, seq, time) => board.take([{ symbol, seq, time }], 0).length;

  assert.deepEqual([take('A', 5, 10), take('A', 4, 20), take('A', 5, 10), take('A', 5, 11), take('B', 1, 1)], [1, 0, 0, 1, 1]);
  assert.deepEqual(board.newest(1), [{ symbol: 'A', seq: 5, time: 11 }, { symbol: 'B', seq: 1, time: 1 }]);
});

test('a candle without trades, of which nothing is told before its close, may be the first that is missing', () => {
  const book = new CandleBook();
  book.take([candle(0, 5, { closed: true }), candle(120_000, 6)], 6); // Not 60_000.
  assert.equal(book.openTime, 1);
  book.take([candle(60_000, 5, { closed: true })], 6);
  assert.equal(book.openTime, 60_001);
  book.take([candle(120_000, 6, { closed: true })], 6);
  assert.equal(book.openTime, 120_000);
});
