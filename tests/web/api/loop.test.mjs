// SPDX-License-Identifier: MIT
// Loops from JavaScript: the order of callbacks, timers, runs and their refusals, the end of a loop, what nobody
// handles.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { AsCompleted, EventLoop, Handle, RuntimeError, TimerHandle, TypeError, rejection, thrown, tracer, virtual } from './support.mjs';

const asyncio = virtual();

const loopOf = async (use) => {
  const loop = asyncio.new_event_loop();
  try {
    return await use(loop);
  } finally {
    loop.close();
  }
};

test('call_soon runs in order, and a timer of no delay after what was ready', () =>
  loopOf(async (loop) => {
    const trace = tracer();
    loop.call_soon(trace, 1);
    loop.call_soon(trace, 2);
    loop.call_later(0, trace, 3);
    loop.call_soon(trace, 4);
    loop.call_later(0.1, () => loop.stop());
    await loop.run_forever();
    assert.deepEqual(trace.lines, [1, 2, 4, 3]);
  }));

test('stop before run_forever lets what is queued run once', () =>
  loopOf(async (loop) => {
    const trace = tracer();
    loop.call_soon(() => {
      trace('a');
      loop.call_soon(trace, 'b');
    });
    loop.stop();
    await loop.run_forever();
    assert.deepEqual(trace.lines, ['a']);
    loop.stop();
    await loop.run_forever();
    assert.deepEqual(trace.lines, ['a', 'b']);
  }));

test('timers run in the order of their times, ties as they were scheduled', () =>
  loopOf(async (loop) => {
    const trace = tracer();
    const now = loop.time();
    for (const [when, name] of [
      [2, 'c'],
      [1, 'a'],
      [2, 'd'],
      [1, 'b'],
    ])
      loop.call_at(now + when, trace, name);
    const last = loop.call_later(3, () => loop.stop());
    assert.equal(last.when(), now + 3);
    await loop.run_forever();
    assert.deepEqual(trace.lines, ['a', 'b', 'c', 'd']);
    assert.equal(loop.time(), now + 3);
  }));

test('a cancelled handle does not run', () =>
  loopOf(async (loop) => {
    const trace = tracer();
    const soon = loop.call_soon(trace, 'soon');
    const later = loop.call_later(1, trace, 'later');
    soon.cancel();
    later.cancel();
    assert.ok(soon.cancelled() && later.cancelled());
    loop.call_later(2, () => loop.stop());
    await loop.run_forever();
    assert.deepEqual(trace.lines, []);
  }));

test('run_until_complete gives the result, and stop makes it fail', () =>
  loopOf(async (loop) => {
    assert.equal(await loop.run_until_complete(asyncio.sleep(1, 'value')), 'value');
    loop.call_soon(() => loop.stop());
    const error = await rejection(loop.run_until_complete(asyncio.sleep(1)));
    assert.ok(error instanceof RuntimeError);
    assert.equal(error.message, 'Event loop stopped before Future completed.');
    loop.set_exception_handler(() => {});
  }));

test('a loop runs between the start of a run and its end', () =>
  loopOf(async (loop) => {
    assert.equal(loop.is_running(), false);
    const run = loop.run_until_complete(asyncio.sleep(1));
    assert.equal(loop.is_running(), true);
    assert.match(thrown(() => loop.close()).message, /Cannot close a running event loop/);
    assert.match((await rejection(loop.run_forever())).message, /already running/);
    await run;
    assert.equal(loop.is_running(), false);
  }));

test('a closed loop refuses work, twice closing is fine', async () => {
  const loop = asyncio.new_event_loop();
  loop.close();
  loop.close();
  assert.ok(loop.is_closed());
  for (const call of [
    () => loop.call_soon(() => {}),
    () => loop.call_later(1, () => {}),
    () => loop.create_future(),
    () => loop.create_task(asyncio.sleep(1)),
  ])
    assert.equal(thrown(call)?.message, 'Event loop is closed');
});

test('several runs at once, each with a loop of its own', async () => {
  const loops = new Set();
  function* main(delay, value) {
    yield* asyncio.sleep(delay);
    loops.add(asyncio.get_running_loop());
    return value;
  }
  assert.deepEqual(await Promise.all([asyncio.run(main(2, 'slow')), asyncio.run(main(1, 'quick'))]), ['slow', 'quick']);
  assert.equal(loops.size, 2);
});

test('run inside a coroutine or a callback fails as in asyncio', async () => {
  let error;
  await asyncio.run(
    (function* () {
      error = yield rejection(asyncio.run(asyncio.sleep(1)));
    })(),
  );
  assert.ok(error instanceof RuntimeError);
  assert.equal(error.message, 'asyncio.run() cannot be called from a running event loop');
});

