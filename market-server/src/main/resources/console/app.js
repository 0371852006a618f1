// The live page: all tickers, and the trades and the candle of one instrument. Speaks market.v1+json, see PROTOCOL.md.
//
// Messages only change the model below and mark what is to be drawn; drawing happens once per animation frame, so a hidden page
// or a busy market costs little. Decimals stay the strings that the server sent; numbers are made for signs and short forms only.

const TEXTS = {
  en: {
    connecting: 'connecting', connected: 'connected', reconnecting: 'reconnecting', ended: 'ended by the server',
    retry: 'Reconnect', serverTime: 'Server time', instruments: 'Instruments', symbol: 'Symbol', last: 'Last',
    change: '24 h', high: 'High', low: 'Low', volume: 'Volume', count: 'Trades', empty: 'No instrument yet.',
    close: 'Close', candle: '1-minute candle', open: 'Open', tape: 'Latest trades', time: 'Time', price: 'Price',
    quantity: 'Quantity', closed: 'closed', running: 'running', skipped: 'skipped', halted: 'halted',
    try: 'The same over WebSocket:', failed: 'refused',
  },
  zh: {
    connecting: '正在连接', connected: '已连接', reconnecting: '正在重连', ended: '服务器已结束连接',
    retry: '重新连接', serverTime: '服务器时间', instruments: '交易品种', symbol: '代码', last: '最新价',
    change: '24 小时', high: '最高', low: '最低', volume: '成交量', count: '笔数', empty: '暂无交易品种。',
    close: '关闭', candle: '1 分钟 K 线', open: '开盘', tape: '最新成交', time: '时间', price: '价格',
    quantity: '数量', closed: '已收盘', running: '进行中', skipped: '已略过', halted: '停牌',
    try: '同样的数据可用 WebSocket 获取：', failed: '被拒绝',
  },
};

const LANGUAGE = (navigator.language || 'en').toLowerCase().startsWith('zh') ? 'zh' : 'en';
const LOCALE = LANGUAGE === 'zh' ? 'zh-CN' : 'en';
const TEXT = TEXTS[LANGUAGE];

const TICKERS = 'ticker:*';
const TAPE_LENGTH = 30;
const FIRST_DELAY_MILLIS = 500;
const MAX_DELAY_MILLIS = 30_000;
// A connection that held this long starts the count of attempts anew.
const STEADY_MILLIS = 30_000;
const MISSED_HEARTBEATS = 3;
// Close codes after which a client does not come back by itself: PROTOCOL.md, section 9.
const FINAL_CODES = new Set([1000, 1002, 1003, 1007, 1008, 1009, 4000, 4001]);

const byId = (id) => document.getElementById(id);

// ---- decimals and times -------------------------------------------------------------------------------------------------

/** Decimals after the point of a decimal string. */
function decimalsOf(text) {
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

/** A decimal string with its integer digits grouped and at least so many decimals; the value is not touched. */
function decimal(text, decimals) {
  if (text === undefined || text === null) {
    return '–';
  }
  const [integer, fraction = ''] = text.split('.');
  const grouped = integer.replace(/\B(?=(\d{3})+$)/g, ',');
  const padded = fraction.padEnd(decimals, '0');
  return padded === '' ? grouped : `${grouped}.${padded}`;
}

const SHORT = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumSignificantDigits: 4 });
const COUNT = new Intl.NumberFormat(LOCALE);
const CLOCK = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });

// ---- model --------------------------------------------------------------------------------------------------------------

const tickers = new Map();
const instruments = new Map();
// The instrument of the detail: its symbol, newest trades first, and the newest candle.
let chosen = null;
let trades = [];
let candle = null;
let candleRefused = '';
// Server's time is performance.now() plus this.
let clockOffsetMillis = null;

const changedSymbols = new Set();
let detailChanged = false;
let frameAsked = false;

function askFrame() {
  if (!frameAsked) {
    frameAsked = true;
    requestAnimationFrame(draw);
  }
}

function takeTickers(list) {
  let unknown = false;
  for (const ticker of list) {
    tickers.set(ticker.symbol, ticker);
    changedSymbols.add(ticker.symbol);
    unknown ||= !instruments.has(ticker.symbol);
  }
  if (unknown) {
    askInstruments();
  }
  askFrame();
}

