// SPDX-License-Identifier: MIT
// Slips of the hand that types would have caught: what the errors say to do instead.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RuntimeError, TypeError, rejection, thrown, virtual } from './support.mjs';

const asyncio = virtual();
const { create_task, gather, run, sleep, wait } = asyncio;

const error = (call) => {
  const found = thrown(call);
  assert.ok(found instanceof TypeError, `Expected a TypeError, got ${found}`);
  return found.message;
};

function* job() {
  yield* sleep(0);
  return 'done';
}

test('options that are no object are refused', async () => {
  const loop = asyncio.new_event_loop();
  const future = loop.create_future();
  const group = new asyncio.TaskGroup();
  const calls = [
    () => create_task(job, 'name'),
    () => create_task(job(), null),
    () => loop.new_task(job(), 5),
    () => group.create_task(job(), 'name'),
    () => future.add_done_callback(() => {}, 5),
    () => wait([future], 5),
    () => wait([future], null),
    () => asyncio.as_completed([future], 5),
    () => new asyncio.Lock().with(job, 5),
    () => asyncio.timeout(1).with(job, 'signal'),
    () => new asyncio.Runner('debug'),
  ];
  const got = ['"name"', 'null', '5', '"name"', '5', '5', 'null', '5', '5', '"signal"', '"debug"'];
  assert.deepEqual(
    calls.map(error),
    got.map((value) => `Expected [options] to be an object, got ${value}`),
  );
  assert.equal((await rejection(run(job(), true))).message, 'Expected [options] to be an object, got true');
  assert.equal(error(() => gather(future, 5)), 'Expected [awaitables[1]] to be an awaitable, got 5');
  loop.close();
});

test('a refused call has made nothing, and the coroutine can be run', async () => {
  const coroutine = job();
  error(() => create_task(coroutine, 5));
  await rejection(run(coroutine, 5));
  assert.equal(await run(coroutine), 'done');
  assert.ok((await rejection(run(coroutine))) instanceof RuntimeError);
});

test('a generator object in the place of a body is told from the function', () => {
  const words = 'Expected [body] to be a function, got a generator object: give the function itself';
  for (const scope of [new asyncio.Lock(), asyncio.timeout(1), new asyncio.TaskGroup(), new asyncio.Barrier(1)])
    assert.equal(error(() => scope.with(job())), words);
  assert.equal(
    error(() => asyncio.get_running_loop().call_soon(job())),
    'Expected [callback] to be a function, got an object (Generator)',
  );
});

test('an array in the place of awaitables is told from them', async () => {
  const words = 'Expected [awaitables[0]] to be an awaitable, got an array: call gather(...list)';
  const coroutine = job();
  assert.equal(error(() => gather([coroutine])), words);
  assert.equal(error(() => gather([], { return_exceptions: true })), words);
  assert.deepEqual(await gather(coroutine), ['done']);
});

test('what a function returns is awaited, whatever it is', async () => {
  assert.equal(await create_task(() => job()), 'done');
  assert.equal(await create_task(() => sleep(0, 'slept')), 'slept');
  assert.equal(await create_task(() => Promise.resolve('promised')), 'promised');
  assert.equal(await create_task(() => 7), 7);
  assert.equal(await asyncio.wait_for(() => job(), 1), 'done');
  const task = create_task(() =>
    (function* () {
      try {
        yield* sleep(Infinity);
      } finally {
        yield* sleep(1);
        ended.push('cleaned up');
      }
    })(),
  );
  const ended = [];
  await sleep(0);
  task.cancel();
  assert.equal((await rejection(task)).name, 'CancelledError');
  assert.deepEqual(ended, ['cleaned up']);
});
