// SPDX-License-Identifier: MIT
// What JavaScript can get wrong with locks, queues, limits and groups, row by row as in bad_input.test.mjs.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as asyncio from './support.mjs';

const runtime = asyncio.virtual();
const { Barrier, BoundedSemaphore, Condition, Event, LifoQueue, Lock, PriorityQueue, Queue, Semaphore } = runtime;
const { TaskGroup, as_completed, create_task, run, sleep, timeout, timeout_at } = runtime;
const { RuntimeError, TypeError, ValueError } = asyncio;

const INTEGER = 'between -2147483648 and 2147483647, got';
const PRIORITY = 'Expected [item] to be a number or an array that begins with one, got';

function* nothing() {}

const held = async (use) => {
  const lock = new Lock();
  await lock.acquire();
  return use(lock);
};

function ended() {
  const loop = runtime.new_event_loop();
  loop.close();
  return loop;
}

async function bound_elsewhere() {
  const event = new Event();
  const waiting = create_task(event.wait());
  await sleep(0);
  try {
    await run(event.wait());
  } finally {
    waiting.cancel();
  }
}

const ROWS = [
  ['a lock released twice', RuntimeError, 'Lock is not acquired.', () => new Lock().release()],
  ['a lock released by hand in its scope', RuntimeError, 'Lock is not acquired.', () => {
    const lock = new Lock();
    return lock.with(() => lock.release());
  }],
  ['with without a body', TypeError, 'Expected [body] to be a function, got undefined', () => new Lock().with()],
  ['with null as the body', TypeError, 'Expected [body] to be a function, got null', () =>
    timeout(1).with(null)],
  ['with a signal that is none', TypeError, 'Expected [signal] to be an AbortSignal, got "now"', () =>
    new TaskGroup().with(nothing, { signal: 'now' })],
  ['acquire awaited twice', RuntimeError, 'cannot reuse already awaited coroutine', async () => {
    const acquire = new Lock().acquire();
    await acquire;
    return acquire;
  }],
  ['an event of one loop waited for in another', RuntimeError,
    'Those who wait here (event) are bound to a different event loop', bound_elsewhere],
  ['a semaphore of less than nothing', ValueError, 'Semaphore initial value must be >= 0', () => new Semaphore(-1)],
  ['a semaphore of a half', ValueError, `Expected [value] to be an integer ${INTEGER} 0.5`, () => new Semaphore(0.5)],
  ['a semaphore of text', TypeError, 'Expected [value] to be an integer, got "3"', () => new Semaphore('3')],
  ['a bounded semaphore released too often', ValueError, 'BoundedSemaphore released too many times', () =>
    new BoundedSemaphore(1).release()],
  ['a condition of no lock', TypeError, 'Expected [lock] to be a Lock, got an object (Object)', () => new Condition({})],
  ['a condition of the lock of another runtime', TypeError,
    "Expected [lock] to be of the condition's runtime, got another's", () => new Condition(new asyncio.Lock())],
  ['notify without the lock', RuntimeError, 'cannot notify on un-acquired lock', () => new Condition().notify()],
  ['notify_all without the lock', RuntimeError, 'cannot notify on un-acquired lock', () => new Condition().notify_all()],
  ['notify of NaN', ValueError, `Expected [n] to be an integer ${INTEGER} NaN`, () => new Condition().notify(NaN)],
  ['wait without the lock', RuntimeError, 'cannot wait on un-acquired lock', () => new Condition().wait()],
  ['wait_for of no function', TypeError, 'Expected [predicate] to be a function, got true', () =>
    new Condition().wait_for(true)],
  ['wait_for with a predicate that throws', RangeError, 'from the predicate', () =>
    held((lock) =>
      new Condition(lock).wait_for(() => {
        throw new RangeError('from the predicate');
      }),
    )],
  ['a barrier of nobody', ValueError, 'parties must be >= 1', () => new Barrier(0)],
  ['a barrier of an unknown number', TypeError, 'Expected [parties] to be an integer, got undefined', () => new Barrier()],
  ['a broken barrier', asyncio.BrokenBarrierError, 'Barrier aborted', async () => {
    const barrier = new Barrier(2);
    await barrier.abort();
    return barrier.wait();
  }],
  ['a queue of text', TypeError, 'Expected [maxsize] to be an integer, got "1"', () => new Queue('1')],
  ['a queue beyond an int', ValueError, `Expected [maxsize] to be an integer ${INTEGER} 2147483648`, () =>
    new LifoQueue(2 ** 31)],
  ['get_nowait of an empty queue', asyncio.QueueEmpty, 'The queue is empty', () => new Queue().get_nowait()],
  ['put_nowait into a full queue', asyncio.QueueFull, 'The queue is full: it holds 1 items', () => {
    const queue = new Queue(1);
    queue.put_nowait(1);
    queue.put_nowait(2);
  }],
  ['put into a queue that was shut down', asyncio.QueueShutDown, 'The queue was shut down', () => {
    const queue = new Queue();
    queue.shutdown();
    return queue.put(1);
  }],
  ['task_done of nothing', ValueError, 'task_done() called too many times', () => new Queue().task_done()],
  ['an item without a priority', TypeError, `${PRIORITY} an object (Object)`, () => new PriorityQueue().put_nowait({})],
  ['an array without a priority', TypeError, `${PRIORITY} an array that begins with "a"`, () =>
    new PriorityQueue().put(['a', 1])],
  ['an empty array as a prioritized item', TypeError, `${PRIORITY} an array that begins with undefined`, () =>
    new PriorityQueue().put([])],
  ['NaN as a priority', ValueError, 'Expected [priority] to be a number, got NaN', () =>
    new PriorityQueue().put_nowait([NaN, 1])],
  ['NaN as a priority, waiting', ValueError, 'Expected [priority] to be a number, got NaN', () =>
    new PriorityQueue().put(NaN)],
  ['a time limit of text', TypeError, 'Expected [delay] to be a number, got "1"', () => timeout('1')],
  ['a time limit of NaN', ValueError, 'Expected [delay] to be a number, got NaN', () => timeout(NaN)],
  ['a time limit at no time', TypeError, 'Expected [when] to be a number, got undefined', () => timeout_at()],
  ['a limit moved before it began', RuntimeError, 'Timeout has not been entered', () => timeout(1).reschedule(2)],
  ['a limit moved to NaN', ValueError, 'Expected [when] to be a number, got NaN', () =>
    timeout(1).with((limit) => limit.reschedule(NaN))],
  ['a task in a group that has not begun', RuntimeError, 'TaskGroup <TaskGroup> has not been entered', () =>
    new TaskGroup().create_task(nothing())],
  ['a task in a group that has ended', RuntimeError, 'TaskGroup <TaskGroup> is finished', async () => {
    const group = new TaskGroup();
    await group.with(nothing);
    group.create_task(nothing());
  }],
  ['a task in a group of what is no coroutine', TypeError,
    'Expected [coroutine] to be a coroutine or an async function, got 7', async () => {
      const group = new TaskGroup();
      const error = await asyncio.rejection(group.with(() => group.create_task(7)));
      throw error.exceptions[0];
    }],
  ['as_completed of a number', TypeError, 'Expected [awaitable] to be an awaitable, got 7', () => as_completed([7])],
  ['as_completed within NaN', ValueError, 'Expected [timeout] to be a number, got NaN', () =>
    as_completed([], { timeout: NaN })],
  ['as_completed within text', TypeError, 'Expected [timeout] to be a number, got "1"', () =>
    as_completed([], { timeout: '1' })],
  ['acquire on a closed loop', RuntimeError, 'Event loop is closed', () => ended().create_task(new Lock().acquire())],
];

for (const [mistake, type, words, make] of ROWS) {
  test(mistake, async () => {
    const error = await asyncio.rejection(new Promise((resolve) => resolve(make())));
    assert.deepEqual([error instanceof type, error?.message], [true, words]);
    assert.equal(await create_task(sleep(1, 'fresh')), 'fresh');
  });
}
