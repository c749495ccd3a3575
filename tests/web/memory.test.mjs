// SPDX-License-Identifier: MIT
// The embedded core's allocator (src/port/memory.c), called from outside: blocks are apart and aligned, what was freed
// is used again, and without memory there is none.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, beforeEach, test } from 'node:test';

import { build, environment, root } from '../tools/paths.mjs';

const EXPORTS = ['_malloc', '_free', '_posix_memalign'];
const FLAGS = ['--no-entry', '-sALLOW_MEMORY_GROWTH', '-sTOTAL_STACK=65536', '-sINITIAL_MEMORY=131072'];
const MOST = 2 ** 31; // bytes that emcc lets a memory grow to
const PAGE = 65_536;

let module, malloc, free, memalign, memory;

before(() => {
  const folder = join(build, 'web-programs');
  const output = join(folder, 'memory.wasm');
  mkdirSync(folder, { recursive: true });
  const args = ['-Oz', ...FLAGS, `-sEXPORTED_FUNCTIONS=${EXPORTS}`, join(root, 'src/port/memory.c'), '-o', output];
  execFileSync('emcc', args, { env: { ...process.env, ...environment } });
  module = new WebAssembly.Module(readFileSync(output));
});

beforeEach(() => {
  const { exports } = new WebAssembly.Instance(module);
  exports._initialize?.();
  ({ free, memory } = exports);
  malloc = (size) => exports.malloc(size) >>> 0;
  const answer = malloc(4);
  memalign = (alignment, size) => {
    const status = exports.posix_memalign(answer, alignment, size);
    return { status, at: new DataView(memory.buffer).getUint32(answer, true) };
  };
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
  const before = memory.buffer.byteLength;
  for (let i = 0; i < 20_000; i++) {
    if (blocks.length > 200 || (blocks.length && next() < 0.45)) {
      release(blocks.splice(Math.floor(next() * blocks.length), 1)[0]);
    } else {
      const size = Math.floor(2 ** (next() * (next() < 0.02 ? 19 : 11)));
      blocks.push(allocate(size, i % 251));
    }
  }
  blocks.forEach(release);
  assert.ok(memory.buffer.byteLength > before);
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

test('blocks aligned to a page are next to each other, whatever comes between them', () => {
  const size = PAGE - 64; // as base/pool.c asks
  const first = memalign(PAGE, size).at;
  allocate(100, 1);
  allocate(16_368, 2);
  const second = memalign(PAGE, size).at;
  assert.ok(first > 0 && first % PAGE === 0 && second % PAGE === 0);
  assert.ok(second - first <= 2 * PAGE, `${second - first} bytes apart`);
  free(first);
  assert.equal(memalign(PAGE, 100).at, first);
  assert.equal(memalign(16, 100).at % 16, 0);
});

test('an alignment that cannot be had is an error', () => {
  assert.deepEqual(memalign(2 * PAGE, 10), { status: 48, at: 0 }); // ENOMEM
  assert.deepEqual(memalign(PAGE, MOST), { status: 48, at: 0 });
});
