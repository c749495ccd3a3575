// SPDX-License-Identifier: MIT
// Debug mode from JavaScript: what the exception handler is told. The clock passes when a callback says so.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { TypeError, ValueError, create_runtime, thrown } from './support.mjs';
import { VirtualClock } from '../../tools/virtual_clock.mjs';

class SlowClock extends VirtualClock {
  #passed = 0;

  now() {
    return super.now() + this.#passed;
  }

  pass(seconds) {
    this.#passed += seconds;
  }

  wake_at(when, wake) {
    super.wake_at(when - this.#passed, wake);
  }
}

const clock = new SlowClock();
const asyncio = create_runtime({ clock });

// Runs [body] on a loop in debug mode; what its handler was told.
async function told(body, debug = true) {
  const contexts = [];
  const loop_factory = () => {
    const loop = asyncio.new_event_loop();
    loop.set_exception_handler((_, context) => contexts.push(context));
    return loop;
  };
  await asyncio.run(body, { debug, loop_factory });
  return contexts;
}

const messages = (contexts) => contexts.map(({ message }) => message);

test('a step and a callback that take long are told of', async () => {
  let task;
  const contexts = await told(async () => {
    const loop = asyncio.get_running_loop();
    loop.call_soon(() => clock.pass(0.25));
    loop.call_soon(() => clock.pass(0.05));
    task = asyncio.create_task(
      (function* () {
        yield* asyncio.sleep(1);
        clock.pass(1.5);
      })(),
      { name: 'slow' },
    );
    await task;
  });
  assert.deepEqual(messages(contexts), [
    'Executing a callback took 0.250 seconds',
    "Executing a step of coroutine 'coroutine' took 1.500 seconds",
  ]);
  assert.deepEqual([contexts[0].future, contexts[1].future], [undefined, task]);
  assert.deepEqual(Object.keys(contexts[0]), ['message']);
});

test('what is long is the loop\'s to say', async () => {
  const contexts = await told(async () => {
    const loop = asyncio.get_running_loop();
    assert.deepEqual([loop.get_debug(), loop.slow_callback_duration], [true, 0.1]);
    loop.slow_callback_duration = 2;
    loop.call_soon(() => clock.pass(1.9));
    await asyncio.sleep(1);
    loop.call_soon(() => clock.pass(12.3456));
    await asyncio.sleep(1);
    loop.slow_callback_duration = Infinity;
    loop.call_soon(() => clock.pass(99));
    await asyncio.sleep(1);
    assert.equal(loop.slow_callback_duration, Infinity);
  });
  assert.deepEqual(messages(contexts), ['Executing a callback took 12.346 seconds']);
});

test('without debug mode nothing is told', async () => {
  const contexts = await told(async () => {
    const loop = asyncio.get_running_loop();
    assert.equal(loop.get_debug(), false);
    loop.call_soon(() => clock.pass(5));
    loop.set_debug(true);
    loop.set_debug(false);
    asyncio.sleep(1);
    await asyncio.sleep(1);
  }, false);
  assert.deepEqual(contexts, []);
});

test('coroutine objects that nobody awaits are told of, with the place of their making', async () => {
  function forgets() {
    new asyncio.Lock().acquire();
  }
  const contexts = await told(function* () {
    forgets();
    yield* asyncio.sleep(1);
    const later = asyncio.sleep(2);
    yield* asyncio.wait_for(asyncio.sleep(0), 1);
    yield later;
  }());
  assert.deepEqual(messages(contexts), ['A coroutine was never awaited']);
  const [first, ...others] = contexts[0].source_traceback.split('\n');
  assert.match(first, /forgets.*debug\.test\.mjs/);
  for (const frame of others) assert.ok(!/build\/api|wasm/.test(frame), frame);
  assert.equal(asyncio.core.unused.size, 0);
});

test('of a bundle, where all is one file, the whole stack is told', async () => {
  const { Error: Thrown } = globalThis;
  globalThis.Error = class extends Thrown {
    stack = 'Error\n    at sleep (file:///page.js:1:100)\n    at main (file:///page.js:1:200)';
  };
  try {
    const [{ source_traceback }] = await told(async () => void asyncio.sleep(1));
    assert.match(source_traceback, /at sleep .*\n.*at main/);
  } finally {
    globalThis.Error = Thrown;
  }
});

test('the default handler writes the place too', async (t) => {
  const written = t.mock.method(console, 'error', () => {});
  await asyncio.run(async () => void asyncio.sleep(1), { debug: true });
  const [line, stack] = written.mock.calls[0].arguments;
  assert.equal(line, 'asyncio: A coroutine was never awaited');
  assert.match(stack, /^\n.*debug\.test\.mjs/);
});

test('a pending task whose loop is closed is told of', async () => {
  const contexts = [];
  const loop = asyncio.new_event_loop();
  loop.set_exception_handler((_, context) => contexts.push(context));
  const task = loop.create_task(asyncio.sleep(1));
  loop.close();
  assert.deepEqual(contexts.map(({ message, future }) => [message, future === task]), [
    ['Task was destroyed but it is pending', true],
  ]);
});

test('bad use of debug mode is refused', async () => {
  const loop = asyncio.new_event_loop();
  const refused = (seconds, type, words) => {
    const error = thrown(() => (loop.slow_callback_duration = seconds));
    assert.deepEqual([error instanceof type, error.message], [true, words]);
    assert.equal(loop.slow_callback_duration, 0.1);
  };
  refused('1', TypeError, 'Expected [seconds] to be a number, got "1"');
  refused(NaN, ValueError, 'Expected [seconds] to be a number, got NaN');
  loop.close();
  assert.equal(thrown(() => loop.set_debug(true)).message, 'Event loop is closed');
  assert.equal(loop.get_debug(), false);
});
