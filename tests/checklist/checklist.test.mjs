// SPDX-License-Identifier: MIT
// The checklist itself: that it finds what it is there to find, and that the README's sentence is true.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { root } from '../tools/paths.mjs';
import { count, problems, readFiles, sentence } from './checklist.mjs';
import { resultsOf } from './results.mjs';

const answer = (name, more) => ({ file: 'f', name, tests: [], ...more });
const PASSED = resultsOf(
  'ok it_works\nFAILED it_breaks\n',
  'ok 1 - a sentence \\# with a sign\n    not ok 2 - broken\n',
);

const PROBLEMS = {
  'a name without a line': [['A.a'], [], 'f.A.a has no line'],
  'a line without a name': [[], [answer('A.a', { tests: ['it_works'] })], "f.A.a is no test of CPython's"],
  'a reason that is not in the list': [
    ['A.a'],
    [answer('A.a', { reason: 'lazy' })],
    'f.A.a: "lazy" is no reason of the list',
  ],
  'neither a test nor a reason': [['A.a'], [answer('A.a')], 'f.A.a: neither a test nor a reason'],
  'a test that did not run': [
    ['A.a'],
    [answer('A.a', { tests: ['it_never_ran'] })],
    'f.A.a: "it_never_ran" did not run',
  ],
  'a test that failed': [['A.a'], [answer('A.a', { tests: ['it_works', 'it_breaks'] })], 'f.A.a: "it_breaks" failed'],
  'a test of node:test that failed': [['A.a'], [answer('A.a', { tests: ['broken'] })], 'f.A.a: "broken" failed'],
};

for (const [what, [names, answers, expected]] of Object.entries(PROBLEMS))
  test(`the checklist finds ${what}`, () => {
    assert.deepEqual(problems([{ file: 'f', names, answers }], PASSED), [expected]);
  });

test('the checklist is content with tests that passed and reasons of the list', () => {
  const answers = [
    answer('A.a', { tests: ['it_works', 'a sentence # with a sign'] }),
    answer('A.b', { reason: 'sockets' }),
  ];
  assert.deepEqual(problems([{ file: 'f', names: ['A.a', 'A.b'], answers }], PASSED), []);
});

test('a test that failed in one configuration has failed', () => {
  assert.equal(resultsOf('ok a\nFAILED a\nok a\n', '').get('a'), false);
});

test("every name of CPython's has one line, in the same order", () => {
  for (const { file, names, answers } of readFiles()) {
    assert.deepEqual(
      answers.map(({ name }) => name),
      names,
      file,
    );
    assert.ok(names.length > 0, file);
  }
});

test('the README says how many there are', () => {
  const words = readFileSync(join(root, 'README.md'), 'utf8').replace(/\s+/g, ' ');
  assert.ok(words.includes(sentence(count(readFiles()))), sentence(count(readFiles())));
});
