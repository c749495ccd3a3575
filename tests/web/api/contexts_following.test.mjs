// SPDX-License-Identifier: MIT
// Contexts of async functions: what follows them through their awaits (web/api/following.ts), and what does not.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { tracer, virtual } from './support.mjs';

const asyncio = virtual();
const { create_task, gather, sleep } = asyncio;
const variable = (name, ...options) => new asyncio.ContextVar(name, ...options);

const inTask = async (name, body) => {
  const user = variable(name);
  return asyncio.run(async (task) => {
    user.set('own');
    await body(user, task);
    return user;
  });
};

test('an async function keeps its context across awaits of asyncio\'s awaitables', async () => {
  const trace = tracer();
  const user = variable('user');
  const worker = (name) => async () => {
    user.set(name);
    for (let i = 1; i <= 3; i++) {
      await sleep(1);
      trace(user.get());
      user.set(`${name}${i}`);
    }
    const lock = new asyncio.Lock();
    await lock.with(async () => trace(`within ${user.get()}`));
    return user.get();
  };
  const tasks = ['a', 'b'].map((name) => create_task(worker(name)));
  assert.deepEqual(await gather(...tasks), ['a3', 'b3']);
  assert.deepEqual(trace.lines, ['a', 'b', 'a1', 'b1', 'a2', 'b2', 'within a3', 'within b3']);
  assert.equal(user.get('outside'), 'outside');
});

test('also when what it awaits fails, and what it calls awaits', async () => {
  const error = new RangeError('own');
  await inTask('user', async (user) => {
    const fails = async () => {
      await sleep(1);
      throw error;
    };
    try {
      await create_task(fails);
    } catch (caught) {
      assert.deepEqual([caught, user.get()], [error, 'own']);
    }
    const called = async () => {
      await sleep(1);
      return user.get();
    };
    const called_task = create_task(async () => await sleep(0, user.get()));
    assert.deepEqual([await called_task, user.get()], ['own', 'own']);
    user.set('changed');
    const running = create_task(called);
    assert.equal(await running, 'changed');
    assert.equal(await asyncio.wait_for(called, 5), 'changed');
    assert.equal(user.get(), 'changed');
  });
});

test('tasks that it makes after an await have a copy of its context', async () => {
  await inTask('user', async (user, task) => {
    await sleep(1);
    assert.equal(task.get_context().get(user), 'own');
    const child = create_task(async () => (user.set('of the child'), user.get()));
    assert.deepEqual([await child, user.get()], ['of the child', 'own']);
    user.set('later');
    assert.equal(task.get_context().get(user), 'later');
  });
});

test('after an await of a foreign promise it is outside, but ensure_future takes one in', async () => {
  await inTask('user', async (user, task) => {
    await asyncio.ensure_future(Promise.resolve());
    assert.equal(user.get('outside'), 'own');
    const context = task.get_context();
    await Promise.resolve();
    assert.equal(user.get('outside'), 'outside');
    assert.equal(context.run(() => user.get()), 'own');
    await sleep(1);
    assert.equal(user.get('outside'), 'outside');
  });
});

test('no other code runs in the context between', async () => {
  const seen = [];
  const user = variable('user');
  const watch = () => seen.push(user.get('outside'));
  let going = true;
  const microtasks = async () => {
    for (let i = 0; going && i < 100; i++) await null, watch();
  };
  const tasks = ['a', 'b', 'c'].map((name) =>
    create_task(async () => {
      user.set(name);
      for (let i = 0; i < 5; i++) await sleep(0), assert.equal(user.get(), name);
    }),
  );
  for (const task of tasks) task.then(microtasks), task.add_done_callback(() => queueMicrotask(watch));
  await gather(...tasks, sleep(1));
  going = false;
  assert.deepEqual([...new Set(seen)], ['outside']);
});

test('what it awaits may be of another runtime, with contexts of its own', async () => {
  const other = virtual();
  const theirs = new other.ContextVar('theirs');
  await inTask('user', async (user) => {
    const task = other.create_task(async () => {
      theirs.set('other');
      await other.sleep(1);
      await create_task(sleep(1));
      return [theirs.get(), user.get('outside')];
    });
    assert.deepEqual(await task, ['other', 'outside']);
    assert.deepEqual([user.get(), theirs.get('outside')], ['own', 'outside']);
  });
  other.close();
});

test('a callback of then() runs in the context of who gave it', async () => {
  await inTask('user', async (user) => {
    const task = create_task(async () => user.set('of the task') && 1);
    const seen = [];
    await task.then(() => seen.push(user.get('outside')));
    assert.deepEqual(seen, ['own']);
  });
});

test('a runtime that is closed meanwhile leaves the promise to settle', async () => {
  const runtime = virtual();
  const user = new runtime.ContextVar('user');
  const seen = [];
  const task = runtime.create_task(async () => {
    user.set('own');
    try {
      await runtime.sleep(Infinity);
    } catch (error) {
      seen.push(error.name);
    }
  });
  await runtime.sleep(1);
  runtime.close();
  await task.then(undefined, (error) => seen.push(error.message));
  assert.deepEqual(seen.length > 0, true);
});
