// SPDX-License-Identifier: MIT
// Tasks and futures from JavaScript: outcomes, callbacks, cancellation, names, promises.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { collect, soon, without } from '../../tools/host.mjs';
import {
  CancelledError,
  InvalidStateError,
  RuntimeError,
  is_cancelled,
  rejection,
  thrown,
  tracer,
  virtual,
} from './support.mjs';

const asyncio = virtual();

// A test whose body is a coroutine.
const coroutineTest = (name, body) => test(name, () => asyncio.run(body()));

// What awaiting gives: [value] or {error}.
function* outcome(awaitable) {
  try {
    return [yield awaitable];
  } catch (error) {
    return { error };
  }
}

coroutineTest('a task starts in the next iteration, and gives its result', function* () {
  const trace = tracer();
  function* child() {
    trace('child');
    yield;
    trace('child again');
    return 7;
  }
  const task = asyncio.create_task(child());
  trace('parent');
  assert.equal(yield* task, 7);
  assert.deepEqual(trace.lines, ['parent', 'child', 'child again']);
  assert.equal(task.result(), 7);
  assert.equal(task.exception(), null);
  assert.ok(task.done() && !task.cancelled());
});

coroutineTest('values and errors keep their identity', function* () {
  const values = [{}, null, undefined, NaN, -0, 2n ** 70n, 'text', Symbol('s'), () => {}, [1], true];
  for (const value of values) assert.ok(Object.is(yield* asyncio.sleep(1, value), value));
  const error = Object.assign(new Error('own'), { code: 42 });
  function* fails() {
    throw error;
  }
  assert.equal((yield* outcome(asyncio.wait_for(asyncio.shield(asyncio.gather(fails())), 1))).error, error);
});

coroutineTest('an error keeps its identity when cleanup in between fails and times out', function* () {
  const error = new Error('first');
  function* worker() {
    try {
      throw error;
    } finally {
      yield* outcome(asyncio.wait_for(asyncio.sleep(100), 1));
      yield* outcome(Promise.reject(new Error('second')));
    }
  }
  assert.equal((yield* outcome(asyncio.create_task(worker()))).error, error);
});

for (const [word, coroutine, expected] of [
  ['a result', () => 'done', 'done'],
  ['an error', () => assert.fail('broken'), 'broken'],
])
  coroutineTest(`a promise of a task is settled although somebody asked for ${word} before its turn`, function* () {
    const task = asyncio.create_task(coroutine);
    const promise = task.then(
      (value) => value,
      (error) => error.message,
    );
    const asked = asyncio.create_task(() => [task.done(), task.exception()?.message ?? task.result()]);
    assert.deepEqual(yield* asked, [true, expected]);
    assert.equal(yield promise, expected);
  });

coroutineTest('a task that is cancelled before it starts never runs', function* () {
  const trace = tracer();
  const task = asyncio.create_task(
    (function* () {
      trace('ran');
    })(),
  );
  assert.equal(task.cancel('early'), true);
  assert.equal(task.cancelled(), false);
  assert.equal((yield* outcome(task)).error.message, 'early');
  assert.ok(task.cancelled());
  assert.deepEqual(trace.lines, []);
  assert.equal(task.cancel(), false);
});

coroutineTest('CancelledError is thrown in at the yield, with its message', function* () {
  let caught;
  const task = asyncio.create_task(
    (function* () {
      try {
        yield* asyncio.sleep(100);
      } catch (error) {
        caught = error;
        throw error;
      }
    })(),
  );
  yield;
  task.cancel('why');
  const { error } = yield* outcome(task);
  assert.ok(caught instanceof CancelledError && is_cancelled(caught));
  assert.equal(caught.message, 'why');
  assert.equal(error, caught);
});

coroutineTest('a cancellation may be swallowed, and counts until it is taken back', function* () {
  const task = asyncio.create_task(
    (function* () {
      try {
        yield* asyncio.sleep(100);
      } catch {
        const self = asyncio.current_task();
        assert.equal(self.cancelling(), 1);
        assert.equal(self.uncancel(), 0);
        return 'swallowed';
      }
    })(),
  );
  yield;
  task.cancel();
  assert.equal(yield* task, 'swallowed');
  assert.equal(task.cancelled(), false);
});

coroutineTest('done callbacks are called in order, in a later iteration; one that was removed is not', function* () {
  const trace = tracer();
  const future = asyncio.get_running_loop().create_future();
  const removed = () => trace('removed');
  future.add_done_callback((self) => trace(self === future));
  future.add_done_callback(removed);
  future.add_done_callback(() => trace('second'));
  assert.equal(future.remove_done_callback(removed), 1);
  future.set_result('now');
  assert.deepEqual(trace.lines, []);
  yield;
  future.add_done_callback(() => trace('late'));
  yield;
  assert.deepEqual(trace.lines, [true, 'second', 'late']);
});

