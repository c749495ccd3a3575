// SPDX-License-Identifier: MIT
// CPython's own tests, one by one: which test of ours would fail if that behaviour broke, or why there is none.
//
// names/FILE.txt lists CPython's tests as "Class.test"; answers/FILE.txt has a line for each, in the same order:
//   Class.test: a test of ours | another
//   Class.test: (reason) words, where it needs any
// Invariant: whoever reads these files gets an entry for each name and each answer, so nothing can be left out of
// sight.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

// Why a test of CPython's needs no counterpart. The list is closed.
export const REASONS = {
  files: 'files and pipes',
  sockets: 'sockets, servers and selectors',
  signals: 'signals, KeyboardInterrupt and SystemExit',
  references: "reference counts, the garbage collector, and how CPython's own C may crash",
  subprocesses: 'subprocesses, executors and other threads',
  syntax:
    "what only Python's syntax, dynamic types and implementation have: keywords, subclassing and patched methods, private " +
    'attributes and helpers, formats of repr, tracebacks, implicit chaining, pickling',
};

const linesOf = (text) => text.split('\n').filter((line) => line && !line.startsWith('#'));

function parseAnswer(file, line) {
  const [, name, right] = line.match(/^(\S+): (.+)$/) ?? [undefined, line, ''];
  const reason = right.match(/^\((\w+)\)/);
  return { file, name, reason: reason?.[1], tests: reason || !right ? [] : right.split(' | ') };
}

// All of CPython's files: [{file, names, answers}].
export function readFiles(folder = here) {
  const read = (kind, file) => linesOf(readFileSync(join(folder, kind, file), 'utf8'));
  return readdirSync(join(folder, 'names'))
    .sort()
    .map((file) => ({
      file: file.replace('.txt', ''),
      names: read('names', file),
      answers: read('answers', file).map((line) => parseAnswer(file.replace('.txt', ''), line)),
    }));
}

function problemsOfAnswer({ file, name, reason, tests }, results) {
  const at = `${file}.${name}`;
  if (reason !== undefined) {
    return Object.hasOwn(REASONS, reason) ? [] : [`${at}: "${reason}" is no reason of the list`];
  }
  if (tests.length === 0) return [`${at}: neither a test nor a reason`];
  return tests
    .filter((test) => results.get(test) !== true)
    .map((test) => `${at}: "${test}" ${results.has(test) ? 'failed' : 'did not run'}`);
}

const twice = (list) => list.filter((item, index) => list.indexOf(item) !== index);

// What is wrong, as sentences. [results] says of each test of ours that ran whether it passed everywhere.
export function problems(files, results) {
  return files.flatMap(({ file, names, answers }) => {
    const answered = answers.map(({ name }) => name);
    return [
      ...names.filter((name) => !answered.includes(name)).map((name) => `${file}.${name} has no line`),
      ...answered.filter((name) => !names.includes(name)).map((name) => `${file}.${name} is no test of CPython's`),
      ...twice(answered).map((name) => `${file}.${name} has two lines`),
      ...twice(names).map((name) => `${file}.${name} is listed twice`),
      ...answers.flatMap((answer) => problemsOfAnswer(answer, results)),
    ];
  });
}

// {answered, ours, total, files: {file: [answered, all]}, reasons: {reason: count}}
export function count(files) {
  const answers = files.flatMap((file) => file.answers);
  const reasons = Object.keys(REASONS).map((key) => [key, answers.filter(({ reason }) => reason === key).length]);
  return {
    total: answers.length,
    answered: answers.filter(({ tests }) => tests.length).length,
    ours: new Set(answers.flatMap(({ tests }) => tests)).size,
    files: Object.fromEntries(
      files.map(({ file, answers }) => [file, [answers.filter(({ tests }) => tests.length).length, answers.length]]),
    ),
    reasons: Object.fromEntries(reasons.filter(([, number]) => number)),
  };
}

// The sentence that the README has.
export const sentence = ({ total, answered, ours }) =>
  `Of ${total} tests that CPython 3.14 has for this, ${answered} are answered by ${ours} of ours`;
