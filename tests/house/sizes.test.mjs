// SPDX-License-Identifier: MIT
// Files of one concept and functions that fit a screen; and every file says under which licence it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { filesUnder, functionsOf, isC, linesOf } from './sources.mjs';

const LONGEST_FILE = 400;
const LONGEST_FUNCTION = 60;

const files = filesUnder('src', 'include', 'tests', 'web', 'demo');

test(`no file is longer than ${LONGEST_FILE} lines`, () => {
  const long = files.map((name) => [name, linesOf(name).length]).filter(([, length]) => length > LONGEST_FILE);
  assert.deepEqual(long, []);
});

test(`no C function is longer than ${LONGEST_FUNCTION} lines`, () => {
  const long = files.filter(isC).flatMap((name) =>
    functionsOf(linesOf(name))
      .filter(({ length }) => length > LONGEST_FUNCTION)
      .map(({ line, length, signature }) => `${name}:${line}: ${length} lines: ${signature}`),
  );
  assert.deepEqual(long, []);
});

test('functions are found where they are', () => {
  const lines = [
    '// f(x) {',
    'int a(void) { return 1; }',
    'int b(int c,',
    '      int d) {',
    '  if (c) {',
    '  }',
    '}',
    'enum {',
    '};',
  ];
  assert.deepEqual(functionsOf(lines), [{ line: 4, length: 4, signature: 'int d) {' }]);
});

test('every source file names its licence first', () => {
  const sources = files.filter((name) => /\.(c|h|S|m?js|cjs|m?ts)$/.test(name));
  const silent = sources.filter(
    (name) => !linesOf(name).slice(0, 2).join('\n').includes('SPDX-License-Identifier: MIT'),
  );
  assert.deepEqual(silent, []);
});
