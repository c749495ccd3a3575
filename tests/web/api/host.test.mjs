// SPDX-License-Identifier: MIT
// The host's own code and a loop: promises that become futures, and work that comes from outside.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CancelledError, Future, RuntimeError, TimeoutError, rejection, thrown, virtual } from './support.mjs';

const asyncio = virtual();

test('a promise becomes a future of the running loop, with its value or its own error', async () => {
  const error = new Error('own');
  await asyncio.run((function* () {
    const loop = asyncio.get_running_loop();
    const [good, bad] = [Promise.resolve(7), Promise.reject(error)].map((promise) => asyncio.ensure_future(promise));
    for (const future of [good, bad]) {
      assert.ok(asyncio.isfuture(future) && !future.done());
      assert.equal(future.get_loop(), loop);
      assert.equal(asyncio.ensure_future(future), future);
    }
    assert.equal(yield* good, 7);
    assert.deepEqual(yield* asyncio.gather(bad, { return_exceptions: true }), [error]);
  })());
});

test('cancelling the future of a promise leaves the promise alone, settled or not', async () => {
  const { promise, resolve } = Promise.withResolvers?.() ?? deferred();
  const settled = Promise.resolve(42);
  await asyncio.run((function* () {
    const futures = [promise, settled].map((each) => asyncio.ensure_future(each));
    for (const future of futures) assert.ok(future.cancel());
    yield* asyncio.sleep(0);
    for (const future of futures) assert.ok(future.cancelled());
  })());
  resolve('later');
  assert.deepEqual(await Promise.all([promise, settled]), ['later', 42]);
});

function deferred() {
  let resolve;
  const promise = new Promise((settle) => (resolve = settle));
  return { promise, resolve };
}

// What code outside [loop] gets for a coroutine that it gives to the loop while that runs.
async function submitted(coroutine, use = (task) => task) {
  const loop = asyncio.new_event_loop();
  const over = loop.create_future();
  const running = loop.run_until_complete(over);
  try {
    return await use(loop.create_task(coroutine), loop);
  } finally {
    assert.equal(asyncio.all_tasks(loop).size, 0);
    over.set_result(null);
    await running;
    loop.close();
  }
}

test('code outside a running loop gives it a coroutine, and awaits the result or the failure', async () => {
  function* add(a, b, fail) {
    yield* asyncio.sleep(1);
    if (fail) throw fail;
    return a + b;
  }
  const error = new Error('Fail!');
  assert.equal(await submitted(add(1, 2)), 3);
  assert.equal(await rejection(submitted(add(1, 2, error))), error);
});

test('code outside gets CancelledError when its task is cancelled, by itself or by that code', async () => {
  function* cancelsItself() {
    asyncio.current_task().cancel('mine');
    yield* asyncio.sleep(0);
  }
  const itself = await rejection(submitted(cancelsItself()));
  assert.ok(itself instanceof CancelledError);
  assert.equal(itself.message, 'mine');
  const late = await rejection(submitted(asyncio.sleep(9), (task, loop) => loop.create_task(asyncio.wait_for(task, 1))));
  assert.ok(late instanceof TimeoutError);
});

test("a task factory's failure is thrown at whoever gives the loop a coroutine", async () => {
  const loop = asyncio.new_event_loop();
  const error = new Error('no tasks today');
  loop.set_task_factory(() => {
    throw error;
  });
  assert.equal(thrown(() => loop.create_task(asyncio.sleep(1))), error);
  loop.close();
});

test("a task's outcome cannot be set by another class's method, and the task goes on", async () => {
  const { set_result, set_exception } = Future.prototype;
  await asyncio.run((function* () {
    const task = asyncio.create_task(asyncio.sleep(1, 10));
    for (const call of [() => set_result.call(task, 'spam'), () => set_exception.call(task, new Error('spam'))]) {
      const error = thrown(call);
      assert.ok(error instanceof RuntimeError);
      assert.equal(error.message, 'The outcome of a task cannot be set from outside');
    }
    assert.equal(yield* task, 10);
  })());
});

test('what was never made by asyncio is no future, and its methods say so', async () => {
  const raw = Object.create(Future.prototype);
  for (const method of ['done', 'result', 'exception', 'cancel', 'cancelled', 'toString'])
    assert.ok(thrown(() => raw[method]()) instanceof Error, method);
  assert.equal(await asyncio.run(asyncio.sleep(0, 'fine')), 'fine');
});
