// SPDX-License-Identifier: MIT
// The programs of asyncio's own tutorial pages, in JavaScript, and what they print.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { TimeoutError, tracer, virtual } from './support.mjs';

const asyncio = virtual();

test('hello world', async () => {
  const print = tracer();
  function* main() {
    print('Hello ...');
    yield* asyncio.sleep(1);
    print('... World!');
  }
  await asyncio.run(main());
  assert.deepEqual(print.lines, ['Hello ...', '... World!']);
});

test('factorial: three tasks at once', async () => {
  const print = tracer();
  function* factorial(name, number) {
    let product = 1;
    for (let i = 2; i <= number; i++) {
      print(`Task ${name}: Compute factorial(${number}), currently i=${i}...`);
      yield* asyncio.sleep(1);
      product *= i;
    }
    print(`Task ${name}: factorial(${number}) = ${product}`);
    return product;
  }
  function* main() {
    return yield* asyncio.gather(factorial('A', 2), factorial('B', 3), factorial('C', 4));
  }
  assert.deepEqual(await asyncio.run(main()), [2, 6, 24]);
  assert.deepEqual(print.lines, [
    'Task A: Compute factorial(2), currently i=2...',
    'Task B: Compute factorial(3), currently i=2...',
    'Task C: Compute factorial(4), currently i=2...',
    'Task A: factorial(2) = 2',
    'Task B: Compute factorial(3), currently i=3...',
    'Task C: Compute factorial(4), currently i=3...',
    'Task B: factorial(3) = 6',
    'Task C: Compute factorial(4), currently i=4...',
    'Task C: factorial(4) = 24',
  ]);
});

test('wait_for: an eternity is cut short', async () => {
  const print = tracer();
  function* eternity() {
    yield* asyncio.sleep(3600);
    print('yay!');
  }
  function* main() {
    try {
      yield* asyncio.wait_for(eternity(), 1);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      print('timeout!');
    }
  }
  await asyncio.run(main());
  assert.deepEqual(print.lines, ['timeout!']);
});

test('display the date every second, as a coroutine', async () => {
  const print = tracer();
  function* displayDate() {
    const loop = asyncio.get_running_loop();
    const end = loop.time() + 5;
    for (;;) {
      print(Math.round(end - loop.time()));
      if (loop.time() + 1 >= end) break;
      yield* asyncio.sleep(1);
    }
  }
  await asyncio.run(displayDate());
  assert.deepEqual(print.lines, [5, 4, 3, 2, 1]);
});

test('display the date every second, with callbacks', async () => {
  const print = tracer();
  const loop = asyncio.new_event_loop();
  function displayDate(end) {
    print(Math.round(end - loop.time()));
    if (loop.time() + 1 < end) loop.call_later(1, displayDate, end);
    else loop.stop();
  }
  loop.call_soon(displayDate, loop.time() + 5);
  await loop.run_forever();
  loop.close();
  assert.deepEqual(print.lines, [5, 4, 3, 2, 1]);
});
