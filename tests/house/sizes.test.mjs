// SPDX-License-Identifier: MIT
// Files of one concept, functions that fit a screen and comments that fit its width; and every file says under which
// licence it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { filesUnder, functionsOf, isC, linesOf } from './sources.mjs';

const LONGEST_FILE = 400;
const LONGEST_FUNCTION = 60;
const WIDEST = 120; // columns

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

// Whole lines of comment, and those with one behind the code.
const hasComment = (name, line) =>
  /^\s*(\/\/|\/?\*+ )/.test(line) || / \/\/ /.test(line) || (/\.(S|txt|py|cmake)$/.test(name) && /^\s*#/.test(line));

test(`no comment is wider than ${WIDEST} columns, nor anything in C that is no test`, () => {
  const wide = ['CMakeLists.txt', ...files].filter((name) => !name.endsWith('.md')).flatMap((name) =>
    linesOf(name)
      .map((line, index) => [`${name}:${index + 1}`, line])
      .filter(([, line]) => line.length > WIDEST && (/^(include|src)\/.*[chS]$/.test(name) || hasComment(name, line)))
      .map(([place]) => place),
  );
  assert.deepEqual(wide, []);
});

test('every source file names its licence first', () => {
  const sources = files.filter((name) => /\.(c|h|S|m?js|cjs|m?ts)$/.test(name));
  const silent = sources.filter(
    (name) => !linesOf(name).slice(0, 2).join('\n').includes('SPDX-License-Identifier: MIT'),
  );
  assert.deepEqual(silent, []);
});
