// SPDX-License-Identifier: MIT
// What a program sees of the library: headers that can be included alone and from C++, and names that are ours.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { build, filesUnder, root } from './sources.mjs';

function compile(compiler, args, header) {
  const all = [
    ...args,
    '-Wall',
    '-Wextra',
    '-Werror',
    '-fsyntax-only',
    '-I',
    join(root, 'include'),
    '-include',
    header,
  ];
  const { status, stderr, error } = spawnSync(compiler, [...all, '/dev/null'], { encoding: 'utf8' });
  assert.ifError(error);
  assert.equal(stderr, '');
  assert.equal(status, 0);
}

describe('a header compiles alone', () => {
  for (const name of filesUnder('include')) {
    test(`${name}, as C`, () => compile('gcc', ['-std=gnu11', '-x', 'c'], join(root, name)));
    test(`${name}, as C++`, () => compile('g++', ['-x', 'c++'], join(root, name)));
  }
});

test('every global name of the native library starts with asyncio_', () => {
  const archive = join(build, 'native/libasyncio.a');
  const { status, stdout, stderr } = spawnSync('nm', ['-g', '--defined-only', '-P', archive], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const names = stdout
    .split('\n')
    .filter((line) => line && !line.endsWith(':'))
    .map((line) => line.split(' ')[0]);
  assert.ok(names.length > 50, `Expected the names of a whole library, got ${names.length}`);
  assert.deepEqual(
    names.filter((name) => !name.startsWith('asyncio_')),
    [],
  );
});
