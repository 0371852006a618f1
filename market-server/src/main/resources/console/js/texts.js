// Every text of the console, in its two languages. The browser's language is the first choice, the switch the last word.

const EN = {
  market: 'Market', replay: 'Replay', gateway: 'Gateway', skip: 'Skip to content', views: 'Views',
  connecting: 'connecting', live: 'live', waiting: 'reconnecting', closed: 'ended',
  language: '中文', serverTime: 'Server time',
  offline: 'No connection to the server. Trying again …', ended: 'The server ended the connection: {reason}', again: 'Connect again',
  instruments: 'Instruments', filter: 'Filter by symbol', symbol: 'Symbol', last: 'Last', change: '24 h', volume: 'Volume', trend: 'Trend',
  none: 'No instrument yet. Publish a trade, or start the server with a feed.', noMatch: 'No symbol matches.',
  noInstrument: 'There is no instrument {symbol}.',
  high: 'High', low: 'Low', open: 'Open', vwap: 'VWAP', trades: 'Trades', quote: 'Turnover', bid: 'Bid', ask: 'Ask', halted: 'halted',
  interval: 'Interval', offset: 'Day begins', rate: 'Rate', chart: 'Candles of {symbol}', running: 'running', final: 'final',
  loading: 'loading …', begin: 'start of history', stale: 'stalled since {time}', stalled: '{count} stalled',
  tape: 'Latest trades', time: 'Time', price: 'Price', quantity: 'Quantity', skipped: '{count} skipped',
  connection: 'Connection', state: 'State', latency: 'Latency', clockOffset: 'Server clock less ours', heard: 'Last heard', transport: 'Transport',
  node: 'Server', messages: 'Messages', received: 'Messages received', reconnects: 'Reconnects', events: 'Events', noEvents: 'nothing to tell',
  connected: 'connected', disconnected: 'disconnected: {code} {reason}', reconnected: 'back again', resubscribed: '{rooms} rooms joined again',
  gapFilled: '{room}: {count} trades filled in', gapLost: '{room}: {count} trades are missing', staleRoom: '{room} stalls: {reason}',
  freshRoom: '{room} is live again', draining: 'the server stops; back in {time}', historyChanged: 'the server has another history',
  silent: 'silent', behind: 'behind', lagging: 'lagging',
  refused: '{room} was refused: {message}', notice: 'notice: {message}',
  signIn: 'Sign in', signOut: 'Sign out', token: 'Token', tokenHelp: 'Paste a token. On the server, make one with',
  signedInAs: 'Signed in as {user}', tokenRefused: 'The server refused the token: {message}', cancel: 'Cancel',
  bell: 'Messages, {count} unread', inbox: 'Messages', noMessages: 'No messages.', markAll: 'Mark all as read', markRead: 'Mark as read',
  close: 'Close', ago: '{time} ago',
  from: 'From', to: 'To', speed: 'Speed', play: 'Play', stop: 'Stop', playing: 'playing, {time}', played: '{count} trades played, up to {time}',
  playFailed: 'Replay failed: {message}', noHistory: 'This instrument has no trades yet.',
  needAdmin: 'This view needs a token with scope admin.', rooms: 'Rooms', room: 'Room', members: 'Members', connections: 'Connections',
  queue: 'Waiting', conflated: 'Conflated', dropped: 'Dropped', rtt: 'RTT', user: 'User', opened: 'Open for', ends: 'Recently ended', code: 'Code',
  reason: 'Reason', ingest: 'Trades in', delivered: 'Messages out', bytesOut: 'Bytes out', delay: 'Trade to socket, p50 and p99',
  trace: 'Trace', traceOf: 'Frames of {id}', traceStop: 'Stop trace', noTrace: 'Choose a connection to see its frames.', drain: 'Drain …',
  drainTitle: 'Drain this server?',
  drainText: 'It takes no more connections; each of the {count} clients is told when to come back. Only a restart undoes it.', drainYes: 'Drain',
  drained: 'Drain has begun.', first: 'Only the first {count} are shown.', address: 'Address', failed: 'It failed: {message}',
  lead: 'Lightweight Charts by TradingView', api: 'The same over the API:', perSecond: '/s',
};