coroutineTest('a future has one outcome', function* () {
  const future = asyncio.get_running_loop().create_future();
  assert.ok(thrown(() => future.result()) instanceof InvalidStateError);
  future.set_result(1);
  assert.ok(thrown(() => future.set_result(2)) instanceof InvalidStateError);
  assert.equal(yield* future, 1);
  const failed = asyncio.get_running_loop().create_future();
  failed.set_exception(new RangeError('out'));
  assert.ok((yield* outcome(failed)).error instanceof RangeError);
  const cancelled = asyncio.get_running_loop().create_future();
  assert.ok(cancelled.cancel('gone') && cancelled.cancelled());
  assert.ok(thrown(() => cancelled.exception()) instanceof CancelledError);
});

coroutineTest('tasks have names', function* () {
  const named = asyncio.create_task(asyncio.sleep(0), { name: 'fetcher' });
  const other = asyncio.create_task(asyncio.sleep(0));
  assert.equal(named.get_name(), 'fetcher');
  assert.match(other.get_name(), /^Task-\d+$/);
  other.set_name('renamed');
  yield* asyncio.gather(named, other);
  assert.deepEqual([named.get_name(), other.get_name()], ['fetcher', 'renamed']);
});

coroutineTest('current_task and all_tasks know the wrappers', function* () {
  const self = asyncio.current_task();
  const task = asyncio.create_task(asyncio.sleep(1));
  assert.deepEqual([...asyncio.all_tasks()], [self, task]);
  assert.equal([...asyncio.all_tasks()][1], task);
  yield* task;
  assert.deepEqual([...asyncio.all_tasks()], [self]);
});

coroutineTest('a task cannot await itself', function* () {
  const { error } = yield* outcome(asyncio.current_task());
  assert.ok(error instanceof RuntimeError);
  assert.equal(error.message, 'Task cannot await on itself');
});

coroutineTest('generators, promises and thenables can be yielded', function* () {
  function* inner() {
    yield* asyncio.sleep(1);
    return 'inner';
  }
  assert.equal(yield inner(), 'inner');
  assert.equal(yield* inner(), 'inner');
  assert.equal(yield Promise.resolve('promise'), 'promise');
  assert.equal(yield { then: (resolve) => resolve('thenable') }, 'thenable');
  assert.equal(yield asyncio.sleep(0, 'sleep'), 'sleep');
  assert.equal(yield async () => 'function', 'function');
});

test('tasks and futures are awaitable in JavaScript', async () => {
  const task = asyncio.create_task(asyncio.sleep(1, 'task'));
  assert.equal(await task, 'task');
  assert.equal(await task, 'task');
  assert.equal(await asyncio.sleep(1, 'coroutine'), 'coroutine');
  const future = asyncio.get_running_loop().create_future();
  soon(() => future.set_result('future'));
  assert.equal(await future.finally(() => {}), 'future');
  const error = new Error('rejected');
  assert.equal(await asyncio.create_task(async () => Promise.reject(error)).catch((caught) => caught), error);
});

test('an AbortSignal cancels a task', async () => {
  const controller = new AbortController();
  const task = asyncio.create_task(asyncio.sleep(100), { signal: controller.signal });
  controller.abort(new Error('enough'));
  const error = await rejection(task);
  assert.ok(error instanceof CancelledError);
  assert.equal(error.message, 'enough');
  const late = asyncio.create_task(asyncio.sleep(100), { signal: AbortSignal.abort(new Error('before')) });
  assert.equal((await rejection(late)).message, 'before');
});

coroutineTest('an async function is called when its task starts, with its task', function* () {
  let given;
  const task = asyncio.create_task(async (own) => {
    given = own;
    assert.equal(asyncio.current_task(), own);
    await null;
    return 'result';
  });
  assert.equal(given, undefined);
  assert.equal(yield* task, 'result');
  assert.equal(given, task);
});

coroutineTest('an async function that never looked at its signal is abandoned when cancelled', function* () {
  let release;
  const task = asyncio.create_task(() => new Promise((resolve) => (release = resolve)));
  yield;
  task.cancel('abandoned');
  assert.equal((yield* outcome(task)).error.message, 'abandoned');
  release('too late');
});

