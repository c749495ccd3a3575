// SPDX-License-Identifier: MIT
// gather, wait, wait_for, shield and sleep from JavaScript. What they do is C's, and tested there; here it is that
// JavaScript gets all of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CancelledError, TimeoutError, rejection, tracer, virtual } from './support.mjs';

const asyncio = virtual();
const coroutineTest = (name, body) => test(name, () => asyncio.run(body()));
const now = () => asyncio.get_running_loop().time();

function* outcome(awaitable) {
  try {
    return [yield awaitable];
  } catch (error) {
    return { error };
  }
}

function* fails(error, delay = 0) {
  yield* asyncio.sleep(delay);
  throw error;
}

coroutineTest('gather gives results in the order of its awaitables, of all kinds', function* () {
  const future = asyncio.get_running_loop().create_future();
  asyncio.get_running_loop().call_later(2, () => future.set_result('future'));
  const done = asyncio.create_task(asyncio.sleep(0, 'done'));
  yield* done;
  const results = yield* asyncio.gather(
    asyncio.sleep(3, 'sleep'),
    future,
    Promise.resolve('promise'),
    async () => 'async',
    (function* () {
      yield* asyncio.sleep(1);
      return 'generator';
    })(),
    asyncio.gather(asyncio.sleep(1, 'a'), asyncio.sleep(1, 'b')),
    done,
  );
  assert.deepEqual(results, ['sleep', 'future', 'promise', 'async', 'generator', ['a', 'b'], 'done']);
  assert.deepEqual(yield* asyncio.gather(), []);
});

coroutineTest('an awaitable given twice is one child', function* () {
  let calls = 0;
  const once = (function* () {
    calls++;
    yield* asyncio.sleep(1);
    return calls;
  })();
  assert.deepEqual(yield* asyncio.gather(once, once), [1, 1]);
});

coroutineTest("the first failure is the gather's at once, and the others go on", function* () {
  const trace = tracer();
  const error = new Error('first');
  const start = now();
  const other = asyncio.create_task(
    (function* () {
      yield* asyncio.sleep(5);
      trace('other');
    })(),
  );
  assert.equal((yield* outcome(asyncio.gather(fails(error, 1), other))).error, error);
  assert.equal(now() - start, 1);
  yield* other;
  assert.deepEqual(trace.lines, ['other']);
});

coroutineTest('return_exceptions makes failures results', function* () {
  const error = new Error('one');
  const cancelled = asyncio.create_task(asyncio.sleep(10));
  asyncio.get_running_loop().call_soon(() => cancelled.cancel('gone'));
  const [first, second, third] = yield* asyncio.gather(fails(error), cancelled, asyncio.sleep(1, 3), {
    return_exceptions: true,
  });
  assert.equal(first, error);
  assert.ok(second instanceof CancelledError);
  assert.equal(third, 3);
});

coroutineTest('cancelling a gather cancels its children', function* () {
  const trace = tracer();
  function* child(name) {
    try {
      yield* asyncio.sleep(100);
    } catch (error) {
      trace(`${name} ${error.message}`);
      throw error;
    }
  }
  const gather = asyncio.gather(child('a'), child('b'));
  yield;
  assert.equal(gather.cancel('stop'), true);
  assert.ok((yield* outcome(gather)).error instanceof CancelledError);
  yield;
  assert.deepEqual(trace.lines, ['a stop', 'b stop']);
});

coroutineTest('wait gives the done and the pending, and cancels nothing', function* () {
  const quick = asyncio.create_task(asyncio.sleep(1, 'quick'));
  const slow = asyncio.create_task(asyncio.sleep(5, 'slow'));
  const [done, pending] = yield* asyncio.wait([slow, quick], { return_when: 'FIRST_COMPLETED' });
  assert.deepEqual([[...done], [...pending]], [[quick], [slow]]);
  const [none, still] = yield* asyncio.wait([slow], { timeout: 1 });
  assert.deepEqual([none.size, still.size], [0, 1]);
  const failing = asyncio.create_task(fails(new Error('x'), 1));
  const [failed] = yield* asyncio.wait([slow, failing], { return_when: 'FIRST_EXCEPTION' });
  assert.deepEqual([...failed], [failing]);
  assert.equal(failing.exception().message, 'x');
  const [all] = yield* asyncio.wait(new Set([slow, quick, Promise.resolve(3)]));
  assert.equal(all.size, 3);
});

