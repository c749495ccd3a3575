// SPDX-License-Identifier: MIT
// How long C's structs behind locks and queues live: as long as their objects, which live as long as anybody waits in
// them.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { collect, turn, without } from '../../tools/host.mjs';

// The core is embedded and keeps its instance to itself: look on as it is made.
const memories = [];
WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(...args) {
    super(...args);
    if (this.exports.memory) memories.push(this.exports.memory);
  }
};
const { create_runtime } = await import('../../../build/api/index.js');

// Finalizers run between two tasks of the host.
async function settle() {
  for (let i = 0; i < 3; i++) {
    await turn();
    await collect();
  }
  await turn();
}

test('a hundred thousand locks, queues and limits leave no memory behind', { skip: without('collect') }, async () => {
  const { Condition, Queue, TaskGroup, as_completed, run, sleep, timeout } = create_runtime();
  function* round() {
    for (let i = 0; i < 1000; i++) {
      const queue = new Queue();
      for (let item = 0; item < 20; item++) queue.put_nowait({ item });
      yield* new Condition().with((condition) => condition.notify());
      yield* timeout(60).with(() => queue.get());
      yield* new TaskGroup().with((group) => void group.create_task(queue.get()));
      for (const next of as_completed([sleep(0)])) yield* next;
    }
  }
  const rounds = async (count) => {
    for (let i = 0; i < count; i++) {
      await run(round());
      await settle();
    }
    return memories.at(-1).buffer.byteLength;
  };
  // Finalizers may lag behind at first, some engines' by rounds. A leak would grow on.
  let before = await rounds(5);
  for (let i = 0; i < 5 && (await rounds(5)) !== before; i++) before = memories.at(-1).buffer.byteLength;
  assert.equal(await rounds(20), before);
});

test('an event lives while somebody waits for it, and no longer', { skip: without('collect') }, async () => {
  const { Event, create_task } = create_runtime();
  let weak;
  const waiting = create_task(
    (() => {
      const event = new Event();
      weak = new WeakRef(event);
      return event.wait();
    })(),
  );
  await settle();
  weak.deref().set();
  assert.equal(await waiting, true);
  for (let i = 0; i < 10 && weak.deref(); i++) await settle();
  assert.equal(weak.deref(), undefined);
});

test('a coroutine object that nobody has run yet keeps its lock', { skip: without('collect') }, async () => {
  const { Lock } = create_runtime();
  const acquire = (() => new Lock().acquire())();
  await settle();
  assert.equal(await acquire, true);
});

test('an item in a queue that is dropped is dropped too', { skip: without('collect') }, async () => {
  const { Queue } = create_runtime();
  const weak = (() => {
    const item = {};
    new Queue().put_nowait(item);
    return new WeakRef(item);
  })();
  for (let i = 0; i < 10 && weak.deref(); i++) await settle();
  assert.equal(weak.deref(), undefined);
});