coroutineTest('one that listens to its signal is waited for', function* () {
  const trace = tracer();
  const task = asyncio.create_task(
    (own) =>
      new Promise((_, reject) =>
        own.signal.addEventListener('abort', () => {
          trace(own.signal.reason.message);
          asyncio.get_running_loop().call_later(5, () => {
            trace('cleaned up');
            reject(own.signal.reason);
          });
        }),
      ),
  );
  yield;
  task.cancel('please');
  const { error } = yield* outcome(task);
  assert.deepEqual(trace.lines, ['please', 'cleaned up']);
  assert.ok(error instanceof CancelledError && task.cancelled());
});

coroutineTest('and may swallow the cancellation', function* () {
  const task = asyncio.create_task(
    (own) => new Promise((resolve) => own.signal.addEventListener('abort', () => resolve('saved'))),
  );
  yield;
  task.cancel();
  assert.equal(yield* task, 'saved');
});

test('a coroutine knows itself', () => {
  const sleep = asyncio.sleep(1);
  const generator = (function* () {})();
  for (const coroutine of [sleep, generator]) assert.ok(asyncio.iscoroutine(coroutine));
  for (const other of [1, null, Promise.resolve(), async () => {}, [][Symbol.iterator]()])
    assert.ok(!asyncio.iscoroutine(other));
  assert.ok(asyncio.iscoroutinefunction(async () => {}) && asyncio.iscoroutinefunction(function* () {}));
  assert.ok(!asyncio.iscoroutinefunction(() => {}));
  assert.ok(asyncio.isfuture(asyncio.get_event_loop().create_future()) && !asyncio.isfuture(sleep));
});

test('a coroutine that holds a promise may be made a task anywhere', async () => {
  assert.equal(await asyncio.create_task(asyncio.wait_for(Promise.resolve('kept'), 1)), 'kept');
  assert.equal(await asyncio.wait_for(Promise.resolve('kept'), 1), 'kept');
});

test('futures that are done and dropped are let go of once', { skip: without('collect') }, async () => {
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 1000; i++) {
      const future = asyncio.get_event_loop().create_future();
      if (i % 2) future.set_result({});
    }
    await collect();
    await asyncio.sleep(1);
  }
  assert.equal(await asyncio.create_task(asyncio.sleep(1, 'sound')), 'sound');
});

coroutineTest('a task that was cancelled keeps its words for whoever awaits it later', function* () {
  function* child() {
    yield* asyncio.sleep(1);
  }
  const task = asyncio.create_task(child());
  yield* asyncio.sleep(0);
  task.cancel('why');
  yield* asyncio.sleep(1);
  for (const again of [asyncio.gather(task), asyncio.wait_for(task, 1), task]) {
    const { error } = yield* outcome(again);
    assert.ok(is_cancelled(error));
    assert.equal(error.message, 'why');
  }
});

coroutineTest('uncancel counts down on a task that is done, too', function* () {
  function* child() {
    try {
      yield* asyncio.sleep(1);
    } catch {
      return 'swallowed';
    }
    return 'slept';
  }
  const task = asyncio.create_task(child());
  yield* asyncio.sleep(0);
  task.cancel();
  task.cancel();
  assert.equal(yield* task, 'swallowed');
  assert.deepEqual([task.cancelling(), task.uncancel(), task.uncancel(), task.uncancel()], [2, 1, 0, 0]);
});

test('cancelling what has failed counts as a look at its failure', async () => {
  const trace = tracer();
  const loop = asyncio.new_event_loop();
  loop.set_exception_handler((_, { message }) => trace(message));
  const broken = () => assert.fail('broken');
  const tasks = [1, 2, 3].map(() => loop.create_task(broken));
  await loop.run_until_complete(asyncio.sleep(1));
  assert.equal(tasks[0].cancel(), false);
  assert.equal(tasks[1].cancel('too late'), false);
  assert.throws(() => tasks[0].result(), /broken/);
  loop.close();
  assert.deepEqual(trace.lines, ['Exception was never retrieved']);
});

coroutineTest('ensure_future takes promises and thenables', function* () {
  for (const awaitable of [Promise.resolve('ok'), { then: (resolve) => resolve('ok') }]) {
    const future = asyncio.ensure_future(awaitable);
    assert.ok(asyncio.isfuture(future));
    assert.equal(yield* future, 'ok');
    assert.equal(future.result(), 'ok');
  }
});

coroutineTest('a coroutine may return a future, which is its result as it is', function* () {
  const future = asyncio.get_running_loop().create_future();
  const task = asyncio.create_task(
    (function* () {
      return future;
    })(),
  );
  yield;
  assert.ok(task.done());
  assert.equal(task.result(), future);
  future.set_result('later');
});