coroutineTest('wait takes any iterable, iterators too', function* () {
  const tasks = [3, 1].map((delay) => asyncio.create_task(asyncio.sleep(delay, delay)));
  const [done, pending] = yield* asyncio.wait(tasks.values());
  assert.deepEqual([[...done], pending.size], [tasks, 0]);
  const [ten, none] = yield* asyncio.wait(
    (function* () {
      for (let i = 0; i < 10; i++) yield asyncio.create_task(asyncio.sleep(0, i));
    })(),
  );
  assert.deepEqual([[...ten].map((task) => task.result()), none.size], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 0]);
});

coroutineTest('a wait that is cancelled leaves the futures alone', function* () {
  const task = asyncio.create_task(asyncio.sleep(2, 'kept'));
  const waiter = asyncio.create_task(asyncio.wait([task]));
  yield;
  yield;
  waiter.cancel();
  assert.ok((yield* outcome(waiter)).error instanceof CancelledError);
  assert.equal(yield* task, 'kept');
});

coroutineTest('wait_for gives the outcome in time, and TimeoutError after it', function* () {
  assert.equal(yield* asyncio.wait_for(asyncio.sleep(1, 'in time'), 2), 'in time');
  assert.equal(yield* asyncio.wait_for(asyncio.sleep(1, 'no limit'), null), 'no limit');
  const start = now();
  const { error } = yield* outcome(asyncio.wait_for(asyncio.sleep(100), 3));
  assert.ok(error instanceof TimeoutError && error instanceof Error);
  assert.equal(now() - start, 3);
});

coroutineTest('wait_for waits for a slow canceller', function* () {
  function* slow() {
    try {
      yield* asyncio.sleep(100);
    } finally {
      yield* asyncio.sleep(4);
    }
  }
  const start = now();
  assert.ok((yield* outcome(asyncio.wait_for(slow(), 1))).error instanceof TimeoutError);
  assert.equal(now() - start, 5);
});

coroutineTest('what swallows the cancellation and returns 42 gives 42', function* () {
  function* stubborn() {
    try {
      yield* asyncio.sleep(100);
    } catch {
      return 42;
    }
  }
  assert.equal(yield* asyncio.wait_for(stubborn(), 1), 42);
  assert.equal(asyncio.current_task().cancelling(), 0);
});

coroutineTest('with no time at all a coroutine is not started', function* () {
  let started = false;
  const coroutine = (function* () {
    started = true;
  })();
  assert.ok((yield* outcome(asyncio.wait_for(coroutine, 0))).error instanceof TimeoutError);
  assert.equal(started, false);
  const done = asyncio.create_task(asyncio.sleep(0, 'done'));
  yield* done;
  assert.equal(yield* asyncio.wait_for(done, 0), 'done');
});

coroutineTest('wait_for over an async function aborts its signal, and its task goes on', function* () {
  let reason;
  const listening = (task) =>
    new Promise((_, reject) =>
      task.signal.addEventListener('abort', () => {
        reason = task.signal.reason;
        reject(new DOMException('stopped', 'AbortError'));
      }),
    );
  assert.ok((yield* outcome(asyncio.wait_for(listening, 1))).error instanceof TimeoutError);
  assert.ok(reason instanceof CancelledError);
  assert.equal(yield async () => 'goes on', 'goes on');
});

coroutineTest('shield stops a cancellation', function* () {
  const inner = asyncio.create_task(asyncio.sleep(3, 'inner'));
  const outer = asyncio.shield(inner);
  const waiter = asyncio.create_task(asyncio.wait_for(outer, 100));
  yield;
  yield;
  waiter.cancel();
  assert.ok((yield* outcome(waiter)).error instanceof CancelledError);
  assert.ok(outer.cancelled() && !inner.cancelled());
  assert.equal(yield* inner, 'inner');
  assert.equal(asyncio.shield(inner), inner);
});

coroutineTest('sleep(0) is exactly one iteration', function* () {
  const trace = tracer();
  function* counting(name) {
    for (let i = 0; i < 3; i++) {
      trace(name + i);
      yield* asyncio.sleep(0);
    }
  }
  yield* asyncio.gather(counting('a'), counting('b'));
  assert.deepEqual(trace.lines, ['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
});

test('awaitables of another runtime mix in, and are cancelled through the gather', async () => {
  const other = virtual();
  const result = other.create_task(other.sleep(1, 'foreign'));
  assert.deepEqual(await asyncio.gather(result, asyncio.sleep(1, 'own')), ['foreign', 'own']);
  const endless = other.create_task(other.sleep(Infinity));
  const gather = asyncio.gather(endless, asyncio.sleep(Infinity));
  await asyncio.sleep(1);
  gather.cancel('both');
  assert.ok((await rejection(gather)) instanceof CancelledError);
  assert.equal((await rejection(endless)).message, 'both');
});
