// SPDX-License-Identifier: MIT
// The programs that every asyncio tutorial shows print what they print in Python, in about the time they take there.
// All of them run at once: together they take as long as the slowest.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { attempts } from '../tools/attempts.mjs';
import { build, platforms } from './program.mjs';

const FACTORIAL = {
  seconds: 3,
  output: `
      Task A: Compute factorial(2), currently i=2...
      Task B: Compute factorial(3), currently i=2...
      Task C: Compute factorial(4), currently i=2...
      Task A: factorial(2) = 2
      Task B: Compute factorial(3), currently i=3...
      Task C: Compute factorial(4), currently i=3...
      Task B: factorial(3) = 6
      Task C: Compute factorial(4), currently i=4...
      Task C: factorial(4) = 24
      [2, 6, 24]`,
};

// Outputs are those of CPython for the same program, so that a difference is ours. `seconds` is the time spent waiting.
const programs = {
  hello_world: {
    seconds: 1,
    output: `
      hello
      world`,
  },
  factorial: FACTORIAL,
  factorial_stackless: FACTORIAL,
  wait_for_eternity: {
    seconds: 1,
    output: `
      timeout!`,
  },
  // async def request(saving):
  //     try:
  //         await asyncio.shield(saving)
  //     except asyncio.CancelledError:
  //         print("the request was cancelled")
  //         raise
  shield_demo: {
    seconds: 0.5,
    output: `
      saving...
      the request was cancelled
      saved
      result: 42
      request cancelled: yes
      saving cancelled: no`,
  },
  // task = asyncio.create_task(nested()); print("task made"); await task
  // task = asyncio.create_task(nested()); await asyncio.sleep(0); task.cancel(); await task
  create_task_nested: {
    seconds: 0.1,
    output: `
      task made
      nested starts
      nested returned 42
      nested starts
      nested is cancelled
      awaiting it gave CancelledError`,
  },
  // loop.call_at(now + 0.3, stop); loop.call_at(now + 0.2, print, "at 0.2")
  // loop.call_later(0.1, print, "later, in 0.1"); loop.call_later(0.1, print, "later, in 0.1 too")
  // cancelled = loop.call_later(0.15, print, "never"); loop.call_soon(print, "soon"); cancelled.cancel()
  callbacks: {
    seconds: 0.3,
    output: `
      nothing has run yet
      soon
      later, in 0.1
      later, in 0.1 too
      at 0.2
      stop`,
  },
  // loop.call_soon(first); loop.stop(); loop.run_forever()
  // loop.call_later(0.1, stop); loop.run_forever()
  // loop.stop(); loop.run_forever()
  run_forever_stop: {
    seconds: 0.1,
    output: `
      run, stopped before:
      first callback
      run, stopped by a callback:
      second callback
      stop
      run once more:
      second callback
      done`,
  },
  // for job in (0.3, 0.1, 0.2, 0.15, 0.25, 0.1): queue.put_nowait(job)
  // workers = [asyncio.create_task(worker(i, queue)) for i in range(3)]; await queue.join()
  queue_workers: {
    seconds: 0.45,
    output: `
      worker-1 has slept for 0.10 seconds
      worker-2 has slept for 0.20 seconds
      worker-1 has slept for 0.15 seconds
      worker-0 has slept for 0.30 seconds
      worker-1 has slept for 0.10 seconds
      worker-2 has slept for 0.25 seconds
      all jobs are done: yes`,
  },
  // async with asyncio.TaskGroup() as group:
  //     group.create_task(fetch("quick", 0.1)); group.create_task(fetch("broken", 0.2, fails=True))
  //     group.create_task(fetch("slow", 60)); await fetch("the group's own part", 60)
  // async with asyncio.timeout(0.2): await fetch("endless", 60)
  task_group: {
    seconds: 0.4,
    output: `
      quick is done
      slow is cancelled
      the group's own part is cancelled
      unhandled errors in a TaskGroup (1 sub-exception)
        ValueError: broken failed
      endless is cancelled
      that took too long`,
  },
};

const slack = 2; // seconds, for starting a process on a busy machine

function assertElapsed(result, seconds) {
  assert.ok(result.seconds >= seconds - 0.02, `took ${result.seconds} s, too short for ${seconds} s of waiting`);
  assert.ok(result.seconds <= seconds + slack, `took ${result.seconds} s, too long for ${seconds} s of waiting`);
}

function assertEndedWell(result) {
  assert.equal(result.errors, '');
  assert.equal(result.status, 0);
}

test('the stackless one has nothing of Asyncify in it', async () => {
  const module = await WebAssembly.compile(await readFile(path.join(build, 'demo/factorial_stackless.wasm')));
  const names = [...WebAssembly.Module.imports(module), ...WebAssembly.Module.exports(module)].map(({ name }) => name);
  assert.ok(names.length > 5);
  assert.deepEqual(
    names.filter((name) => /asyncify|unwind|rewind/.test(name)),
    [],
  );
});

describe('tutorial programs', { concurrency: true }, () => {
  for (const [platform, run] of Object.entries(platforms)) {
    for (const [name, { seconds, output }] of Object.entries(programs)) {
      test(`${name}, ${platform}, prints what it prints in Python`, (t) =>
        attempts(t, async () => {
          const result = await run(name);
          assertEndedWell(result);
          assert.equal(result.output, `${output.replace(/^ {6}/gm, '').trim()}\n`);
          assertElapsed(result, seconds);
        }));
    }

    // Python's prints five dates as well, a second apart: it ends when another second would reach the end.
    for (const name of ['display_date', 'display_date_callback']) {
      test(`${name}, ${platform}, prints the date five times, a second apart`, (t) =>
        attempts(t, async () => {
          const result = await run(name);
          assertEndedWell(result);
          const dates = result.output.trim().split('\n');
          assert.equal(dates.length, 5);
          for (const date of dates) assert.match(date, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
          const times = dates.map((date) => Date.parse(date));
          assert.ok(times.at(-1) - times[0] >= 4000 && times.at(-1) - times[0] <= 5000, result.output);
          assertElapsed(result, 4);
        }));
    }
  }
});