test('run cancels the tasks that are left, waits for them and reports what fails in them', async () => {
  const trace = tracer();
  function* leftover() {
    try {
      yield* asyncio.sleep(100);
    } finally {
      yield* asyncio.sleep(1);
      trace('cleaned up');
    }
  }
  function* failing() {
    try {
      yield* asyncio.sleep(100);
    } finally {
      throw new Error('in cleanup');
    }
  }
  function* main() {
    asyncio
      .get_running_loop()
      .set_exception_handler((_, { message, exception }) => trace(`${message}: ${exception.message}`));
    asyncio.create_task(leftover());
    asyncio.create_task(failing());
    yield* asyncio.sleep(1);
    return 'main';
  }
  assert.equal(await asyncio.run(main()), 'main');
  assert.deepEqual(trace.lines, ['cleaned up', 'Unhandled exception during asyncio.run() shutdown: in cleanup']);
});

test('what a callback throws goes to the exception handler, and the loop goes on', () =>
  loopOf(async (loop) => {
    const trace = tracer();
    const error = new Error('from a callback');
    loop.set_exception_handler((_, context) => trace(context));
    loop.call_soon(() => {
      throw error;
    });
    loop.call_soon(() => loop.stop());
    await loop.run_forever();
    assert.deepEqual(trace.lines, [{ message: 'Exception in callback', exception: error }]);
    assert.equal(trace.lines[0].exception, error);
  }));

test('a failed task that nobody looked at is reported once, with its task', async () => {
  const trace = tracer();
  const error = new Error('lost');
  function* main() {
    const loop = asyncio.get_running_loop();
    loop.set_exception_handler((_, { message, exception, future }) => trace([message, exception, future.get_name()]));
    asyncio.create_task(
      (function* () {
        throw error;
      })(),
      { name: 'loser' },
    );
    yield* asyncio.sleep(1);
  }
  await asyncio.run(main());
  assert.deepEqual(trace.lines, [['Exception was never retrieved', error, 'loser']]);
});

test('the host drives a default loop, on which code outside loops makes tasks', async () => {
  const loop = asyncio.get_event_loop();
  assert.ok(loop.is_running());
  assert.equal(asyncio.get_running_loop(), loop);
  assert.equal(asyncio.current_task(), null);
  assert.equal(await asyncio.create_task(asyncio.sleep(1, 'from a click')), 'from a click');
  const own = asyncio.new_event_loop();
  asyncio.set_event_loop(own);
  assert.equal(asyncio.get_event_loop(), own);
  asyncio.set_event_loop(null);
  assert.ok(thrown(() => asyncio.get_event_loop()) instanceof RuntimeError);
  asyncio.set_event_loop(loop);
  own.close();
});

test('outside loops gather, shield and ensure_future belong to the loop that was set', async () => {
  const former = asyncio.get_event_loop();
  const loop = asyncio.new_event_loop();
  asyncio.set_event_loop(loop);
  const shield = asyncio.shield(asyncio.sleep(1, 42));
  const gather = asyncio.gather(asyncio.sleep(1, 1), async () => 2);
  const none = asyncio.gather();
  const task = asyncio.ensure_future(asyncio.sleep(1, 3));
  const promise = asyncio.ensure_future(Promise.resolve(4));
  asyncio.set_event_loop(former);
  const all = [shield, gather, none, task, promise];
  for (const future of all) assert.equal(future.get_loop(), loop);
  const results = [];
  for (const future of all) results.push(await loop.run_until_complete(future));
  assert.deepEqual(results, [42, [1, 2], [], 3, 4]);
  loop.close();
});

test('outside loops a gather or a shield is of the loop of the first future that it is given', async () => {
  const loop = asyncio.new_event_loop();
  const futures = [loop.create_future(), loop.create_future()];
  const gather = asyncio.gather(...futures);
  const shield = asyncio.shield(futures[0]);
  assert.ok(gather.get_loop() === loop && shield.get_loop() === loop);
  futures.forEach((future, index) => future.set_result(index));
  assert.ok(!gather.done());
  assert.deepEqual(await loop.run_until_complete(gather), [0, 1]);
  assert.equal(await loop.run_until_complete(shield), 0);
  loop.close();
});

test('coroutine functions are no callbacks', () =>
  loopOf(async (loop) => {
    assert.ok(thrown(() => loop.call_soon(async () => {})) instanceof TypeError);
  }));

test('loops, handles and what as_completed gives are of the classes that the package exports', async () => {
  const loop = asyncio.new_event_loop();
  assert.ok(loop instanceof EventLoop);
  const handle = loop.call_soon(() => {});
  const timer = loop.call_later(9, () => {});
  assert.ok(handle instanceof Handle && !(handle instanceof TimerHandle));
  assert.ok(timer instanceof TimerHandle && timer instanceof Handle);
  timer.cancel();
  loop.close();
  await asyncio.run(async () => assert.ok(asyncio.as_completed([]) instanceof AsCompleted));
});
