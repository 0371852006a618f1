import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drainUrl, restUrl, socketUrl } from '../src/url.js';

test('REST is beside the WebSocket', () => {
  assert.equal(restUrl('ws://localhost:8080/ws'), 'http://localhost:8080/api/v1');
  assert.equal(restUrl('wss://a.example/market/ws?token=x'), 'https://a.example/market/api/v1');
  assert.equal(restUrl('wss://a.example/'), 'https://a.example/api/v1');
});

test('a token goes into the query, whatever is in it', () => {
  assert.equal(socketUrl('ws://a/ws', 'a b+c&d'), 'ws://a/ws?token=a+b%2Bc%26d');
  assert.equal(socketUrl('ws://a/ws'), 'ws://a/ws');
});

test('what is no WebSocket address is refused with its value', () => {
  assert.throws(() => socketUrl('ftp://a/ws'), /was "ftp:\/\/a\/ws"/);
  assert.throws(() => socketUrl(''), /was ""/);
});

test('a drain cannot send a client from a secure server to an open one, or nowhere', () => {
  assert.equal(drainUrl('wss://b/ws', 'wss://a/ws'), 'wss://b/ws');
  assert.equal(drainUrl('ws://b/ws', 'wss://a/ws'), null);
  assert.equal(drainUrl('nonsense', 'ws://a/ws'), null);
  assert.equal(drainUrl(undefined, 'ws://a/ws'), null);
});
