// SPDX-License-Identifier: MIT
// A loaded program's locks, queues, limits and groups: the same classes over the program's own C, beside the package's.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import * as asyncio from './support.mjs';

let app;
let create;
before(async () => {
  create = await asyncio.factory('exports', 'load_objects');
  app = await asyncio.loadVirtual(create);
});

after(() => {
  assert.equal(app.all_tasks().size, 0);
  app.close();
});

test('its classes are bound to it', () => {
  for (const name of ['Event', 'Lock', 'Condition', 'Semaphore', 'BoundedSemaphore', 'Queue', 'LifoQueue', 'TaskGroup']) {
    const made = new app[name]();
    assert.ok(made instanceof asyncio[name]);
    assert.ok(made instanceof app[name]);
    assert.ok(!(new asyncio[name]() instanceof app[name]));
  }
  assert.equal(new app.Barrier(3).parties, 3);
});

test('locks keep its coroutines and JavaScript apart', async () => {
  const lock = new app.Lock();
  let inside = 0;
  function* worker() {
    yield* lock.with(function* () {
      assert.equal(++inside, 1);
      yield* app.sleep(0.1);
      inside--;
    });
  }
  await app.gather(worker(), worker(), lock.with(async () => assert.equal(++inside, 1) ?? inside--));
  assert.equal(lock.locked(), false);
});

test('queues hand on what was put, bigints and bytes too', async () => {
  const queue = new app.Queue(1);
  const items = [7n, new Uint8Array([1, 2]), 'text', null, { an: 'object' }];
  const putting = app.create_task(async () => {
    for (const item of items) await queue.put(item);
    queue.shutdown();
  });
  const got = [];
  for await (const item of queue) got.push(item);
  assert.ok(items.every((item, index) => Object.is(item, got[index])));
  await putting;
});

test('a barrier counts in numbers, as_completed gives its tasks', async () => {
  const barrier = new app.Barrier(2);
  assert.deepEqual(await app.gather(barrier.wait(), barrier.wait()), [0, 1]);
  const tasks = [2, 1].map((seconds) => app.create_task(app.sleep(seconds, seconds)));
  const order = [];
  for await (const task of app.as_completed(tasks)) order.push(tasks.indexOf(task));
  assert.deepEqual(order, [1, 0]);
});

test('a limit on what waits elsewhere, in the package', async () => {
  const error = await asyncio.rejection(app.timeout(1).with(() => new asyncio.Event().wait()));
  assert.ok(error instanceof asyncio.TimeoutError);
});

test('a group of the program takes the coroutines of the package', async () => {
  const thrown = new RangeError('of the package');
  const error = await asyncio.rejection(
    new app.TaskGroup().with((group) => {
      group.create_task(app.sleep(Infinity));
      group.create_task(async () => Promise.reject(thrown));
    }),
  );
  assert.ok(error instanceof asyncio.ExceptionGroup);
  assert.equal(error.exceptions[0], thrown);
});

test('after its end its objects say so', async () => {
  const other = await asyncio.loadVirtual(create);
  const queue = new other.Queue();
  const waiting = other.create_task(queue.get());
  other.close();
  assert.ok((await asyncio.rejection(waiting)) instanceof asyncio.CancelledError);
  assert.equal(asyncio.thrown(() => queue.qsize()).message, 'The runtime is closed');
});
