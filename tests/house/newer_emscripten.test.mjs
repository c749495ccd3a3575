// SPDX-License-Identifier: MIT
// What runs in the glue of Emscripten depends on nothing that versions after 3.1.6 took away, and declares what they
// turned into library functions. The numbers are those of Emscripten's pull requests.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { root } from './sources.mjs';

const member = (name) => new RegExp(`\\bModule(\\.${name}\\b|\\[['"]${name}['"]\\])`);
const called = (name) => new RegExp(`(?<![\\w$.])${name}\\(`);

const GONE = {
  "Module['asm'] (19816)": member('asm'),
  "Module['quit'] (22371)": member('quit'),
  'a quit that is given to a module (22371)': /\bquit\b\s*[:,}]/,
  'allocateUTF8 (19089)': called('allocateUTF8'),
  'writeStringToMemory (19103)': called('writeStringToMemory'),
  'writeAsciiToMemory (19103)': called('writeAsciiToMemory'),
};

// Since 19097; they stand in a list of __deps.
const DECLARED = ['UTF8ToString', 'UTF8ArrayToString', 'stringToUTF8', 'stringToUTF8Array', 'lengthBytesUTF8'];

const withoutComments = (text) => text.replace(/\/\*[^]*?\*\/|(?<!:)\/\/.*$/gm, '');

function wrongIn(text) {
  const code = withoutComments(text);
  const gone = Object.keys(GONE).filter((what) => GONE[what].test(code));
  const undeclared = DECLARED.filter((name) => called(name).test(code) && !code.includes(`'$${name}'`));
  return [...gone, ...undeclared.map((name) => `${name} without a dependency (19097)`)];
}

const filesOf = (folder, ext) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((file) => file.endsWith(ext))
    .map((file) => join(root, folder, file));

test('the glue and what talks to it use nothing that later Emscriptens took away', () => {
  const library = filesOf('web/lib', '.js').map((file) => readFileSync(file, 'utf8'));
  assert.deepEqual(wrongIn(library.join('\n')), []); // one text for emcc
  const others = [...filesOf('web/api', '.ts'), ...filesOf('web/cli', '.mjs'), ...filesOf('web/cli', '.in')];
  assert.ok(others.length > 20);
  for (const file of others) assert.deepEqual(wrongIn(readFileSync(file, 'utf8')), [], file);
});

const MISTAKES = {
  "Module['asm'] (19816)": "const { memory } = Module['asm'];",
  "Module['quit'] (22371)": 'quit_ = Module.quit;',
  'a quit that is given to a module (22371)': 'createModule({ ...options, quit: (status) => {} })',
  'allocateUTF8 (19089)': 'const text = allocateUTF8(words);',
  'writeStringToMemory (19103)': 'writeStringToMemory(words, at);',
  'writeAsciiToMemory (19103)': 'writeAsciiToMemory(words, at);',
  'UTF8ToString without a dependency (19097)': 'console.log(UTF8ToString(at));',
  'stringToUTF8 without a dependency (19097)': 'stringToUTF8(words, at, size);',
};

for (const [what, text] of Object.entries(MISTAKES))
  test(`${what} would be found`, () => assert.deepEqual(wrongIn(text), [what]));
