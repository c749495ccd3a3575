// SPDX-License-Identifier: MIT
// The embedded core's allocator (src/port/memory.c), called from outside: blocks are apart and aligned, what was freed
// is used again, and without memory there is none.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, test } from 'node:test';

import { build } from '../../tools/paths.mjs';

const module = new WebAssembly.Module(readFileSync(join(build, 'core/core.wasm')));
const MOST = 2 ** 31; // bytes that emcc lets a memory grow to

let malloc, free, memory, growths;

beforeEach(() => {
  growths = 0;
  const env = Object.fromEntries(WebAssembly.Module.imports(module).map(({ name }) => [name, () => 0]));
  env.emscripten_notify_memory_growth = () => growths++;
  const { exports } = new WebAssembly.Instance(module, { env });
  exports._initialize();
  ({ free, memory } = exports);
  malloc = (size) => exports.malloc(size) >>> 0;
});

// Numbers from 0 up to 1, the same in each run.
function random(seed) {
  return () => (seed = (seed * 48271) % 0x7fffffff) / 0x7fffffff;
}

const bytes = (block) => new Uint8Array(memory.buffer, block.at, block.size);

function allocate(size, mark) {
  const block = { at: malloc(size), size, mark };
  assert.ok(block.at > 0 && block.at + size <= memory.buffer.byteLength, `a block of ${size} at ${block.at}`);
  assert.equal(block.at % 16, 0);
  bytes(block).fill(mark);
  return block;
}

function release(block) {
  assert.ok(
    bytes(block).every((byte) => byte === block.mark),
    `the block of ${block.size} was written to`,
  );
  free(block.at);
}

test('blocks of all sizes keep what is written to them', () => {
  const next = random(1);
  const blocks = [];
  for (let i = 0; i < 20_000; i++) {
    if (blocks.length > 200 || (blocks.length && next() < 0.45)) {
      release(blocks.splice(Math.floor(next() * blocks.length), 1)[0]);
    } else {
      const size = Math.floor(2 ** (next() * (next() < 0.02 ? 19 : 11)));
      blocks.push(allocate(size, i % 251));
    }
  }
  blocks.forEach(release);
  assert.ok(growths > 0);
});

test('the same blocks again need no more memory', () => {
  const round = () => {
    const blocks = Array.from({ length: 300 }, (_, i) => allocate(1 + i * i, i % 251));
    blocks.forEach(release);
  };
  round();
  const before = memory.buffer.byteLength;
  for (let i = 0; i < 20; i++) round();
  assert.equal(memory.buffer.byteLength, before);
});

test('sizes at the borders of what is cut from a page fit', () => {
  const sizes = [0, 1, 15, 16, 17, 16_367, 16_368, 16_369, 65_519, 65_520, 65_521, 131_056, 131_057];
  const blocks = sizes.flatMap((size, i) => [allocate(size, 2 * i), allocate(size, 2 * i + 1)]);
  assert.equal(new Set(blocks.map(({ at }) => at)).size, blocks.length);
  blocks.forEach(release);
});

test('a block too large for the memory is none, and the others are not harmed', () => {
  const kept = allocate(1000, 7);
  for (const size of [MOST / 2, MOST - 1, MOST, 2 ** 32 - 65_536, 2 ** 32 - 17, 2 ** 32 - 1])
    assert.equal(malloc(size), 0);
  release(allocate(1000, 8));
  release(kept);
});

test('used up, the memory gives what was freed', () => {
  const large = [];
  for (let at; (at = malloc(MOST / 16));) large.push(at);
  assert.ok(large.length >= 7, `${large.length} blocks`);
  while (malloc(10_000));
  assert.equal(malloc(10_000), 0);
  free(large[0]);
  assert.equal(malloc(MOST / 16), large[0]);
});

test('freeing nothing does nothing', () => {
  free(0);
});
