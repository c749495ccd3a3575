// SPDX-License-Identifier: MIT
// Which functions of the library Asyncify instruments: those that may suspend, and no others. One too many costs twice
// the code and several times the time, in itself and in all its callers. A function joins the list by calling through a
// pointer: if it never suspends, src/base/barrier.h says how to take it off. That `leave` is on it under its own name
// also says that Binaryen did not inline it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { build, environment, root } from './sources.mjs';

const EXPECTED = [
  'asyncio__frame_run',
  'asyncio__loop_run_in',
  'asyncio__main_void',
  'asyncio_await',
  'asyncio_lock_acquire',
  'asyncio_loop_run_until_complete',
  'asyncio_sleep',
  'change_here',
  'leave',
  'nap__body',
  'naps__body',
  'program__body',
  'run_main',
  'sleep_for',
];

// The C library's own: what calls a FILE's functions or an atexit function, and what Emscripten adds for JavaScript.
const FOREIGN = [
  /^dynCall_/,
  /^legal(stub|func)\$/,
  /^(__funcs_on_exit|call|fflush|fclose|close_file|__stdio_exit|__fwritex|fwrite|fputs|fputc|__overflow|out|pad)$/,
  /^(pop_arg|fmt_fp|printf_core|__vfprintf_internal|v?f?i?printf|v?snprintf|__small_v?f?printf)$/,
];

function link() {
  const folder = join(build, 'house');
  mkdirSync(folder, { recursive: true });
  const program = [join(root, 'tests/house/instrumented.c'), join(build, 'wasm/libasyncio.a')];
  const flags = [
    '-O3',
    '-g2',
    '-I',
    join(root, 'include'),
    '-sASYNCIFY',
    '-sASSERTIONS=0',
    '-sEXIT_RUNTIME=1',
    '-sASYNCIFY_ADVISE',
  ];
  const library = ['--js-library', join(build, 'wasm/asyncio.js')];
  const args = [...program, ...flags, ...library, '-o', join(folder, 'instrumented.js')];
  const { status, stdout, stderr, error } = spawnSync('emcc', args, {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  assert.ifError(error);
  assert.equal(status, 0, stderr);
  return stdout + stderr;
}

test('Asyncify instruments what suspends, and nothing else of ours', () => {
  const names = [...link().matchAll(/^\[asyncify\] (\S+) can change the state/gm)].map((match) => match[1]);
  const ours = [...new Set(names)].filter((name) => !FOREIGN.some((pattern) => pattern.test(name)));
  const unexpected = ours.filter((name) => !EXPECTED.includes(name));
  assert.deepEqual(unexpected, [], `Instrumented without need: ${unexpected.join(', ')}`);
  assert.deepEqual(
    EXPECTED.filter((name) => !ours.includes(name)),
    [],
    'Not instrumented, or gone',
  );
});
