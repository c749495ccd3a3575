// SPDX-License-Identifier: MIT
// The mistakes that stackless coroutines invite are errors of the compiler, without any flag; what looks like them is
// fine.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { environment, root } from './sources.mjs';

const COMPILERS = { 'gcc -O1': ['gcc', '-O1'], 'gcc -O2': ['gcc', '-O2'], clang: ['clang', '-O0'], emcc: ['emcc', '-O2'] };

const inBody = (body, locals = 'int kept;') => `#include <asyncio.h>
int count(void);
ASYNCIO_STACKLESS(coroutine, (int, number)) { ${locals} }
ASYNCIO_BEGIN(coroutine) { ${body} } ASYNCIO_END`;

const MISTAKES = {
  'a local is used after an await': inBody(
    'int lost = count(); ASYNCIO_SLEEP(1); *result = asyncio_int(lost);',
  ),
  'a local of a loop is used after an await': inBody(
    'for (;;) { int lost = count(); ASYNCIO_SLEEP(1); self->kept += lost; }',
  ),
  'a local of before a loop is used after an await in it': inBody(
    'int lost = count(); while (self->kept < lost) { ASYNCIO_SLEEP(1); self->kept++; }',
  ),
  'a status is kept in a local over an await of cleanup': inBody(
    'asyncio_status status; ASYNCIO_AWAIT_STATUS(status, asyncio_sleep_coroutine(1, asyncio_none())); ASYNCIO_SLEEP(1); return status;',
  ),
  'a coroutine yields': inBody('ASYNCIO_YIELD(asyncio_none());'),
  'what is awaited is a number': inBody('ASYNCIO_AWAIT(5);'),
  'a body has no end': inBody('ASYNCIO_SLEEP(1);').replace('ASYNCIO_END', ''),
  'a body belongs to no coroutine': inBody('').replace('BEGIN(coroutine)', 'BEGIN(another)'),
};

// What the error says, whatever else there is.
const WORDS = {
  'a coroutine has nine parameters': [
    'ASYNCIO_COROUTINE(nine, (int, a), (int, b), (int, c), (int, d), (int, e), (int, f), (int, g), (int, h), (int, i)) {}',
    'A coroutine has 8 parameters at most',
  ],
  'a stackless generator has twelve': [
    `ASYNCIO_STACKLESS_GENERATOR(twelve${', (int, a)'.repeat(12)}) {} ASYNCIO_BEGIN(twelve) {} ASYNCIO_END`,
    'A coroutine has 8 parameters at most',
  ],
  'a coroutine with a stack awaits as one without': [
    'ASYNCIO_COROUTINE(stackful) { ASYNCIO_SLEEP(1); return ASYNCIO_OK; }',
    'asyncio__in_a_stackless_body',
  ],
};

const FINE = {
  'a local is set anew after each await': inBody(
    'int i; for (i = 0; i < 2; i++) count(); ASYNCIO_SLEEP(1); for (i = 0; i < 2; i++) count();',
  ),
  'what an await gives goes to a local': inBody(
    'asyncio_value value; ASYNCIO_AWAIT(coroutine_coroutine(1), &value); *result = value;',
  ),
  'awaits stand in a switch and two in a line': inBody(
    'switch (self->kept) { case 0: ASYNCIO_SLEEP(1); ASYNCIO_SLEEP(2); break; default: ASYNCIO_SLEEP(3); }',
  ),
  'there are neither awaits nor locals': inBody('', ''),
};

function compile([compiler, level], text) {
  const flags = ['-std=gnu11', level, '-Wall', '-Wextra', '-Wshadow', '-Wconversion', '-x', 'c', '-'];
  const args = ['-I', join(root, 'include'), ...flags, '-c', '-o', '/dev/null'];
  const { status, stderr, error } = spawnSync(compiler, args, {
    input: text,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  assert.ifError(error);
  return { status, stderr };
}

for (const [name, compiler] of Object.entries(COMPILERS)) {
  describe(`${name} refuses a stackless coroutine when`, () => {
    for (const [mistake, text] of Object.entries(MISTAKES))
      test(mistake, () => assert.notEqual(compile(compiler, text).status, 0));
  });

  describe(`${name} says what is wrong when`, () => {
    for (const [mistake, [text, words]] of Object.entries(WORDS))
      test(mistake, () => {
        const { status, stderr } = compile(compiler, `#include <asyncio.h>\n${text}`);
        assert.notEqual(status, 0);
        assert.ok(stderr.includes(words), stderr);
      });
  });

  describe(`${name} has nothing to say when`, () => {
    for (const [habit, text] of Object.entries(FINE))
      test(habit, () => assert.deepEqual(compile(compiler, text), { status: 0, stderr: '' }));
  });
}
