// SPDX-License-Identifier: MIT
// What variables, tokens and contexts leave behind: nothing, once nobody has them.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { collect, turn, without } from '../../tools/host.mjs';
import { virtual } from './support.mjs';

const asyncio = virtual();
const { core } = asyncio;
const pages = () => core.view.buffer.byteLength;

async function settle() {
  for (let i = 0; i < 5; i++) {
    await collect();
    await turn();
  }
}

// Values that are objects have handles, as long as a variable, a token or a context has them.
function* uses() {
  const user = new asyncio.ContextVar('user', { default: {} });
  for (let i = 0; i < 1000; i++) {
    const token = user.set({ i });
    asyncio.copy_context().run(() => user.set({}));
    if (i % 2) user.reset(token);
  }
  yield* asyncio.gather(...Array.from({ length: 100 }, () => async () => user.set({})));
  for (const [variable] of asyncio.copy_context()) assert.equal(variable, user);
}

test('variables, tokens and contexts leave no memory behind', { skip: without('collect') }, async () => {
  const rounds = async (count) => {
    for (let i = 0; i < count; i++) {
      await asyncio.run(uses());
      await settle();
    }
    return [pages(), core.bridge.values.size];
  };
  // Finalizers may lag behind at first, some engines' by rounds. A leak would grow on.
  let before = await rounds(1);
  for (let i = 0; i < 5 && `${await rounds(1)}` !== `${before}`; i++) before = await rounds(1);
  assert.deepEqual(await rounds(20), before);
});

test('a variable that is only in a context is made again, with its name', { skip: without('collect') }, async () => {
  const context = new asyncio.Context();
  (() => {
    const user = new asyncio.ContextVar('user');
    context.run(() => user.set('kept'));
  })();
  await settle();
  const [[variable, value]] = context;
  assert.deepEqual([variable.name, value, context.get(variable)], ['user', 'kept', 'kept']);
});
