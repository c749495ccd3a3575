// SPDX-License-Identifier: MIT
// as_completed from JavaScript: coroutines in the order of completion, or the futures themselves.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { TimeoutError, rejection, tracer, virtual } from './support.mjs';

const asyncio = virtual();
const { as_completed, create_task, sleep } = asyncio;
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

test('a time limit is told to an async iteration', async () => {
  const iterate = async () => {
    for await (const task of as_completed([sleep(9)], { timeout: 1 })) assert.fail(task);
  };
  assert.ok((await rejection(iterate())) instanceof TimeoutError);
});
