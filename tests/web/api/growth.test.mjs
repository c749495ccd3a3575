// SPDX-License-Identifier: MIT
// A million tasks created, awaited and dropped leave nothing: the core's memory is as large as before them, and so is
// JavaScript's heap, where the handles that C holds would show.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { collect, heapSize, without } from '../../tools/host.mjs';

// The core is embedded and keeps its instance to itself: look on as it is made.
const memories = [];
WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(...args) {
    super(...args);
    memories.push(this.exports.memory);
  }
};
const { create_runtime } = await import('../../../build/api/index.js');

const ROUND = 10_000; // tasks
const WARM_UP = 20; // rounds

async function measure() {
  await collect();
  return { wasm: memories.at(-1).buffer.byteLength, heap: heapSize() };
}

test('a million tasks leave no memory and no handles behind', { skip: without('heap') }, async () => {
  const asyncio = create_runtime();
  function* answer(value) {
    yield* asyncio.sleep(0);
    return { value };
  }
  function* create_and_await() {
    for (let i = 0; i < ROUND; i++) {
      const task = asyncio.create_task(answer(i));
      assert.equal((yield* task).value, i);
    }
  }
  const round = () => asyncio.run(create_and_await());
  for (let i = 0; i < WARM_UP; i++) await round(); // tables and optimised code grow to their size first
  const before = await measure();
  for (let i = 0; i < 1_000_000 / ROUND; i++) await round();
  const after = await measure();
  assert.equal(after.wasm, before.wasm);
  // A handle left for each task would be 40 MB or more; V8's own tables move by a few.
  assert.ok(after.heap < before.heap + 16e6, `the heap grew by ${((after.heap - before.heap) / 1e6).toFixed(1)} MB`);
});
