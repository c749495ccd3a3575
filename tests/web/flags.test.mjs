// SPDX-License-Identifier: MIT
// A program that was linked without a flag it needs says which, as it starts.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { build, environment, root } from '../house/sources.mjs';

const folder = join(build, 'web/flags');
const options = { encoding: 'utf8', env: { ...process.env, ...environment } };

// Standard error of the hello-world demo, linked with [flags].
function startWith(name, flags) {
  mkdirSync(folder, { recursive: true });
  const output = join(folder, `${name}.js`);
  const inputs = [join(root, 'demo/hello_world.c'), join(build, 'wasm/libasyncio.a'), `-I${join(root, 'include')}`];
  const library = ['--js-library', join(root, 'web/lib/asyncio.js'), '-sEXIT_RUNTIME=1'];
  const linked = spawnSync('emcc', ['-O1', ...inputs, ...library, ...flags, '-o', output], options);
  assert.equal(linked.status, 0, linked.stderr);
  const run = spawnSync(process.execPath, [output], options);
  assert.notEqual(run.status, 0);
  return run.stderr;
}

test('without -sASYNCIFY', () => {
  assert.match(startWith('no_asyncify', ['-sASSERTIONS=0']), /asyncio: link with -sASYNCIFY: a C function can suspend only/);
});

test('with assertions', () => {
  assert.match(startWith('assertions', ['-sASYNCIFY', '-sASSERTIONS=1']), /asyncio: link with -sASSERTIONS=0: under ASSERTIONS/);
});
