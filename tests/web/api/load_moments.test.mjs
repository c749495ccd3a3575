// SPDX-License-Identifier: MIT
// A loaded program is cancelled, stopped and closed by JavaScript in whichever microtask: an engine that switches
// stacks goes on with a coroutine in one of its own, some after it was told to.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';

import * as asyncio from './support.mjs';

const { CancelledError, RuntimeError } = asyncio;
const MOMENTS = 24;

let exports;
before(async () => (exports = await asyncio.factory('exports', 'load_moments')));

async function microtasks(count) {
  for (let i = 0; i < count; i++) await null;
}

async function loadQuiet() {
  const app = await asyncio.load(exports); // with the host's clock, or a turn of what spins would never end
  app.get_running_loop().set_exception_handler(() => {});
  return app;
}

test('a task that spins is cancelled at any moment', async () => {
  const app = await loadQuiet();
  for (let moment = 0; moment < MOMENTS; moment++) {
    const [victim, other] = [app.create_task(app.spin(Infinity)), app.create_task(app.spin(100))];
    await microtasks(moment);
    assert.equal(app.current_task(), null);
    assert.ok(victim.cancel('now'));
    assert.equal(`${await asyncio.rejection(victim)}`, 'CancelledError: now');
    assert.equal(await other, 100);
  }
  app.close();
});

test('a listing never tells that a task is running while JavaScript looks', async () => {
  const app = await loadQuiet();
  const tasks = [app.create_task(app.spin(Infinity), { name: 'a' }), app.create_task(app.spin(Infinity), { name: 'b' })];
  const seen = new Set();
  for (let moment = 0; moment < 20 * MOMENTS; moment++) {
    await microtasks(1);
    for (const line of app.format_tasks().split('\n')) seen.add(line.trim());
  }
  tasks.forEach((task) => task.cancel());
  for (const task of tasks) await asyncio.rejection(task);
  app.close();
  assert.deepEqual([...seen].filter((line) => !/has not started$|is ready$/.test(line)), []);
  assert.ok(seen.has('a (spin) is ready') && seen.has('b (spin) is ready'));
});

test('a program is closed at any moment, and its tasks end', async () => {
  for (let moment = 0; moment < MOMENTS; moment++) {
    const app = await loadQuiet();
    const tasks = [app.spin(Infinity), app.spin(Infinity), app.rest(1, 'rested')].map((one) => app.create_task(one));
    const run = app.run(async () => app.spin(Infinity));
    await microtasks(moment);
    app.close();
    for (const one of [...tasks, run]) {
      const error = await asyncio.rejection(one);
      assert.ok(error instanceof CancelledError, `${moment}: ${error}`);
    }
    assert.ok(asyncio.thrown(() => app.create_task(app.spin(1))) instanceof RuntimeError);
  }
});

test('a loop is stopped at any moment, closed, and its tasks end', async () => {
  const app = await loadQuiet();
  for (let moment = 0; moment < MOMENTS; moment++) {
    const loop = app.new_event_loop();
    loop.set_exception_handler(() => {});
    const task = loop.create_task(app.spin(Infinity));
    const forever = loop.run_forever();
    await microtasks(moment);
    loop.stop();
    await forever;
    loop.close();
    assert.ok((await asyncio.rejection(task)) instanceof CancelledError);
  }
  assert.equal(await app.create_task(app.spin(10)), 10);
  app.close();
});
