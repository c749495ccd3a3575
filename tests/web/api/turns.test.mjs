// SPDX-License-Identifier: MIT
// When the host's loop gives C its turns: at once for work that arrives, and never so often that the host starves. On the
// host's own clock, since it is the host that is looked at.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { soon, turn } from '../../tools/host.mjs';
import { create_task, sleep, tracer } from './support.mjs';

test('work that arrives has its turn before the next task of the host', async () => {
  const trace = tracer();
  soon(trace, 'host');
  const task = create_task(function () {
    trace('task');
  });
  trace('scheduled');
  await task;
  trace('awaited');
  await turn();
  assert.deepEqual(trace.lines, ['scheduled', 'task', 'awaited', 'host']);
});

test('a task that goes on and on lets the host have its turns', async () => {
  let ticks = 0;
  const interval = setInterval(() => ticks++, 2);
  const spinning = create_task(
    (function* () {
      const end = performance.now() + 300;
      while (performance.now() < end) yield* sleep(0);
    })(),
  );
  await spinning;
  clearInterval(interval);
  assert.ok(ticks >= 12, `the interval of 2 ms ticked ${ticks} times in 300 ms`);
});

test('tasks that are awaited one after another let the host have its turns', async () => {
  let ticks = 0;
  const interval = setInterval(() => ticks++, 2);
  const end = performance.now() + 300;
  while (performance.now() < end) await create_task(() => 1);
  clearInterval(interval);
  assert.ok(ticks >= 12, `the interval of 2 ms ticked ${ticks} times in 300 ms`);
});