const ZH = {
  market: '行情', replay: '回放', gateway: '网关', skip: '跳到内容', views: '视图',
  connecting: '正在连接', live: '实时', waiting: '正在重连', closed: '已结束',
  language: 'English', serverTime: '服务器时间',
  offline: '与服务器的连接已断开，正在重试……', ended: '服务器结束了连接：{reason}', again: '重新连接',
  instruments: '交易品种', filter: '按代码筛选', symbol: '代码', last: '最新价', change: '24 小时', volume: '成交量', trend: '走势',
  none: '暂无交易品种。发布一笔成交，或带行情源启动服务器。', noMatch: '没有匹配的代码。', noInstrument: '没有交易品种 {symbol}。',
  high: '最高', low: '最低', open: '开盘', vwap: '均价', trades: '笔数', quote: '成交额', bid: '买一', ask: '卖一', halted: '停牌',
  interval: '周期', offset: '日界', rate: '频率', chart: '{symbol} K 线', running: '进行中', final: '已收盘',
  loading: '加载中……', begin: '历史起点', stale: '自 {time} 停滞', stalled: '{count} 个停滞',
  tape: '最新成交', time: '时间', price: '价格', quantity: '数量', skipped: '略过 {count} 笔',
  connection: '连接', state: '状态', latency: '延迟', clockOffset: '服务器时钟差', heard: '上次收到', transport: '传输方式',
  node: '服务器', messages: '消息', received: '收到消息数', reconnects: '重连次数', events: '事件', noEvents: '暂无',
  connected: '已连接', disconnected: '连接断开：{code} {reason}', reconnected: '已恢复连接', resubscribed: '已重新加入 {rooms} 个房间',
  gapFilled: '{room}：补齐 {count} 笔成交', gapLost: '{room}：缺失 {count} 笔成交', staleRoom: '{room} 停滞：{reason}',
  freshRoom: '{room} 恢复实时', draining: '服务器即将停止，{time} 后重连', historyChanged: '服务器的历史已更换',
  silent: '没有心跳', behind: '已发送的成交未到', lagging: '行情时钟滞后',
  refused: '{room} 被拒绝：{message}', notice: '通知：{message}',
  signIn: '登录', signOut: '退出', token: '令牌', tokenHelp: '粘贴令牌。可在服务器上生成：',
  signedInAs: '已登录：{user}', tokenRefused: '服务器拒绝了令牌：{message}', cancel: '取消',
  bell: '消息，{count} 条未读', inbox: '消息', noMessages: '没有消息。', markAll: '全部标为已读', markRead: '标为已读',
  close: '关闭', ago: '{time}前',
  from: '从', to: '到', speed: '速度', play: '播放', stop: '停止', playing: '播放中，{time}', played: '已播放 {count} 笔，至 {time}',
  playFailed: '回放失败：{message}', noHistory: '该品种还没有成交。',
  needAdmin: '此视图需要带 admin 权限的令牌。', rooms: '房间', room: '房间', members: '成员', connections: '连接',
  queue: '等待', conflated: '合并', dropped: '丢弃', rtt: '往返', user: '用户', opened: '已连接', ends: '最近结束', code: '代码',
  reason: '原因', ingest: '成交流入', delivered: '消息发出', bytesOut: '字节发出', delay: '成交到套接字，p50 与 p99',
  trace: '跟踪', traceOf: '{id} 的帧', traceStop: '停止跟踪', noTrace: '选择一个连接以查看其帧。', drain: '排空……',
  drainTitle: '排空此服务器？', drainText: '不再接受连接；{count} 个客户端会各自得知何时重连。只有重启才能撤销。', drainYes: '排空',
  drained: '排空已开始。', first: '只显示前 {count} 个。', address: '地址', failed: '失败：{message}',
  lead: 'Lightweight Charts，TradingView 出品', api: '同样的数据可用 API 获取：', perSecond: '/秒',
};

const LANGUAGES = { en: { texts: EN, locale: 'en' }, zh: { texts: ZH, locale: 'zh-CN' } };
const KEY = 'market.language';

let language = initial();

function initial() {
  const kept = read();
  if (kept in LANGUAGES) {
    return kept;
  }
  return (navigator.language || 'en').toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

function read() {
  try {
    return localStorage.getItem(KEY) ?? '';
  } catch { // A browser may keep nothing.
    return '';
  }
}

export const locale = () => LANGUAGES[language].locale;

/** The text of a key with its places filled in. */
export function text(key, values = {}) {
  const found = LANGUAGES[language].texts[key] ?? EN[key] ?? key;
  return found.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? '');
}

/** Keeps the other language and loads the page anew: no component has to know how to change its texts. */
export function switchLanguage() {
  const other = language === 'zh' ? 'en' : 'zh';
  try {
    localStorage.setItem(KEY, other);
  } catch {
    language = other;
    return;
  }
  location.reload();
}

/** Fills in the texts of the page itself: `data-text`, and `data-label` for what only a screen reader says. */
export function fillTexts(root) {
  document.documentElement.lang = locale();
  for (const element of root.querySelectorAll('[data-text]')) {
    element.textContent = text(element.dataset.text);
  }
  for (const element of root.querySelectorAll('[data-label]')) {
    element.setAttribute('aria-label', text(element.dataset.label));
  }
}

/** Whether both languages have the same keys; the tests ask. */
export const missingKeys = () => [
  ...Object.keys(EN).filter((key) => !(key in ZH)), ...Object.keys(ZH).filter((key) => !(key in EN)),
];
