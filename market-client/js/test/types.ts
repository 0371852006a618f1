// Compiled, never run: the declarations allow what the documentation shows, and refuse what it does not.
import { MarketClient, MarketError, ReconnectPolicy, shared } from '../src/market-client.js';
import type { Kline, Replay, Subscription, Ticker, Trade } from '../src/market-client.js';
import { Message } from '../src/message.js';
import { Wsocket } from '../src/wsocket.js';

async function uses(): Promise<void> {
  const client = await MarketClient.connect({
    url: 'wss://market.example/ws', token: () => 't', heartbeatMillis: 5_000, reconnect: { maxAttempts: 3 }, platform: { random: Math.random },
  });
  const trades: Subscription<Trade> = client.subscribe('trade:BTC-USDT', (items) => items.map((trade) => trade.price.length));
  client.subscribe('kline:BTC-USDT:1m@1s', { onData: (items, info) => [items[0].closed, info.snapshot], onGap: (gap) => gap.fromSeq });
  client.subscribe('ticker:*', (items: Ticker[]) => items.length, { fields: ['last'], snapshot: 1 });
  const seq: number = (await trades.ready).seq;
  await trades.unsubscribe();
  await client.unsubscribe('ticker:*');
  const name: string = await client.changeRate('trade:BTC-USDT', 'raw');
  const klines: Kline[] = await client.klines({ symbol: 'BTC-USDT', interval: '1d', utcOffset: '+08:00' });
  const stop: () => void = client.on('gap', ({ room, filled }) => [room.length, filled === true]);
  client.on('disconnected', ({ code, willReconnect }) => [code, willReconnect]);
  const replay: Replay = await client.replay(
    { symbol: 'A', fromTime: 0, toTime: 1, rooms: ['trade:A'] }, (items, info) => [items.length, info.serverTime]);
  await replay.stop();
  const { results } = await client.publish({ symbol: 'A', id: 1, price: '1', qty: '2' }, { atomic: true });
  const first = results[0];
  const refusal: string = first.ok ? '' : first.code;
  const own: MarketClient = shared('/ws', { token: 't', reconnect: ReconnectPolicy.seed() });
  const error = new MarketError('closed', 'x', { temporary: true });
  const p99: number | undefined = client.latency?.p99Millis;
  const wsocket = new Wsocket('wss://market.example/ws', 'token', { onOpen: () => {}, onClose: ({ code }) => code });
  wsocket.on('ev_error', (message, data) => [message, data]).send({ event: 'get_unread_message' });
  const message = new Message(wsocket, { onUnread: (unread) => unread.length });
  message.stop();
  stop();
  own.close();
  void [seq, name, klines, refusal, error.code, p99];

  // @ts-expect-error there is no such event
  client.on('nothing', () => {});
  // @ts-expect-error there is no such rate
  client.changeRate('ticker:A', '3s');
  // @ts-expect-error a price is a decimal string
  client.publish({ symbol: 'A', id: 'x', price: 1.5, qty: '1' });
  // @ts-expect-error trades have no close
  client.subscribe('trade:A', (items) => items[0].close);
}
void uses;
