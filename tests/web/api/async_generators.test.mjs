// SPDX-License-Identifier: MIT
// JavaScript's asynchronous generators in tasks, and what a loop does with those that are left open.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CancelledError, StopAsyncIteration, TypeError, rejection, thrown, tracer, virtual } from './support.mjs';

const asyncio = virtual();
const { anext, create_task, sleep } = asyncio;
const coroutineTest = (name, body) => test(name, () => asyncio.run(body()));

async function* counts(trace, most = Infinity) {
  try {
    for (let i = 1; i <= most; i++) {
      await sleep(1);
      yield i;
    }
  } finally {
    await sleep(1);
    trace('closed');
  }
}

coroutineTest('a generator function goes through one with anext', function* () {
  const trace = tracer();
  const generator = counts(trace, 2);
  assert.deepEqual([yield* anext(generator), yield* anext(generator)], [1, 2]);
  assert.equal(yield* anext(generator, 'none'), 'none');
  try {
    yield* anext(generator);
    assert.fail('it has ended');
  } catch (error) {
    assert.ok(error instanceof StopAsyncIteration);
  }
  assert.equal(trace.lines.length, 1);
});

coroutineTest('what a generator throws comes out as the same object', function* () {
  const error = new RangeError('own');
  const generator = (async function* () {
    yield 1;
    throw error;
  })();
  yield* anext(generator);
  try {
    yield* anext(generator);
    assert.fail('it has failed');
  } catch (caught) {
    assert.equal(caught, error);
  }
  assert.equal(yield* anext(generator, 'ended'), 'ended');
});

test('an async function goes through one with for await', async () => {
  const trace = tracer();
  const seen = await asyncio.run(async () => {
    const items = [];
    for await (const item of counts(trace)) {
      items.push(item);
      if (item === 3) break;
    }
    return items;
  });
  assert.deepEqual([seen, trace.lines.length], [[1, 2, 3], 1]);
});

test('those that are left open are closed as the run ends', async () => {
  const trace = tracer();
  await asyncio.run(
    (function* () {
      yield* anext(counts(trace));
      yield* anext(counts(trace));
      trace('the end');
    })(),
  );
  assert.deepEqual(trace.lines, ['the end', 'closed', 'closed']);
});

test('one that waits for ever does not keep the run from ending', async () => {
  const stuck = (async function* () {
    yield 1;
    await new Promise(() => {});
  })();
  await asyncio.run(
    (function* () {
      yield* anext(stuck);
      const task = create_task(anext(stuck));
      yield* sleep(1);
      task.cancel();
    })(),
  );
});

test('their failures go to the exception handler', async () => {
  const contexts = [];
  const error = new RangeError('own');
  const failing = (async function* () {
    try {
      yield 1;
    } finally {
      throw error;
    }
  })();
  await asyncio.run(
    (function* () {
      const loop = asyncio.get_running_loop();
      loop.set_exception_handler((_, context) => contexts.push(context));
      yield* anext(failing);
      yield* loop.shutdown_asyncgens();
      yield* loop.shutdown_asyncgens();
      yield* anext(counts(() => {}));
    })(),
  );
  assert.deepEqual(contexts, [
    { message: 'an error occurred during closing of asynchronous generator', exception: error },
    { message: 'An asynchronous generator was scheduled after loop.shutdown_asyncgens() call' },
  ]);
});

test('their failures are told in the order in which they began, when all are closed, and a cancellation is none', async () => {
  const trace = tracer();
  const failing = (delay, error) =>
    (async function* () {
      try {
        yield 1;
      } finally {
        await sleep(delay);
        trace(`closes after ${delay}`);
        throw error;
      }
    })();
  const hostile = {
    next: async () => ({ done: false, value: 1 }),
    return() {
      throw new RangeError('hostile');
    },
  };
  const all = [failing(2, new RangeError('two')), failing(1, new CancelledError()), hostile, failing(0, new RangeError('none'))];
  await asyncio.run(
    (function* () {
      const loop = asyncio.get_running_loop();
      loop.set_exception_handler((_, { exception }) => trace(exception.message));
      for (const one of all) yield* anext(one);
      yield* loop.shutdown_asyncgens();
      trace('the end');
    })(),
  );
  assert.deepEqual(trace.lines, [
    ...['closes after 0', 'closes after 1', 'closes after 2'],
    ...['two', 'hostile', 'none', 'the end'],
  ]);
});

test('what is no iterator is refused', async () => {
  const error = thrown(() => anext([1]));
  assert.deepEqual([error instanceof TypeError, error.message], [
    true,
    'Expected [iterator] to be an asynchronous iterator, got an object (Array)',
  ]);
  assert.equal(thrown(() => anext()).message, 'Expected [iterator] to be an asynchronous iterator, got undefined');
  const hostile = { next: () => assert.fail(new RangeError('own')) };
  assert.equal((await rejection(create_task(anext(hostile)))).message, 'own');
  const loop = asyncio.new_event_loop();
  loop.close();
  assert.equal((await rejection(loop.run_until_complete(loop.shutdown_asyncgens()))).message, 'Event loop is closed');
});
