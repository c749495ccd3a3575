// SPDX-License-Identifier: MIT
// Contexts of async functions while only one runtime has contexts, whose own awaitables take a shorter way
// (web/api/following.ts). The cases build on each other: what has contexts once has them for good.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { virtual } from './support.mjs';

const [former, latter, plain] = [virtual(), virtual(), virtual()];

// What [runtime]'s variable holds after each await in a task of its own.
async function heldAfter(runtime, user, awaitables) {
  const held = [];
  await runtime.create_task(async () => {
    user.set('own');
    for (const awaitable of awaitables) {
      await awaitable();
      held.push(user.get('outside'));
    }
  });
  assert.equal(user.get('outside'), 'outside');
  return held;
}

const ended = former.create_task(former.sleep(1, 'ended'));

test('the only runtime with contexts keeps them across awaits of its own awaitables and of others', async () => {
  const user = new former.ContextVar('user');
  const awaitables = [
    () => former.sleep(1),
    () => former.create_task(async () => user.set('of the task') && 1),
    () => plain.create_task(plain.sleep(1)),
    () => plain.sleep(1),
  ];
  assert.deepEqual(await heldAfter(former, user, awaitables), ['own', 'own', 'own', 'own']);
});

test('an awaitable of one that has ended is awaited in the context of the other', async () => {
  assert.equal(await ended, 'ended');
  former.close();
  const user = new latter.ContextVar('user');
  const awaitables = [() => plain.sleep(1), () => ended, () => latter.sleep(1)]; // the first forgets the one that ended
  assert.deepEqual(await heldAfter(latter, user, awaitables), ['own', 'own', 'own']);
  [latter, plain].forEach((runtime) => runtime.close());
});
