import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MarketClient } from '../src/market-client.js';
import { Surroundings, WELCOME, settle } from './surroundings.js';

const HOUR = 3_600_000;

async function rig(token, options = {}) {
  const world = new Surroundings();
  const events = [];
  const client = new MarketClient({ url: 'ws://market.test/ws', token, ...options, platform: world.platform() });
  for (const name of ['connected', 'reconnected', 'authenticated', 'notRenewed', 'disconnected']) {
    client.on(name, (detail) => events.push([name, detail]));
  }
  await settle();
  return {
    world, client, events,
    welcome: async () => {
      world.socket.open();
      world.socket.receive({ event: 'welcome', data: { ...WELCOME, serverTime: world.wall } });
      await settle();
    },
    authenticated: async (millis, id) => {
      world.socket.receive({ event: 'auth', id, data: { userId: 'alice', expiresTime: world.wall + millis, scopes: [] } });
      await settle();
    },
    names: () => events.map(([name]) => name),
  };
}

test('a token goes out among the subprotocols, beside the protocol, and not in the URL', async () => {
  const { world, client } = await rig('a.b.c');

  assert.equal(world.socket.url, 'ws://market.test/ws');
  assert.deepEqual(world.socket.protocols, ['market.v1+json', 'bearer.a.b.c']);
  client.close();
});

test('without a token nothing is offered', async () => {
  const { world, client } = await rig(undefined);

  assert.equal(world.socket.protocols, undefined);
  client.close();
});

test('a token that no subprotocol can carry is refused without being repeated', async () => {
  const { client } = await rig('secret token');

  const error = await client.ready.catch((failure) => failure);
  assert.equal(error.field, 'token');
  assert.doesNotMatch(error.message, /secret/);
  assert.equal(client.closed, true);
});

test('a function may return a promise, and is asked at each connection', async () => {
  let count = 0;
  const { world, client, welcome } = await rig(async () => `t.o.${++count}`);
  await welcome();
  world.socket.end(1012);
  await world.pass(500);

  assert.deepEqual(world.sockets.map(({ protocols }) => protocols[1]), ['bearer.t.o.1', 'bearer.t.o.2']);
  client.close();
});

test('a token that cannot be had is another attempt later, and its failure repeats nothing', async () => {
  let fails = true;
  const { world, client, welcome, names } = await rig(() => (fails ? Promise.reject(new Error('secret')) : 'a.b.c'));
  assert.equal(world.sockets.length, 0);
  fails = false;
  await world.pass(500);
  await welcome();

  assert.deepEqual(names(), ['connected']);
  client.close();
});

test('another token is asked for when four fifths of the time are over, and shown on the same connection', async () => {
  let count = 0;
  const { world, client, welcome, authenticated, events } = await rig(() => `t.o.${++count}`);
  await welcome();
  await authenticated(1_000);
  assert.deepEqual(events.at(-1), ['authenticated', { userId: 'alice', expiresTime: world.wall + 1_000, scopes: [] }]);
  await authenticated(10_000); // The server of the test is kinder than it said.
  await world.pass(7_900);
  assert.deepEqual(world.socket.commands('auth'), []);
  await world.pass(200);

  assert.equal(world.socket.last('auth').data.token, 't.o.2');
  await authenticated(HOUR, world.socket.last('auth').id);
  assert.equal(events.some(([name]) => name === 'notRenewed'), false);
  assert.equal(world.sockets.length, 1);
  client.close();
});

test('a token that lasts no longer than the last one is not asked for again and again', async () => {
  const { world, client, welcome, authenticated } = await rig(() => 'a.b.c');
  await welcome();
  const expiresTime = world.wall + 10_000;
  await authenticated(10_000);
  await world.pass(8_100);
  world.socket.receive({ event: 'auth', id: world.socket.last('auth').id, data: { userId: 'alice', expiresTime, scopes: [] } });
  await world.pass(1_900);

  assert.equal(world.socket.commands('auth').length, 1);
  client.close();
});

test('a renewal that is refused is told, and the connection stays', async () => {
  const { world, client, welcome, authenticated, events } = await rig(() => 'a.b.c');
  await welcome();
  await authenticated(10_000);
  await world.pass(8_100);
  const { id } = world.socket.last('auth');
  world.socket.receive({ event: 'error', id, code: 'token_signature', message: 'wrong', temporary: false });
  await settle();

  assert.deepEqual(events.at(-1), ['notRenewed', { code: 'token_signature', message: 'wrong' }]);
  assert.equal(client.state, 'live');
  client.close();
});

test('after 4001 another token is shown once; refused too, the client ends', async () => {
  let count = 0;
  const { world, client } = await rig(() => `t.o.${++count}`);
  world.socket.open();
  world.socket.end(4001, 'token_expired');
  await world.pass(1_000);
  assert.equal(world.socket.protocols[1], 'bearer.t.o.2');
  world.socket.open();
  world.socket.end(4001, 'token_expired');
  await settle();

  assert.equal(client.closed, true);
  assert.equal(world.sockets.length, 2);
});

test('a token that was taken earns another try at the next 4001', async () => {
  const { world, client, welcome, authenticated } = await rig(() => 'a.b.c');
  for (let round = 0; round < 3; round++) {
    await welcome();
    await authenticated(10_000);
    world.socket.end(4001, 'token_expired');
    await world.pass(10_000);
  }

  assert.equal(client.closed, false);
  assert.equal(world.sockets.length, 4);
  client.close();
});

test('a token of a string that is refused ends the client', async () => {
  const { world, client } = await rig('a.b.c');
  world.socket.open();
  world.socket.end(4001, 'token_signature');
  await settle();

  assert.equal(client.closed, true);
});

test('REST has the token that the connection has', async () => {
  const { world, client, welcome } = await rig(async () => 'a.b.c');
  await welcome();
  world.rest = () => [200, { results: [] }];
  await client.publish([{ symbol: 'A', id: '1', price: '1', qty: '1' }]);

  assert.equal(world.requests.at(-1).headers.Authorization, 'Bearer a.b.c');
  client.close();
});
