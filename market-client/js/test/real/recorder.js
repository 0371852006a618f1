// A client against a real server, driven from outside: it does what standard input says and tells on standard output what it sees, one JSON
// value a line. Argument: the client's options as JSON.
import { createInterface } from 'node:readline';
import { Message } from '../../src/message.js';
import { MarketClient } from '../../src/market-client.js';
import { Wsocket } from '../../src/wsocket.js';

const options = JSON.parse(process.argv[2]);
const say = (kind, detail) => process.stdout.write(`${JSON.stringify({ kind, ...detail })}\n`);
const client = new MarketClient(options);
const events = ['connected', 'disconnected', 'reconnected', 'resubscribed', 'gap', 'stale', 'fresh', 'draining', 'historyChanged', 'refused',
  'notice', 'listenerError'];
events.forEach((event) => client.on(event, (detail) => say('event', { event, detail })));

let replay;
let messages;
const calls = {
  subscribe: (room, settings) => client.subscribe(room, {
    onData: (items) => say('data', { room, items }),
    onGap: (gap) => say('gap', { gap }),
  }, settings).ready,
  /** Rooms asked for in one go; how much history each got. */
  subscribeAll: (rooms, settings) => Promise.all(rooms.map((room) => client.subscribe(room, () => {}, settings).ready))
    .then((replies) => replies.map(({ snapshot }) => snapshot.length)),
  replay: async (query) => {
    replay = await client.replay(query, (items, { room }) => say('played', { room, items }));
    replay.done.then((end) => say('replayed', { end }));
    return replay.rooms;
  },
  stopReplay: () => replay.stop(),
  /** The drop-in for the seed's messages, on this client. */
  messages: (token) => {
    client.request('auth', { token }).catch(() => {});
    messages = new Message(client, {
      onUnread: (unread) => say('unread', { unread }),
      onReadStatus: (status) => say('readStatus', { status }),
      onNotification: (message, notification) => say('notification', { notification }),
    });
  },
  latency: () => client.latency,
  counters: () => client.counters,
  /** What the seed's front end gets as answers, in the order of its questions. */
  seed: (...questions) => new Promise((resolve) => {
    const wsocket = new Wsocket(options.url, 'a-token');
    const messages = new Message(wsocket);
    const answers = [];
    for (const event of ['tickers', 'ev_new_message', 'error']) {
      wsocket.on(event, (message, data) => {
        answers.push({ event, message, data });
        if (answers.length === questions.length) {
          messages.stop();
          wsocket.close();
          resolve(answers);
        }
      });
    }
    questions.forEach((question) => wsocket.send(question));
  }),
};

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { n, call, args } = JSON.parse(line);
  try {
    const value = await (calls[call] ?? ((...all) => client[call](...all)))(...args);
    say('result', { n, value: value ?? null });
  } catch (error) {
    say('failed', { n, code: error.code ?? 'bug', message: error.stack });
  }
}).on('close', () => {
  messages?.stop();
  client.close();
});
