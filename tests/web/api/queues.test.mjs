// SPDX-License-Identifier: MIT
// Queues from JavaScript: what was put comes out as the same object, in the order of the kind of queue.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { QueueEmpty, QueueFull, QueueShutDown, rejection, thrown, tracer, virtual } from './support.mjs';

const asyncio = virtual();
const { LifoQueue, PriorityQueue, Queue, create_task, gather, sleep } = asyncio;
const coroutineTest = (name, body) => test(name, () => asyncio.run(body()));

function drain(queue) {
  const items = [];
  while (!queue.empty()) items.push(queue.get_nowait());
  return items;
}

coroutineTest('items of all kinds come out as what was put', function* () {
  const queue = new Queue();
  const promise = Promise.resolve(1);
  const items = [undefined, null, 0, -0, NaN, true, 'text', 7n, Symbol('s'), { an: 'object' }, () => {}, promise, [1]];
  for (const item of items) yield* queue.put(item);
  assert.equal(queue.qsize(), items.length);
  for (const item of items) assert.ok(Object.is(yield* queue.get(), item));
  for (const item of items) queue.put_nowait(item);
  for (const item of items) assert.ok(Object.is(queue.get_nowait(), item));
});

coroutineTest('put waits for room and get for an item', function* () {
  const trace = tracer();
  const queue = new Queue(1);
  function* producer() {
    for (const item of ['a', 'b', 'c']) {
      yield* queue.put(item);
      trace(`put ${item}`);
    }
  }
  function* consumer() {
    yield* sleep(1);
    for (let i = 0; i < 3; i++) trace(`got ${yield* queue.get()}`);
  }
  yield* gather(producer(), consumer());
  assert.deepEqual(trace.lines, ['put a', 'got a', 'put b', 'got b', 'put c', 'got c']);
});

coroutineTest('a queue says how full it is', function* () {
  const queue = new Queue(2);
  assert.deepEqual([queue.maxsize, queue.empty(), queue.full()], [2, true, false]);
  queue.put_nowait(1);
  queue.put_nowait(2);
  assert.deepEqual([queue.qsize(), queue.empty(), queue.full()], [2, false, true]);
  const full = thrown(() => queue.put_nowait(3));
  assert.deepEqual([full instanceof QueueFull, full.message], [true, 'The queue is full: it holds 2 items']);
  assert.deepEqual(drain(queue), [1, 2]);
  assert.ok(thrown(() => queue.get_nowait()) instanceof QueueEmpty);
});

coroutineTest('a LIFO queue gives the newest first', function* () {
  const queue = new LifoQueue();
  assert.ok(queue instanceof Queue);
  for (const item of [1, 2, 3]) queue.put_nowait(item);
  assert.deepEqual(drain(queue), [3, 2, 1]);
});

coroutineTest('a priority queue gives the least first, and of equals the one that was put first', function* () {
  const queue = new PriorityQueue();
  const late = [1, { z: 1 }];
  for (const item of [3, [2, 'b'], late, [1, { a: 1 }], -Infinity, [2, 'a', 'more'], 0.5]) yield* queue.put(item);
  const items = drain(queue);
  assert.deepEqual(items, [-Infinity, 0.5, [1, { z: 1 }], [1, { a: 1 }], [2, 'b'], [2, 'a', 'more'], 3]);
  assert.equal(items[2], late);
});

coroutineTest('join waits until every item is done', function* () {
  const queue = new Queue();
  const trace = tracer();
  function* worker() {
    for (;;) {
      const item = yield* queue.get();
      yield* sleep(1);
      trace(item);
      queue.task_done();
    }
  }
  const workers = [create_task(worker()), create_task(worker())];
  for (const item of ['a', 'b', 'c']) queue.put_nowait(item);
  yield* queue.join();
  trace('joined');
  assert.deepEqual(trace.lines, ['a', 'b', 'c', 'joined']);
  workers.forEach((each) => each.cancel());
});

coroutineTest('shutdown lets what is left be got, and tells who waits', function* () {
  const queue = new Queue();
  queue.put_nowait('left');
  queue.shutdown();
  assert.ok(thrown(() => queue.put_nowait(1)) instanceof QueueShutDown);
  assert.equal(yield* queue.get(), 'left');
  const waiting = new Queue();
  const getter = create_task(waiting.get());
  yield* sleep(0);
  waiting.shutdown();
  yield* asyncio.wait([getter]);
  assert.ok(getter.exception() instanceof QueueShutDown);
});

coroutineTest('an immediate shutdown drops the items and ends join', function* () {
  const queue = new Queue();
  queue.put_nowait('dropped');
  const joining = create_task(queue.join());
  yield* sleep(0);
  queue.shutdown(true);
  yield* joining;
  assert.deepEqual([queue.qsize(), thrown(() => queue.get_nowait()) instanceof QueueShutDown], [0, true]);
});

test('async iteration gets items until the queue is shut down', async () => {
  const queue = new Queue(1);
  const producing = create_task(async () => {
    for (const item of [1, 2, 3]) await queue.put(item);
    queue.shutdown();
  });
  const items = [];
  for await (const item of queue) items.push(item);
  assert.deepEqual(items, [1, 2, 3]);
  await producing;
});

test('what goes wrong in the body of an iteration is its own', async () => {
  const queue = new Queue();
  queue.put_nowait(1);
  const iterate = async () => {
    for await (const item of queue) throw new RangeError(`at ${item}`);
  };
  assert.equal((await rejection(iterate())).message, 'at 1');
});

coroutineTest('a cancelled get loses nothing', function* () {
  const queue = new Queue();
  const cancelled = create_task(queue.get());
  const next = create_task(queue.get());
  yield* sleep(0);
  queue.put_nowait('item');
  cancelled.cancel();
  assert.equal(yield* next, 'item');
});
