// SPDX-License-Identifier: MIT
// Runners and the options of run(), as tests/async/runner*.c have them in C.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Runner, RuntimeError, TypeError, eager_task_factory, rejection, thrown, tracer, virtual } from './support.mjs';

const asyncio = virtual();
const user = new asyncio.ContextVar('user', { default: 'nobody' });

async function refused(promise, type, words) {
  const error = await rejection(new Promise((resolve) => resolve(promise)));
  assert.deepEqual([error instanceof type, error?.message], [true, words]);
}

test('a runner runs one coroutine after another, on one loop and in one context', async () => {
  const runner = new asyncio.Runner();
  const loops = new Set();
  function* main(value) {
    loops.add(asyncio.get_running_loop());
    const before = user.get();
    user.set(value);
    yield* asyncio.sleep(1);
    return before;
  }
  const token = user.set('a page');
  assert.equal(await runner.run(main('first')), 'a page');
  user.reset(token);
  assert.equal(await runner.run(main('second')), 'first');
  assert.equal(await runner.run(async () => user.get()), 'second');
  assert.equal(await runner.run(async () => user.get(), { context: new asyncio.Context() }), 'nobody');
  assert.deepEqual([loops.size, loops.has(runner.get_loop()), user.get()], [1, true, 'nobody']);
  await runner.close();
  assert.equal([...loops][0].is_closed(), true);
});

test('a task lives from one run to the next, and closing cancels it', async () => {
  const trace = tracer();
  const runner = new asyncio.Runner();
  let task;
  await runner.run(async () => {
    task = asyncio.create_task(
      (function* () {
        try {
          yield* asyncio.sleep(5);
        } finally {
          yield* asyncio.sleep(1);
          trace('cleaned up');
        }
      })(),
    );
  });
  await runner.run(asyncio.sleep(1));
  assert.equal(task.done(), false);
  await runner.close();
  assert.deepEqual([task.cancelled(), trace.lines], [true, ['cleaned up']]);
  await runner.close();
});

test('what it runs may be a future, a task or a promise', async () => {
  const runner = new asyncio.Runner();
  const loop = runner.get_loop();
  const future = loop.create_future();
  loop.call_later(1, () => future.set_result('set'));
  assert.equal(await runner.run(future), 'set');
  assert.equal(await runner.run(loop.create_task(asyncio.sleep(1, 'slept'))), 'slept');
  assert.equal(await runner.run(Promise.resolve('kept')), 'kept');
  const error = new RangeError('own');
  assert.equal(await rejection(runner.run(async () => Promise.reject(error))), error);
  await runner.close();
});

test('its loop is made as it is told, and closed by await using', async () => {
  let made = 0;
  const loop_factory = () => {
    made++;
    const loop = asyncio.new_event_loop();
    loop.set_task_factory(eager_task_factory);
    return loop;
  };
  const runner = new asyncio.Runner({ debug: true, loop_factory });
  assert.equal(made, 0);
  assert.equal(await runner.run(async () => asyncio.create_task(asyncio.sleep(-1, 1)).done()), false);
  assert.equal(await runner.run(async () => asyncio.create_task(async () => 1).done()), false);
  const eager = async () => asyncio.create_task((function* () {})()).done();
  assert.equal(await runner.run(eager), true);
  const loop = runner.get_loop();
  assert.deepEqual([made, loop.get_debug()], [1, true]);
  await runner[Symbol.asyncDispose]();
  assert.equal(loop.is_closed(), true);
  assert.deepEqual([runner instanceof Runner, runner instanceof asyncio.Runner], [true, true]);
  assert.equal(new Runner() instanceof asyncio.Runner, false);
});

test('run takes the same options', async () => {
  const made = [];
  const loop_factory = () => (made.push(asyncio.new_event_loop()), made[0]);
  const seen = await asyncio.run(async () => asyncio.get_running_loop(), { debug: true, loop_factory });
  assert.deepEqual([seen === made[0], seen.is_closed()], [true, true]);
  const error = new RangeError('no loop');
  assert.equal(await rejection(asyncio.run(async () => {}, { loop_factory: () => assert.fail(error) })), error);
  await refused(asyncio.run(async () => {}, { loop_factory: () => 7 }), TypeError,
    'Expected [loop_factory] to give a loop, got 7');
});

test('bad use of a runner is refused', async () => {
  await refused(asyncio.run(async () => new asyncio.Runner().run(async () => {})), RuntimeError,
    'Runner.run() cannot be called from a running event loop');
  const runner = new asyncio.Runner();
  await asyncio.run(async () => refused(runner.close(), RuntimeError,
    'Runner.close() cannot be called from a running event loop'));
  await refused(runner.run(7), TypeError, 'Expected [coroutine] to be a coroutine or an async function, got 7');
  await refused(runner.run(), TypeError, 'Expected [awaitable] to be an awaitable, got undefined');
  await refused(runner.run(async () => {}, { context: {} }), TypeError,
    'Expected [context] to be a context, got an object (Object)');
  const running = runner.run(asyncio.sleep(1, 'ran'));
  await refused(runner.run(asyncio.sleep(1)), RuntimeError, 'Runner.run() cannot be called while the runner runs');
  await refused(runner.close(), RuntimeError, 'Runner.close() cannot be called while the runner runs');
  assert.equal(await running, 'ran');
  await runner.close();
  await refused(runner.run(asyncio.sleep(1)), RuntimeError, 'Runner is closed');
  assert.equal(thrown(() => runner.get_loop()).message, 'Runner is closed');
  assert.equal(thrown(() => new Runner(7)).message, 'Expected [options] to be an object, got 7');
  assert.equal(thrown(() => new Runner({ loop_factory: 7 })).message, 'Expected [loop_factory] to be a function, got 7');
  const error = new RangeError('no loop');
  const failing = new asyncio.Runner({ loop_factory: () => assert.fail(error) });
  assert.equal(await rejection(failing.run(async () => {})), error);
  await failing.close();
});
