// SPDX-License-Identifier: MIT
// as_completed from JavaScript: coroutines in the order of completion, or the futures themselves.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CancelledError, StopAsyncIteration, TimeoutError, rejection, tracer, virtual } from './support.mjs';

const asyncio = virtual();
const { anext, as_completed, create_task, sleep } = asyncio;
const coroutineTest = (name, body) => test(name, () => asyncio.run(body()));

coroutineTest('iterating gives the outcomes in the order in which they come', function* () {
  const results = [];
  for (const next of as_completed([sleep(3, 'c'), sleep(1, 'a'), async () => 'at once', sleep(2, 'b')]))
    results.push(yield* next);
  assert.deepEqual(results, ['at once', 'a', 'b', 'c']);
});

coroutineTest('a failure is that of its own coroutine', function* () {
  const error = new RangeError('one of them');
  const trace = tracer();
  for (const next of as_completed([sleep(2, 'later'), async () => Promise.reject(error)]))
    try {
      trace(yield* next);
    } catch (caught) {
      trace(caught);
    }
  assert.deepEqual(trace.lines, [error, 'later']);
});

test('for await gives the tasks and futures themselves', async () => {
  const tasks = [2, 1].map((seconds) => create_task(sleep(seconds, seconds)));
  const future = tasks[0].get_loop().create_future();
  tasks[0].add_done_callback(() => future.set_result('future'));
  const given = [];
  for await (const each of as_completed([...tasks, future])) given.push(each);
  assert.deepEqual(
    given.map((each) => [...tasks, future].indexOf(each)),
    [1, 0, 2],
  );
  assert.deepEqual(
    given.map((each) => each.result()),
    [1, 2, 'future'],
  );
});

test('one iteration goes on where the other has stopped', async () => {
  const completed = as_completed([sleep(1, 'a'), sleep(2, 'b'), sleep(3, 'c')]);
  const { value } = completed.next();
  assert.equal(await value, 'a');
  for await (const task of completed) {
    assert.equal(task.result(), 'b');
    break;
  }
  const rest = [];
  for (const next of completed) rest.push(await next);
  assert.deepEqual(rest, ['c']);
});

coroutineTest('what is not done in time is a TimeoutError, and runs on', function* () {
  const slow = create_task(sleep(5, 'slow'));
  const outcomes = [];
  for (const next of as_completed([sleep(1, 'quick'), slow], { timeout: 2 })) {
    try {
      outcomes.push(yield* next);
    } catch (error) {
      outcomes.push(error instanceof TimeoutError);
    }
  }
  assert.deepEqual(outcomes, ['quick', true]);
  assert.equal(yield* slow, 'slow');
});

coroutineTest('the same awaitable counts once, and done ones are given first', function* () {
  const done = create_task(sleep(0, 'done'));
  yield* done;
  const late = create_task(sleep(1, 'late'));
  const results = [];
  for (const next of as_completed([late, done, late, done])) results.push(yield* next);
  assert.deepEqual(results, ['done', 'late']);
});

coroutineTest('nothing to wait for is no iteration', function* () {
  for (const next of as_completed([])) assert.fail(next);
  yield* sleep(0);
});

// What asking [iterator] for the next gives, as text; [trace] has when.
function* asks(iterator, trace, name) {
  const began = asyncio.get_running_loop().time();
  const took = () => asyncio.get_running_loop().time() - began;
  try {
    trace(`${name} ${(yield* anext(iterator, { result: () => 'nothing' })).result()} after ${took()}`);
  } catch (error) {
    trace(`${name} ${error} after ${took()}`);
    throw error;
  }
}

// As in asyncio: its turn is over, what it would have been given is the next one's.
coroutineTest('who is cancelled while it waits for the next one has had its turn', function* () {
  const trace = tracer();
  const iterator = as_completed([sleep(3, 'a'), sleep(4, 'b')])[Symbol.asyncIterator]();
  const task = create_task(asks(iterator, trace, 'first'));
  yield* sleep(1);
  task.cancel('enough');
  yield* asyncio.wait([task]);
  assert.ok(task.cancelled());
  for (const name of ['second', 'third']) yield* asks(iterator, trace, name);
  assert.deepEqual(trace.lines, [
    'first CancelledError: enough after 1',
    'second a after 2',
    'third nothing after 0',
  ]);
  const end = yield* asyncio.gather(anext(iterator), { return_exceptions: true });
  assert.ok(end[0] instanceof StopAsyncIteration);
});

coroutineTest('cleanup may ask for the next one, and be cancelled as it waits', function* () {
  const trace = tracer();
  const iterator = as_completed([sleep(2, 'a'), sleep(9, 'b'), sleep(9, 'c')])[Symbol.asyncIterator]();
  const task = create_task(
    (function* () {
      try {
        yield* sleep(100);
      } finally {
        yield* asks(iterator, trace, 'cleanup');
        yield* asks(iterator, trace, 'again');
      }
    })(),
  );
  yield* sleep(1);
  task.cancel('once');
  yield* sleep(2);
  task.cancel('twice');
  const [error] = yield* asyncio.gather(task, { return_exceptions: true });
  assert.ok(error instanceof CancelledError);
  assert.deepEqual(trace.lines, ['cleanup a after 1', 'again CancelledError: twice after 1']);
  yield* asks(iterator, trace, 'afterwards');
  assert.equal(trace.lines[2], 'afterwards b after 6');
});

test('a time limit is told to an async iteration', async () => {
  const iterate = async () => {
    for await (const task of as_completed([sleep(9)], { timeout: 1 })) assert.fail(task);
  };
  assert.ok((await rejection(iterate())) instanceof TimeoutError);
});