function takeInstruments(list) {
  instrumentsAsked = false;
  for (const instrument of list) {
    instrument.priceDecimals = decimalsOf(instrument.tickSize);
    instrument.quantityDecimals = decimalsOf(instrument.stepSize);
    instruments.set(instrument.symbol, instrument);
    changedSymbols.add(instrument.symbol);
  }
  detailChanged = true;
  askFrame();
}

function takeTrades(list) {
  // Rising by seq; the newest is shown first. Only the last ones can be seen, however many there are.
  trades = list.slice(-TAPE_LENGTH).reverse().concat(trades).slice(0, TAPE_LENGTH);
  detailChanged = true;
  askFrame();
}

function takeCandle(newest) {
  // A late trade may revise an older candle; the page shows the newest one.
  if (candle === null || newest.openTime >= candle.openTime) {
    candle = newest;
    detailChanged = true;
    askFrame();
  }
}

// ---- connection ---------------------------------------------------------------------------------------------------------

const address = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`;
let socket = null;
let attempts = 0;
let openedAt = 0;
let heardAt = 0;
let heartbeatMillis = 10_000;
let drainMillis = null;
let retryTimer = 0;
let instrumentsAsked = false;

const tradeRoom = (symbol) => `trade:${symbol}`;
const candleRoom = (symbol) => `kline:${symbol}:1m`;
const detailRooms = (symbol) => [
  { room: tradeRoom(symbol), snapshot: TAPE_LENGTH },
  { room: candleRoom(symbol), snapshot: 1 },
];

function send(event, data) {
  if (socket !== null && socket.readyState === WebSocket.OPEN) {
    socket.send(JSON.stringify(data === undefined ? { event } : { event, data }));
  }
}

function askInstruments() {
  if (!instrumentsAsked) {
    instrumentsAsked = true;
    send('instruments');
  }
}

function connect() {
  clearTimeout(retryTimer);
  byId('retry').hidden = true;
  const current = new WebSocket(address);
  socket = current;
  heardAt = performance.now();
  current.onopen = () => {
    openedAt = performance.now();
    drainMillis = null;
    instrumentsAsked = false;
    send('subscribe', { rooms: [TICKERS, ...(chosen === null ? [] : detailRooms(chosen))] });
    askInstruments();
    showState('connected');
  };
  current.onmessage = (message) => {
    heardAt = performance.now();
    receive(message.data);
  };
  current.onclose = (close) => lost(current, close.code, close.reason);
}

/** The connection has ended, or is taken for dead. */
function lost(which, code, reason) {
  if (which !== socket) {
    return;
  }
  socket = null;
  const held = openedAt === 0 ? 0 : performance.now() - openedAt;
  openedAt = 0;
  if (FINAL_CODES.has(code)) {
    showState('ended', `${code} ${reason}`.trim());
    byId('retry').hidden = false;
    return;
  }
  if (held >= STEADY_MILLIS) {
    attempts = 0;
  }
  // Full jitter: anything between nothing and the bound, so that clients of a restarted server do not come in one wave.
  const bound = Math.min(MAX_DELAY_MILLIS, FIRST_DELAY_MILLIS * 2 ** Math.min(attempts, 10));
  const delay = drainMillis ?? Math.random() * bound;
  drainMillis = null;
  attempts++;
  showState('reconnecting');
  clearTimeout(retryTimer);
  retryTimer = setTimeout(connect, delay);
}

/** A dead network gives no close event for minutes: the server's heartbeats are the sign of life. */
function checkSilence() {
  if (socket !== null && performance.now() - heardAt > MISSED_HEARTBEATS * heartbeatMillis) {
    const dead = socket;
    lost(dead, 1006, '');
    dead.close();
  }
}

function receive(text) {
  if (text === 'PING' || text === 'PONG') {
    return;
  }
  const message = JSON.parse(text);
  if (message.serverTime !== undefined) {
    setClock(message.serverTime);
  }
  switch (message.event) {
    case 'welcome':
      heartbeatMillis = message.data.heartbeatMillis ?? heartbeatMillis;
      setClock(message.data.serverTime);
      drawClock();
      break;
    case 'subscribed':
      message.data.forEach(takeSubscribed);
      break;
    case 'ticker':
      if (message.room === TICKERS) {
        takeTickers(message.data);
      }
      break;
    case 'trade':
      if (chosen !== null && message.room === tradeRoom(chosen)) {
        takeTrades(message.data);
      }
      break;
    case 'kline':
      if (chosen !== null && message.room === candleRoom(chosen)) {
        takeCandle(message.data);
      }
      break;
    case 'gap':
      if (chosen !== null && message.room === tradeRoom(chosen)) {
        takeTrades([{ skipped: message.data.toSeq - message.data.fromSeq + 1 }]);
      }
      break;
    case 'instruments':
      takeInstruments(message.data);
      break;
    case 'drain':
      drainMillis = message.data.reconnectAfterMillis;
      break;
    case 'error':
      console.warn(`market: ${message.code}: ${message.message}`);
      break;
    default: // Events of newer servers, and those that this page has no use for.
  }
}

function takeSubscribed(result) {
  if (result.room === TICKERS && result.ok) {
    takeTickers(result.snapshot ?? []);
  } else if (chosen !== null && result.room === tradeRoom(chosen)) {
    trades = [];
    takeTrades(result.snapshot ?? []);
  } else if (chosen !== null && result.room === candleRoom(chosen)) {
    candle = null;
    candleRefused = result.ok ? '' : `${TEXT.failed}: ${result.message}`;
    (result.snapshot ?? []).forEach(takeCandle);
    detailChanged = true;
    askFrame();
  }
}

// ---- choosing an instrument ---------------------------------------------------------------------------------------------

function choose(symbol) {
  if (chosen === symbol) {
    return;
  }
  if (chosen !== null) {
    send('unsubscribe', { rooms: [tradeRoom(chosen), candleRoom(chosen)] });
    markChosen(chosen, false);
  }
  chosen = symbol;
  trades = [];
  candle = null;
  candleRefused = '';
  byId('detail').hidden = symbol === null;
  document.querySelector('main').classList.toggle('open', symbol !== null);
  if (symbol !== null) {
    send('subscribe', { rooms: detailRooms(symbol) });
    markChosen(symbol, true);
    byId('detail-title').textContent = symbol;
    detailChanged = true;
    askFrame();
  }
}

function markChosen(symbol, is) {
  const row = rows.get(symbol);
  if (row !== undefined) {
    row.element.classList.toggle('chosen', is);
    row.button.setAttribute('aria-expanded', String(is));
  }
}

// ---- drawing ------------------------------------------------------------------------------------------------------------

const rows = new Map();
const tapeRows = [];

function draw() {
  frameAsked = false;
  for (const symbol of changedSymbols) {
    drawRow(symbol);
  }
  changedSymbols.clear();
  byId('empty').hidden = rows.size > 0;
  if (detailChanged && chosen !== null) {
    drawCandle();
    drawTape();
  }
  detailChanged = false;
}

function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function makeRow(symbol) {
  const element = document.createElement('tr');
  const head = document.createElement('th');
  head.scope = 'row';
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = symbol;
  button.setAttribute('aria-controls', 'detail');
  button.setAttribute('aria-expanded', 'false');
  head.append(button);
  element.append(head);
  const row = { element, button, lastText: null, flashes: 0 };
  for (const name of ['last', 'change', 'high', 'low', 'volume', 'count']) {
    row[name] = document.createElement('td');
    if (name === 'high' || name === 'low' || name === 'count') {
      row[name].className = 'wide';
    }
    element.append(row[name]);
  }
  // The button takes keys; the whole row takes the pointer. A click on the button comes here as well.
  element.addEventListener('click', () => choose(symbol));
  rows.set(symbol, row);
  const next = [...rows.keys()].filter((other) => other > symbol).sort()[0];
  byId('rows').insertBefore(element, next === undefined ? null : rows.get(next).element);
  return row;
}

function drawRow(symbol) {
  const row = rows.get(symbol) ?? makeRow(symbol);
  const ticker = tickers.get(symbol);
  const instrument = instruments.get(symbol);
  const decimals = instrument?.priceDecimals ?? 0;
  row.button.title = instrument?.status === 'halted' ? TEXT.halted : '';
  if (ticker === undefined) {
    for (const name of ['last', 'change', 'high', 'low', 'volume', 'count']) {
      setText(row[name], '–');
    }
    return;
  }
  setText(row.last, decimal(ticker.last, decimals));
  if (row.lastText !== null && row.lastText !== ticker.last) {
    row.flashes ^= 1;
    row.last.className = `${Number(ticker.last) > Number(row.lastText) ? 'up' : 'down'} flash${row.flashes}`;
  }
  row.lastText = ticker.last;
  const falls = ticker.changePercent.startsWith('-');
  const still = Number(ticker.changePercent) === 0;
  setText(row.change, `${falls || still ? '' : '+'}${decimal(ticker.changePercent, 2)} %`);
  row.change.className = still ? '' : falls ? 'down' : 'up';
  setText(row.high, decimal(ticker.high, decimals));
  setText(row.low, decimal(ticker.low, decimals));
  setText(row.volume, SHORT.format(Number(ticker.volume)));
  row.volume.title = decimal(ticker.volume, 0);
  setText(row.count, COUNT.format(ticker.count));
}

function drawCandle() {
  const decimals = instruments.get(chosen)?.priceDecimals ?? 0;
  for (const field of document.querySelectorAll('#candle dd')) {
    const name = field.dataset.field;
    if (candle === null) {
      setText(field, '–');
    } else if (name === 'count') {
      setText(field, COUNT.format(candle.count));
    } else {
      setText(field, decimal(candle[name], name === 'volume' ? 0 : decimals));
    }
  }
  setText(byId('candle-time'), candle === null ? '' : CLOCK.format(candle.openTime));
  setText(byId('candle-state'), candle === null ? candleRefused : candle.closed ? TEXT.closed : TEXT.running);
}

function drawTape() {
  const instrument = instruments.get(chosen);
  for (let i = 0; i < TAPE_LENGTH; i++) {
    const row = tapeRows[i] ?? makeTapeRow();
    const trade = trades[i];
    row.element.hidden = trade === undefined;
    if (trade === undefined) {
      continue;
    }
    if (trade.skipped !== undefined) {
      setText(row.time, '…');
      setText(row.price, `${COUNT.format(trade.skipped)} ${TEXT.skipped}`);
      setText(row.quantity, '');
      row.price.className = 'note';
      continue;
    }
    setText(row.time, CLOCK.format(trade.time));
    setText(row.price, decimal(trade.price, instrument?.priceDecimals ?? 0));
    setText(row.quantity, decimal(trade.qty, instrument?.quantityDecimals ?? 0));
    row.price.className = trade.takerSide === 'buy' ? 'up' : trade.takerSide === 'sell' ? 'down' : '';
  }
}

function makeTapeRow() {
  const row = { element: document.createElement('tr') };
  for (const name of ['time', 'price', 'quantity']) {
    row[name] = document.createElement('td');
    row.element.append(row[name]);
  }
  byId('tape').append(row.element);
  tapeRows.push(row);
  return row;
}

function showState(name, detail = '') {
  const state = byId('state');
  state.className = name === 'connected' ? 'connected' : 'waiting';
  setText(state, detail === '' ? TEXT[name] : `${TEXT[name]}: ${detail}`);
  // Figures of a connection that is gone are shown as such.
  document.querySelector('main').classList.toggle('stale', name !== 'connected');
}

function setClock(serverMillis) {
  clockOffsetMillis = serverMillis - performance.now();
}

function drawClock() {
  if (clockOffsetMillis !== null) {
    const now = new Date(performance.now() + clockOffsetMillis);
    setText(byId('clock'), CLOCK.format(now));
    byId('clock').dateTime = now.toISOString();
    byId('clock').title = now.toISOString();
  }
}

// ---- start --------------------------------------------------------------------------------------------------------------

document.documentElement.lang = LOCALE;
for (const element of document.querySelectorAll('[data-text]')) {
  element.textContent = TEXT[element.dataset.text];
}
byId('address').textContent = address;
byId('close').addEventListener('click', () => {
  const row = rows.get(chosen);
  choose(null);
  row?.button.focus();
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && chosen !== null) {
    byId('close').click();
  }
});
byId('retry').addEventListener('click', connect);
window.addEventListener('online', () => {
  if (socket === null && byId('retry').hidden) {
    connect();
  }
});
setInterval(() => {
  drawClock();
  checkSilence();
}, 1_000);
connect();
