import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Message } from '../src/message.js';
import { shared } from '../src/market-client.js';
import { SharedClients } from '../src/shared.js';
import { Wsocket } from '../src/wsocket.js';
import { Surroundings, WELCOME, settle } from './surroundings.js';

async function connected(options = {}) {
  const world = new Surroundings();
  const wsocket = new Wsocket('ws://market.test/ws', 'T', { ...options, platform: world.platform() });
  await settle();
  return { world, wsocket, welcome: () => (world.socket.open(), world.socket.receive({ event: 'welcome', data: WELCOME }), settle()) };
}

test('is called as the seed called it: url and token, handlers of (message, data), send of an object', async () => {
  const told = [];
  const { world, wsocket, welcome } = await connected({ onOpen: (event) => told.push(event.type) });
  wsocket.on('ev_error', (message, data) => told.push([message, data.message]));
  wsocket.send({ event: 'get_unread_message' });
  await welcome();
  world.socket.receive({ event: 'ev_error', message: 'oops', data: { message: 'why' } });

  assert.equal(world.socket.url, 'ws://market.test/ws?token=T');
  assert.deepEqual(told, ['open', ['oops', 'why']]);
  assert.deepEqual(world.socket.commands('get_unread_message'), [{ event: 'get_unread_message' }]);
  wsocket.close();
});

test('comes back after more than 1006, and tells each end once', async () => {
  const ends = [];
  const { world, wsocket, welcome } = await connected({ onClose: (event) => ends.push(event.code) });
  await welcome();
  world.socket.end(1012);
  await world.pass(500);
  await welcome();
  wsocket.close();
  world.socket.end(1000);

  assert.equal(world.sockets.length, 2);
  assert.deepEqual(ends, [1012, 1000]);
});

test('keeps the last hundred of what is sent without a connection', async () => {
  const { world, wsocket, welcome } = await connected();
  for (let index = 0; index < 150; index++) {
    wsocket.send({ event: 'x', index });
  }
  await welcome();

  assert.deepEqual(world.socket.commands('x').map((command) => command.index), Array.from({ length: 100 }, (_, index) => index + 50));
  wsocket.close();
});

test('a handler that throws hurts neither the connection nor the next message', async () => {
  const { world, wsocket, welcome } = await connected();
  const seen = [];
  wsocket.on('a', () => {
    throw new Error('mine');
  });
  wsocket.on('b', (message, data) => seen.push(data));
  await welcome();
  world.socket.receive({ event: 'a' });
  world.socket.receive({ event: 'b', data: 1 });

  assert.deepEqual(seen, [1]);
  assert.equal(world.logged[0].error.message, 'mine');
  wsocket.close();
});

/** Answers what Message asks when a connection is ready. */
async function answerBegin(world, pushes) {
  const { id } = world.socket.last('subscribe');
  world.socket.receive({ event: 'subscribed', id, data: [{ room: 'inbox', ok: pushes, code: 'not_supported', message: 'no', seq: 0 }] });
  await settle();
  await answerUnread(world, []);
}

async function answerUnread(world, data) {
  world.socket.receive({ event: 'ev_new_message', id: world.socket.last('get_unread_message').id, message: 'success', data });
  await settle();
}

test('unread messages come by push, without polling', async () => {
  const { world, wsocket, welcome } = await connected();
  const unread = [];
  const read = [];
  const message = new Message(wsocket, {
    platform: world.platform(), onUnread: (list) => unread.push(list.length), onReadStatus: (data) => read.push(data),
  });
  await welcome();
  await answerBegin(world, true);
  world.socket.receive({ event: 'ev_new_message', message: 'success', data: [{ id: 'm-1' }, { id: 'm-2' }] });
  world.socket.receive({ event: 'ev_read_status', data: { id: 'm-1' } });
  await settle();
  const asked = world.socket.commands('get_unread_message').length;
  for (let second = 0; second < 60; second++) {
    await world.pass(1_000);
    world.socket.receive({ event: 'heartbeat', serverTime: world.wall, data: [] });
  }

  assert.equal(asked, 1);
  assert.equal(world.socket.commands('get_unread_message').length, 1);
  assert.deepEqual(unread, [0, 2]);
  assert.deepEqual(read, [{ id: 'm-1' }]);
  assert.equal(message.unread[1].id, 'm-2');
  message.stop();
  wsocket.close();
});

