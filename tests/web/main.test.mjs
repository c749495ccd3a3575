// SPDX-License-Identifier: MIT
// How programs end: main goes on after asyncio_run, its result is the exit status, exit() ends the program from
// anywhere, atexit functions run once, and a program that can never continue says so.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';

import { backend, compile, run } from './compile.mjs';

describe('a program', () => {
  let program;
  before(() => (program = compile('endings')));

  function expect(ending, status, output, errors = '') {
    const found = run(program, [ending]);
    assert.deepEqual({ ...found, errors: found.errors.trim() }, { status, output, errors });
  }

  test('goes on after asyncio_run and exits with what main returns', () =>
    expect('after_run', 3, 'in the run\nafter the run: 0\nat exit\n'));

  test('need not run anything', () => expect('no_run', 4, 'no run\nat exit\n'));

  test('may run one loop after another', () => expect('two_runs', 0, 'first run\nsecond run\nat exit\n'));

  test('gets its arguments', () => expect('nonsense', 99, 'unknown: nonsense\nat exit\n'));

  test('ends by exit() in a coroutine', () => expect('exit_in_coroutine', 5, 'at exit\n'));

  test('ends by exit() in main after a run', () => expect('exit_in_main', 6, 'in the run\nat exit\n'));

  test('ends by exit() in an eager task, and its starter with it', () =>
    expect('exit_in_eager_task', 8, 'at exit\n'));

  test('ends by exit() in a callback', () => expect('exit_in_callback', 7, 'at exit\n'));

  test('reports a failure whose words nobody asked for', () =>
    expect('failure', 1, 'at exit\n', 'asyncio_run: ValueError: Expected [x] to be more, got less'));

  test('reports a failure although a later run went well', () =>
    expect(
      'failure_then_success',
      0,
      'second run\nat exit\n',
      'asyncio_run: ValueError: Expected [x] to be more, got less',
    ));

  test('reports no failure whose words were asked for', () =>
    expect('failure_seen', 0, 'ValueError: Expected [x] to be more, got less\nat exit\n'));

  test('that can never continue ends with the list of its tasks', () =>
    expect(
      'stuck',
      1,
      'at exit\n',
      [
        'asyncio_run: RuntimeError: The event loop can never continue: nothing is ready, no timer is set',
        '  Task-1 (wait_in_vain) waits for future',
        '  second (wait_for_never) waits for promise',
      ].join('\n'),
    ));

  test('reports an exception of JavaScript in its first coroutine', () =>
    expect('exception', 1, 'at exit\n', 'asyncio_run: JSError: Error: nobody expects it'));

  test('does not turn a failure into success', () => expect('code_like_success', 1, 'at exit\n'));

  test('stops where a C stack has overflowed, and says whose it was', () => {
    const { status, errors } = run(program, ['overflow']);
    assert.notEqual(status, 0);
    assert.match(errors, /A C stack of \d+ bytes overflowed and memory is damaged: .* of more than 4096, .*=2 .* It is the stack of deep/);
  });

  test('dies of an exception of JavaScript in main', () => {
    const { status, errors } = run(program, ['exception_in_main']);
    assert.notEqual(status, 0);
    assert.match(errors, /nobody expects it/);
  });
});

test('a plain main cannot wait, and is told so', () => {
  assert.deepEqual(run(compile('plain_main')), {
    status: 8,
    output: 'RuntimeError: asyncio_run() must be called from a main() that can wait (see <asyncio/main.h>; without Asyncify none can: use ASYNCIO_MAIN); elsewhere create a task\n',
    errors: '',
  });
});

// What the linker's flags forbid, the program says at its start.
for (const [flags, words] of [
  [['-sASSERTIONS=1'], 'asyncio: link with -sASSERTIONS=0'],
  [['-sASYNCIFY=0'], 'asyncio: link with -sASYNCIFY'],
]) {
  test(`a program linked with ${flags} says what to link with`, { skip: backend === 'jspi' && 'JSPI needs neither' }, () => {
    const { status, output, errors } = run(compile('plain_main', flags));
    assert.notEqual(status, 0);
    assert.ok((output + errors).includes(words), output + errors);
  });
}
