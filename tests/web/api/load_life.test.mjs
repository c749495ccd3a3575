// SPDX-License-Identifier: MIT
// The life of a loaded program: its main, its end by itself and by close(), and what it leaves behind.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import { collect, turn, without } from '../../tools/host.mjs';
import * as asyncio from './support.mjs';

const { CancelledError, RuntimeError } = asyncio;

let withMain, exports;
before(async () => {
  [withMain, exports] = [
    await asyncio.factory('with_main', 'load_life'),
    await asyncio.factory('exports', 'load_life'),
  ];
});

// Loads the program with a main that does [how], with what it prints in `lines`.
async function loadMain(how = '') {
  const lines = [];
  const print = (line) => lines.push(line);
  const app = await asyncio.loadVirtual(withMain, { arguments: [how], print, printErr: print });
  return Object.assign(app, { lines });
}

test('a program is ready before its main has ended, and stays when that returns 0', async () => {
  const app = await loadMain();
  assert.equal(await app.is_prepared(), false);
  await app.sleep(6);
  for (let i = 0; i < 5; i++) await turn();
  assert.equal(await app.is_prepared(), true);
  await app.sleep(1);
  assert.equal(await app.create_task(app.is_prepared()), true);
  assert.deepEqual(app.lines, []);
  app.close();
});

test('noInitialRun leaves main out', async () => {
  const app = await asyncio.loadVirtual(withMain, { noInitialRun: true });
  assert.equal(await app.is_prepared(), false);
  app.close();
});

test('a main that fails at once is what load() is rejected with', async () => {
  assert.equal(`${await asyncio.rejection(loadMain('return 3'))}`, 'RuntimeError: The program has ended with status 3');
  assert.equal(`${await asyncio.rejection(loadMain('throw'))}`, 'RangeError: from main');
});

// What holds on to a program as it ends, and how each part of it is told.
async function hold(app) {
  const loop = app.new_event_loop();
  const future = app.get_running_loop().create_future();
  const held = {
    task: app.create_task(app.wait_for_ever()),
    future,
    awaited: app.ensure_future(future),
    run: app.run(async () => app.wait_for_ever()),
    forever: loop.run_forever(),
    foreign: asyncio.create_task(app.wait_for_ever()),
    gather: app.gather(app.sleep(Infinity), asyncio.sleep(0)),
  };
  const words = Object.entries(held).map(
    async ([name, one]) => `${name}: ${await asyncio.rejection(Promise.resolve(one))}`,
  );
  await app.sleep(0);
  return { words: Promise.all(words), future };
}

for (const [how, status, end] of [
  ['exit() in a coroutine', 5, (app) => app.create_task(app.leave(5))],
  ['a failure of main', 4, () => {}],
])
  test(`${how} ends the program, and whatever waits for it is told`, async () => {
    const app = await loadMain(status === 4 ? 'late 4' : '');
    if (status === 5) await app.sleep(6);
    const { words, future } = await hold(app);
    end(app);
    const ended = `RuntimeError: The program has ended with status ${status}`;
    assert.deepEqual(
      await words,
      ['task', 'future', 'awaited', 'run', 'forever', 'foreign', 'gather'].map((name) => `${name}: ${ended}`),
    );
    assert.equal(`${asyncio.thrown(() => app.create_task(app.is_prepared()))}`, ended);
    assert.equal(`${asyncio.thrown(() => future.done() && app.sleep(1))}`, 'undefined');
    assert.deepEqual(app.lines, ['at exit']);
    app.close();
  });

for (const byAbort of [true, false])
  test(`${byAbort ? 'abort()' : 'a trap'} stops the program alone, and whatever waits for it is told`, async (t) => {
    const reported = t.mock.method(console, 'error', () => {});
    const app = await loadMain();
    const { words } = await hold(app);
    const error = await asyncio.rejection(app.create_task(app.stop(byAbort)));
    assert.ok(error instanceof WebAssembly.RuntimeError);
    assert.deepEqual(new Set((await words).map((line) => line.replace(/^\w+: /, ''))), new Set([`${error}`]));
    assert.deepEqual(reported.mock.calls.at(-1).arguments, ['asyncio: The program has stopped:', error]);
    const late = asyncio.thrown(() => app.create_task(app.is_prepared()));
    assert.deepEqual([late.name, late.message], ['RuntimeError', error.message]);
    app.close();
  });

