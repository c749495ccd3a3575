// SPDX-License-Identifier: MIT
// Locks, events, conditions, semaphores and barriers from JavaScript. What they do is C's, and tested there; here it is
// that JavaScript gets all of it, in generators and in async functions.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as package_ from './support.mjs';

const { BrokenBarrierError, CancelledError, ValueError, rejection, thrown, tracer, virtual } = package_;

const asyncio = virtual();
const { Barrier, BoundedSemaphore, Condition, Event, Lock, Semaphore, create_task, gather, sleep } = asyncio;
const coroutineTest = (name, body) => test(name, () => asyncio.run(body()));

coroutineTest('a lock lets one in at a time, in the order they came', function* () {
  const trace = tracer();
  const lock = new Lock();
  function* worker(name) {
    assert.equal(yield* lock.acquire(), true);
    trace(`${name} in`);
    yield* sleep(1);
    trace(`${name} out`);
    lock.release();
  }
  yield* gather(worker('a'), worker('b'), worker('c'));
  assert.deepEqual(trace.lines, ['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  assert.equal(lock.locked(), false);
});

coroutineTest('a cancelled waiter passes the lock on', function* () {
  const lock = new Lock();
  yield* lock.acquire();
  const first = create_task(lock.acquire());
  const second = create_task(lock.acquire());
  yield* sleep(0);
  first.cancel();
  lock.release();
  assert.equal(yield* second, true);
  assert.equal(first.cancelled(), true);
});

coroutineTest('with releases the lock however its body ends', function* () {
  const lock = new Lock();
  const value = yield* lock.with(function* (held) {
    assert.equal(held, lock);
    assert.equal(lock.locked(), true);
    yield* sleep(1);
    return 'done';
  });
  assert.equal(value, 'done');
  const error = new RangeError('in the body');
  yield lock.with(async () => Promise.reject(error)).then(assert.fail, (reason) => assert.equal(reason, error));
  const task = create_task(lock.with(() => sleep(Infinity)));
  yield* sleep(1);
  task.cancel();
  yield* asyncio.wait([task]);
  assert.equal(task.cancelled(), true);
  assert.equal(lock.locked(), false);
});

test('an async function in a scope is given its task and told of the cancellation', async () => {
  const lock = new Lock();
  const controller = new AbortController();
  const body = async (_, task) => {
    const aborted = new Promise((resolve) => task.signal.addEventListener('abort', resolve));
    controller.abort(new Error('enough'));
    await aborted;
    throw task.signal.reason;
  };
  const error = await rejection(lock.with(body, { signal: controller.signal }));
  assert.deepEqual([error instanceof CancelledError, error.message, lock.locked()], [true, 'enough', false]);
});

test('a signal that fires after the end of a scope does nothing', async () => {
  const controller = new AbortController();
  const task = create_task(
    (function* () {
      yield* new Lock().with(function* () {}, { signal: controller.signal });
      controller.abort();
      yield* sleep(1);
      return 'went on';
    })(),
  );
  assert.equal(await task, 'went on');
});

test('hold gives what releases the lock once', async () => {
  const lock = new Lock();
  const held = await lock.hold();
  assert.equal(lock.locked(), true);
  held[Symbol.dispose]();
  await lock.acquire();
  held.release();
  assert.equal(lock.locked(), true);
});

test('locks can be awaited outside any coroutine', async () => {
  const event = new Event();
  const waiting = event.wait().then(() => 'set');
  event.set();
  assert.equal(await waiting, 'set');
});

coroutineTest('an event wakes those who wait, also when it is cleared at once', function* () {
  const event = new Event();
  const tasks = [create_task(event.wait()), create_task(event.wait())];
  yield* sleep(0);
  assert.equal(event.is_set(), false);
  event.set();
  event.clear();
  assert.deepEqual(yield* gather(...tasks), [true, true]);
  assert.equal(event.is_set(), false);
});

coroutineTest('a semaphore lets so many in', function* () {
  const semaphore = new Semaphore(2);
  let inside = 0;
  let most = 0;
  function* worker() {
    yield* semaphore.with(function* () {
      most = Math.max(most, ++inside);
      yield* sleep(1);
      inside--;
    });
  }
  yield* gather(...Array.from({ length: 5 }, worker));
  assert.equal(most, 2);
  assert.equal(asyncio.get_running_loop().time() % 1, 0);
  semaphore.release();
  assert.equal(semaphore.locked(), false);
});

coroutineTest('a bounded semaphore counts its releases', function* () {
  const semaphore = new BoundedSemaphore();
  assert.ok(semaphore instanceof Semaphore);
  const error = thrown(() => semaphore.release());
  assert.deepEqual([error instanceof ValueError, error.message], [true, 'BoundedSemaphore released too many times']);
});

coroutineTest('conditions that share a lock notify so many', function* () {
  const lock = new Lock();
  const [first, second] = [new Condition(lock), new Condition(lock)];
  const trace = tracer();
  function* waiter(name, condition) {
    yield* condition.with(() => condition.wait());
    trace(name);
  }
  const tasks = [waiter('a', first), waiter('b', first), waiter('c', second)].map((each) => create_task(each));
  yield* sleep(0);
  yield* lock.with(function* () {
    first.notify();
    second.notify_all();
  });
  yield* sleep(1);
  assert.deepEqual(trace.lines, ['a', 'c']);
  yield* first.with(function* () {
    first.notify(5);
  });
  yield* gather(...tasks);
  assert.deepEqual(trace.lines, ['a', 'c', 'b']);
});

coroutineTest('wait_for gives what its predicate gives, and throws what it throws', function* () {
  const condition = new Condition();
  let ready = 0;
  const waiting = create_task(condition.with(() => condition.wait_for(() => ready && { ready })));
  for (const value of [0, 7]) {
    yield* sleep(1);
    yield* condition.with(function* () {
      ready = value;
      condition.notify_all();
    });
  }
  assert.deepEqual(yield* waiting, { ready: 7 });
  const error = new RangeError('from the predicate');
  const predicate = () => {
    throw error;
  };
  yield condition.with(() => condition.wait_for(predicate)).then(assert.fail, (reason) => assert.equal(reason, error));
  assert.equal(condition.locked(), false);
});

coroutineTest('a barrier gives each its place, again and again', function* () {
  const barrier = new Barrier(3);
  assert.equal(barrier.parties, 3);
  for (let round = 0; round < 2; round++) {
    const places = yield* gather(barrier.wait(), barrier.with(function* (place) {
      return place;
    }), barrier.wait());
    assert.deepEqual(places, [0, 1, 2]);
  }
  assert.deepEqual([barrier.n_waiting, barrier.broken], [0, false]);
});

coroutineTest('an aborted barrier is broken until it is reset', function* () {
  const barrier = new Barrier(2);
  const waiting = create_task(barrier.wait());
  yield* sleep(0);
  assert.equal(barrier.n_waiting, 1);
  yield* barrier.abort();
  yield* asyncio.wait([waiting]);
  assert.ok(waiting.exception() instanceof BrokenBarrierError);
  assert.ok(waiting.exception() instanceof package_.RuntimeError);
  assert.equal(barrier.broken, true);
  yield* barrier.reset();
  assert.deepEqual(yield* gather(barrier.wait(), barrier.wait()), [0, 1]);
});

test("a runtime's classes are the package's, bound to it", async () => {
  const lock = new Lock();
  assert.ok(!(new BoundedSemaphore() instanceof package_.Lock));
  assert.equal(Lock.name, 'Lock');
  assert.ok(lock instanceof package_.Lock);
  assert.ok(!(new package_.Lock() instanceof Lock));
  class Own extends Lock {}
  assert.equal(await new Own().acquire(), true);
  assert.equal(await package_.run(new package_.Lock().acquire()), true);
});

test('what waits for a lock is told when the runtime is closed, and the lock says so', async () => {
  const runtime = virtual();
  const lock = new runtime.Lock();
  await lock.acquire();
  const waiting = runtime.create_task(lock.acquire());
  await runtime.sleep(1);
  runtime.close();
  assert.ok((await rejection(waiting)) instanceof CancelledError);
  for (const use of [() => lock.release(), () => lock.locked(), () => new runtime.Event()])
    assert.equal(thrown(use).message, 'The runtime is closed');
  assert.equal((await rejection(Promise.resolve().then(() => lock.acquire()))).message, 'The runtime is closed');
});
