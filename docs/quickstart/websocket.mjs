// Reads, subscribes, publishes, is cut off, and goes on without a hole, with nothing but the platform's WebSocket.
// Node.js 22 or newer; 20 and 21 with --experimental-websocket.
//
//   MARKET_URL     where the server is; http://localhost:8080 by default
//   MARKET_TOKEN   a token with the scope publish: bin/market token --sub me --scope publish
const url = process.env.MARKET_URL ?? 'http://localhost:8080';
const token = process.env.MARKET_TOKEN;
const room = 'trade:BTC-USDT';

const get = async (path) => (await fetch(`${url}/api/v1${path}`)).json();
console.log('ticker', (await get('/tickers/BTC-USDT')).last);
for (const candle of await get('/klines?symbol=BTC-USDT&interval=1m&limit=3')) {
  console.log('candle', candle.openTime, candle.close, candle.closed ? 'closed' : 'open');
}

const cursor = { epoch: undefined, seq: 0 }; // Which history it is, and the last trade that came.

function take(trades) {
  for (const trade of trades) {
    if (trade.seq > cursor.seq) {
      cursor.seq = trade.seq;
      console.log('trade', trade.seq, trade.id, trade.price);
    }
  }
}

/** Connects and subscribes; tells the reply, and then calls after each live message. */
function connect(request, onReply, onLive) {
  // Browsers set no headers: the token goes among the subprotocols, beside the one that the server answers.
  const socket = new WebSocket(url.replace(/^http/, 'ws') + '/ws', ['market.v1+json', `bearer.${token}`]);
  const say = (event, data) => socket.send(JSON.stringify({ event, id: event, data }));
  socket.onopen = () => say('subscribe', { rooms: [request] });
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.event === 'welcome') {
      cursor.epoch = message.data.epoch;
    } else if (message.id === 'subscribe') {
      const [joined] = message.data;
      take(joined.snapshot ?? []);
      onReply(joined, say);
    } else if (message.id !== undefined) {
      console.log(message.event, message.data[0]);
    } else if (message.event === 'trade') {
      take(message.data);
      onLive(message.data, socket);
    }
  };
}

const mine = { symbol: 'BTC-USDT', id: `js-${Date.now()}`, price: '64000.1', qty: '0.5' };
connect({ room, snapshot: 5 }, (joined, say) => say('publish', { trades: [mine] }), (trades, socket) => {
  if (trades.some((trade) => trade.id === mine.id)) {
    socket.onclose = comeBack;
    socket.onmessage = null;
    socket.close();
  }
});

// Whoever comes back says what it has, and gets the rest: recovered tells that nothing is missing.
function comeBack() {
  let left = 3;
  connect({ room, since: { ...cursor } }, (joined) => console.log('recovered', joined.recovered), (trades, socket) => {
    left -= trades.length;
    if (left <= 0) {
      socket.close();
    }
  });
}
