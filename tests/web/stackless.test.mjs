// SPDX-License-Identifier: MIT
// Programs of stackless coroutines alone: the same source runs natively, in WebAssembly with Asyncify, and without. The
// code after the run, the exit status, atexit functions and reports are the same everywhere.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';

import { build, root } from '../tools/paths.mjs';
import { compile, run, withoutAsyncify } from './compile.mjs';

function compileNatively() {
  const output = join(build, 'web-programs/stackless');
  const source = join(root, 'tests/web/programs/stackless.c');
  const args = ['-O2', '-I', join(root, 'include'), source, join(build, 'native/libasyncio.a'), '-lm', '-o', output];
  mkdirSync(join(build, 'web-programs'), { recursive: true });
  const result = spawnSync('gcc', args, { encoding: 'utf8' });
  assert.equal(result.status, 0, result.stderr);
  return output;
}

function runNatively(program, args) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 60_000 });
  return { status, output: stdout, errors: stderr };
}

const STUCK = [
  'asyncio_run: RuntimeError: The event loop can never continue: nothing is ready, no timer is set',
  '  Task-1 (stuck, line 52) waits for future',
].join('\n');
const NEEDS_STACK =
  'asyncio_run: RuntimeError: Task-1 has no stack to run on in a program without Asyncify: link with -sASYNCIFY and ' +
  'libasyncio.a, or make the coroutine an ASYNCIO_STACKLESS';

const BUILDS = {
  'without Asyncify': { make: () => withoutAsyncify('stackless'), start: run },
  'with Asyncify': { make: () => compile('stackless'), start: run },
  natively: { make: compileNatively, start: runNatively },
};

for (const [name, { make, start }] of Object.entries(BUILDS)) {
  describe(`a stackless program ${name}`, () => {
    let program;
    before(() => (program = make()));

    function expect(ending, status, output, errors = '') {
      const found = start(program, [ending]);
      assert.deepEqual({ ...found, errors: found.errors.trim() }, { status, output, errors });
    }

    test('goes on after the run, once everything that was left has ended', () =>
      expect(
        'after_run',
        3,
        'in the run\nleft behind cleaned up\nthe generator ends: GeneratorExit\nafter the run: OK\nat exit\n',
      ));

    test('may end at once, and its exit status does not become success by being cut to a byte', () => expect('at_once', 1, 'after the run: OK\nat exit\n'));

    test('reports a failure whose words nobody asked for', () =>
      expect(
        'failure',
        1,
        'after the run: ValueError\nat exit\n',
        'asyncio_run: ValueError: Expected [x] to be more, got less',
      ));

    test('reports no failure whose words were asked for', () =>
      expect('failure_seen', 1, 'after the run: ValueError\nExpected [x] to be more, got less\nat exit\n'));

    test('that has nothing to run fails', () =>
      expect(
        'nothing',
        1,
        'after the run: TypeError\nat exit\n',
        'asyncio_run: TypeError: Expected [coroutine] to be an awaitable, got NULL',
      ));

    test('whose coroutine cannot be made fails as that did', () =>
      expect(
        'nan',
        1,
        'after the run: ValueError\nat exit\n',
        'asyncio_run: ValueError: Expected [delay] to be a number, got NaN',
      ));

    test('ends by exit() in a coroutine', () => expect('exit_in_coroutine', 5, 'at exit\n'));

    test('that can never continue ends with the list of its tasks', () =>
      expect('stuck', 1, 'after the run: RuntimeError\nat exit\n', STUCK));

    test('has stackful coroutines only where there are stacks', () =>
      name === 'without Asyncify'
        ? expect('stackful', 1, 'after the run: RuntimeError\nat exit\n', NEEDS_STACK)
        : expect('stackful', 0, 'after the run: OK\nat exit\n'));
  });
}

test('nothing of Asyncify is in a program without it', async () => {
  const program = withoutAsyncify('stackless');
  const module = await WebAssembly.compile(readFileSync(program.replace(/js$/, 'wasm')));
  const names = [...WebAssembly.Module.imports(module), ...WebAssembly.Module.exports(module)].map(
    ({ module, name }) => `${module} ${name}`,
  );
  assert.deepEqual(
    names.filter((name) => /asyncify|unwind|rewind/.test(name)),
    [],
  );
});

test('a program with an ordinary main and without Asyncify is told what to do', () => {
  assert.deepEqual(run(withoutAsyncify('plain_main')), {
    status: 8,
    output:
      'RuntimeError: asyncio_run() must be called from a main() that can wait (see <asyncio/main.h>; without Asyncify ' +
      'none can: use ASYNCIO_MAIN); elsewhere create a task\n',
    errors: '',
  });
});

test('an exception of JavaScript fails the stackless task that it went through, alone', () => {
  for (const program of [withoutAsyncify('stackless_exception'), compile('stackless_exception')])
    assert.deepEqual(run(program), {
      status: 0,
      output: 'JSError: Error: nobody expects it\nthe other went on\n',
      errors: '',
    });
});