test('as many messages are unread as the server says, however few its list holds', async () => {
  const { world, wsocket, welcome } = await connected();
  const message = new Message(wsocket, { platform: world.platform() });
  await welcome();
  world.socket.receive({ event: 'ev_read_status', message: 'success', data: { ids: [], unread: 150 } });
  await answerBegin(world, true);
  assert.equal(message.unreadCount, 150);
  world.socket.receive({ event: 'notification', room: 'inbox', seq: 151, data: { id: 'm-151', unread: 151 } });
  await settle();
  assert.equal(message.unreadCount, 151);
  const read = message.read({ all: true });
  await settle();
  const { id, data } = world.socket.last('read_message');
  world.socket.receive({ event: 'ev_read_status', id, message: 'success', data: { ids: [], toSeq: 151, unread: 0 } });
  await read;

  assert.deepEqual(data, { all: true });
  assert.equal(message.unreadCount, 0);
  const refused = message.read({ ids: ['m-1'] });
  await settle();
  world.socket.receive({ event: 'error', id: world.socket.last('read_message').id, code: 'rate_limited', message: 'later' });
  await assert.rejects(refused, { code: 'rate_limited' });
  message.stop();
  wsocket.close();
});

test('a server that does not push is asked every ten seconds, on this connection and the next', async () => {
  const { world, wsocket, welcome } = await connected();
  const message = new Message(wsocket, { platform: world.platform() });
  await welcome();
  await answerBegin(world, false);
  for (let round = 0; round < 3; round++) {
    await world.pass(10_000);
    await answerUnread(world, [{ id: round }]);
  }
  assert.equal(world.socket.commands('get_unread_message').length, 4);
  assert.deepEqual(message.unread, [{ id: 2 }]);
  world.socket.end(1006);
  await world.pass(500);
  await welcome();
  await answerBegin(world, false);
  assert.equal(world.socket.commands('get_unread_message').length, 1);
  message.stop();
  wsocket.close();

  assert.equal(world.timerCount, 0);
});

test('after its stop nothing is told, and no question follows the one that is out', async () => {
  const { world, wsocket, welcome } = await connected();
  const told = [];
  const begun = () => new Message(wsocket, { platform: world.platform(), onUnread: (list) => told.push(list) });
  const joined = async () => {
    const { id } = world.socket.last('subscribe');
    world.socket.receive({ event: 'subscribed', id, data: [{ room: 'inbox', ok: true, seq: 0 }] });
    await settle();
  };
  const first = begun();
  await welcome();
  first.stop();
  await joined();
  assert.equal(world.socket.commands('get_unread_message').length, 0);
  const second = begun();
  await settle();
  await joined();
  second.stop();
  await answerUnread(world, [{ id: 'm-1' }]);

  assert.equal(world.socket.commands('get_unread_message').length, 1);
  assert.deepEqual(told, []);
  wsocket.close();
  assert.equal(world.timerCount, 0);
});

test('a page has one client of a server and token', async () => {
  const world = new Surroundings();
  const options = (token) => ({ token, platform: world.platform() });
  const a = shared('ws://market.test/ws', options('A'));
  const again = shared('ws://market.test/ws', options('A'));
  const other = shared('ws://market.test/ws', options('B'));
  await settle();

  assert.equal(a, again);
  assert.notEqual(a, other);
  assert.equal(world.sockets.length, 2);
  a.close();
  const renewed = shared('ws://market.test/ws', options('A'));
  assert.notEqual(renewed, a);
  renewed.close();
  other.close();
});

test('a closed client and its token are let go', async () => {
  const world = new Surroundings();
  const clients = new SharedClients();
  const get = (token) => clients.get('ws://market.test/ws', { token, platform: world.platform() });
  const [a, b] = [get('A'), get('B')];
  await settle();
  assert.equal(clients.size, 2);
  a.on('closed', () => get('A')); // Told before or after it is let go.
  a.close();
  assert.equal(clients.size, 2);
  assert.notEqual(get('A'), a);
  get('A').close();
  world.socket.end(4000, 'no use');
  assert.equal(b.closed, true);

  assert.equal(clients.size, 0);
});
