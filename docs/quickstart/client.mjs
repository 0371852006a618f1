// Reads, subscribes and publishes with the client for browsers, which comes back after a cut by itself, and misses nothing.
// In a page: import { MarketClient } from 'http://localhost:8080/client/market-client.js' (any server hands it out).
// Node.js 22 or newer; 20 and 21 with --experimental-websocket.
//
//   MARKET_URL     where the server is; http://localhost:8080 by default
//   MARKET_TOKEN   a token with the scope publish: bin/market token --sub me --scope publish
import { MarketClient } from '../../market-client/js/src/market-client.js';

const url = process.env.MARKET_URL ?? 'http://localhost:8080';
const client = new MarketClient(url + '/ws', { token: process.env.MARKET_TOKEN });

client.on('reconnected', () => console.log('recovered', true));
client.on('gap', (gap) => console.log('gap', gap.fromSeq, gap.toSeq, gap.filled));

console.log('ticker', (await client.ticker('BTC-USDT')).last);
for (const candle of await client.klines({ symbol: 'BTC-USDT', interval: '1m', limit: 3 })) {
  console.log('candle', candle.openTime, candle.close, candle.closed ? 'closed' : 'open');
}

// The last five trades, and then each new one: once, and in order.
const mine = { symbol: 'BTC-USDT', id: `js-${Date.now()}`, price: '64000.1', qty: '0.5' };
let seen = false;
let left = 60;
const trades = client.subscribe(
  'trade:BTC-USDT',
  (items) => {
    for (const trade of items) {
      console.log('trade', trade.seq, trade.id, trade.price);
      seen ||= trade.id === mine.id;
      left -= seen ? 1 : 0;
    }
    if (left <= 0) {
      client.close();
    }
  },
  { snapshot: 5 },
);
await trades.ready;

// Answered when durable; sent again with the same id it is a duplicate, and changes nothing.
console.log('published', (await client.publish(mine)).results[0]);