test('close() ends tasks, runs and loops, those of main too, and C cleans up', async () => {
  const app = await loadMain('serve');
  app.get_running_loop().set_exception_handler(() => {});
  const { words } = await hold(app);
  const cleaning = app.create_task(app.clean_up());
  await app.sleep(0);
  app.close();
  assert.ok((await asyncio.rejection(cleaning)) instanceof CancelledError);
  const all = Object.fromEntries((await words).map((line) => line.split(/: (.*)/)));
  const cancelled = 'CancelledError: Event loop is closed';
  const closed = 'RuntimeError: Event loop is closed';
  assert.deepEqual(all, {
    task: cancelled,
    future: closed,
    awaited: closed,
    run: cancelled,
    forever: 'undefined',
    foreign: cancelled,
    gather: closed,
  });
  assert.deepEqual(
    app.lines.filter((line) => line.startsWith('cleaned')),
    Array(2).fill('cleaned up after CancelledError'),
  );
  assert.equal(app.core.loops.size, 0);
  for (let i = 0; i < 5; i++) await turn(); // nothing of it runs any more
});

test('close() abandons what insists on waiting', async () => {
  const app = await loadMain();
  app.get_running_loop().set_exception_handler(() => {});
  const task = app.create_task(app.insist());
  await app.sleep(3);
  app.close();
  assert.ok((await asyncio.rejection(task)) instanceof CancelledError);
});

test('a runtime of the package is closed in the same way', async () => {
  const runtime = asyncio.virtual();
  runtime.get_running_loop().set_exception_handler(() => {});
  const task = runtime.create_task(runtime.sleep(Infinity));
  const main = runtime.run(async () => runtime.sleep(Infinity));
  await runtime.sleep(0);
  function* closes() {
    runtime.close();
    yield* [];
  }
  assert.equal(
    `${await asyncio.rejection(runtime.create_task(closes()))}`,
    'RuntimeError: Cannot close the runtime from a callback or coroutine of its own',
  );
  runtime.close();
  for (const one of [task, main]) assert.ok((await asyncio.rejection(one)) instanceof CancelledError);
  assert.ok(asyncio.thrown(() => runtime.create_task(runtime.sleep(0))) instanceof RuntimeError);
  runtime.close();
});

test('programs that are closed leave no listeners', { skip: without('process') }, async () => {
  const before = process.listenerCount('beforeExit');
  for (let i = 0; i < 3; i++) (await loadMain()).close();
  assert.equal(process.listenerCount('beforeExit'), before);
});

test('100,000 calls leave no memory, no handle and no value behind', { skip: without('collect') }, async () => {
  const app = await asyncio.loadVirtual(exports);
  const bytes = new Uint8Array(100);
  function* call() {
    for (let i = 0; i < 2500; i++) {
      yield* app.echo_text('a text');
      yield* app.echo_bytes(bytes);
      yield* app.echo_value({ i });
      const task = app.create_task(app.rest(1, 'cancelled'));
      if (i % 2) yield* app.sleep(0);
      task.cancel();
      app.echo_value(bytes); // never run
      try {
        yield* task;
      } catch (error) {
        assert.ok(asyncio.is_cancelled(error));
      }
    }
  }
  const measure = async () => ({ memory: await app.used_memory(), values: app.core.bridge.values.size });
  await app.used_memory(); // makes the default loop, with which C's pools stay
  await app.run(call());
  await collect();
  const before = await measure();
  for (let i = 0; i < 8; i++) await app.run(call());
  await collect();
  assert.deepEqual(await measure(), before);
  assert.equal(app.core.unseen.size, 0);
  app.close();
});
