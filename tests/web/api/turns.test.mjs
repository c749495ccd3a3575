// SPDX-License-Identifier: MIT
// When the host's loop gives C its turns: at once for work that arrives, and never so often that the host starves. On
// the host's own clock, since it is the host that is looked at.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { soon, turn } from '../../tools/host.mjs';
import { create_runtime, create_task, sleep, tracer } from './support.mjs';

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

const PATIENCE = 20_000; // ms: what the host owes has come long before, on any machine that others keep busy

// Whether there is still something to wait for: until [come] says yes.
function until(come) {
  const end = performance.now() + PATIENCE;
  return () => !come() && performance.now() < end;
}

// Goes on, by [more], until an interval of the host's has ticked often enough; with 8 ms between two ticks that takes
// 0.1 s, on a machine that is free.
async function tickMeanwhile(more) {
  const ENOUGH = 12;
  let ticks = 0;
  const interval = setInterval(() => ticks++, 2);
  const goesOn = until(() => ticks >= ENOUGH);
  await more(goesOn);
  clearInterval(interval);
  assert.ok(ticks >= ENOUGH, `the interval of 2 ms ticked ${ticks} times in ${PATIENCE} ms`);
}

test('a task that goes on and on lets the host have its turns', () =>
  tickMeanwhile((goesOn) =>
    create_task(
      (function* () {
        while (goesOn()) yield* sleep(0);
      })(),
    ),
  ));

test('tasks that are awaited one after another let the host have its turns', () =>
  tickMeanwhile(async (goesOn) => {
    while (goesOn()) await create_task(() => 1);
  }));

// Each reading is 10 ms later: a turn has spent its slice as soon as it looks, and the next one is a task of the
// host's.
class HastyClock {
  #now = 0;

  now() {
    return (this.#now += 0.01);
  }

  wake_at() {}
}

// How long each of a thousand turns takes (ms), and of more, until the host had two tasks meanwhile.
async function timeTurns(asyncio) {
  let tasks = 0;
  let turns = 0;
  const goesOn = until(() => turns >= 1000 && tasks >= 2);
  function* spin() {
    for (; goesOn(); turns++) yield* asyncio.sleep(0);
  }
  const count = () => goesOn() && (tasks++, soon(count));
  soon(count);
  const start = performance.now();
  await asyncio.create_task(spin());
  assert.ok(tasks >= 2, `the host had ${tasks} tasks in ${turns} turns`);
  return (performance.now() - start) / turns;
}

test('sleep(0) is never delayed as browsers delay timers, by 4 ms', async () => {
  const asyncio = create_runtime({ clock: new HastyClock() });
  let each = Infinity;
  for (let i = 0; i < 20 && each >= 1; i++) each = Math.min(each, await timeTurns(asyncio));
  assert.ok(each < 1, `each took ${each} ms`);
  asyncio.close();
});
